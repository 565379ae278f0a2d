"""What a vendor runs against a driver before it goes near a person."""

from engine.testing.conformance import Heard, check_driver, find_faults

__all__ = ["Heard", "check_driver", "find_faults"]
