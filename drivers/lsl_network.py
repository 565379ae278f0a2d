"""The way to liblsl: how far it may look, which streams are there, what they say of themselves."""

import importlib
import os
from typing import Any

from drivers.lsl_channels import Channel, Outlet
from drivers.lsl_request import Request
from engine.devices import UnreachableError

LOOK_FOR = 1.0
"""Seconds a search lasts: streams that fit by mistake show themselves within that."""
ANSWER_WITHIN = 3.0
"""Seconds an outlet has for each step of a connection."""

MACHINE = "[multicast]\nResolveScope = machine\n"
"""No network unless the rig says so: only streams of this computer are looked for."""
QUIET = "[log]\nlevel = -3\n"
"""What liblsl would print to the terminal comes as our own reasons."""


def library(request: Request) -> Any:  # noqa: ANN401 - pylsl has no types
    """Return pylsl, told how far it may look.

    Whoever needs more control names a file of liblsl's own in the environment variable
    ``LSLAPICFG``, which then decides alone.
    """
    lsl: Any = importlib.import_module("pylsl")
    if "LSLAPICFG" not in os.environ:
        peers = f"[lab]\nKnownPeers = {{{', '.join(request.peers)}}}\n" if request.peers else ""
        lsl.set_config_content(QUIET + ("" if request.network else MACHINE) + peers)
    return lsl


def find(lsl: Any, request: Request) -> Any:  # noqa: ANN401
    """Return liblsl's handle of the one stream that fits.

    Raises
    ------
    UnreachableError
        If there is none, or more than one.
    """
    found = lsl.resolve_bypred(request.predicate, 2, LOOK_FOR)
    if len(found) == 1:
        return found[0]
    if found:
        several = "; ".join(str(outlet_of(info)) for info in found)
        raise UnreachableError(
            f"{len(found)} LSL streams have {request}: {several}",
            hint="say which by source_id or stream, or end the one too many",
            zh=f"{len(found)} 个 LSL 数据流都符合（{request}）：请用 source_id 或 stream 指明",
        )
    others = "; ".join(str(outlet_of(info)) for info in lsl.resolve_streams(LOOK_FOR / 2))
    where = "on the network" if request.network else "on this computer"
    hint = f"there are: {others}" if others else "start the program that sends it"
    far = "" if request.network else "; for other computers say network = true"
    zh = f"找不到 LSL 数据流（{request}）：请启动发送数据的程序"
    if not request.network:
        zh += "；若在另一台电脑上，请写 network = true"
    raise UnreachableError(f"no LSL stream with {request} is {where}", hint=hint + far, zh=zh)


def outlet_of(info: Any) -> Outlet:  # noqa: ANN401
    """Return what a stream says of itself; labels and units only of a full description."""
    count, rate = info.channel_count(), float(info.nominal_srate())
    told: list[Channel] = []
    element = info.desc().child("channels").child("channel")
    for _ in range(count):
        told.append(Channel(*(element.child_value(key) for key in ("label", "type", "unit"))))
        element = element.next_sibling("channel")
    return Outlet(
        info.name(), info.type(), tuple(told), rate or None,
        text=info.channel_format() == _STRING, source_id=info.source_id(), host=info.hostname(),
    )  # fmt: skip


_STRING = 3
"""liblsl's number of the format of words (cf_string)."""
