"""Virtual Bluetooth devices that behave as the real ones do, byte for byte."""

import asyncio
import re
import struct
from collections.abc import Sequence

from bumble.att import ATT_Error, ErrorCode
from bumble.core import UUID
from bumble.gatt import Characteristic, CharacteristicValue, Service

from engine.devices.links import BleLink
from tools.virtual_ble import VirtualAir

P = Characteristic.Properties
READ, WRITE = Characteristic.READABLE, Characteristic.WRITEABLE
PMD = "fb005c80-02e7-f387-1cad-8acd2d8df0c8"
PMD_CONTROL = PMD.replace("5c80", "5c81")
PMD_DATA = PMD.replace("5c80", "5c82")


class Peripheral:
    """One virtual device.

    Parameters
    ----------
    air
        The room it is in.
    name, address
        What it says it is.
    """

    def __init__(self, air: VirtualAir, name: str, address: str) -> None:
        self.air = air
        self.name, self.address = name, address
        self.device = air.device(name, address)
        self._battery = characteristic("2a19", P.READ | P.NOTIFY, b"\x57")

    def battery_service(self) -> Service:
        """Return the battery, at 87 %."""
        return Service(UUID("180f"), [self._battery])

    def set_battery(self, percent: int) -> None:
        """Let the battery say ``percent``."""
        self.notify(self._battery, bytes([percent]))

    def notify(self, what: "Characteristic[bytes]", data: bytes) -> None:
        """Send ``data`` to whoever subscribed."""
        self.air.run(self.device.notify_subscribers(what, data))

    def hang_up(self) -> None:
        """End the connection, as a strap taken off does."""

        async def end() -> None:
            for connection in list(self.device.connections.values()):
                await connection.disconnect()

        self.air.run(end())

    def hide(self) -> None:
        """Advertise no more."""
        self.air.run(self.device.stop_advertising())

    def show(self) -> None:
        """Advertise again."""
        self.air.run(self.device.start_advertising(auto_restart=True))


def characteristic(
    uuid: str, properties: "Characteristic.Properties", value: object = b""
) -> "Characteristic[bytes]":
    """Return a characteristic everybody may read and write as far as ``properties`` say."""
    return Characteristic(UUID(uuid), properties, READ | WRITE, value)  # type: ignore[arg-type]


class Spoken(Peripheral):
    """A device with the service a driver declares, which says what its transcript says.

    ``told`` is everything it was sent.
    """

    def __init__(
        self,
        air: VirtualAir,
        link: BleLink,
        name: str = "",
        address: str = "F0:F1:F2:F3:F4:D1",
    ) -> None:
        super().__init__(air, name or next(iter(link.names), "Virtual"), address)
        self.told: list[bytes] = []
        take = CharacteristicValue(write=self._take)
        writable = P.WRITE | P.WRITE_WITHOUT_RESPONSE
        self.says = {
            source: characteristic(uuid, P.NOTIFY | writable, take)
            if uuid == link.write
            else characteristic(uuid, P.NOTIFY)
            for source, uuid in link.notify.items()
        }
        own = list(self.says.values())
        if link.write is not None and link.write not in link.notify.values():
            own.append(characteristic(link.write, writable, take))
        air.switch_on(self.device, [Service(UUID(link.service), own)], short(link.service))

    def _take(self, _connection: object, data: bytes) -> None:
        self.told.append(bytes(data))

    def say(self, source: str, data: bytes) -> None:
        """Send one notification."""
        self.notify(self.says[source], data)


def short(uuid: str) -> str:
    """Return the 16 bits of an assigned UUID; another one as it is."""
    known = re.fullmatch(r"0000([0-9a-f]{4})-0000-1000-8000-00805f9b34fb", uuid.lower())
    return known[1] if known else uuid


class Strap(Peripheral):
    """A chest strap with the Heart Rate Service.

    One without ``tells_battery`` has to be asked for it, and loses a percent each time.
    """

    def __init__(
        self,
        air: VirtualAir,
        name: str = "HRM Strap 1",
        address: str = "F0:F1:F2:F3:F4:F5",
        *,
        battery: bool = True,
        tells_battery: bool = True,
    ) -> None:
        super().__init__(air, name, address)
        self.asked = 0
        if not tells_battery:
            self._battery = characteristic("2a19", P.READ, CharacteristicValue(read=self._level))
        self.measurement = characteristic("2a37", P.NOTIFY)
        services = [Service(UUID("180d"), [self.measurement])]
        air.switch_on(
            self.device, [*services, *([self.battery_service()] if battery else [])], "180d"
        )

    def _level(self, _connection: object) -> bytes:
        self.asked += 1
        return bytes([87 - self.asked])

    def beat(self, *rr_ms: float, rate: int = 60) -> None:
        """Tell of beats."""
        units = [round(ms * 1.024) for ms in rr_ms]
        self.notify(self.measurement, struct.pack(f"<BB{len(units)}H", 0x16, rate, *units))


