"""Dusk over a calm sea, seen from a wooden deck with a lantern at its rail."""

from engine.scene import (
    BreathingLight,
    Control,
    Drift,
    Frame,
    Lamp,
    Motes,
    Scene,
    Sky,
    SoundBed,
    Stage,
    Water,
)
from scenes.dusk_ocean import deck

SUN_AZIMUTH = 11.0  # degrees to the right
LOWEST, HIGHEST = -8.0, 4.2  # of the sun, degrees
ELEVATIONS = (
    -9.0,
    -8.0,
    -7.0,
    -6.0,
    -5.0,
    -4.0,
    -3.2,
    -2.4,
    -1.6,
    -0.8,
    0.0,
    0.8,
    1.6,
    2.4,
    3.4,
    4.6,
)


class DuskOcean(Scene):
    """The sea from just after sunset to the first stars, or with the sun still up."""

    id = "dusk-ocean"
    zh = "暮海"
    en = "Dusk ocean"
    controls = (
        Control("swell", "海浪", "Swell", 0.25),
        Control("wind", "海风", "Wind", 0.25),
        Control("light", "天光", "Light", 0.60),
        Control("cloud", "云", "Cloud", 0.40),
    )
    sounds = (
        SoundBed("sea", drive={"size": ("swell", 0.15, 0.75), "roughness": ("wind", 0.1, 0.7)}),
        SoundBed("wind", -6.0, drive={"strength": ("wind", 0.05, 0.6)}),
    )

    _sky: Sky
    _water: Water
    _light: BreathingLight
    _lantern: Lamp
    _motes: Motes

    def __init__(self) -> None:
        self._travel, self._flow, self._clouds, self._air = Drift(), Drift(), Drift(), Drift()

    def enter(self, stage: Stage) -> None:
        """Build sky, sea, deck and lights."""
        stage.eye_height = deck.HEIGHT + 1.18
        self._sky = stage.sky(azimuth=SUN_AZIMUTH, elevations=ELEVATIONS, haze=1.15)
        self._water = stage.water(wind=-24.0)
        stage.mesh("deck", deck.built(stage.random("deck")), "deck.frag")
        self._lantern = stage.lamp()
        self._light = stage.light(
            at=(-4.6, 17.5, 1.75), radius=(0.40, 0.76), rise=0.40,
            heart=(1.00, 0.55, 0.26), rim=(0.62, 0.62, 0.78),
        )  # fmt: skip
        self._motes = stage.motes(70, low=(-9.0, 3.0, 0.3), high=(9.0, 22.0, 4.0))
        stage.grade(exposure=1.0, bloom=0.09)

    def update(self, frame: Frame) -> None:
        """Show ``frame``."""
        levels = frame.levels
        swell, wind, light, cloud = (levels[c] for c in ("swell", "wind", "light", "cloud"))
        elevation = LOWEST + (HIGHEST - LOWEST) * light
        drift = self._clouds.advance(frame, 0.010 + 0.022 * wind)
        self._sky.show(
            elevation=elevation,
            cloud=cloud,
            drift=(drift, 0.35 * drift),
            stars=min(max((-elevation - 3.4) / 3.6, 0.0), 1.0),
        )
        self._water.show(
            height=0.03 + 0.92 * swell**1.5,
            ripple=0.028 + 0.112 * wind,
            travel=self._travel.advance(frame, 0.62 + 0.38 * swell),
            flow=self._flow.advance(frame, 0.55 + 0.75 * wind),
        )
        night = 1.0 - light
        glow = (0.80 + 0.12 * frame.breath * frame.guide) * (0.55 + 0.45 * night)
        self._lantern.show(light=(6.6 * glow, 2.9 * glow, 0.92 * glow), at=deck.FLAME, radius=0.085)
        self._light.show(breath=frame.breath, guide=frame.guide)
        self._motes.show(
            drift=self._air.advance(frame, 0.25 + 1.5 * wind),
            sway=frame.t,
            light=(0.55 + 0.5 * night, 0.36 + 0.3 * night, 0.16 + 0.14 * night),
        )
