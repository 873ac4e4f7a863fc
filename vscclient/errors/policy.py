"""Refusals: the policy, or the user, stops a command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from vscclient.errors.base import Error

if TYPE_CHECKING:  # with the fixes it costs each command some milliseconds
    from vscclient.model.finding import Report


@dataclass(eq=False)
class InvalidPolicyFile(Error):
    """The policy file of a site is invalid.

    Args:
        path: The file.
        line: The line with the mistake, from 1.
        reason: The mistake.
    """

    exit_status: ClassVar[int] = 2
    path: str
    line: int
    reason: str

    def sentence(self) -> str:
        return f"{self.path}, line {self.line}: {self.reason}"


@dataclass(eq=False)
class UnusableRule(Error):
    """A rule from a site's package cannot be used, so no image can be checked.

    Args:
        package: The package that brings the rule.
        entry: Name of the entry point, and the object that it names.
        reason: Why it cannot be used.
    """

    package: str
    entry: str
    reason: str

    def sentence(self) -> str:
        return (
            f"The rule {self.entry} of the package {self.package} cannot be used: {self.reason}. "
            f"Report this to its authors, or remove the package: pip uninstall {self.package}"
        )


@dataclass(eq=False)
class RefusedByPolicy(Error):
    """The policy stops the command.

    Args:
        report: All findings.
        outcome: What was undone, as a sentence; empty: nothing was changed.
    """

    exit_status: ClassVar[int] = 3
    report: Report
    outcome: str = ""

    def sentence(self) -> str:
        from vscclient.model.finding import Severity

        stopping = [finding for finding in self.report.findings if finding.stops]
        codes = list(dict.fromkeys(finding.code for finding in stopping))
        refusal = f"Refused by {', '.join(codes)}" + (f". {self.outcome}" if self.outcome else "; nothing was changed.")
        if any(finding.severity is Severity.FORBIDDEN for finding in stopping):
            return refusal
        return f"{refusal} To proceed anyway, add: {' '.join(f'--waive {code}' for code in codes)}"


@dataclass(eq=False)
class NotConfirmed(Error):
    """Others would lose access, and the user did not agree.

    Args:
        loss: What they would lose, as a sentence.
        outcome: What was not done, as a sentence; empty: nothing was changed.
    """

    exit_status: ClassVar[int] = 3
    loss: str
    outcome: str = ""

    def sentence(self) -> str:
        refusal = self.loss.rstrip(".") + (f". {self.outcome}" if self.outcome else "; nothing was changed.")
        return f"{refusal} To proceed anyway, add: --yes"


@dataclass(eq=False)
class CheckFailed(Error):
    """A check found errors.

    Args:
        image: Name of the image or the file.
        audience: The visibility that it was checked for.
        counts: The numbers of findings, in words.
        code: The rule with the most severe finding.
    """

    exit_status: ClassVar[int] = 3
    image: str
    audience: str
    counts: str
    code: str

    def sentence(self) -> str:
        return (
            f"{self.image} as a {self.audience} image: {self.counts}. "
            f"Details: openstack vsc image rule show {self.code}"
        )


@dataclass(eq=False)
class AuditFailed(Error):
    """An audit found images with errors.

    Args:
        unfit: How many.
        checked: How many images were checked.
        since: The beginning of the time in which the errors are new: `` since the baseline``; empty: all errors count.
    """

    exit_status: ClassVar[int] = 3
    unfit: int
    checked: int
    since: str = ""

    def sentence(self) -> str:
        have = "has" if self.unfit == 1 else "have"
        new = "new " if self.since else ""
        return f"{self.unfit} of {self.checked} images {have} {new}errors{self.since}"


@dataclass(eq=False)
class AuditIncomplete(Error):
    """An audit could not check some images at all."""

    unchecked: int
    wanted: int

    def sentence(self) -> str:
        return f"{self.unchecked} of {self.wanted} images could not be checked; the column Why gives the reason"