class Oximeter(Peripheral):
    """A finger oximeter with the Pulse Oximeter Service."""

    def __init__(self, air: VirtualAir, address: str = "F0:F1:F2:F3:F4:A1") -> None:
        super().__init__(air, "Oximeter", address)
        self.continuous = characteristic("2a5f", P.NOTIFY)
        services = [Service(UUID("1822"), [self.continuous]), self.battery_service()]
        air.switch_on(self.device, services, "1822")

    def tell(self, spo2: int, rate: int) -> None:
        """Tell a saturation and a pulse rate."""
        self.notify(self.continuous, struct.pack("<BHH", 0, spo2, rate))


class Recliner(Peripheral):
    """A motor control box: it takes commands, and tells positions if it has any to tell.

    One that is not ``paired`` refuses commands, a ``deaf`` one never answers them.
    """

    def __init__(
        self,
        air: VirtualAir,
        name: str,
        service: str,
        write: str,
        *,
        positions: Sequence[str] = (),
        address: str = "F0:F1:F2:F3:F4:B1",
        paired: bool = True,
        deaf: bool = False,
    ) -> None:
        super().__init__(air, name, address)
        self.commands: list[bytes] = []
        self.paired, self.deaf = paired, deaf
        self.positions = {uuid: characteristic(uuid, P.NOTIFY) for uuid in positions}
        target = characteristic(write, P.WRITE, CharacteristicValue(write=self._take))
        services = [Service(UUID(service), [target])]
        if positions:
            services.append(Service(UUID("ffe0"), [*self.positions.values()]))
        air.switch_on(self.device, services, service)

    async def _take(self, _connection: object, data: bytes) -> None:
        if self.deaf:
            await asyncio.Event().wait()
        if not self.paired:
            raise ATT_Error(ErrorCode.INSUFFICIENT_AUTHENTICATION)
        self.commands.append(bytes(data))


class PolarH10(Peripheral):
    """A Polar H10: heart rate, and ECG and acceleration by its measurement protocol.

    ``told`` is every command it was given.
    """

    SETTINGS = (
        bytes.fromhex("f0010000000001820001010e00"),
        bytes.fromhex("f0010200000004190032006400c800010110000203020004000800"),
    )

    def __init__(
        self,
        air: VirtualAir,
        name: str = "Polar H10 SIM0001",
        address: str = "F0:F1:F2:F3:F4:C1",
    ) -> None:
        super().__init__(air, name, address)
        self.told: list[bytes] = []
        self.started: set[int] = set()
        self.measurement = characteristic("2a37", P.NOTIFY)
        self.control = characteristic(
            PMD_CONTROL, P.READ | P.WRITE | P.INDICATE, CharacteristicValue(write=self._command)
        )
        self.data = characteristic(PMD_DATA, P.NOTIFY)
        self._answers: set[asyncio.Task[None]] = set()
        services = [
            Service(UUID("180d"), [self.measurement]),
            self.battery_service(),
            Service(UUID(PMD), [self.control, self.data]),
        ]
        air.switch_on(self.device, services, "180d")

    def ecg(self, nanoseconds: int, microvolts: Sequence[int]) -> None:
        """Send one frame of ECG whose last sample was made at ``nanoseconds``."""
        samples = b"".join(v.to_bytes(3, "little", signed=True) for v in microvolts)
        self.notify(self.data, b"\0" + nanoseconds.to_bytes(8, "little") + b"\0" + samples)

    def _command(self, _connection: object, data: bytes) -> None:
        self.told.append(bytes(data))
        operation, kind = data[0], data[1]
        match operation:
            case 1:
                answer = self.SETTINGS[kind // 2]
            case 2:
                known = kind in self.started
                self.started.add(kind)
                answer = bytes([0xF0, 2, kind, 6 if known else 0, 0])
            case _:
                self.started.discard(kind)
                answer = bytes([0xF0, operation, kind, 0, 0])
        task = asyncio.get_running_loop().create_task(
            self.device.indicate_subscribers(self.control, answer)
        )
        self._answers.add(task)
        task.add_done_callback(self._answers.discard)
