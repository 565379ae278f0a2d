from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pytest

from drivers import register_drivers
from engine.clock import VirtualClock
from engine.devices import ConfigError, Context, Driver, LinkError, Source
from engine.devices.intake import Intake
from engine.devices.manager import DeviceManager, DeviceSpec
from engine.devices.state import DeviceState
from engine.errors import FaultyFileError
from engine.show import Show
from engine.streams import Chunk, Output, Stream
from engine.units import Kind, Unit

RESP = Stream("resp", Kind.RESP, Unit.RAW, rate=20.0)


class Belt(Source):
    """Twenty samples a second: the time, and how loud it is."""

    model = "belt"
    simulated = True
    fails_at: float | None = None
    lost_from: float | None = None

    def __init__(self, options: Mapping[str, Any]) -> None:
        super().__init__(options)
        wrong = set(options) - {"ends", "fails", "lost"}
        if wrong:
            raise ConfigError("is no option", where=min(wrong), hint="known: ends, fails, lost")
        self._next = 0
        self._context: Context | None = None
        self.levels: list[float] = []

    @property
    def streams(self) -> tuple[Stream, ...]:
        return (RESP,)

    @property
    def outputs(self) -> tuple[Output, ...]:
        return (Output("warmth", Unit.LEVEL, low=0.0, high=1.0, slew=0.5, rest=0.0),)

    @property
    def ended(self) -> bool:
        return bool(self._next / 20 >= self.options.get("ends", np.inf))

    def open(self, context: Context) -> None:
        now = context.clock.now()
        if now < self.options.get("lost", 0.0):
            raise LinkError("is out of range")
        self._context = context

    def read(self, until: float) -> Iterable[Chunk]:
        assert self._context is not None
        if until >= self.options.get("fails", np.inf):
            raise ValueError("a mistake")
        n = int(until * 20) + 1
        t = np.arange(self._next, n) / 20
        self._next = max(n, self._next)
        loud = np.full(len(t), self._context.show().volume)
        yield Chunk(RESP, t, loud[:, None])

    def write(self, levels: Mapping[str, float]) -> None:
        self.levels.append(levels["warmth"])


class Warm(Belt):
    """A source that says a temperature in microsiemens."""

    model = "warm"

    @property
    def streams(self) -> tuple[Stream, ...]:
        return (Stream("skin", Kind.SKIN_TEMP, Unit.MICROSIEMENS, rate=20.0),)


CLASSES: dict[str, type[Any]] = {
    "belt": Belt,
    "warm": Warm,
    **{d.model: d for d in register_drivers()},
}


def manager(*devices: DeviceSpec, show: Any = Show) -> tuple[DeviceManager, VirtualClock]:
    clock = VirtualClock()
    return DeviceManager(devices, classes=CLASSES, clock=clock, show=show), clock


def live_through(
    made: DeviceManager, clock: VirtualClock, until: float, step: float = 0.01
) -> tuple[list[Chunk], list[str]]:
    """Step the room; return chunks and ``time state`` of every notice."""
    chunks: list[Chunk] = []
    told: list[str] = []
    n = round(clock.now() / step)
    while n * step <= until + 1e-9:
        clock.advance_to(n * step)
        chunks += made.drain(n * step)
        told += [f"{n * step:.2f} {x.facts.get('state', 'contained')}" for x in made.notices()]
        n += 1
    return chunks, told


def test_streams_and_outputs_are_known_before_anything_is_opened() -> None:
    made, _ = manager(DeviceSpec("left", "belt"), DeviceSpec("right", "belt"))

    assert [s.name for s in made.streams] == ["left.resp", "right.resp"]
    assert set(made.outputs) == {"left.warmth", "right.warmth"}
    assert made.outputs["left.warmth"].name == "left.warmth"
    assert made.simulated


