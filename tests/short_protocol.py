"""A session plan of a minute, for whole sessions in real time."""

from pathlib import Path

PROTOCOL = """
format = 1
id = "{id}"
title = {{ zh = "心率", en = "A heart" }}
{needs}
demonstration = true
scene = "dusk-ocean"

[about]
zh = "测试用。"
en = "For a test."

[envelope]
check = 2.0
rating = 1.0
fit = 3.0
fit_held = 1.0
fit_quality = 0.1
baseline = 6.0
recovery = 2.0
closing = 2.0
upright = 2.0

[[phase]]
id = "rest"
title = {{ zh = "休息", en = "Rest" }}
scene = "dusk-ocean"
lasts = {lasts}
say = {{ zh = "如果愿意，看看海面。", en = "If you like, look at the water." }}
"""


def write_short(file: Path, lasts: float, needs: str = 'needs = ["heart"]') -> None:
    """Write the plan, whose one part ``lasts`` so long, s."""
    file.write_text(PROTOCOL.format(id=file.stem, lasts=lasts, needs=needs), "utf-8")
