"""What people call each number of an analysis, how exactly it is worth telling, and what it is."""

from dataclasses import dataclass

from engine.dsp.hrv_limits import BY_BREATH, INDICES
from engine.show import Caption


@dataclass(frozen=True, slots=True)
class Name:
    """A metric's name for people, its unit as written, decimals, and what it is."""

    metric: str
    words: Caption
    unit: Caption
    decimals: int
    meaning: Caption


PER_MINUTE, MS = Caption("次/分", "/min"), Caption("毫秒", "ms")
POWER, NONE = Caption("毫秒²", "ms²"), Caption("", "")


def _index(metric: str, zh: str, en: str, unit: Caption, decimals: int) -> Name:
    index = INDICES[metric] if metric in INDICES else BY_BREATH[metric]
    return Name(metric, Caption(zh, en), unit, decimals, index.meaning)


HEART = (
    _index("hr_bpm", "心率", "Heart rate", PER_MINUTE, 1),
    _index("mean_nn_ms", "平均间期", "Mean interval", MS, 0),
    _index("rmssd_ms", "RMSSD", "RMSSD", MS, 1),
    _index("sdnn_ms", "SDNN", "SDNN", MS, 1),
    _index("pnn50_percent", "pNN50", "pNN50", Caption("%", "%"), 1),
    _index("sd1_ms", "SD1（庞加莱图）", "SD1 (Poincaré)", MS, 1),
    _index("sd2_ms", "SD2（庞加莱图）", "SD2 (Poincaré)", MS, 1),
    _index("lf_ms2", "LF 功率", "LF power", POWER, 0),
    _index("hf_ms2", "HF 功率", "HF power", POWER, 0),
    _index("total_ms2", "总功率", "Total power", POWER, 0),
    _index("lf_hf", "LF 与 HF 之比", "LF over HF", NONE, 2),
    _index("lf_peak_hz", "LF 峰值频率", "LF peak", Caption("Hz", "Hz"), 3),
    _index("hf_peak_hz", "HF 峰值频率", "HF peak", Caption("Hz", "Hz"), 3),
    _index("coherence_ratio", "相干比", "Coherence ratio", NONE, 2),
    _index("coherence_hz", "相干峰频率", "Coherence peak", Caption("Hz", "Hz"), 3),
    _index("rsa_ms", "随呼吸的心率起伏", "RSA by breath", MS, 0),
    _index("sampen", "样本熵", "Sample entropy", NONE, 2),
    _index("dfa_alpha1", "DFA α1", "DFA α1", NONE, 2),
    _index("stress_index", "Baevsky 指数", "Baevsky's index", Caption("%/秒²", "%/s²"), 0),
)
SKIN = (
    Name("tonic_us", Caption("皮电水平", "Skin conductance level"), Caption("微西门子", "µS"), 2,
         Caption("质量良好的各秒中，皮肤电导缓慢成分的中位数。",
                 "Median of the slow part of skin conductance over the seconds of good quality.")),
    Name("scr_per_min", Caption("皮电反应", "Skin responses"), PER_MINUTE, 1,
         Caption("每分钟（质量良好的时间）确认的皮电反应次数。",
                 "Confirmed skin conductance responses a minute of good quality.")),
    Name("scr_amplitude_us", Caption("反应幅度", "Response amplitude"),
         Caption("微西门子", "µS"), 2,
         Caption("已确认的皮电反应的平均幅度。",
                 "Mean amplitude of the confirmed skin conductance responses.")),
)  # fmt: skip
BREATH = (
    Name("rate_bpm", Caption("呼吸频率", "Breathing rate"), PER_MINUTE, 1,
         Caption("有把握的各秒中，每分钟呼吸次数的中位数。",
                 "Median breaths a minute over the seconds in which the rate was certain enough.")),
)  # fmt: skip
NAMES = {name.metric: name for name in (*HEART, *SKIN, *BREATH)}
