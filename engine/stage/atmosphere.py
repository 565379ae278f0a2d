"""Sunlight in air: the colours of sky and sun for every height of the sun.

Single scattering along each line of sight plus an estimate of all higher orders, with
Rayleigh and Mie scattering and ozone, after Hillaire (2020), "A scalable and production
ready sky and atmosphere rendering technique", doi:10.1111/cgf.14050. Computed with numpy
before anyone sits down; radiance is relative to sunlight above the air.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

F64: TypeAlias = NDArray[np.float64]

GROUND, TOP = 6360e3, 6460e3  # radii of the ground and of the end of the air, m
RAYLEIGH = np.array([5.802e-6, 13.558e-6, 33.1e-6])  # scattering at the ground, 1/m
MIE, MIE_LOST, ASYMMETRY = 3.996e-6, 0.44e-6, 0.80
OZONE = np.array([0.650e-6, 1.881e-6, 0.085e-6])
RAYLEIGH_FALLS, MIE_FALLS = 8.0e3, 1.2e3  # scale heights, m
EYE = 30.0  # height the sky is seen from, m


class Atmosphere:
    """Air with a given haze.

    Parameters
    ----------
    haze
        Dust and vapour, 1 is a clear day.
    """

    def __init__(self, haze: float = 1.0) -> None:
        self.haze = haze
        self._through = self._through_table()
        self._again = self._again_table()

    def sunlight(self, elevation: float, height: float = EYE) -> F64:
        """Return the share of sunlight (rgb) that arrives, ``(3,)``.

        Parameters
        ----------
        elevation
            Of the sun, degrees. The disc is half a degree wide, so it sets gently.
        height
            Over the ground, m; clouds at 6 km still see a sun that has set below.
        """
        spread = elevation + np.linspace(-0.28, 0.28, 9)
        at = np.full(spread.shape, height)
        return np.asarray(self._see_through(at, np.sin(np.radians(spread))).mean(axis=0))

    def sky(self, elevation: float, width: int = 96, height: int = 64) -> NDArray[np.float32]:
        """Return the radiance of the clear sky, ``(height, width, 3)``.

        Columns are azimuth from the sun, 0..180 degrees (the sky is symmetric); rows are
        elevation, 90 degrees times the square of the row's share, so that the horizon
        has the most.
        """
        s = np.radians(elevation)
        azimuth = np.linspace(0, np.pi, width)
        altitude = np.linspace(0, 1, height) ** 2 * np.pi / 2
        a, e = np.meshgrid(azimuth, altitude)
        nu = np.cos(e) * np.cos(a) * np.cos(s) + np.sin(e) * np.sin(s)
        mu = np.maximum(np.sin(e), 1e-4)
        g = ASYMMETRY
        rayleigh = 3 / (16 * np.pi) * (1 + nu * nu)
        mie = 3 / (8 * np.pi) * (1 - g * g) * (1 + nu * nu)
        mie /= (2 + g * g) * (1 + g * g - 2 * g * nu) ** 1.5
        light, _ = self._march(
            np.full_like(mu, EYE),
            mu,
            nu,
            np.full_like(mu, np.sin(s)),
            steps=32,
            phase=(rayleigh, mie),
        )
        return light.astype(np.float32)

    def _medium(self, h: F64) -> tuple[F64, F64, F64]:
        """Return Rayleigh scattering, Mie scattering and extinction at height ``h``."""
        r = np.exp(-h / RAYLEIGH_FALLS)[..., None] * RAYLEIGH
        thin = np.exp(-h / MIE_FALLS)[..., None] * self.haze * np.ones(3)
        ozone = np.maximum(0, 1 - np.abs(h - 25e3) / 15e3)[..., None] * OZONE
        return r, thin * MIE, r + thin * (MIE + MIE_LOST) + ozone

    def _through_table(self, rows: int = 48, columns: int = 192) -> F64:
        """Share of light (rgb) that comes in from space, by height and direction."""
        h = np.linspace(0, 1, rows) ** 2 * (TOP - GROUND) + 1.0
        u = np.linspace(-1, 1, columns)
        height, mu = np.meshgrid(h, np.sign(u) * u * u, indexing="ij")
        r, way = GROUND + height, _to_top(GROUND + height, mu)
        depth = np.zeros((*height.shape, 3))
        steps = 40
        for i in range(steps):
            x = way * (i + 0.5) / steps
            at = np.sqrt(r * r + x * x + 2 * r * x * mu) - GROUND
            depth += self._medium(np.maximum(at, 0))[2] * (way / steps)[..., None]
        through = np.exp(-depth)
        through[_meets_ground(r, mu)] = 0.0
        return through

    def _see_through(self, h: F64, mu: F64) -> F64:
        rows, columns, _ = self._through.shape
        x = np.sqrt(np.clip(h / (TOP - GROUND), 0, 1)) * (rows - 1)
        y = (np.sign(mu) * np.sqrt(np.abs(mu)) * 0.5 + 0.5) * (columns - 1)
        return _between(self._through, x, y)

    def _again_table(self, size: int = 24, directions: int = 32) -> F64:
        """Light scattered twice and more, by height and height of the sun."""
        h = np.linspace(0, 1, size) ** 2 * (TOP - GROUND) + 1.0
        height, sun = np.meshgrid(h, np.linspace(-1, 1, size), indexing="ij")
        i = np.arange(directions) + 0.5
        polar, turn = np.arccos(1 - 2 * i / directions), np.pi * (1 + 5**0.5) * i
        once = np.zeros((size, size, 3))
        share = np.zeros((size, size, 3))
        for p, t in zip(polar, turn, strict=True):
            nu = np.cos(t) * np.sin(p) * np.sqrt(np.maximum(0, 1 - sun**2)) + np.cos(p) * sun
            light, passed = self._march(
                height, np.full_like(height, np.cos(p)), nu, sun, steps=16, phase=None
            )
            once += light / directions
            share += passed / directions
        return once / (1 - share)

    def _scattered_again(self, h: F64, mu: F64) -> F64:
        size = self._again.shape[0]
        x = np.sqrt(np.clip(h / (TOP - GROUND), 0, 1)) * (size - 1)
        return _between(self._again, x, (mu * 0.5 + 0.5) * (size - 1))

    def _march(
        self, h: F64, mu: F64, nu: F64, sun: F64, *, steps: int, phase: tuple[F64, F64] | None
    ) -> tuple[F64, F64]:
        """Add up the light along lines of sight.

        Returns
        -------
        light, passed : (..., 3)
            Radiance, and (without ``phase``) the share of light scattered on the way.
        """
        r = GROUND + h
        way = np.where(_meets_ground(r, mu), _to_ground(r, mu), _to_top(r, mu))
        left = np.ones((*h.shape, 3))
        light, passed = np.zeros_like(left), np.zeros_like(left)
        for i in range(steps):
            x = way * ((i + 0.7) / steps) ** 2
            dx = (way * (((i + 1) / steps) ** 2 - (i / steps) ** 2))[..., None]
            at = np.sqrt(r * r + x * x + 2 * r * x * mu)
            height, toward = np.maximum(at - GROUND, 0), (r * sun + x * nu) / at
            ray, mie, lost = self._medium(height)
            through = self._see_through(height, toward)
            if phase is None:
                source = (ray + mie) * through / (4 * np.pi)
                passed += left * (ray + mie) * dx
            else:
                direct = ray * phase[0][..., None] + mie * phase[1][..., None]
                source = direct * through + (ray + mie) * self._scattered_again(height, toward)
            kept = np.exp(-lost * dx)
            light += left * (source - source * kept) / np.maximum(lost, 1e-12)
            left *= kept
        return light, passed


def _to_top(r: F64, mu: F64) -> F64:
    return np.asarray(-r * mu + np.sqrt(np.maximum(r * r * (mu * mu - 1) + TOP * TOP, 0)))


def _to_ground(r: F64, mu: F64) -> F64:
    return np.asarray(-r * mu - np.sqrt(np.maximum(r * r * (mu * mu - 1) + GROUND * GROUND, 0)))


def _meets_ground(r: F64, mu: F64) -> NDArray[np.bool_]:
    return np.asarray((mu < 0) & (r * r * (mu * mu - 1) + GROUND * GROUND >= 0))


def _between(table: F64, x: F64, y: F64) -> F64:
    """Read ``table`` between its rows and columns."""
    i = np.clip(x.astype(int), 0, table.shape[0] - 2)
    j = np.clip(y.astype(int), 0, table.shape[1] - 2)
    u, v = (x - i)[..., None], (y - j)[..., None]
    low = table[i, j] * (1 - u) + table[i + 1, j] * u
    high = table[i, j + 1] * (1 - u) + table[i + 1, j + 1] * u
    return np.asarray(low * (1 - v) + high * v)
