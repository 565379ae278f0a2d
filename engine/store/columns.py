"""Which column names and units of a recording we understand, and what they become."""

import re
import unicodedata
from dataclasses import dataclass

import numpy as np

from engine.errors import RecordingError
from engine.streams import F64
from engine.units import Kind, Unit

NAMES: dict[str, Kind] = {
    "ecg": Kind.ECG, "ekg": Kind.ECG,
    "ppg": Kind.PPG, "bvp": Kind.PPG, "pleth": Kind.PPG, "pulse": Kind.PPG,
    "rr": Kind.RRI, "rri": Kind.RRI, "nn": Kind.RRI, "ibi": Kind.RRI, "nni": Kind.RRI,
    "rr_interval": Kind.RRI, "rr_intervals": Kind.RRI, "r_r": Kind.RRI,
    "ppi": Kind.PPI, "pp": Kind.PPI,
    "eda": Kind.EDA, "gsr": Kind.EDA, "sc": Kind.EDA, "scl": Kind.EDA,
    "resp": Kind.RESP, "rsp": Kind.RESP, "respiration": Kind.RESP, "breath": Kind.RESP,
    "airflow": Kind.RESP,
    "temp": Kind.SKIN_TEMP, "skin_temp": Kind.SKIN_TEMP, "temperature": Kind.SKIN_TEMP,
    "acc": Kind.ACC,
    "spo2": Kind.SPO2,
    "angle": Kind.ANGLE,
    "battery": Kind.BATTERY,
}  # fmt: skip
"""Column names, in lower case; a number may follow (``ecg2``, ``ecg_2``)."""

CHINESE: dict[str, str] = {
    "心电": "ecg", "心电图": "ecg", "心电信号": "ecg",
    "脉搏波": "ppg", "脉搏": "ppg", "脉搏信号": "ppg", "光电容积": "ppg", "光电容积脉搏波": "ppg",
    "rr间期": "rr", "r-r间期": "rr", "nn间期": "rr", "心跳间期": "rr", "心动间期": "rr",
    "脉搏间期": "ppi", "pp间期": "ppi",
    "皮电": "eda", "皮肤电": "eda", "皮肤电导": "eda", "皮肤电活动": "eda", "皮电导": "eda",
    "呼吸": "resp", "呼吸波": "resp", "呼吸信号": "resp",
    "皮温": "temp", "皮肤温度": "temp", "指温": "temp", "体温": "temp", "温度": "temp",
    "血氧": "spo2", "血氧饱和度": "spo2",
    **{f"加速度{axis}": f"acc_{axis}" for axis in "xyz"},
    **{f"{axis}轴加速度": f"acc_{axis}" for axis in "xyz"},
}  # fmt: skip
"""Column names in Chinese, and what they are called here; a number may follow."""
CHINESE_UNITS: dict[str, str] = {
    "毫伏": "mV", "微伏": "uV", "伏": "V", "伏特": "V", "秒": "s", "毫秒": "ms",
    "微西": "uS", "微西门子": "uS", "千欧": "kOhm", "欧": "ohm", "兆欧": "mohm",
    "摄氏度": "degC", "百分比": "%",
}  # fmt: skip

SHAPE = dict.fromkeys(("raw", "au", "a.u.", "adu", "adc", "lsb", "counts", "nu"), (Unit.RAW, 1.0))
"""Ways to say "arbitrary units": only the shape of the signal counts."""

BEATS = frozenset({Kind.RRI, Kind.PPI})

