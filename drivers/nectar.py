"""Nectar bases: OKIN's service with seven-byte messages, one motor at a time."""

from drivers.okin import COMMAND, SERVICE
from drivers.recliner import Keys, Recliner
from engine.devices import BleLink


class Nectar(Recliner):
    """Back and legs; it does not tell where it is."""

    model = "nectar-recliner"
    zh = "Nectar 电动床架"
    en = "Nectar adjustable base"
    link = BleLink(SERVICE, write=COMMAND, names=("nectar",))
    keys = Keys(back_up=0x00, back_down=0x01, legs_up=0x02, legs_down=0x03, stop=0x0F)

    def message(self, code: int) -> bytes:
        """Return the key between its fixed bytes."""
        return bytes([0x5A, 0x01, 0x03, 0x10, 0x30, code, 0xA5])
