"""What every session says to the officer, in both languages: short, warm, never an order."""

from engine.show import Caption

TITLES = {
    "check": Caption("开始之前", "Before we begin"),
    "rating": Caption("此刻的感受", "How it is right now"),
    "fit": Caption("戴好传感器", "Fitting the sensors"),
    "baseline": Caption("静坐片刻", "Sitting quietly"),
    "recovery": Caption("慢慢停下", "Letting it settle"),
    "closing": Caption("再看一眼", "One more look"),
    "upright": Caption("慢慢坐起", "Coming upright"),
}

SAYINGS = {
    "check": Caption(
        "这里的数据属于您。准备好了，就轻触一下。",
        "What is measured here is yours. Touch once when you are ready.",
    ),
    "rating": Caption(
        "此刻的紧张程度，从 0 到 100，大约是多少？",
        "How tense is it right now, from 0 to 100?",
    ),
    "fit": Caption(
        "正在确认信号，请舒服地坐着。",
        "Making sure the sensors can hear you. Just sit comfortably.",
    ),
    "baseline": Caption(
        "什么都不用做，看看海就好。",
        "Nothing to do. Just look at the sea for a while.",
    ),
    "recovery": Caption(
        "不用再跟着光了，让呼吸自己来。",
        "No need to follow the light any more. Let the breath come by itself.",
    ),
    "closing": Caption(
        "现在呢？从 0 到 100，再选一次。",
        "And now? From 0 to 100, once more.",
    ),
    "upright": Caption(
        "活动一下手脚，准备好了再站起来。",
        "Move your hands and feet a little. Stand up when you are ready.",
    ),
}

SIGNAL_LOST = Caption(
    "传感器暂时听不到您，没关系，跟着光就好。",
    "The sensor cannot hear you right now. That is fine, the light goes on.",
)
SIGNAL_BACK = Caption("信号回来了。", "The signal is back.")
SLOW_LOOP = Caption(
    "有一个传感器暂时听不到，画面会跟得慢一些。",
    "One sensor cannot hear you right now, so the scene follows more slowly.",
)
PACER_ONLY = Caption(
    "暂时听不到您，画面先停在这里，跟着光呼吸就好。",
    "The sensors cannot hear you right now. The scene rests here, the light goes on.",
)
AUDIO_ONLY = Caption(
    "画面暂时没有了，没关系，听着声音就好。",
    "The picture is away for a moment. That is fine, the sound goes on.",
)
CHAIR_STOPPED = Caption("椅子已停下。", "The chair has stopped.")
CHAIR_CONSENT = Caption(
    "这里的数据属于您。这一次椅子会慢慢后靠，随时可以让它停下。准备好了，就轻触一下。",
    "What is measured here is yours. The chair will lean back slowly; it stops whenever you "
    "like. Touch once when you are ready.",
)
PAUSED = Caption("已暂停。不着急。", "Paused. There is no hurry.")
DIZZY = Caption(
    "好的，按平常的节奏呼吸就好。",
    "All right. Breathe just as you normally would.",
)
GOODBYE = Caption("今天到这里，谢谢您。", "That is all for today. Thank you.")

ALWAYS = (
    SIGNAL_LOST, SIGNAL_BACK, SLOW_LOOP, PACER_ONLY, AUDIO_ONLY, CHAIR_STOPPED, PAUSED, DIZZY,
    GOODBYE,
)  # fmt: skip
"""Captions any session may need, drawn before it starts."""
