"""Polar's chest strap H10 (ECG) and optical bands (pulse wave, pulse intervals)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from struct import iter_unpack, unpack
from typing import ClassVar

from drivers import polar_pmd as pmd
from drivers.heart_rate_band import MEASUREMENT, RRI, SERVICE, intervals
from engine.devices import BleLink, Driver, Frame, Kind, Reading, Stream, Unit, WireError

XYZ = ("x", "y", "z")
ECG = Stream("ecg", Kind.ECG, Unit.MILLIVOLT, rate=130.0, latency=0.03)
ACC_50 = Stream("acc", Kind.ACC, Unit.G, rate=50.0, latency=0.03, axes=XYZ)
ACC_52 = Stream("acc", Kind.ACC, Unit.G, rate=52.0, latency=0.03, axes=XYZ)
PPG = Stream("ppg", Kind.PPG, Unit.RAW, rate=55.0, latency=0.03)
PPI = Stream("ppi", Kind.PPI, Unit.MILLISECOND, latency=0.2)

MOVING, TOUCHES, KNOWS_TOUCH = 0x01, 0x02, 0x04
"""Flags of a pulse interval."""
LIGHTS = 3
"""Light paths of an optical sensor; after them comes the light of the room."""
ACC_BITS, PPG_BITS = 16, 24
"""Of a whole sample, whatever resolution was asked for."""
MICROVOLTS_PER_MILLIVOLT = 1000.0
MILLI_G_PER_G = 1000.0
MOST_MILLIVOLTS = 1000.0
MOST_G = 100.0
SECONDS_PER_TICK = 1e-9
ALREADY = 6


@dataclass(frozen=True, slots=True)
class Wish:
    """One measurement a sensor is asked for.

    Attributes
    ----------
    kind
        Of measurement.
    settings
        What is asked for; each is replaced by the nearest value the sensor offers.
    """

    kind: int
    stream: Stream
    settings: tuple[tuple[int, int], ...] = ()


class PolarSensor(Driver, abstract=True):
    """A Polar sensor: asks for each measurement in turn, reads its frames."""

    wishes: ClassVar[tuple[Wish, ...]]
    ask_every = 10.0

    def __init__(self) -> None:
        self._flowing: set[int] = set()
        self._last: dict[int, pmd.PmdFrame] = {}
        self._factor: dict[int, float] = {}

    def hello(self) -> Iterable[bytes]:
        """Ask for the first measurement's settings; `reply` goes on from there."""
        return (self._first_step(self.wishes[0]),)

    def ask(self) -> Iterable[bytes]:
        """Ask again for what has not come since last time: an answer may have been lost."""
        silent = [wish for wish in self.wishes if wish.kind not in self._flowing]
        self._flowing.clear()
        return (self._first_step(silent[0]),) if silent else ()

    def goodbye(self) -> Iterable[bytes]:
        """Stop what was started."""
        return [bytes([pmd.STOP, wish.kind]) for wish in self.wishes]

    def reply(self, frame: Frame) -> Iterable[bytes]:
        """Take the next step: start what was described, then ask for the next."""
        if frame.source != "control":
            return ()
        try:
            answer = pmd.read_answer(frame.data)
        except WireError:
            return ()
        wish = {w.kind: w for w in self.wishes}.get(answer.kind)
        if wish is None:
            return ()
        if answer.operation == pmd.GET_SETTINGS:
            return (_start(wish, answer.settings),)
        following = self.wishes[self.wishes.index(wish) + 1 :]
        if answer.operation == pmd.START and following:
            return (self._first_step(following[0]),)
        return ()

    def decode(self, frame: Frame) -> Iterator[Reading]:
        """Return the samples of a frame, and how many went missing before it."""
        match frame.source:
            case "measurement":
                yield from intervals(frame.data)
            case "control":
                self._take(pmd.read_answer(frame.data))
            case _:
                yield from self._samples(pmd.read_frame(frame.data))

    def _first_step(self, wish: Wish) -> bytes:
        return bytes([pmd.GET_SETTINGS, wish.kind]) if wish.settings else _start(wish, {})

    def _take(self, answer: pmd.Answer) -> None:
        if answer.status not in {0, ALREADY}:
            state = pmd.STATES[min(answer.status, len(pmd.STATES) - 1)]
            raise WireError(f"measurement {answer.kind}: {state}")
        if answer.operation != pmd.START:
            return
        for raw in answer.settings.get(pmd.FACTOR, ()):
            (self._factor[answer.kind],) = unpack("<f", raw.to_bytes(4, "little"))

    def _samples(self, frame: pmd.PmdFrame) -> Iterator[Reading]:
        wish = {w.kind: w for w in self.wishes}.get(frame.kind)
        if wish is None:
            raise WireError(f"measurement {frame.kind} was not asked for")
        self._flowing.add(frame.kind)
        match frame.kind:
            case pmd.ECG:
                values: list[list[float]] = [[v] for v in _ecg(frame)]
            case pmd.ACC:
                values = self._acc(frame)
            case pmd.PPG:
                values = self._ppg(frame)
            case _:
                yield from _ppi(frame)
                return
        flat = [row[0] for row in values] if len(wish.stream.axes) == 1 else values
        missing = self._missing(wish.stream, frame, len(values))
        if missing is not None:  # else it is the same frame once more
            yield Reading(wish.stream, flat, missing=missing)

    def _missing(self, stream: Stream, frame: pmd.PmdFrame, n: int) -> int | None:
        """Return how many samples the sensor's clock says were lost before this frame.

        Frames are lost whole, so less than half a frame is the clock's imprecision. None is
        for the frame before, sent again.
        """
        before = self._last.get(frame.kind)
        self._last[frame.kind] = frame
        if before == frame:
            return None
        if before is None or frame.time <= before.time or stream.rate is None:
            return 0
        lost = round((frame.time - before.time) * SECONDS_PER_TICK * stream.rate) - n
        return lost if 2 * lost >= n else 0

    def _acc(self, frame: pmd.PmdFrame) -> list[list[float]]:
        """Return acceleration in g; sensors send milli-g, or their own units and a factor."""
        per_g = MILLI_G_PER_G
        if frame.as_differences and frame.type in {0, 1}:
            rows = pmd.read_differences(frame.body, len(XYZ), ACC_BITS)
            factor = self._factor.get(pmd.ACC)
            if frame.type == 0 and not factor:
                raise WireError("the factor of the acceleration is not known")
            # Type 0 becomes g by its factor, type 1 milli-g.
            per_g = (1.0 if frame.type == 0 else MILLI_G_PER_G) / (factor or 1.0)
        elif not frame.as_differences and frame.type in {0, 1, 2}:
            rows = pmd.read_whole(frame.body, len(XYZ), frame.type + 1)
        else:
            raise WireError(f"acceleration has no layout {frame.type}")
        values = [[v / per_g for v in row] for row in rows]
        if not all(abs(v) <= MOST_G for row in values for v in row):
            raise WireError("an acceleration no body survives")
        return values

    def _ppg(self, frame: pmd.PmdFrame) -> list[list[float]]:
        """Return the mean of the light paths without the light of the room."""
        if frame.type != 0:
            raise WireError(f"the pulse wave has no layout {frame.type}")
        channels = LIGHTS + 1
        if frame.as_differences:
            rows = pmd.read_differences(frame.body, channels, PPG_BITS)
        else:
            rows = pmd.read_whole(frame.body, channels, PPG_BITS // 8)
        return [[sum(row[:LIGHTS]) / LIGHTS - row[LIGHTS]] for row in rows]


class PolarH10(PolarSensor):
    """ECG, acceleration and R-R intervals from a chest strap."""

    model = "polar-h10"
    zh = "Polar H10 心率带"
    en = "Polar H10 chest strap"
    link = BleLink(
        SERVICE,
        notify={"control": pmd.CONTROL, "data": pmd.DATA, "measurement": MEASUREMENT},
        write=pmd.CONTROL,
        names=("Polar H10",),
    )
    streams = (ECG, ACC_50, RRI)
    wishes = (
        Wish(pmd.ECG, ECG, ((pmd.RATE, 130), (pmd.RESOLUTION, 14))),
        Wish(pmd.ACC, ACC_50, ((pmd.RATE, 50), (pmd.RESOLUTION, 16), (pmd.RANGE, 4))),
    )


class PolarOptical(PolarSensor):
    """Pulse wave and acceleration from an optical band on the arm."""

    model = "polar-optical"
    zh = "Polar Verity Sense 光学臂带"
    en = "Polar Verity Sense optical band"
    link = BleLink(
        SERVICE,
        notify={"control": pmd.CONTROL, "data": pmd.DATA},
        write=pmd.CONTROL,
        names=("Polar Sense",),
    )
    streams = (PPG, ACC_52)
    wishes = (
        Wish(pmd.PPG, PPG, ((pmd.RATE, 55), (pmd.RESOLUTION, 22), (pmd.CHANNELS, 4))),
        Wish(
            pmd.ACC,
            ACC_52,
            ((pmd.RATE, 52), (pmd.RESOLUTION, 16), (pmd.RANGE, 8), (pmd.CHANNELS, 3)),
        ),
    )


class PolarPulse(PolarSensor):
    """Pulse intervals as an optical band itself finds them: less to send, later to know."""

    model = "polar-pulse"
    zh = "Polar 光学臂带（脉搏间期）"
    en = "Polar optical band, pulse intervals"
    link = BleLink(
        SERVICE,
        notify={"control": pmd.CONTROL, "data": pmd.DATA},
        write=pmd.CONTROL,
        names=("Polar Sense", "Polar OH1"),
    )
    streams = (PPI,)
    wishes = (Wish(pmd.PPI, PPI),)


def _start(wish: Wish, offered: pmd.Settings) -> bytes:
    """Return the start of a measurement with what comes nearest to the wish.

    What the sensor does not offer is not asked for, unless it told nothing at all.
    """
    chosen = {
        setting: pmd.nearest(offered.get(setting, ()), value)
        for setting, value in wish.settings
        if setting in offered or not offered
    }
    return bytes([pmd.START, wish.kind]) + pmd.write_settings(chosen)


def _ecg(frame: pmd.PmdFrame) -> list[float]:
    if frame.type != 0 or frame.as_differences:
        raise WireError(f"the ECG has no layout {frame.type}")
    rows = pmd.read_whole(frame.body, 1, 3)
    values = [row[0] / MICROVOLTS_PER_MILLIVOLT for row in rows]
    if not all(abs(v) <= MOST_MILLIVOLTS for v in values):
        raise WireError("a voltage no electrode has")
    return values


def _ppi(frame: pmd.PmdFrame) -> Iterator[Reading]:
    """Return the intervals found at rest and on the skin."""
    if frame.kind != pmd.PPI or frame.type != 0 or frame.as_differences or len(frame.body) % 6:
        raise WireError(f"{len(frame.body)} bytes hold no pulse intervals")
    good = [
        float(interval)
        for _rate, interval, _error, flags in iter_unpack("<BHHB", frame.body)
        if interval and not flags & MOVING and flags & (KNOWS_TOUCH | TOUCHES) != KNOWS_TOUCH
    ]
    if good:
        yield Reading(PPI, good)
