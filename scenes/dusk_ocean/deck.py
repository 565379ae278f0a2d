"""The deck: boards underfoot, a rail ahead, a lantern, a bowl of tea, a walk to the shore."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from engine.scene.shape import Shape, board, join, lathe, tube

HEIGHT = 1.05  # of the boards over the water, m
RAIL = 0.64  # of the rail over the boards, m
FRONT, SIDE, BACK = 1.62, 1.75, -1.7  # where the deck ends, m
LANTERN = (-1.02, FRONT, HEIGHT + RAIL + 0.03)
FLAME = (LANTERN[0], LANTERN[1], LANTERN[2] + 0.16)

# What the material makes of a corner: extra[0].
WOOD, PAPER, GLAZE, TEA, ROPE, GLOW = 0.0, 1.0, 2.0, 3.0, 4.0, 5.0
_OAK, _DARK = (0.200, 0.158, 0.120), (0.085, 0.068, 0.054)
_TURN = np.linspace(0.0, np.pi, 12)
_GLOBE = np.stack([0.050 * np.sin(_TURN), 0.050 - 0.050 * np.cos(_TURN)], -1)
_INK = (0.030, 0.026, 0.024)


def built(rng: np.random.Generator) -> Shape:
    """Return everything that stands still near the seat, as one shape."""
    return join([*_boards(rng), *_rail(rng), *_lantern(), *_bowl(), *_walk(rng)])


def _wood(
    size: tuple[float, float, float],
    at: tuple[float, float, float],
    rng: np.random.Generator,
    colour: tuple[float, float, float] = _OAK,
    *,
    open_: float = 1.0,
    bevel: float = 0.007,
) -> Shape:
    shade = rng.uniform(0.82, 1.12)
    tint = (*(c * shade for c in colour), open_)
    shape = board(size, colour=tint, extra=(WOOD, rng.uniform(0, 64), 0, 0), bevel=bevel)
    return shape.moved(at)


def _boards(rng: np.random.Generator) -> Iterator[Shape]:
    """Boards run away from the seat and lead the eye out; joists carry them."""
    width = 0.142
    n = int(2 * SIDE / width)
    for i in range(n):
        x = (i - (n - 1) / 2) * width
        dip = rng.normal(0, 0.0012)
        length, middle = FRONT - BACK + 0.16, (FRONT + BACK) / 2 + 0.08
        yield _wood((width - 0.007, length, 0.036), (x, middle, HEIGHT - 0.018 + dip), rng)
    for y in np.linspace(BACK + 0.2, FRONT - 0.05, 5):
        yield _wood((2 * SIDE, 0.09, 0.16), (0, float(y), HEIGHT - 0.12), rng, _DARK, open_=0.35)
    yield _wood((2 * SIDE, 0.035, 0.20), (0, FRONT + 0.175, HEIGHT - 0.10), rng, _DARK)


def _rail(rng: np.random.Generator) -> Iterator[Shape]:
    """Build a low rail: one broad top board to rest a bowl on, one rope, posts down to the sea."""
    z = HEIGHT + RAIL
    yield _wood((2 * SIDE + 0.2, 0.150, 0.042), (0, FRONT, z), rng, bevel=0.012)
    for side in (-1.0, 1.0):
        x = side * SIDE
        yield _wood((0.130, FRONT - BACK, 0.042), (x, (FRONT + BACK) / 2, z), rng, bevel=0.012)
        for y in (FRONT, 0.05, BACK):
            yield _wood((0.105, 0.105, 3.1), (x, y, z - 1.56), rng, _DARK, open_=0.7)
    for x in (-0.58, 0.58):
        yield _wood((0.085, 0.085, 3.1), (x, FRONT, z - 1.56), rng, _DARK, open_=0.7)
    ends = [(-SIDE, FRONT), (-0.58, FRONT), (0.58, FRONT), (SIDE, FRONT)]
    spans = [*pairwise(ends)]
    for side in (-SIDE, SIDE):
        spans += [((side, FRONT), (side, 0.05)), ((side, 0.05), (side, BACK))]
    for (x0, y0), (x1, y1) in spans:
        s = np.linspace(0, 1, 25)
        sag = 0.055 * (4 * (s - 0.5) ** 2 - 1)
        path = np.stack([x0 + (x1 - x0) * s, y0 + (y1 - y0) * s, HEIGHT + 0.36 + sag], -1)
        yield tube(path, 0.013, colour=(0.26, 0.21, 0.15), extra=(ROPE, 0, 0, 0), sides=8)


def _lantern() -> Iterator[Shape]:
    """Build a round paper lantern in a dark wooden frame, standing on the rail."""
    x, y, z = LANTERN
    a = np.linspace(-1, 1, 21)
    body = np.stack(
        [0.030 + 0.055 * np.sqrt(np.maximum(1 - (a * 0.92) ** 2, 0)), 0.165 + 0.105 * a], -1
    )
    yield lathe(body, colour=(1.0, 0.80, 0.56), extra=(PAPER, 0, 0, 0), sides=40).moved(LANTERN)
    foot = [
        (0.0, 0.0),
        (0.070, 0.0),
        (0.072, 0.012),
        (0.055, 0.026),
        (0.048, 0.060),
        (0.050, 0.068),
        (0.0, 0.068),
    ]
    yield lathe(foot, colour=_INK, extra=(WOOD, 3, 0, 0)).moved(LANTERN)
    cap = [
        (0.0, 0.262),
        (0.052, 0.262),
        (0.056, 0.270),
        (0.040, 0.282),
        (0.016, 0.290),
        (0.013, 0.312),
        (0.0, 0.314),
    ]
    yield lathe(cap, colour=_INK, extra=(WOOD, 5, 0, 0)).moved(LANTERN)
    s = np.linspace(0, np.pi, 25)
    handle = np.stack([x + 0.074 * np.cos(s), y + 0 * s, z + 0.258 + 0.115 * np.sin(s)], -1)
    yield tube(handle, 0.0032, colour=_INK, extra=(ROPE, 1, 0, 0), sides=8)


def _bowl() -> Iterator[Shape]:
    """Turn a celadon bowl of tea within reach on the rail."""
    at = (0.86, FRONT - 0.005, HEIGHT + RAIL + 0.021)
    outside = [
        (0.0, 0.004),
        (0.026, 0.0),
        (0.028, 0.010),
        (0.034, 0.016),
        (0.050, 0.032),
        (0.058, 0.052),
        (0.061, 0.068),
    ]
    inside = [(0.061, 0.068), (0.0585, 0.0685), (0.055, 0.052), (0.047, 0.034), (0.0, 0.020)]
    green = (0.60, 0.68, 0.60)
    yield lathe(outside, colour=green, extra=(GLAZE, 0, 0, 0), sides=48).moved(at)
    yield lathe(inside, colour=green, extra=(GLAZE, 1, 0, 0), sides=48).moved(at)
    tea = [(0.0555, 0.053), (0.0, 0.053)]
    yield lathe(tea, colour=(0.10, 0.050, 0.016), extra=(TEA, 0, 0, 0), sides=40).moved(at)


def _walk(rng: np.random.Generator) -> Iterator[Shape]:
    """Build the walk that leads back over the water to the shore."""
    y = BACK - 0.09
    while y > -46.0:
        yield _wood((1.34, 0.168, 0.034), (0.0, y, HEIGHT - 0.02), rng)
        y -= 0.180
    for k in range(16):
        for side in (-0.62, 0.62):
            at = (side, BACK - 1.2 - 2.8 * k, HEIGHT - 0.52)
            yield _wood((0.095, 0.095, 2.6 if k % 3 else 3.0), at, rng, _DARK, open_=0.7)
            if k % 3 == 0:  # a small light on every third pair of posts leads home
                top = (side, at[1], at[2] + 1.5)
                yield lathe(_GLOBE, colour=(1.0, 0.8, 0.55), extra=(GLOW, 0, 0, 0), sides=24).moved(
                    top
                )
