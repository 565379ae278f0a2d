"""What the kit found, check by check, and how far a driver may be trusted."""

from dataclasses import dataclass, replace
from enum import StrEnum

from engine.events import Fact
from engine.testing import names
from engine.testing.raised import Raised


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


TIERS_ZH = {Tier.NONE: "未达标", Tier.BRONZE: "铜级", Tier.SILVER: "银级", Tier.GOLD: "金级"}
NOT_EXAMINED = {"zh": "未检查：", "en": "not examined: "}


@dataclass(frozen=True, slots=True)
class Check:
    """One check and every fault it found.

    Attributes
    ----------
    unexamined
        Why it could not be made; "" if it was. It neither passes nor fails, and is always told.
    """

    tier: Tier
    name: str
    faults: tuple[str, ...] = ()
    unexamined: str = ""

    @property
    def passed(self) -> bool:
        """Whether it was made and nothing is wrong."""
        return not self.faults and not self.unexamined

    @property
    def raises(self) -> bool:
        """Whether the driver raised where it must not."""
        return any(isinstance(fault, Raised) for fault in self.faults)

    @property
    def mark(self) -> str:
        """How it went, in two characters."""
        return "??" if self.unexamined else "--" if self.faults else "ok"

    def called(self, lang: str) -> str:
        """Return what it is called in ``lang``."""
        return names.ZH.get(self.name, self.name) if lang == "zh" else self.name

    def lines(self, lang: str) -> tuple[str, ...]:
        """Return what there is to say about it."""
        if not self.unexamined:
            return self.faults
        return (*self.faults, f"{NOT_EXAMINED[lang]}{self.unexamined}")

    def facts(self) -> dict[str, Fact]:
        """Return it as plain values."""
        return {
            "tier": self.tier.value,
            "name": self.name,
            "passed": self.passed,
            "examined": not self.unexamined,
            "not_examined": self.unexamined,
            "faults": [str(fault) for fault in self.faults],
        }


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
            if not any(c.passed for c in mine) or any(c.faults for c in mine):
                break
            reached = tier
        return reached

    def beside(self, check: Check) -> "Verdict":
        """Return it with ``check`` before the others."""
        return replace(self, checks=(check, *self.checks))

    @property
    def unexamined(self) -> tuple[Check, ...]:
        """The checks of the tier it reached, and below, that could not be made."""
        reached = self.tier.rank
        return tuple(c for c in self.checks if c.unexamined and c.tier.rank <= reached)

    @property
    def next_step(self) -> str:
        """The first thing that keeps it from the next tier; empty at gold."""
        return next((f.partition(":\n")[0] for c in self.checks for f in c.faults), "")

    def text(self, *, traces: bool = False, lang: str = "en") -> str:
        """Return it for a person; with ``traces`` the tracebacks of what raises, too."""
        zh = lang == "zh"
        comma = "、" if zh else ", "
        raising = comma.join(check.called(lang) for check in self.checks if check.raises)
        but = comma.join(check.called(lang) for check in self.unexamined)
        tier = TIERS_ZH[self.tier] if zh else self.tier.upper()
        if raising:
            tier += f"，但抛出异常：{raising}" if zh else f", but it raises: {raising}"
        if but:
            tier += f"，但未检查：{but}" if zh else f", but not examined: {but}"
        lines = [f"{self.model}: {tier}  ({self.driver})"]
        for check in self.checks:
            # A Chinese character takes two columns.
            level = f"{TIERS_ZH[check.tier]:<6}" if zh else f"{check.tier:<8}"
            lines.append(f"  {check.mark:<4}{level}{check.called(lang)}")
            said = [line for fault in check.lines(lang) for line in fault.split("\n")]
            lines += [f"                {line}" for line in said]
        if self.next_step:
            lines.append(f"  {'下一步：' if zh else 'next: '}{self.next_step}")
        if traces:
            raised = [f for c in self.checks for f in c.faults if isinstance(f, Raised)]
            lines += ["", *dict.fromkeys(fault.trace for fault in raised)]
        return "\n".join(lines)

    def facts(self) -> dict[str, Fact]:
        """Return it as plain values."""
        return {
            "model": self.model,
            "driver": self.driver,
            "tier": self.tier.value,
            "next": self.next_step,
            "not_examined": [check.name for check in self.unexamined],
            "checks": [check.facts() for check in self.checks],
        }