UNITS: dict[Kind, dict[str, tuple[Unit, float]]] = {
    Kind.ECG: {
        "mv": (Unit.MILLIVOLT, 1.0), "uv": (Unit.MILLIVOLT, 1e-3), "v": (Unit.MILLIVOLT, 1e3),
        **SHAPE,
    },
    Kind.PPG: {**SHAPE, "1": (Unit.LEVEL, 1.0), "mv": (Unit.RAW, 1.0), "v": (Unit.RAW, 1.0)},
    Kind.RRI: {"ms": (Unit.MILLISECOND, 1.0), "s": (Unit.MILLISECOND, 1e3)},
    Kind.PPI: {"ms": (Unit.MILLISECOND, 1.0), "s": (Unit.MILLISECOND, 1e3)},
    Kind.EDA: {
        "us": (Unit.MICROSIEMENS, 1.0), "umho": (Unit.MICROSIEMENS, 1.0),
        "ns": (Unit.MICROSIEMENS, 1e-3), "ms": (Unit.MICROSIEMENS, 1e3),
        "s": (Unit.MICROSIEMENS, 1e6), "kohm": (Unit.MICROSIEMENS, 1e3),
        "ohm": (Unit.MICROSIEMENS, 1e6), "mohm": (Unit.MICROSIEMENS, 1.0),
    },
    Kind.RESP: {**SHAPE, "1": (Unit.LEVEL, 1.0), "mv": (Unit.RAW, 1.0), "v": (Unit.RAW, 1.0)},
    Kind.SKIN_TEMP: {"degc": (Unit.CELSIUS, 1.0), "c": (Unit.CELSIUS, 1.0)},
    Kind.ACC: {
        "g": (Unit.G, 1.0), "mg": (Unit.G, 1e-3), "m/s2": (Unit.G, 1.0 / 9.80665),
        "raw": (Unit.RAW, 1.0),
    },
    Kind.SPO2: {"%": (Unit.PERCENT, 1.0)},
    Kind.ANGLE: {"deg": (Unit.DEGREE, 1.0)},
    Kind.BATTERY: {"%": (Unit.PERCENT, 1.0)},
}  # fmt: skip
"""Units as written, in lower case with u for micro, and what they are turned into."""

RESISTANCES = frozenset({"kohm", "ohm", "mohm"})
"""Skin resistance: its reciprocal times the factor is conductance; ``mohm`` is a million ohm."""

SHAPE_ONLY = frozenset({Kind.PPG, Kind.RESP})
"""Kinds whose column may leave its unit out."""

HUGE: dict[Unit, float] = {
    Unit.MILLIVOLT: 1e4, Unit.MILLISECOND: 1e6, Unit.MICROSIEMENS: 1e4, Unit.CELSIUS: 200.0,
    Unit.G: 1e3, Unit.PERCENT: 1e3, Unit.DEGREE: 1e4,
}  # fmt: skip
"""Beyond this no sensor goes; a value that does is a mistake in the file."""
HUGE_RAW = 1e12

TIMES: dict[str, float] = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9, "min": 60.0, "": 1.0}
TIME_NAMES = frozenset(
    {
        "t", "time", "timestamp", "datetime", "date", "date time", "elapsed", "elapsed time",
        "时间", "时刻", "时间戳", "日期时间",
    }
)  # fmt: skip
"""What a column of times may be called, in lower case."""
DATES = frozenset({"date", "日期"})
"""A column of days beside one of times."""

_HEADING = re.compile(r"^\s*(?P<name>[^\[\]()]*?)\s*(?:[\[(]\s*(?P<unit>[^\[\]()]*?)\s*[\])])?\s*$")
_AXIS = re.compile(r"^(acc\w*?)_?([xyz])$")
_NUMBERED_ZH = re.compile(r"(\D+?)_?(\d{0,2})")
_BRACKETS = str.maketrans("【】〔〕", "[][]")
_NUMBERED = re.compile(r"^(.*?)_?\d{1,2}$")
_SUFFIX = re.compile(r"^(?P<name>.+?)_(?P<unit>[a-z]+)$", re.IGNORECASE)
LEADS = re.compile(r"^(ml?|mc?l?)?(i{1,3}|av[rlf]|v\d?|d[1-3])\+?$", re.IGNORECASE)
"""Names of ECG leads: MLII, V5, aVR and their like."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column we understand.

    Attributes
    ----------
    name
        Of the stream it becomes or belongs to.
    axis
        ``value``, or ``x``, ``y``, ``z`` of an accelerometer.
    factor
        What its numbers are multiplied with to be in ``unit``.
    reciprocal
        Whether it is their reciprocal that is multiplied.
    guessed
        Whether no unit was written, so that the size of the numbers has to tell it.
    """

    name: str
    kind: Kind
    unit: Unit
    axis: str = "value"
    factor: float = 1.0
    reciprocal: bool = False
    guessed: bool = False

    def converted(self, x: F64) -> F64:
        """Return the numbers ``x`` of the file in `unit`; a resistance of zero is infinite."""
        if not self.reciprocal:
            return x * self.factor
        with np.errstate(divide="ignore"):
            return self.factor / x


