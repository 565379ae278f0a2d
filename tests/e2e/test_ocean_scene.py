"""The dusk ocean as the officer sees it: safe, steady, readable, the same every time."""

from collections.abc import Iterator, Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.pace import Pace
from engine.show import Caption, Script, Show
from engine.stage import flashes, motion
from engine.stage.theatre import Theatre
from engine.stage.views import Seat
from scenes.dusk_ocean import DuskOcean

pytestmark = pytest.mark.slow

Picture = NDArray[np.uint8]
SIZE = (160, 90)
CONTROLS = ("scene.swell", "scene.wind", "scene.light", "scene.cloud")
CAPTIONS = (
    Caption(
        "吸气时光慢慢亮起，呼气时随它沉下。", "Breathe in as the light rises, out as it sinks."
    ),
)
EXTREMES = [
    *({c: v} for c in CONTROLS for v in (0.0, 1.0)),
    dict.fromkeys(CONTROLS, 0.0),
    dict.fromkeys(CONTROLS, 1.0),
    {"scene.swell": 1.0, "scene.wind": 1.0, "scene.light": 0.0, "scene.cloud": 1.0},
]


@pytest.fixture(scope="module")
def seat() -> Seat:
    return Seat()


@pytest.fixture(scope="module")
def theatre(seat: Seat) -> Iterator[Theatre]:
    made = Theatre(
        Script(("dusk-ocean",), CONTROLS, CAPTIONS), {"dusk-ocean": DuskOcean},
        size=SIZE, samples=0, viewer=seat,
    )  # fmt: skip
    assert made.faults == []
    yield made
    made.close()


def still(
    theatre: Theatre, levels: Mapping[str, float], t: float = 40.0, **given: object
) -> Picture:
    pace = Pace(start=t - 4.0, rate=6.0, ratio=0.4, guide=1.0)
    theatre.still(Show(time=t, pace=pace, levels=levels, **given))  # type: ignore[arg-type]
    return theatre.picture()


def sequence(theatre: Theatre, moments: list[tuple[float, Show]]) -> NDArray[np.uint8]:
    taken = []
    theatre.still(moments[0][1], moments[0][0])
    for t, show in moments:
        theatre.frame(t, show)
        taken.append(theatre.picture())
    return np.stack(taken)


def light(picture: Picture) -> NDArray[np.float64]:
    return np.asarray(flashes.linearised(picture) @ np.array([0.2126, 0.7152, 0.0722]))


@pytest.mark.slow
@pytest.mark.parametrize("levels", EXTREMES, ids=str)
def test_no_flash_and_no_saturated_red_at_any_extreme(
    theatre: Theatre, levels: Mapping[str, float]
) -> None:
    pace = Pace(start=0.0, rate=6.0, guide=1.0)
    moments = [(20 + 0.1 * i, Show(pace=pace, levels=levels)) for i in range(25)]

    seen = flashes.measure(sequence(theatre, moments), 10.0)

    assert seen.most <= 1.0  # three are allowed; a calm place stays far below
    assert seen.red == 0.0


