"""Whether this machine can draw, for the doctor."""

from engine.stage.context import Context


def examine() -> str:
    """Return what draws the pictures on this machine.

    Raises
    ------
    StageError
        If nothing does.
    """
    context = Context()
    try:
        context.target("examine", 64, 64, sort=0, hdr=True, depth=True)
        context.render()
        how = "without a graphics card, slowly" if context.is_software else "on a graphics card"
        return f"{context.renderer}: pictures are drawn {how}"
    finally:
        context.close()
