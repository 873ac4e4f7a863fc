"""Findings: what the rules report about an image."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from vscclient.model.fix import Fix


class Severity(StrEnum):
    """The weight of a finding, from nothing to an error that no waiver lifts."""

    IGNORED = "ignored"
    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"
    FORBIDDEN = "forbidden"

    @property
    def rank(self) -> int:
        """The place in the order of severities; 0 is the lightest."""
        return list(Severity).index(self)

    def at_most(self, other: Severity) -> Severity:
        """Return the lighter one of the two severities."""
        return min(self, other, key=lambda severity: severity.rank)


class Outcome(StrEnum):
    """The result of a rule: broken, or a fact that it needs could not be found out."""

    BROKEN = "broken"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A report of one rule about an image.

    Args:
        code: Code of the rule, such as ``D305``.
        severity: The severity for the audience of the image.
        outcome: The rule is broken, or could not be checked.
        message: What is wrong, as a sentence without its full stop; or why the rule could not be checked.
        location: Where the fact stands; empty if the message says it.
        fix: The ways to fix it.
        waived: True if the user waives the rule.
    """

    code: str
    severity: Severity
    outcome: Outcome = Outcome.BROKEN
    message: str
    location: str = ""
    fix: Fix = Fix()
    waived: bool = False

    @property
    def sentence(self) -> str:
        """The message, or that the rule could not be checked, and why."""
        return self.message if self.outcome is Outcome.BROKEN else f"could not be checked: {self.message}"

    @property
    def flaw(self) -> tuple[str, Outcome, str, str]:
        """The key of the flaw; two findings with one key are the same flaw. The message has the wrong value."""
        return self.code, self.outcome, self.message, self.location

    @property
    def stops(self) -> bool:
        """True if the finding stops the plan."""
        return self.severity.rank >= Severity.ERROR.rank and not self.waived


@dataclass(frozen=True)
class Report:
    """All findings of one check, the most severe first, then by code."""

    findings: tuple[Finding, ...] = ()

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Report:
        """Return a report in the stable order."""
        return cls(tuple(sorted(findings, key=lambda finding: (-finding.severity.rank, finding.code, finding.message))))

    @property
    def stops(self) -> bool:
        """True if any finding stops the plan."""
        return any(finding.stops for finding in self.findings)

    @property
    def counts(self) -> str:
        """The number of findings in words: ``2 errors, 1 warning, 1 note; 4 rules could not be checked``."""
        passing = [finding for finding in self.findings if not finding.stops]
        broken = [finding.severity for finding in passing if finding.outcome is Outcome.BROKEN]
        notes = broken.count(Severity.NOTE)
        numbers = {"error": len(self.findings) - len(passing), "warning": len(broken) - notes, "note": notes}
        counted = ", ".join(_counted(number, noun) for noun, number in numbers.items() if number)
        unknown = len(passing) - len(broken)
        unchecked = f"{_counted(unknown, 'rule')} could not be checked" if unknown else ""
        return "; ".join(filter(None, (counted, unchecked)))

    def without(self, other: Report) -> Report:
        """Return the findings that another report does not have."""
        return Report(tuple(finding for finding in self.findings if finding not in other.findings))

    def at_least(self, severity: Severity) -> tuple[Finding, ...]:
        """Return the findings with this severity or a higher one."""
        return tuple(finding for finding in self.findings if finding.severity.rank >= severity.rank)


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
