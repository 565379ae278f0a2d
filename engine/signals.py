"""The signals a protocol may bind and a person may read: names, units, meaning.

Each is a derived stream with the axes `SIGNAL_AXES`: a value is NaN until it may be
shown (its window is long enough, its quality sufficient), never a guess.
"""

from dataclasses import dataclass

from engine.units import Unit

SIGNAL_AXES = ("value", "quality", "corrected")
"""value in the signal's unit; quality 0..1; share of corrected beats 0..1 (0 if none)."""


@dataclass(frozen=True, slots=True)
class Signal:
    """A named value of the person's state."""

    name: str
    unit: Unit
    zh: str
    en: str
    needs: str
    """The group of sensors it comes from: heart, eda, resp, or any."""


SIGNALS = {
    s.name: s
    for s in (
        Signal("heart.rate", Unit.PER_MINUTE, "心率", "Heart rate", "heart"),
        Signal("heart.rmssd_ms", Unit.MILLISECOND, "RMSSD", "RMSSD", "heart"),
        Signal("heart.sdnn_ms", Unit.MILLISECOND, "SDNN", "SDNN", "heart"),
        Signal("heart.lf_ms2", Unit.SQUARE_MILLISECOND, "低频功率", "LF power", "heart"),
        Signal("heart.hf_ms2", Unit.SQUARE_MILLISECOND, "高频功率", "HF power", "heart"),
        Signal("heart.coherence", Unit.LEVEL, "心律一致度", "Coherence ratio", "heart"),
        Signal("heart.rsa_ms", Unit.MILLISECOND, "随呼吸的心率起伏", "RSA by breath", "heart"),
        Signal("eda.scl_us", Unit.MICROSIEMENS, "皮电水平", "Skin conductance level", "eda"),
        Signal("eda.scr_per_min", Unit.PER_MINUTE, "皮电反应次数", "Skin responses", "eda"),
        Signal("resp.rate", Unit.PER_MINUTE, "呼吸频率", "Breathing rate", "resp"),
        Signal("resp.phase", Unit.LEVEL, "呼吸相位", "Breath phase", "resp"),
        Signal("pacing.plv", Unit.LEVEL, "跟随度", "Following the guide", "resp"),
        Signal("arousal", Unit.BASELINE_SD, "唤醒度", "Arousal", "any"),
    )
}  # fmt: skip

SENSOR_GROUPS = ("heart", "eda", "resp")
"""What a protocol may say it ``needs`` or ``wants``."""
