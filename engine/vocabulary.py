"""What people call what is measured and what is done, in Chinese and English."""

from collections.abc import Mapping

from engine.units import Kind

Names = tuple[str, str]
"""Chinese, English."""

KINDS: Mapping[Kind, Names] = {
    Kind.ECG: ("心电", "ECG"),
    Kind.PPG: ("脉搏波", "pulse wave"),
    Kind.RRI: ("心跳间期", "intervals between beats"),
    Kind.PPI: ("脉搏间期", "intervals between pulses"),
    Kind.EEG: ("脑电（只记录）", "EEG (recorded only)"),
    Kind.EMG: ("肌电（只记录）", "EMG (recorded only)"),
    Kind.EDA: ("皮电", "skin conductance"),
    Kind.RESP: ("呼吸", "breathing"),
    Kind.SKIN_TEMP: ("皮肤温度", "skin temperature"),
    Kind.TEMPERATURE: ("设备表面温度", "temperature of the device's surface"),
    Kind.ACC: ("加速度", "acceleration"),
    Kind.SPO2: ("血氧", "oxygen saturation"),
    Kind.ANGLE: ("座椅角度", "angle of the chair"),
    Kind.BATTERY: ("电量", "battery"),
    Kind.STATUS: ("设备状态", "state of the device"),
    Kind.RATING: ("自评", "self-ratings"),
}
"""A stream is called by what it measures."""

OUTPUTS: Mapping[str, Names] = {
    "recline": ("靠背角度", "Back of the chair"),
    "legs": ("腿部角度", "Legs of the chair"),
    "vibration": ("振动", "Vibration"),
    "massage": ("按摩", "Massage"),
    "warmth": ("座椅加热", "Warmth of the chair"),
    "strength": ("体感音波强度", "Strength of the vibration felt"),
    "frequency": ("体感音波频率", "Frequency of the vibration felt"),
    "back_up": ("靠背抬起", "Back up"),
    "back_down": ("靠背放低", "Back down"),
    "legs_up": ("腿部抬起", "Legs up"),
    "legs_down": ("腿部放低", "Legs down"),
    "right_thigh": ("右大腿振动", "Vibration, right thigh"),
    "left_thigh": ("左大腿振动", "Vibration, left thigh"),
    "right_seat": ("右侧坐垫振动", "Vibration, right seat"),
    "left_seat": ("左侧坐垫振动", "Vibration, left seat"),
    "right_back": ("右背部振动", "Vibration, right back"),
    "left_back": ("左背部振动", "Vibration, left back"),
    "right_shoulder": ("右肩振动", "Vibration, right shoulder"),
    "left_shoulder": ("左肩振动", "Vibration, left shoulder"),
}
"""An output is called by its name, where it is one of these; else it says its own."""


def output_names(name: str, zh: str, en: str) -> Names | None:
    """Return what people call the output ``name``: as it says itself, else as it is known here."""
    known = OUTPUTS.get(name.rpartition(".")[2])
    if zh and en:
        return zh, en
    return known


def is_chinese(text: str) -> bool:
    """Whether there is any Chinese in ``text``."""
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)
