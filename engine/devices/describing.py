"""What a kind of device is, as plain data for other programs, with a JSON schema."""

import json
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from engine.devices.catalog import remedy
from engine.devices.driven import BATTERY, adds_battery
from engine.devices.driver import Driver
from engine.devices.links import BleLink, Link, SerialLink
from engine.devices.transports import transport_options
from engine.hooks import API
from engine.streams import Output, Stream
from engine.units import Kind, Unit
from engine.vocabulary import KINDS, output_names


class Facts(BaseModel):
    """What all descriptions have in common: nothing changes, nothing is unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class StreamFacts(Facts):
    """One thing a device measures."""

    name: str
    kind: Kind
    unit: Unit
    rate: Annotated[float | None, Field(description="samples a second; null: irregular")]
    latency: Annotated[float, Field(description="seconds from the body to the report", ge=0)]
    axes: tuple[str, ...]
    zh: Annotated[str, Field(description="what it measures, for people")]
    en: str


class OutputFacts(Facts):
    """One thing a device does."""

    name: str
    unit: Unit
    low: float
    high: float
    slew: Annotated[float, Field(description="fastest change, in unit per second", gt=0)]
    rest: Annotated[float, Field(description="where the engine leaves it when in doubt")]
    zh: Annotated[str, Field(description="what people call it; empty: nobody said")]
    en: str


class SerialFacts(Facts):
    """A serial port, and how the device is found."""

    transport: Literal["serial"] = "serial"
    baud: Annotated[int, Field(gt=0)]
    usb: Annotated[
        tuple[str, ...], Field(description="vendor:product in hex; empty: the rig names a port")
    ]


class BleFacts(Facts):
    """A Bluetooth LE peripheral, and how the device is found."""

    transport: Literal["ble"] = "ble"
    service: str
    notify: dict[str, str]
    write: str | None
    names: Annotated[tuple[str, ...], Field(description="beginnings of the names it goes by")]
    optional: tuple[str, ...]


class DeviceFacts(Facts):
    """One kind of device, or one device of a rig."""

    name: Annotated[str, Field(description="of the device in the rig, or the model")]
    model: str
    zh: str
    en: str
    about: str
    simulated: Annotated[bool, Field(description="no real device is behind it")]
    link: Annotated[
        SerialFacts | BleFacts | None, Field(description="null: it brings its own transport")
    ]
    options: Annotated[
        tuple[str, ...] | None, Field(description="keys in the rig; null: its own affair")
    ]
    streams: Annotated[
        tuple[StreamFacts, ...] | None, Field(description="null: known once a rig sets it up")
    ]
    outputs: tuple[OutputFacts, ...] | None
    needs: Annotated[str, Field(description="how to install what it lacks here; empty: nothing")]


class Catalogue(Facts):
    """Every kind of device that is installed, or every device of a rig."""

    api: Annotated[str, Field(description="version of the plugin API")]
    devices: tuple[DeviceFacts, ...]


def schema_text() -> str:
    """Return the JSON schema of `anlan devices --json`, as it is kept beside this file."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Catalogue.model_json_schema(mode="serialization"),
        "title": "What `anlan devices --json` says",
    }
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def catalogue(devices: Iterable[DeviceFacts]) -> Catalogue:
    """Return ``devices`` with the version of the API they were written for."""
    return Catalogue(api=".".join(map(str, API)), devices=tuple(devices))


def describe(
    kind: type[Any],
    name: str = "",
    streams: Iterable[Stream] | None = None,
    outputs: Iterable[Output] | None = None,
) -> DeviceFacts:
    """Return what ``kind``, a `Driver` or `Source` class, is.

    Parameters
    ----------
    name
        Of the one device, if it is one.
    streams, outputs
        Of that device; None reads what the class declares.
    """
    is_driver = issubclass(kind, Driver)
    measured = _declared(kind, "streams") if streams is None else tuple(streams)
    if measured is not None and streams is None and is_driver and adds_battery(kind):
        measured = (*measured, BATTERY)
    done = _declared(kind, "outputs") if outputs is None else tuple(outputs)
    return DeviceFacts(
        name=name or str(kind.model),
        model=str(kind.model),
        zh=str(kind.zh),
        en=str(kind.en),
        about=(kind.__doc__ or "").strip().partition("\n")[0],
        simulated=bool(getattr(kind, "simulated", False)),
        link=_link(kind.link) if is_driver else None,
        options=transport_options(kind.link) if is_driver else None,
        streams=None if measured is None else tuple(map(_stream, measured)),
        outputs=None if done is None else tuple(map(_output, done)),
        needs=remedy(kind),
    )


def _declared(kind: type[Any], what: str) -> tuple[Any, ...] | None:
    """Return what the class says; None where only an instance knows."""
    said = getattr(kind, what, ())
    return None if isinstance(said, property) else tuple(said)


def _link(link: Link) -> SerialFacts | BleFacts:
    if isinstance(link, SerialLink):
        usb = tuple(f"{vendor:04x}:{product:04x}" for vendor, product in link.usb)
        return SerialFacts(baud=link.baud, usb=usb)
    return _ble(link)


def _ble(link: BleLink) -> BleFacts:
    return BleFacts(
        service=link.service, notify=dict(link.notify), write=link.write, names=link.names,
        optional=link.optional,
    )  # fmt: skip


def _stream(stream: Stream) -> StreamFacts:
    zh, en = KINDS.get(stream.kind, ("", ""))
    return StreamFacts(
        name=stream.name, kind=stream.kind, unit=stream.unit, rate=stream.rate,
        latency=stream.latency, axes=stream.axes, zh=zh, en=en,
    )  # fmt: skip


def _output(output: Output) -> OutputFacts:
    zh, en = output_names(output.name, output.zh, output.en) or ("", "")
    return OutputFacts(
        name=output.name, unit=output.unit, low=output.low, high=output.high,
        slew=output.slew, rest=output.rest, zh=zh, en=en,
    )  # fmt: skip