def test_samples_come_once_in_order_and_named_by_their_device() -> None:
    made, clock = manager(DeviceSpec("belt", "belt"))
    made.start()
    chunks, told = live_through(made, clock, 10.0)
    t = np.concatenate([c.t for c in chunks])

    assert {c.stream.name for c in chunks} == {"belt.resp"}
    assert t.tolist() == pytest.approx((np.arange(201) / 20).tolist())
    assert told == ["0.00 connecting", "0.00 live"]
    (status,) = made.status()
    assert status.rates["belt.resp"] == pytest.approx(20.0, abs=0.5)
    assert status.age == pytest.approx(0.0, abs=0.06)


def test_two_rooms_with_the_same_steps_get_the_same_bits() -> None:
    runs = []
    for _ in range(2):
        made, clock = manager(DeviceSpec("belt", "belt", {"lost": 1.3, "fails": 3.0}))
        made.start()
        chunks, told = live_through(made, clock, 8.0)
        runs.append(([(c.t.tobytes(), c.x.tobytes()) for c in chunks], told))

    assert runs[0] == runs[1]


def test_coarse_steps_read_the_source_at_the_same_moments_as_fine_ones() -> None:
    counts = []
    for step in (0.01, 0.05, 1.0):
        made, clock = manager(DeviceSpec("belt", "belt"))
        made.start()
        chunks, _ = live_through(made, clock, 5.0, step)
        counts.append([len(c.t) for c in chunks])

    assert counts[0] == counts[1] == counts[2]


def test_the_source_sees_what_is_shown_now() -> None:
    shown = [Show(volume=0.5)]
    made, clock = manager(DeviceSpec("belt", "belt"), show=lambda: shown[0])
    made.start()
    before, _ = live_through(made, clock, 1.0)
    shown[0] = Show(volume=0.1)
    clock.advance_to(1.01)
    after, _ = live_through(made, clock, 2.0)

    assert {float(c.x[0, 0]) for c in before} == {0.5}
    assert {float(c.x[0, 0]) for c in after} == {0.1}


def test_a_device_out_of_range_is_found_later() -> None:
    made, clock = manager(DeviceSpec("belt", "belt", {"lost": 2.0}))
    made.start()
    _, told = live_through(made, clock, 6.0)

    assert told == ["0.00 connecting", "0.00 lost", "3.50 live"]


def test_the_end_of_a_recording_is_a_state_of_its_own() -> None:
    made, clock = manager(DeviceSpec("belt", "belt", {"ends": 2.0}))
    made.start()
    _, told = live_through(made, clock, 5.0)

    assert told[-1] == "2.00 ended"


def test_a_driver_that_keeps_failing_is_contained_and_given_up() -> None:
    made, clock = manager(DeviceSpec("belt", "belt", {"fails": 1.0}), DeviceSpec("other", "belt"))
    made.start()
    chunks, told = live_through(made, clock, 20.0)
    first, other = made.status()

    assert [x.split()[1] for x in told if x.split()[1] not in {"connecting", "live"}] == [
        "contained", "lost", "contained", "contained", "contained", "contained", "fault",
    ]  # fmt: skip
    assert first.standing.state is DeviceState.FAULT
    assert "ValueError: a mistake" in first.standing.en
    assert other.standing.state is DeviceState.LIVE
    assert sum(len(c.t) for c in chunks if c.stream.name == "other.resp") == 401


def test_outputs_are_governed_and_at_rest_when_the_room_stops() -> None:
    made, clock = manager(DeviceSpec("belt", "belt"))
    made.start()
    made.drain(0.0)
    source = made._tended[0]._keeper.source  # type: ignore[attr-defined]
    for n in range(1, 60):
        clock.advance_to(n / 20)
        made.write({"belt.warmth": 0.8 if n > 1 else 0.0})
        made.drain(n / 20)
    warm = source.levels[-1]
    made.stop()

    assert warm == pytest.approx(0.8)
    assert source.levels[-1] == 0.0
    assert np.max(np.abs(np.diff(source.levels))) <= 0.5 * 0.1 + 1e-9


def test_an_emergency_stop_reaches_a_device_that_is_just_restarting() -> None:
    made, clock = manager(DeviceSpec("belt", "belt", {"fails": 1.0}))
    made.start()
    live_through(made, clock, 1.0)
    made.halt()
    clock.advance_to(1.01)
    live_through(made, clock, 1.3)
    tended: Any = made._tended[0]

    assert tended._halted
    assert tended._keeper is None or tended._keeper.halted


