"""The computed sky obeys what a real one does."""

from itertools import pairwise

import numpy as np
import pytest

from engine.errors import StageError
from engine.stage.atmosphere import Atmosphere
from engine.stage.noise import tiling_noise
from engine.stage.sky import SkyTable
from engine.stage.waves import FRAMES, ripples, swell


@pytest.fixture(scope="module")
def air() -> Atmosphere:
    return Atmosphere()


def test_the_sun_reddens_and_fades_as_it_sinks(air: Atmosphere) -> None:
    light = np.array([air.sunlight(e) for e in (60.0, 20.0, 5.0, 1.0, 0.0)])

    assert np.all((light >= 0) & (light <= 1))
    assert np.all(np.diff(light, axis=0) < 0)
    assert np.all(np.diff(light[:, 2] / light[:, 0]) < 0)


def test_the_sun_is_gone_below_the_horizon_but_still_lights_the_clouds(air: Atmosphere) -> None:
    assert air.sunlight(-1.5) == pytest.approx([0, 0, 0], abs=1e-6)
    assert air.sunlight(-1.5, height=5500.0)[0] > 0.05


def test_the_day_sky_is_blue_overhead_and_brightest_near_the_sun(air: Atmosphere) -> None:
    sky = air.sky(30.0)

    assert sky[-1, 0, 2] > 1.5 * sky[-1, 0, 0]
    assert sky[36, 0].sum() > 2 * sky[36, -1].sum()


def test_the_sky_darkens_steadily_through_dusk(air: Atmosphere) -> None:
    means = [float(air.sky(e).mean()) for e in (6.0, 3.0, 0.0, -3.0, -6.0)]

    assert all(a > b for a, b in pairwise(means))
    assert np.isfinite(means).all()


def test_the_table_is_smooth_between_its_rows_and_holds_at_its_ends() -> None:
    table = SkyTable((-6.0, -3.0, 0.0, 3.0), 1.0)
    sun = np.array([table.sunlight(e) for e in np.linspace(-8, 5, 300)])

    assert np.abs(np.diff(sun, axis=0)).max() < 0.06 * sun.max()
    assert table.row(-99.0) == table.row(-6.0) == pytest.approx(0.125)
    assert table.row(1.5) == pytest.approx((2.5 + 0.5) / 4)


@pytest.mark.slow
def test_no_shown_sky_is_saturated_red() -> None:
    skies = SkyTable((-8.0, -6.0, -4.0, -2.0, -1.0, 0.0, 1.0, 4.0), 1.15).skies

    assert (skies[..., 0] / skies.sum(axis=-1)).max() < 0.8


def test_a_table_that_does_not_rise_is_refused() -> None:
    with pytest.raises(StageError, match="increasing"):
        SkyTable((3.0, 0.0), 1.0)


def test_noise_tiles_and_its_values_are_evenly_spread() -> None:
    noise = tiling_noise(np.random.default_rng(1), 128)[..., 0]
    inside = np.abs(np.diff(noise, axis=1)).mean()
    seam = np.abs(noise[:, 0] - noise[:, -1]).mean()

    assert seam < 1.3 * inside
    assert np.quantile(noise, [0.1, 0.5, 0.9]) == pytest.approx([0.1, 0.5, 0.9], abs=0.01)


def test_ripples_loop_without_a_step() -> None:
    frames = ripples(np.random.default_rng(1), 32)
    step = [float(np.abs(frames[i] - frames[i - 1]).mean()) for i in range(FRAMES)]

    assert max(step) < 1.2 * min(step)  # the step from the last to the first is no longer
    assert (frames[..., :2] ** 2).sum(-1).mean() == pytest.approx(1.0, rel=1e-3)
    assert frames[..., 2] == pytest.approx(frames[..., 0] ** 2)


def test_the_swell_comes_from_where_the_wind_does_and_runs_as_deep_water_does() -> None:
    waves, phases = swell(np.random.default_rng(1), wind=90.0)
    k = np.hypot(waves[:, 0], waves[:, 1])

    assert waves[:, 0].mean() < 0  # from the right, so it runs to the left
    assert waves[:, 3] == pytest.approx(np.sqrt(9.81 * k), rel=1e-4)
    assert (waves[:, 2] * k).sum() < 1.0  # crests never fold over
    assert phases.shape == (12,)
