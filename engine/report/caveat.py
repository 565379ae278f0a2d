"""What to bear in mind when reading a session's numbers: whose they are, and what they rest on."""

from itertools import pairwise

from engine.report.phrases import join, person
from engine.report.view import SessionView
from engine.show import Caption


def caveat(view: SessionView) -> Caption:
    """Return what to keep in mind of the numbers of ``view``."""
    if view.origin == "simulated":
        return Caption(
            "这些数据来自模拟，不代表任何人，只用来展示和检验系统。",
            "These numbers come from a simulation. They stand for no one and only serve to show "
            "and test the room.",
        )
    if view.origin == "replayed":
        return Caption(
            "这些数据来自一份既有的记录：它们没有受到这里的场景和引导的影响，"
            "只说明系统如何读取和回应这份记录。",
            "These numbers come from an older recording. Neither the scene nor the guide here "
            "acted on them; they show how the room read that recording and answered it.",
        )
    if view.origin == "mixed":
        lead = Caption(
            "有些数据并不来自本人（见“数据从哪里来”），请不要当作一个人的数值来比较。",
            "Not all of these numbers come from the person (see where the data come from); do "
            "not compare them as one person's. ",
        )
    else:
        lead = _sitting(view)
    return join(
        lead,
        Caption(
            "一次的数值会受咖啡、饮食、睡眠和活动影响，请只与自己的其他几次相比；"
            "它们不说明心情、健康或能力。",
            "One session's numbers also depend on coffee, meals, sleep and movement. Compare "
            "them only with one's own other sessions; they say nothing about mood, health "
            "or ability.",
        ),
    )


def _sitting(view: SessionView) -> Caption:
    """Return what is to be said of the quiet sitting: that it was left out and why, or short."""
    entered = view.of_kind("phase_entered")
    after = [b for a, b in pairwise(entered) if a.facts.get("part") == "baseline"]
    because = str(after[0].facts.get("because")) if after else ""
    demo = (
        Caption("这是演示；", "This was a demonstration. ")
        if view.demonstration
        else Caption("", "")
    )
    if because.startswith("skipped by "):
        by = person(because.removeprefix("skipped by "))
        return Caption(
            f"{demo.zh}{by.zh}跳过了静坐，无从了解本人的平常状态。",
            f"{demo.en}Sitting quietly was skipped by {by.en}, so nobody is known at rest. ",
        )
    if view.stretch("baseline") is None and not view.measured and view.devices:
        return Caption(
            f"{demo.zh}这一次没有静坐：只有连接了能判读的心率、皮电或呼吸传感器才有这一段。",
            f"{demo.en}There was no quiet sitting: that part is for a heart, skin conductance or "
            "breathing sensor that can be read, and none was connected. ",
        )
    if view.demonstration:
        return Caption(
            "这是演示，静坐的时间太短，不足以了解本人的平常状态。",
            "This was a demonstration, with too little quiet sitting to know anyone at rest. ",
        )
    return Caption("", "")
