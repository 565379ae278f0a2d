"""What the kit found, check by check, and how far a driver may be trusted."""

from dataclasses import dataclass
from enum import StrEnum

from engine.events import Fact


class Tier(StrEnum):
    """How much of a driver is proved; each tier includes the ones before."""

    NONE = "none"
    BRONZE = "bronze"
    """A valid declaration, and recorded messages that mean what they say."""
    SILVER = "silver"
    """Noise, silence, pulled cables and killed processes; outputs within limits, to rest."""
    GOLD = "gold"
    """Half an hour of a real wire, with rate and latency measured."""

    @property
    def rank(self) -> int:
        """Place in the order."""
        return list(Tier).index(self)


@dataclass(frozen=True, slots=True)
class Check:
    """One check and every fault it found."""

    tier: Tier
    name: str
    faults: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


@dataclass(frozen=True, slots=True)
class Verdict:
    """Everything the kit says about one driver."""

    model: str
    driver: str
    checks: tuple[Check, ...]

    @property
    def tier(self) -> Tier:
        """The highest tier of which, and below which, everything passed."""
        reached = Tier.NONE
        for tier in (Tier.BRONZE, Tier.SILVER, Tier.GOLD):
            mine = [c for c in self.checks if c.tier is tier]
            if not mine or not all(c.passed for c in mine):
                break
            reached = tier
        return reached

    @property
    def next_step(self) -> str:
        """The first thing that keeps it from the next tier; empty at gold."""
        return next((f for c in self.checks for f in c.faults), "")

    def text(self) -> str:
        """Return it for a person."""
        lines = [f"{self.model}: {self.tier.upper()}  ({self.driver})"]
        for check in self.checks:
            lines.append(f"  {'ok' if check.passed else '--':<4}{check.tier:<8}{check.name}")
            lines += [f"                {fault}" for fault in check.faults]
        if self.next_step:
            lines.append(f"  next: {self.next_step}")
        return "\n".join(lines)

    def facts(self) -> dict[str, Fact]:
        """Return it as plain values."""
        return {
            "model": self.model,
            "driver": self.driver,
            "tier": self.tier.value,
            "next": self.next_step,
            "checks": [
                {
                    "tier": c.tier.value,
                    "name": c.name,
                    "passed": c.passed,
                    "faults": list(c.faults),
                }
                for c in self.checks
            ],
        }
