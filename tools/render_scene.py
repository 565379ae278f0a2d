"""Render a scene for art direction: one picture, or a contact sheet of controls and views.

python tools/render_scene.py dusk-ocean out.png
python tools/render_scene.py dusk-ocean out.png --set swell=1 --set light=0 --breath 1 --yaw 60
python tools/render_scene.py dusk-ocean sheet.png --sheet
python tools/render_scene.py dusk-ocean views.png --views
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine import plugins
from engine.pace import Pace
from engine.scene.api import Scene
from engine.show import Caption, Script, Show
from engine.stage import png
from engine.stage.theatre import Theatre
from engine.stage.views import Seat

CAPTION = Caption(
    "吸气时光慢慢亮起，呼气时随它沉下；跟不上也没关系，按自己的节奏来。",
    "Breathe in as the light rises, and out as it sinks. If you fall behind, find your own pace.",
)
VIEWS = ((0, 0), (60, 0), (-60, 0), (175, 0), (0, 35), (0, -35), (120, 0), (-120, 0), (0, -65))


def show(levels: dict[str, float], breath: float, t: float, *, caption: bool, guide: float) -> Show:
    """Return the moment ``t`` with the guided breath as full as ``breath``."""
    share = np.arccos(1 - 2 * min(max(breath, 0.0), 1.0)) / np.pi
    pace = Pace(start=t - 0.4 * float(share) * 10.0, rate=6.0, ratio=0.4, guide=guide)
    named = {f"scene.{k}": v for k, v in levels.items()}
    return Show(time=t, pace=pace, caption=0 if caption else -1, levels=named)


def pictures(args: argparse.Namespace, kind: type[Scene]) -> Iterator[NDArray[np.uint8]]:
    """Yield every picture asked for."""
    seat = Seat(args.yaw, args.pitch, args.fov)
    size = args.size[0], args.size[1]
    script = Script((kind.id,), (), (CAPTION,), args.language)
    given = {k: float(v) for k, v in (pair.split("=") for pair in args.set)}
    theatre = Theatre(script, {kind.id: kind}, size=size, samples=args.samples, viewer=seat)
    for scene, reason in theatre.faults:
        print(f"{scene}: {reason}")

    def take(levels: dict[str, float], breath: float) -> NDArray[np.uint8]:
        moment = show(given | levels, breath, args.t, caption=args.caption, guide=args.guide)
        theatre.still(moment)
        return theatre.picture()

    if args.sheet:
        for control in kind.controls:
            for k, value in enumerate((0.0, 0.5, 1.0)):
                yield take({control.name: value}, 0.5 * k)
    elif args.views:
        for seat.yaw, seat.pitch in VIEWS:
            yield take({}, args.breath)
    else:
        yield take({}, args.breath)
    theatre.close()


def main() -> None:
    """Read the command line and write the picture."""
    ask = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    ask.add_argument("scene")
    ask.add_argument("out", type=Path)
    ask.add_argument("--size", type=lambda s: [int(n) for n in s.split("x")], default=[1280, 720])
    ask.add_argument("--set", action="append", default=[], metavar="CONTROL=VALUE")
    ask.add_argument("--language", choices=("zh", "en"), default="zh")
    for name, default in (
        ("yaw", 0),
        ("pitch", 0),
        ("fov", 74),
        ("breath", 0.6),
        ("t", 40),
        ("guide", 1),
    ):
        ask.add_argument(f"--{name}", type=float, default=default)
    ask.add_argument("--samples", type=int, default=4)
    for flag in ("caption", "sheet", "views"):
        ask.add_argument(f"--{flag}", action="store_true")
    args = ask.parse_args()
    found = list(pictures(args, plugins.load().scenes()[args.scene]))
    rows = [np.concatenate(found[i : i + 3], axis=1) for i in range(0, len(found), 3)]
    png.write(args.out, np.concatenate(rows))
    print(f"wrote {args.out}")


if __name__ == "__main__":
    main()
