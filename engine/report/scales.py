"""Self-ratings before and after, drawn on their scale: an open ring, then a full one."""

from engine.report import drawing

WIDTH, HEIGHT, SIDE = 260.0, 32.0, 10.0


def scale_picture(name: str, top: float, before: float | None, after: float | None) -> str:
    """Return a scale from 0 to ``top`` with the answers that were given, as SVG."""
    with drawing.canvas(WIDTH, HEIGHT) as figure:
        axes = figure.add_axes((SIDE / WIDTH, 0.42, 1.0 - 2.0 * SIDE / WIDTH, 0.58))
        axes.set(xlim=(0.0, top), ylim=(-1.0, 1.0), xticks=(0.0, top / 2.0, top), yticks=())
        axes.patch.set_visible(False)
        axes.spines[["left", "right", "top"]].set_visible(False)
        axes.spines["bottom"].set(position=("data", 0.0), color=drawing.SOFT, linewidth=0.8)
        axes.tick_params(axis="x", direction="inout", length=6.0, pad=4.0)
        if before is not None and after is not None:
            axes.plot((before, after), (0.0, 0.0), color=drawing.TEAL, lw=2.0)
        for answer, face in ((before, "white"), (after, drawing.TEAL)):
            if answer is not None:
                axes.plot(
                    answer, 0.0, "o", ms=8.0, mec=drawing.TEAL, mfc=face, mew=1.6,
                    clip_on=False, zorder=4.0,
                )  # fmt: skip
        return drawing.svg_of(figure, name)
