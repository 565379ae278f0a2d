"""What a vendor runs against a driver before it goes near a person."""

from engine.testing.conformance import check_driver, examine, find_faults
from engine.testing.heard import Heard, heard_of
from engine.testing.sources import check_source, examine_source
from engine.testing.verdict import Check, Tier, Verdict

__all__ = [
    "Check",
    "Heard",
    "Tier",
    "Verdict",
    "check_driver",
    "check_source",
    "examine",
    "examine_source",
    "find_faults",
    "heard_of",
]
