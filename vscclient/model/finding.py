"""What the rules say of an image."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs, from nothing to what no waiver lifts."""

    IGNORED = "ignored"
    INFORMATION = "information"
    WARNING = "warning"
    ERROR = "error"
    FORBIDDEN = "forbidden"

    @property
    def rank(self) -> int:
        """Place in the order of weights, 0 the lightest."""
        return list(Severity).index(self)


class Outcome(StrEnum):
    """What a rule found: the flaw, or that nobody could tell."""

    BROKEN = "broken"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one rule says of an image.

    Args:
        code: The rule's, ``D305``.
        severity: How much it weighs here.
        outcome: Whether the rule is broken, or could not be judged.
        message: What is wrong, as a sentence without its full stop.
        location: Where it was seen; empty when the message says it.
        fix: What mends it: an option or a command; empty when there is nothing to say.
        waived: The user said that it is meant.
    """

    code: str
    severity: Severity
    outcome: Outcome = Outcome.BROKEN
    message: str
    location: str = ""
    fix: str = ""
    waived: bool = False

    @property
    def stops(self) -> bool:
        """Whether it stops what was planned."""
        return self.severity.rank >= Severity.ERROR.rank and not self.waived


@dataclass(frozen=True)
class Report:
    """All findings of one check, the heaviest first, then by code."""

    findings: tuple[Finding, ...] = ()

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Report:
        """A report in the stable order."""
        return cls(tuple(sorted(findings, key=lambda found: (-found.severity.rank, found.code, found.message))))

    @property
    def stops(self) -> bool:
        """Whether any finding stops what was planned."""
        return any(found.stops for found in self.findings)

    @property
    def in_words(self) -> str:
        """How many findings of which weight: ``2 errors, 1 warning, 1 note, 4 not judged``."""
        light = [found for found in self.findings if not found.stops]
        broken = [found.severity for found in light if found.outcome is Outcome.BROKEN]
        notes = broken.count(Severity.INFORMATION)
        counts = {"error": len(self.findings) - len(light), "warning": len(broken) - notes, "note": notes}
        said = [f"{count} {word}{'s' if count > 1 else ''}" for word, count in counts.items() if count]
        unknown = len(light) - len(broken)
        return ", ".join([*said, f"{unknown} not judged"] if unknown else said)

    def without(self, told: Report) -> Report:
        """What is new beside another report."""
        return Report(tuple(found for found in self.findings if found not in told.findings))

    def at_least(self, severity: Severity) -> tuple[Finding, ...]:
        """The findings that weigh this much or more."""
        return tuple(found for found in self.findings if found.severity.rank >= severity.rank)