@pytest.mark.slow
def test_no_flash_however_wildly_the_levels_jump(theatre: Theatre) -> None:
    moments = []
    for i in range(60):
        up = float((i // 3) % 2)  # everything to its other end, three times a second
        show = Show(
            pace=Pace(rate=12.0, guide=1.0), levels=dict.fromkeys(CONTROLS, up), caption=int(up) - 1
        )
        moments.append((20 + 0.1 * i, show))

    seen = flashes.measure(sequence(theatre, moments), 10.0)

    assert seen.most <= 1.0
    assert seen.red == 0.0


@pytest.mark.slow
@pytest.mark.parametrize("levels", [{}, dict.fromkeys(CONTROLS, 1.0)], ids=("default", "all up"))
def test_the_picture_as_a_whole_never_moves(theatre: Theatre, levels: Mapping[str, float]) -> None:
    moments = [(20 + 0.1 * i, Show(pace=Pace(guide=1.0), levels=levels)) for i in range(25)]

    seen = motion.measure(sequence(theatre, moments), 10.0, 74.0)

    assert seen.shift < 0.25
    assert seen.roll < 0.1
    assert seen.growth < 0.01


def test_the_same_moment_is_the_same_picture_whatever_was_shown_before(theatre: Theatre) -> None:
    first = still(theatre, {}, t=300.0)
    for i in range(5):
        theatre.frame(301.0 + i, Show(levels=dict.fromkeys(CONTROLS, 1.0)))
    again = still(theatre, {}, t=300.0)

    difference = np.abs(first.astype(int) - again.astype(int))
    assert difference.max() <= 2
    assert difference.mean() < 0.05


def test_another_seed_is_another_sea() -> None:
    pictures = []
    for seed in (1, 2):
        made = Theatre(
            Script(("dusk-ocean",), (), seed=seed), {"dusk-ocean": DuskOcean}, size=SIZE, samples=0
        )
        pictures.append(still(made, {}).astype(int))
        made.close()

    assert np.abs(pictures[0] - pictures[1]).mean() > 1.0


def test_the_light_grows_with_the_breath(theatre: Theatre) -> None:
    pace = Pace(start=0.0, rate=6.0, ratio=0.4, guide=1.0)
    sums = []
    for t in (30.0, 32.0, 34.0):  # lungs empty, half way, full
        theatre.still(Show(time=t, pace=pace, levels={"scene.light": 0.2}))
        sums.append(float(light(theatre.picture())[35:55, 30:75].sum()))

    assert sums[1] > 1.02 * sums[0]
    assert sums[2] > 1.02 * sums[1]


def test_without_a_guide_there_is_no_breathing_light(theatre: Theatre) -> None:
    shows = [Show(time=34.0, pace=Pace(guide=g), levels={"scene.light": 0.2}) for g in (0.0, 1.0)]
    pictures = []
    for show in shows:
        theatre.still(show)
        pictures.append(light(theatre.picture())[38:50, 40:62])

    assert pictures[0].max() < 0.7 * pictures[1].max()


def test_more_light_is_a_brighter_evening(theatre: Theatre) -> None:
    means = [light(still(theatre, {"scene.light": v})).mean() for v in (0.0, 0.5, 1.0)]

    assert means[0] < means[1] < means[2]
    assert means[2] < 0.6
    assert means[0] > 0.02


def test_more_wind_and_swell_make_the_water_rougher(theatre: Theatre) -> None:
    def rough(levels: dict[str, float]) -> float:
        water = light(still(theatre, levels))[50:75]
        return float(np.abs(np.diff(water, axis=0)).mean())

    assert rough({"scene.wind": 0.0, "scene.swell": 0.0}) < rough(
        {"scene.wind": 0.9, "scene.swell": 0.9}
    )


@pytest.mark.parametrize("yaw", [0.0, 60.0, -60.0, 120.0, 175.0])
@pytest.mark.parametrize("pitch", [-35.0, 0.0, 35.0])
def test_every_direction_has_something_to_rest_the_eyes_on(
    theatre: Theatre, seat: Seat, yaw: float, pitch: float
) -> None:
    seat.yaw, seat.pitch = yaw, pitch
    try:
        picture = still(theatre, {})
    finally:
        seat.yaw = seat.pitch = 0.0

    seen = light(picture)
    assert 0.01 < seen.mean() < 0.7
    assert seen.std() > 0.004  # not one flat colour
    assert (picture.max(axis=-1) >= 254).mean() < 0.02  # nothing blown out


def test_python_takes_less_than_a_millisecond_a_frame(theatre: Theatre) -> None:
    theatre.python_cost.forget()
    for i in range(30):
        theatre.frame(50.0 + i / 60, Show(pace=Pace(guide=1.0), levels={"scene.swell": 0.5}))

    assert theatre.python_cost.ms(50) < 1.0


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("light_", [0.0, 1.0])
def test_captions_are_readable_over_the_brightest_and_the_darkest_picture(
    language: str, light_: float
) -> None:
    script = Script(("dusk-ocean",), CONTROLS, CAPTIONS, language)
    made = Theatre(script, {"dusk-ocean": DuskOcean}, size=(640, 360), samples=0)
    levels = {"scene.light": light_, "scene.cloud": 0.0}
    without, given = light(still(made, levels)), light(still(made, levels, caption=0))
    made.close()

    changed = np.abs(given - without) > 0.02
    rows, columns = np.nonzero(changed)
    assert rows.min() > 360 * 0.6  # low in the picture
    block = given[rows.min() + 6 : rows.max() - 5, columns.min() + 20 : columns.max() - 19]
    letters, plate = np.percentile(block, 99), np.percentile(block, 50)
    assert (letters + 0.05) / (plate + 0.05) >= 4.5
    tallest = np.ptp(np.nonzero((block > 0.5 * letters).any(axis=1))[0]) + 1
    assert tallest >= 360 * 0.035  # at least one line of large letters
