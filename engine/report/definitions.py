"""What each number of the report is, over which time, and where it is defined."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from engine.show import Caption


@dataclass(frozen=True, slots=True)
class Definition:
    """How one number comes about.

    Attributes
    ----------
    lead_in
        s from the start of a stretch that are left out of its summary, because the
        number still looks back on what was before.
    decimals
        How many decimals it deserves.
    code
        LOINC code where there is one for exactly this quantity.
    """

    signal: str
    name: Caption
    unit: Caption
    meaning: Caption
    window: Caption
    lead_in: float
    decimals: int
    code: str = ""


PER_MINUTE = Caption("次/分", "/min")
DEFINITIONS = {
    d.signal: d
    for d in (
        Definition(
            "heart.rate", Caption("心率", "Heart rate"), PER_MINUTE,
            Caption("每分钟心跳次数，由相邻心跳的间期得出，异常间期已修正。",
                    "Beats a minute, from the intervals between beats; faulty ones are corrected."),
            Caption("最近 10 秒", "the last 10 s"), 10.0, 0, "LOINC 8867-4",
        ),
        Definition(
            "heart.rmssd_ms", Caption("RMSSD", "RMSSD"), Caption("毫秒", "ms"),
            Caption("相邻心跳间期之差的均方根。跟随慢呼吸时，它会因呼吸本身而变化。",
                    "Root mean square of differences between successive intervals. "
                    "While breathing is guided it changes through the breathing itself."),
            Caption("最近 60 秒；满 30 秒起显示（超短时）",
                    "the last 60 s; from 30 s on (ultra-short)"), 60.0, 0,
        ),
        Definition(
            "heart.sdnn_ms", Caption("SDNN", "SDNN"), Caption("毫秒", "ms"),
            Caption("心跳间期的标准差。跟随慢呼吸时，它会因呼吸本身而变化。",
                    "Standard deviation of the intervals between beats. "
                    "While breathing is guided it changes through the breathing itself."),
            Caption("最近 60 秒", "the last 60 s"), 60.0, 0, "LOINC 80404-7",
        ),
        Definition(
            "resp.rate", Caption("呼吸频率", "Breathing rate"), PER_MINUTE,
            Caption("每分钟呼吸次数。", "Breaths a minute."),
            Caption("最近数次呼吸", "the last few breaths"), 15.0, 1,
        ),
        Definition(
            "eda.scl_us", Caption("皮电水平", "Skin conductance level"), Caption("微西门子", "µS"),
            Caption("皮肤导电的缓慢成分，因人而异，只宜与自己比较。",
                    "The slow part of skin conductance. It differs from person to person "
                    "and is only worth comparing with oneself."),
            Caption("连续", "continuous"), 5.0, 2,
        ),
        Definition(
            "eda.scr_per_min", Caption("皮电反应", "Skin responses"), PER_MINUTE,
            Caption("皮肤导电的短促升高，每分钟次数。",
                    "Brief rises of skin conductance a minute."),
            Caption("最近 66 秒", "the last 66 s"), 66.0, 1,
        ),
        Definition(
            "pacing.plv", Caption("跟随度", "Following the guide"), Caption("0 至 1", "0 to 1"),
            Caption("呼吸与引导光在节奏上的一致程度，1 为完全一致。",
                    "How steadily breathing keeps step with the guiding light; 1 is perfectly."),
            Caption("最近数次呼吸", "the last few breaths"), 20.0, 2,
        ),
        Definition(
            "arousal", Caption("唤醒度", "Arousal"), Caption("标准差", "SD"),
            Caption("心率、心率变异、皮电与呼吸合成的身体激活程度，以本人静坐时为 0，"
                    "以本人静坐时的波动为单位。它有明显的不确定性，不代表任何心情。",
                    "How activated the body is, combined from heart, skin and breath: 0 is this "
                    "person sitting quietly, the unit their own variation at rest. It is "
                    "uncertain, and it stands for no feeling."),
            Caption("每秒更新；所用数值取自最近 10 至 60 秒",
                    "once a second, from values of the last 10 to 60 s"), 30.0, 1,
        ),
    )
}  # fmt: skip
TEMPERATURE = Definition(
    "skin_temp", Caption("皮肤温度", "Skin temperature"), Caption("℃", "°C"),
    Caption("传感器所贴之处的皮肤温度，按传感器所给，未经处理。它随室温、衣物和佩戴位置缓慢变化，"
            "只宜在同一次、同一位置比较。",
            "Temperature of the skin where the sensor sits, as the sensor gives it. It changes "
            "slowly, with the room, the clothes and the place too; compare it only within one "
            "session and one place."),
    Caption("传感器所给的每个数值", "each value the sensor gives"), 0.0, 1,
)  # fmt: skip
"""No signal of the session's, nothing is steered by it: a plain figure."""


def temperature(stream: str, all_streams: Collection[str]) -> Definition:
    """Return the definition of one temperature; with several it is named after its device."""
    if len(all_streams) == 1:
        return replace(TEMPERATURE, signal=stream)
    device = stream.partition(".")[0]
    name = Caption(f"{TEMPERATURE.name.zh}（{device}）", f"{TEMPERATURE.name.en} ({device})")
    return replace(TEMPERATURE, signal=stream, name=name)
