"""Which devices a room has, checked before anyone sits down."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from importlib.util import find_spec
from typing import Any

from engine.chinese import all_in_chinese
from engine.devices.declaration import faults
from engine.devices.doubles import double_faults
from engine.devices.driven import DrivenSource
from engine.devices.driver import Driver
from engine.devices.source import Source
from engine.devices.state import Standing, impossible
from engine.devices.transports import check_here, unavailable
from engine.errors import AnlanError, ConfigError, DriverError, FaultyFileError
from engine.processes.once import ask
from engine.streams import Output, Stream

_NAME = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")
_TAKEN = {"scene", "sound", "breath"}
"""First parts of the names of controls; a device's outputs stand beside them."""
LOOK_UP_WITHIN = 30.0
"""Seconds a source may take to find out what the rig leaves open."""


@dataclass(frozen=True, slots=True)
class DeviceSpec:
    """One device as the rig names it.

    Attributes
    ----------
    name
        What it is called in this room; the first part of its streams' names.
    model
        Which kind it is.
    options
        What its kind wants to know.
    """

    name: str
    model: str
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def facts(self) -> dict[str, Any]:
        """Return it as the rig file would have it, in plain values."""
        return {"name": self.name, "model": self.model, **self.options}


@dataclass(frozen=True, slots=True)
class Declared:
    """A device whose rig entry is right: what it is and how to make it.

    Attributes
    ----------
    streams, outputs
        As the device names them.
    absent
        Why this build cannot reach it; None if it can. What is absent measures nothing.
    """

    spec: DeviceSpec
    kind: type[Any]
    streams: tuple[Stream, ...]
    outputs: tuple[Output, ...]
    absent: Standing | None = None

    @property
    def simulated(self) -> bool:
        """Whether no real device is behind it."""
        return bool(getattr(self.kind, "simulated", False))

    @property
    def follows_show(self) -> bool:
        """Whether it is told what the person sees and hears."""
        return self.simulated or bool(getattr(self.kind, "follows_show", False))

    def make(self) -> Source:
        """Return a fresh source."""
        return make_source(self.kind, self.spec.options)


def make_source(kind: type[Any], options: Mapping[str, Any]) -> Source:
    """Return a source of ``kind``, a `Driver` or `Source` class."""
    if issubclass(kind, Driver):
        return DrivenSource(kind, options)
    made = kind(options)
    if not isinstance(made, Source):
        raise DriverError("is neither a Driver nor a Source", where=kind.__name__)
    return made


def declare(
    devices: Sequence[DeviceSpec], classes: Mapping[str, type[Any]], *, live: bool
) -> tuple[Declared, ...]:
    """Return the devices, checked; nothing is opened.

    Raises
    ------
    FaultyFileError
        With every fault of every device at once.
    """
    found: list[AnlanError] = [*_name_faults(devices), *double_faults(devices, classes)]
    declared: list[Declared] = []
    for spec in devices:
        kind = classes.get(spec.model)
        if kind is None:
            found.append(_unknown(spec, classes))
            continue
        try:
            declared.append(_declare(spec, kind, live=live))
        except FaultyFileError as error:
            found += [_at(spec, fault) for fault in error.faults]
        except AnlanError as error:
            found.append(_at(spec, error))
        except Exception as error:  # noqa: BLE001 - a vendor's constructor
            found.append(
                DriverError(
                    f"cannot be set up: {type(error).__name__}: {error}",
                    where=spec.name,
                    hint=f"check its options; the driver of {spec.model!r} may be at fault",
                )
            )
    if found:
        raise FaultyFileError(found, where="devices")
    return tuple(declared)


