"""Turns a block back into what happened: steps, samples, words, in their order."""

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from engine.events import Command, Notice
from engine.store.floats import unpack
from engine.store.header import stream_of
from engine.store.journal import FIXED_CHANNELS, JOURNAL_HEAD, SERIES_HEAD, Role
from engine.store.scan import Content
from engine.streams import F64, Chunk, Stream


class Step(NamedTuple):
    """What reached the loop at one step, in the order in which it was recorded."""

    step: int
    chunks: tuple[Chunk, ...]
    commands: tuple[Command, ...]
    notices: tuple[Notice, ...]


@lru_cache(maxsize=1024)
def stream_in(facts: str) -> Stream:
    """Return the stream a channel's facts describe."""
    return stream_of(json.loads(facts))


def _journal(inside: Content) -> tuple[int, F64]:
    page = inside.messages[FIXED_CHANNELS[Role.JOURNAL]][0]
    _, first, _, n = JOURNAL_HEAD.unpack_from(page)
    at = JOURNAL_HEAD.size
    steps = np.frombuffer(page, "<u2", n, at)
    channels = np.frombuffer(page, "<u2", n, at + 2 * n)
    counts = np.frombuffer(page, "<u4", n, at + 4 * n)
    return first, np.stack((steps, channels, counts), axis=1)


def last_step_in(inside: Content) -> int:
    """Return the last step of a block at which anything happened; -1 if none."""
    first, table = _journal(inside)
    return first + int(table[-1, 0]) if len(table) else -1


def samples_in(message: memoryview) -> tuple[F64, F64]:
    """Return times ``(n,)`` and values ``(n, m)`` of one message of a series."""
    n, m, size = SERIES_HEAD.unpack_from(message)
    at = SERIES_HEAD.size
    t = unpack(message[at : at + size], n, 1).reshape(n)
    return t, unpack(message[at + size :], n, m)


def steps_in(inside: Content) -> Iterator[Step]:
    """Yield what reached the loop during one block, step by step."""
    roles = {number: inside.role(number) for number in inside.channels}
    series = {
        number: samples_in(inside.messages[number][0])
        for number, role in roles.items()
        if role is Role.INPUT
    }
    streams = {number: stream_in(inside.channels[number]["stream"]) for number in series}
    used = dict.fromkeys(roles, 0)
    first, table = _journal(inside)
    step, chunks, commands, notices = -1, list[Chunk](), list[Command](), list[Notice]()
    for offset, number, count in table.tolist():
        if roles[number] not in {Role.INPUT, Role.COMMAND, Role.NOTICE}:
            continue
        if first + offset != step:
            if step >= 0:
                yield Step(step, tuple(chunks), tuple(commands), tuple(notices))
            step, chunks, commands, notices = first + offset, [], [], []
        at = used[number]
        used[number] += count
        if roles[number] is Role.INPUT:
            t, x = series[number]
            chunks.append(Chunk(streams[number], t[at : at + count], x[at : at + count]))
            continue
        facts = json.loads(bytes(inside.messages[number][at]))
        if roles[number] is Role.COMMAND:
            commands.append(Command(facts["name"], facts["by"], facts["args"]))
        else:
            notices.append(Notice(facts["kind"], facts["facts"]))
    if step >= 0:
        yield Step(step, tuple(chunks), tuple(commands), tuple(notices))
