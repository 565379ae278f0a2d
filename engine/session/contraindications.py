"""Who a session is not for, in words: asked before anybody consents.

Which states these are: `engine.session.format.Contraindication`.
"""

from collections.abc import Collection, Mapping

from engine.session.format import Contraindication
from engine.show import Caption

NAMES: Mapping[Contraindication, Caption] = {
    "seizures": Caption("癫痫或对闪光敏感", "seizures or trouble with flickering light"),
    "vestibular": Caption("眩晕或平衡障碍", "vertigo or trouble with balance"),
    "cardiac": Caption("房颤或心脏起搏器", "atrial fibrillation or a pacemaker"),
    "pregnancy": Caption("怀孕", "a pregnancy"),
    "injury": Caption("近期手术或背部受伤", "recent surgery or a back injury"),
    "dissociation": Caption("幻觉、妄想或解离的经历", "psychosis or dissociation"),
    "hypotension": Caption("低血压", "low blood pressure"),
    "panic": Caption("放松时会惊恐", "panic when relaxing"),
    "respiratory": Caption("慢性肺病或容易过度换气", "lung disease or over-breathing"),
}
"""Of each, what people call it."""


MOVED: tuple[Contraindication, ...] = ("pregnancy", "injury")
"""What is asked besides where something moves or presses the person, whatever the protocol says."""


def asked_before(
    avoid: Collection[Contraindication], *, chair: bool
) -> tuple[Contraindication, ...]:
    """Return what is asked before a session whose protocol lists ``avoid``."""
    return tuple(dict.fromkeys([*avoid, *(MOVED if chair else ())]))


def named(avoid: Collection[Contraindication]) -> Caption:
    """Return the names of some in a row."""
    names = [NAMES[one] for one in avoid]
    return Caption("、".join(n.zh for n in names), ", ".join(n.en for n in names))


def question(avoid: Collection[Contraindication]) -> Caption | None:
    """Return what is asked before a session that is not for everyone; None if it is."""
    if not avoid:
        return None
    names = named(avoid)
    return Caption(
        f"如有{names.zh}，请先告诉咨询师，不要开始。",
        f"If you have {names.en}, tell your counselor first and do not begin.",
    )
