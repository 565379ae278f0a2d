"""The three sentences a tired person reads: what was done, what the body did, what to bear in mind.

They never name a feeling and never judge; where the recording is poor they say so.
"""

from engine.events import Event
from engine.report.caveat import caveat
from engine.report.definitions import DEFINITIONS
from engine.report.measures import Course, Measure, Row, courses, qualities, rows
from engine.report.phrases import (
    clock,
    duration,
    join,
    measured_by,
    measures_a_person,
    number,
    person,
    share,
)
from engine.report.presence import absences
from engine.report.reasons import reason
from engine.report.view import Device, SessionView
from engine.show import Caption

POOR = 0.5
"""Share of good time below which a signal is not summed up."""
_COMMA = Caption("；", "; ")


def sentences(view: SessionView) -> tuple[Caption, Caption, Caption]:
    """Return what was done, what the body did, what to keep in mind."""
    return _done(view), _body(view), caveat(view)


def _done(view: SessionView) -> Caption:
    length = duration(view.duration)
    training = view.stretch("training")
    trained = duration(training[1] - training[0]) if training else None
    closed = view.of_kind("session_closed")
    stops = view.of_kind("stop_requested")
    said = Caption(
        f"进行了“{view.title.zh}”，共 {length.zh}",
        f"“{view.title.en}” ran for {length.en}",
    )
    if trained is not None:
        said = join(said, Caption(f"，其中训练 {trained.zh}", f", {trained.en} of it training"))
    if stops:
        by = _who_and_why(stops[0])
        at = clock(stops[0].t)
        end = Caption(f"；在 {at} 提前结束（{by.zh}）。", f"; it ended early at {at} ({by.en}).")
    elif not closed:
        end = Caption("；记录没有正常结束。", "; the recording breaks off.")
    else:
        end = Caption("，全程完成。", ", to its end.")
    return join(said, end)


def _who_and_why(stop: Event) -> Caption:
    """Return who ended the session; where it ended by itself, the rule or the cause."""
    by = person(stop.facts.get("by"))
    if stop.facts.get("by") not in {"stop rule", "room"}:
        return by
    return join(by, reason(str(stop.facts.get("reason"))), between=Caption("：", ": "))


def _body(view: SessionView) -> Caption:
    warmth = [_warmth(course) for course in courses(view)]
    if not (view.measured and view.tracks):
        return join(*warmth) if warmth else _nothing_measured(view)
    return join(_changed(view), *warmth)


def _changed(view: SessionView) -> Caption:
    """Return how the signals went from sitting quietly to recovery."""
    told = {r.definition.signal: r for r in rows(view) if r.definition.signal in DEFINITIONS}
    wanted = ("heart.rate", "resp.rate", "eda.scl_us")
    parts = [p for name in wanted if name in told and (p := _moved(told[name])) is not None]
    if not parts and view.stretch("recovery") is None:
        return Caption(
            "流程在恢复之前就结束了，没有可以与静坐相比的一段。",
            "The session ended before recovery, so there is nothing to compare sitting quietly "
            "with.",
        )
    if not parts and _too_short(view):
        return Caption(
            "各段时间太短，不足以说明身体的变化。",
            "The parts were too short to say what the body did.",
        )
    if not parts:
        return Caption(
            "记录的质量不足以说明身体的变化。",
            "The recording was not good enough to say what the body did.",
        )
    heard = [q for q in qualities(view) if q.definition.signal in told]
    good = min((q.good for q in heard if q.good >= POOR), default=1.0)
    poor = [q.definition.name for q in heard if q.good < POOR]
    body = join(*parts, between=_COMMA)
    lead = Caption("从静坐到恢复：", "From sitting quietly to recovery: ")
    if view.origin == "replayed":
        lead = Caption(
            "从记录中当作“静坐”的一段到当作“恢复”的一段：",
            "From the stretch taken for sitting quietly to the one taken for recovery: ",
        )
    tail = Caption(
        f"（至少 {share(good)} 的时间质量良好）。",
        f" (good for at least {share(good)} of the time).",
    )
    said = join(lead, body, tail)
    if poor:
        names = join(*poor, between=Caption("、", ", "))
        said = join(
            said,
            Caption(
                f"{names.zh}的记录质量不足，不作说明。",
                f" {names.en}: the recording was not good enough to say.",
            ),
        )
    return said


