"""Serta Motion Perfect bases: eight-byte messages with a checksum."""

from drivers.okin import KEYS
from drivers.recliner import Recliner
from engine.devices import BleLink


class Serta(Recliner):
    """Back and legs; it does not tell where it is."""

    model = "serta-recliner"
    zh = "Serta 电动床架"
    en = "Serta adjustable base"
    link = BleLink("ffe5", write="ffe9", names=("serta",))
    keys = KEYS

    def message(self, code: int) -> bytes:
        """Return E5 FE 16, the keys, least significant byte first, and the inverted sum."""
        body = b"\xe5\xfe\x16" + code.to_bytes(4, "little")
        return body + bytes([~sum(body) & 0xFF])