def split_heading(heading: str) -> tuple[str, str]:
    """Return name and unit of a heading such as ``ecg[mV]``."""
    # Chinese input methods write full-width brackets, letters and signs.
    plain = unicodedata.normalize("NFKC", heading.strip().strip('"').lstrip("\ufeff"))
    match = _HEADING.match(plain.translate(_BRACKETS))
    if match is None:
        return heading.strip(), ""
    unit = match["unit"] or ""
    return (match["name"], CHINESE_UNITS.get(unit, unit)) if unit else _suffixed(match["name"])


def _suffixed(name: str) -> tuple[str, str]:
    """Return name and unit of a heading such as ``ecg_uv`` or ``t_ms``."""
    match = _SUFFIX.match(name)
    if match is None:
        return name, ""
    bare, unit = match["name"], match["unit"]
    known = kind_of(bare)
    units = TIMES if bare.lower() in TIME_NAMES else UNITS[known[0]] if known else {}
    return (bare, unit) if unit.lower() in units else (name, "")


def kind_of(name: str) -> tuple[Kind, str, str] | None:
    """Return kind, stream name and axis for a column's name; None if we do not know it."""
    said = _NUMBERED_ZH.fullmatch(name.lower().replace(" ", ""))
    english = f"{CHINESE[said[1]]}{said[2]}" if said and said[1] in CHINESE else name
    plain = re.sub(r"[^a-z0-9]+", "_", english.lower()).strip("_")
    axis = _AXIS.match(plain)
    if axis is not None:
        return Kind.ACC, axis[1].strip("_"), axis[2]
    numbered = _NUMBERED.match(plain)
    for candidate in (plain, numbered[1] if numbered else ""):
        if candidate in NAMES:
            return NAMES[candidate], plain, "value"
    return None


def column_of(name: str, unit: str, *, where: str) -> Column | None:
    """Return what the column called ``name`` in ``unit`` is; None if we do not know it.

    Raises
    ------
    RecordingError
        When we know the name and the unit cannot be right.
    """
    known = kind_of(name)
    if known is None and unit and LEADS.match(name):
        known = Kind.ECG, name.lower().strip("+"), "value"
    if known is None:
        return None
    kind, stream, axis = known
    # A micro sign, a Greek mu and a degree sign all occur in the wild.
    plain = unit.replace("µ", "u").replace("μ", "u").replace("°", "deg").lower()
    plain = plain.replace("℃", "degc").replace("ω", "ohm").replace("²", "2").replace("^", "")
    if not plain and kind in SHAPE_ONLY:
        plain = "raw"  # only the shape of these means anything
    if not plain and kind in BEATS:
        return Column(stream, kind, Unit.MILLISECOND, axis, guessed=True)
    if plain not in UNITS[kind]:
        good = ", ".join(f"{name}[{u}]" for u in dict.fromkeys(_written(kind)))
        what = f"{name!r} cannot be in {unit!r}" if unit else f"{name!r} names no unit"
        zh = f"“{name}”的单位不能是“{unit}”" if unit else f"“{name}”没有写单位"
        raise RecordingError(what, where=where, hint=f"write {good}", zh=f"{zh}，请写成 {good}")
    made, factor = UNITS[kind][plain]
    return Column(stream, kind, made, axis, factor, plain in RESISTANCES)


def _written(kind: Kind) -> list[str]:
    proper = {"mv": "mV", "uv": "uV", "v": "V", "us": "uS", "degc": "degC", "c": "degC"}
    proper["kohm"] = "kOhm"
    # Of the many ways to say "arbitrary" one is enough in advice; of the odd ones, none.
    odd = {"umho", "ohm", "mohm", *(("s", "ms", "ns") if kind is Kind.EDA else ())}
    told = [u for u in UNITS[kind] if (u == "raw" or u not in SHAPE) and u not in odd]
    return [proper.get(u, u) for u in told]
