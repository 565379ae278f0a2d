"""Self-ratings before and after, drawn on their scale: an open ring, then a full one."""

from engine.report.panel import plain, text
from engine.report.phrases import number
from engine.show import Caption

LEFT, RIGHT, WIDTH, HEIGHT = 14.0, 346.0, 360.0, 62.0


def scale_picture(top: float, before: float | None, after: float | None) -> str:
    """Return a scale from 0 to ``top`` with the answers that were given, as SVG."""

    def x(value: float) -> float:
        return LEFT + (RIGHT - LEFT) * min(max(value / top, 0.0), 1.0)

    line = 30.0
    made = [f'<path d="M{LEFT} {line}H{RIGHT}" class="scale"/>']
    for mark in (0.0, top / 2, top):
        made.append(f'<path d="M{x(mark):.1f} {line - 4}v8" class="scale"/>')
        made.append(plain(x(mark), line + 24, number(mark), "tick", "middle"))
    if before is not None and after is not None and before != after:
        made.append(f'<path d="M{x(before):.1f} {line}H{x(after):.1f}" class="moved"/>')
    if before is not None:
        made.append(f'<circle cx="{x(before):.1f}" cy="{line}" r="6.5" class="before"/>')
        apart = after is None or abs(x(before) - x(after)) > 44
        if apart:
            made.append(_over(x(before), line - 13, Caption("前", "before")))
    if after is not None:
        made.append(f'<circle cx="{x(after):.1f}" cy="{line}" r="6.5" class="after"/>')
        apart = before is None or abs(x(before) - x(after)) > 44
        words = Caption("后", "after") if apart else Caption("前、后", "before, after")
        made.append(_over(x(after), line - 13, words))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" '
        f'class="rating" aria-hidden="true">{"".join(made)}</svg>'
    )


def _over(x: float, y: float, words: Caption) -> str:
    """Write over a mark, and stay inside the picture."""
    edge = 48.0
    if x < edge:
        return text(x - 8, y, words, "key", "start")
    return (
        text(x + 8, y, words, "key", "end")
        if x > WIDTH - edge
        else text(x, y, words, "key", "middle")
    )