def _warmth(course: Course) -> Caption:
    """Return the plain figures of a temperature, which need no quiet sitting to compare with."""
    d = course.definition
    whole, first, last = (number(v, d.decimals) for v in (course.whole, course.first, course.last))
    return Caption(
        f"{d.name.zh}（传感器所给）中位数 {whole} {d.unit.zh}，开始时 {first}，结束时 {last}。",
        f" {d.name.en} (as the sensor gave it): median {whole} {d.unit.en}, {first} at the "
        f"beginning and {last} at the end.",
    )


def _nothing_measured(view: SessionView) -> Caption:
    """Tell that there are no figures: for want of a sensor, of its data, or of a use for them."""
    sensors = [d for d in view.devices if measures_a_person(d)]
    if not sensors:
        return Caption(
            "没有连接传感器，因此没有身体数据。",
            "No sensor was connected, so nothing was measured.",
        )
    silent = {a.device for a in absences(view) if a.never}
    there = [d for d in sensors if d.name not in silent]
    if not there:
        return Caption(
            "传感器全程没有数据，因此没有身体数据（原因见上）。",
            "The sensors sent nothing for the whole session, so nothing was measured (why is said "
            "above).",
        )
    went = {a.device: a.since for a in absences(view)}
    left = [_left(d, went[d.name]) for d in there if d.name in went]
    stayed = [_named(d) for d in there if d.name not in went]
    names = join(*stayed, between=Caption("、", ", "))
    connected = Caption(
        f"已连接 {names.zh}；这份报告没有用它的数据得出数值。",
        f"Connected: {names.en}; this report shows no figure made of it.",
    )
    return join(*([connected] if stayed else []), *left, between=Caption("", " "))


def _named(device: Device) -> Caption:
    measured = measured_by(device)
    return Caption(f"{device.name}（{measured.zh}）", f"{device.name} ({measured.en})")


def _left(device: Device, since: float) -> Caption:
    """Tell of a sensor that went away that too little came before, or nothing to sum up."""
    name, at = _named(device), clock(since)
    return Caption(
        f"{name.zh}只在 {at} 之前有数据（原因见上），没有得出数值。",
        f"{name.en} sent data only until {at} (why is said above); no figure was made of it.",
    )


def _moved(row: Row) -> Caption | None:
    """Return how one signal went from rest to recovery, or None where it cannot be told."""
    rest, recovery, d = row.rest, row.recovery, row.definition
    if not _tellable(rest) or not _tellable(recovery):
        return None
    assert rest is not None  # noqa: S101 - `_tellable` says so
    assert recovery is not None  # noqa: S101
    old, new = number(rest.value, d.decimals), number(recovery.value, d.decimals)
    if old == new:
        return Caption(
            f"{d.name.zh}保持在 {old} {d.unit.zh}",
            f"{d.name.en.lower()} steady at {old} {d.unit.en}",
        )
    return Caption(
        f"{d.name.zh}由 {old} 到 {new} {d.unit.zh}",
        f"{d.name.en.lower()} from {old} to {new} {d.unit.en}",
    )


def _tellable(measure: Measure | None) -> bool:
    return measure is not None and measure.value is not None and measure.good >= POOR


def _too_short(view: SessionView) -> bool:
    """Tell whether only time was lacking, for signals that were heard well."""
    for row in rows(view):
        if row.definition.signal in view.temperatures:
            continue
        both = (row.rest, row.recovery)
        if all(m is not None and m.good >= POOR for m in both):
            return True
    return False