def test_everything_wrong_with_a_rig_is_told_at_once() -> None:
    with pytest.raises(FaultyFileError) as caught:
        manager(
            DeviceSpec("belt", "belt", {"colour": "red"}),
            DeviceSpec("belt", "bellt"),
            DeviceSpec("Big Chair", "belt"),
            DeviceSpec("scene", "belt"),
            DeviceSpec("x", "nothing-like-it"),
        )

    said = str(caught.value)
    assert "belt: 2 devices have this name (give each its own)" in said
    assert "Big Chair: is not a device's name" in said
    assert "scene: is a name of the engine's own" in said
    assert "belt.colour: is no option (known: ends, fails, lost)" in said
    assert "belt: no driver is installed for model 'bellt' (did you mean 'belt'? If not, is" in said
    assert "x: no driver is installed for model 'nothing-like-it' (is its package" in said
    assert "installed (pip install -e FOLDER)?" in said


def test_a_real_device_cannot_follow_virtual_time() -> None:
    with pytest.raises(FaultyFileError, match="cannot follow a session faster than time"):
        manager(DeviceSpec("puck", "eda-puck"))


def test_a_wrong_option_of_a_serial_device_is_told_with_the_right_one() -> None:
    with pytest.raises(FaultyFileError, match=r"puck.prot: .*did you mean 'port'"):
        DeviceManager(
            [DeviceSpec("puck", "eda-puck", {"prot": "COM3"})],
            classes=CLASSES,
            clock=VirtualClock(),
            live=True,
        )


def test_a_class_that_raises_is_a_fault_of_its_device() -> None:
    class Careless(Belt):
        def __init__(self, options: Mapping[str, Any]) -> None:
            super().__init__(options)
            raise KeyError("baud")

    with pytest.raises(FaultyFileError, match="cannot be set up: KeyError: 'baud'"):
        DeviceManager(
            [DeviceSpec("it", "careless")], classes={"careless": Careless}, clock=VirtualClock()
        )


def test_every_class_the_package_registers_is_a_driver_or_a_source() -> None:
    assert all(issubclass(d, Driver | Source) for d in register_drivers())


def test_the_door_lets_each_sample_in_once() -> None:
    door = Intake("belt", RESP)
    x = np.arange(6.0)[:, None]
    t = np.array([1.0, 2.0, np.nan, 2.0, 99.0, 3.0])
    first = door.take(t, x, now=3.0)
    again = door.take(t[:2], x[:2], now=3.0)
    later = door.take(np.array([3.5]), np.array([[np.inf]]), now=4.0)

    assert first is not None
    assert first.t.tolist() == [1.0, 2.0, 3.0]
    assert first.x[:, 0].tolist() == [0.0, 1.0, 5.0]
    assert again is None
    assert later is not None
    assert np.isnan(later.x[0, 0])
    assert door.refused == 5


def test_a_source_that_measures_in_a_wrong_unit_is_refused_before_anyone_sits_down() -> None:
    with pytest.raises(FaultyFileError, match=r"warmer: .* goes with Unit\.CELSIUS \(degC\)"):
        manager(DeviceSpec("warmer", "warm"))


class Stubborn(Belt):
    """A source whose code fails when it is closed."""

    model = "stubborn"

    def close(self) -> None:
        raise RuntimeError("a mistake")


class Closed(Belt):
    """A source that remembers being closed."""

    model = "closed"
    closed = 0

    def close(self) -> None:
        Closed.closed += 1


def test_a_device_that_cannot_be_stopped_keeps_no_other_from_it() -> None:
    Closed.closed = 0
    clock = VirtualClock()
    made = DeviceManager(
        (DeviceSpec("one", "stubborn"), DeviceSpec("two", "closed")),
        classes={"stubborn": Stubborn, "closed": Closed}, clock=clock,
    )  # fmt: skip
    made.start()
    live_through(made, clock, 0.5)
    with pytest.raises(RuntimeError, match="a mistake"):
        made.stop()

    assert Closed.closed == 1
    assert made.status() == ()
