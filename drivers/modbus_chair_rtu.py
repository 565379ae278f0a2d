"""Modbus RTU as bytes: how the reference chair is asked, told and understood.

Modbus Application Protocol 1.1b3 and Modbus over Serial Line 1.02: unit, function, data,
CRC-16 with its low byte first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from struct import pack, unpack

from engine.devices import WireError

READ_HOLDING, READ_INPUTS, WRITE_ONE, WRITE_MANY = 0x03, 0x04, 0x06, 0x10
REFUSED = 0x80
"""Set in the function of an answer that refuses the request."""
ECHO = 8
"""Bytes of the answer to a write."""
WHY = {1: "unknown function", 2: "unknown register", 3: "impossible value", 4: "device failure"}


def _eight_bits(crc: int) -> int:
    """Return what eight steps of the check make of ``crc``: polynomial 0xA001."""
    for _ in range(8):
        crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
    return crc


STEPS = tuple(map(_eight_bits, range(256)))
"""What a byte does to the check; a message is read ten times as fast as bit by bit."""


def crc16(data: bytes) -> int:
    """Return the check of ``data``, begun with ones."""
    crc = 0xFFFF
    for byte in data:
        crc = crc >> 8 ^ STEPS[(crc ^ byte) & 0xFF]
    return crc


def sealed(body: bytes) -> bytes:
    """Return ``body`` with its check behind it."""
    return body + pack("<H", crc16(body))


def is_sealed(frame: bytes) -> bool:
    """Whether the check of a whole frame is right."""
    return crc16(frame[:-2]) == int.from_bytes(frame[-2:], "little")


def ask_for(unit: int, function: int, first: int, count: int) -> bytes:
    """Return the request for ``count`` registers from address ``first``."""
    return sealed(pack(">BBHH", unit, function, first, count))


def write_one(unit: int, address: int, value: int) -> bytes:
    """Return the request that sets one holding register."""
    return sealed(pack(">BBHH", unit, WRITE_ONE, address, value))


def write_many(unit: int, first: int, values: Sequence[int]) -> bytes:
    """Return the request that sets holding registers from address ``first`` on."""
    n = len(values)
    return sealed(pack(f">BBHHB{n}H", unit, WRITE_MANY, first, n, 2 * n, *values))


def registers_in(answer: bytes) -> tuple[int, tuple[int, ...]]:
    """Return function and registers of an answer; none for the echo of a write.

    Raises
    ------
    WireError
        If the device refuses, or the answer is none of Modbus.
    """
    if len(answer) < 5 or not is_sealed(answer):
        raise WireError(f"{answer.hex(' ')} is no Modbus answer")
    function, data = answer[1], answer[2:-2]
    if function & REFUSED:
        reason = WHY.get(data[0], f"reason {data[0]}")
        raise WireError(f"the device refuses function {function ^ REFUSED}: {reason}")
    if function not in {READ_HOLDING, READ_INPUTS}:
        return function, ()
    if data[0] != len(data) - 1 or data[0] % 2:
        raise WireError(f"an answer of {len(data) - 1} bytes says it has {data[0]}")
    return function, unpack(f">{data[0] // 2}H", data[1:])


@dataclass(frozen=True, slots=True)
class Answers:
    """Framing of the answers of one unit: their length stands in them, their end is a CRC.

    Attributes
    ----------
    unit
        Its address on the line.
    most
        Registers an answer may hold; a longer one is noise.
    """

    unit: int
    most: int = 16

    def framer(self) -> "_AnswerFramer":
        """Return a framer with empty state."""
        return _AnswerFramer(self)

    def frame_of(self, data: bytes) -> bytes:
        """Return an answer of this unit with the bytes of ``data`` and the check they need."""
        return sealed(bytes([self.unit]) + data[1:-2])


@dataclass(slots=True)
class _AnswerFramer:
    spec: Answers
    kept: bytearray = field(default_factory=bytearray)
    refused: int = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the answers that ``data`` completes."""
        self.kept += data
        while self.kept:
            size = self._size()
            if size is None or len(self.kept) < size:
                return
            frame = bytes(self.kept[:size])
            if size and is_sealed(frame):
                del self.kept[:size]
                yield frame
            else:
                self.refused += 1 if size else 0
                del self.kept[:1]

    def _size(self) -> int | None:
        """Return how long an answer that begins here is; 0 if none does, None if unsure."""
        kept = self.kept
        if kept[0] != self.spec.unit:
            return 0
        if len(kept) < 3:
            return None
        function, n = kept[1], kept[2]
        if function in {READ_HOLDING, READ_INPUTS}:
            return 5 + n if n % 2 == 0 and 0 < n <= 2 * self.spec.most else 0
        if function in {WRITE_ONE, WRITE_MANY}:
            return ECHO
        return 5 if function & REFUSED else 0