def _declare(spec: DeviceSpec, kind: type[Any], *, live: bool) -> Declared:
    if issubclass(kind, Driver):
        _refuse_unless(live=live)
        reason = unavailable(kind.link)
        if reason is not None:
            return Declared(spec, kind, (), (), absent=impossible(*reason))
    elif issubclass(kind, Source):
        spec = _looked_up(spec, kind, live=live)
    source = make_source(kind, spec.options)
    if issubclass(kind, Driver):
        check_here(kind.link, spec.options)
    wrong = tuple(faults(source.streams, source.outputs))
    if wrong:
        raise DriverError(
            "; ".join(wrong),
            hint=f"the driver of {spec.model!r} is at fault",
            zh=all_in_chinese(wrong),
        )
    return Declared(spec, kind, source.streams, source.outputs)


def _refuse_unless(*, live: bool) -> None:
    if not live:
        raise ConfigError(
            "is a real device and cannot follow a session faster than time",
            hint="leave out --virtual-time, or use a simulated device",
        )


def lacks(kind: type[Any]) -> dict[str, str]:
    """Return the modules ``kind`` needs that are not installed, and what to install for each."""
    needs: Mapping[str, str] = getattr(kind, "needs", {})
    return {module: what for module, what in needs.items() if find_spec(module) is None}


def remedy(kind: type[Any]) -> str:
    """Return how to install what ``kind`` needs; "" if everything is there."""
    return " and ".join(f"pip install '{what}'" for what in lacks(kind).values())


def _looked_up(spec: DeviceSpec, kind: type[Source], *, live: bool) -> DeviceSpec:
    """Return ``spec`` with everything its source has to know."""
    if kind.real_time:
        _refuse_unless(live=live)
    lacking = lacks(kind)
    if lacking:
        raise ConfigError(
            f"model {spec.model!r} needs {' and '.join(lacking)}, not installed here",
            hint=remedy(kind),
        )
    if not live or kind.look_up.__func__ is Source.look_up.__func__:  # type: ignore[attr-defined]
        return spec
    found = ask(_look_up, (kind, dict(spec.options)), within=LOOK_UP_WITHIN)
    return replace(spec, options=found)


def _look_up(question: tuple[type[Source], dict[str, Any]]) -> dict[str, Any]:
    kind, options = question
    return dict(kind.look_up(options))


def _name_faults(devices: Sequence[DeviceSpec]) -> Iterator[ConfigError]:
    for name, times in Counter(d.name for d in devices).items():
        if times > 1:
            yield ConfigError(
                f"{times} devices have this name", where=name, hint="give each its own",
                zh=f"有 {times} 台设备用了这个名字；请各取一个",
            )  # fmt: skip
        if not _NAME.fullmatch(name):
            yield ConfigError(
                "is not a device's name",
                where=name or '""',
                hint="small letters, digits, - and _, beginning with a letter",
                zh="不能作设备名；请用小写字母、数字、- 和 _，以字母开头",
            )
        elif name in _TAKEN:
            yield ConfigError(
                "is a name of the engine's own",
                where=name,
                hint="choose another",
                zh="是系统自用的名字；请另取一个",
            )


def _unknown(spec: DeviceSpec, classes: Mapping[str, type[Any]]) -> ConfigError:
    close = get_close_matches(spec.model, classes, 1)
    install = "is its package installed (pip install -e FOLDER)?"
    known = ", ".join(sorted(classes)) or "none"
    return ConfigError(
        f"no driver is installed for model {spec.model!r}",
        where=spec.name,
        hint=f"did you mean {close[0]!r}? If not, {install} `anlan plugins` tells"
        if close
        else f"{install} installed: {known}",
        zh=f"没有安装型号 {spec.model!r} 的驱动；"
        + (f"是否要写 {close[0]!r}？" if close else f"已安装：{known}"),
    )


def _at(spec: DeviceSpec, error: AnlanError) -> AnlanError:
    """Return ``error`` with the device's name in front of where it was."""
    where = f"{spec.name}.{error.where}" if error.where else spec.name
    return type(error)(error.what, where=where, hint=error.hint, zh=error.zh)
