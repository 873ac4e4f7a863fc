"""The policy, or the user, says no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from guestinspect.model.printable import printable
from vscclient.errors.root import Error
from vscclient.model.finding import Finding, Report, Severity


@dataclass(eq=False)
class BadPolicy(Error):
    """The file with a site's policy cannot be understood.

    Args:
        line: Where in it, from 1.
    """

    exit_status: ClassVar[int] = 2
    path: str
    line: int
    why: str

    def sentence(self) -> str:
        return f"{printable(self.path)}, line {self.line}: {self.why}"


@dataclass(eq=False)
class UnusableRule(Error):
    """A rule that a package of the site's brings cannot be used, so nothing can be judged.

    Args:
        entry: Name of the entry point, and what it leads to.
    """

    package: str
    entry: str
    why: str

    def sentence(self) -> str:
        return (
            f"The rule {self.entry} of the package {self.package} cannot be used: {self.why}. "
            f"Tell those who made it, or take it away with: pip uninstall {self.package}"
        )


@dataclass(eq=False)
class Refused(Error):
    """The policy stops the plan. Nothing has been changed unless ``undone`` says so."""

    exit_status: ClassVar[int] = 3
    report: Report
    undone: str = "Nothing was changed."

    def sentence(self) -> str:
        stopping = [found for found in self.report.findings if found.stops]
        codes = dict.fromkeys(found.code for found in stopping)
        return f"Refused by {', '.join(codes)}. {self.undone}{self._way_on(stopping)}"

    def _way_on(self, stopping: list[Finding]) -> str:
        """How to go on all the same, where that is possible."""
        if any(found.severity is Severity.FORBIDDEN for found in stopping):
            return ""
        waivers = " ".join(f"--waive {code}" for code in dict.fromkeys(found.code for found in stopping))
        return f" If it is meant: {waivers}"


@dataclass(eq=False)
class NotAgreed(Error):
    """Others would lose something, and nobody said yes.

    Args:
        what: What they would lose, as a sentence.
        undone: What was not done for want of a yes.
    """

    exit_status: ClassVar[int] = 3
    what: str
    undone: str = "Nothing was changed."

    def sentence(self) -> str:
        return f"{self.what.rstrip('.')}. {self.undone} If it is meant: --yes"


@dataclass(eq=False)
class Unfit(Error):
    """A check found what would be refused.

    Args:
        counts: How much it found, in words.
        code: Of the rule that weighs most.
    """

    exit_status: ClassVar[int] = 3
    image: str
    audience: str
    counts: str
    code: str

    def sentence(self) -> str:
        return (
            f"{printable(self.image)} as a {self.audience} image: {self.counts}. "
            f"What a rule asks: openstack vsc image rule show {self.code}"
        )


@dataclass(eq=False)
class SomeUnfit(Error):
    """An audit found images that are not fit for those whom they are for.

    Args:
        since: Nothing, or since when: `` since the baseline``.
    """

    exit_status: ClassVar[int] = 3
    unfit: int
    judged: int
    since: str = ""

    def sentence(self) -> str:
        new = "something new " if self.since else "something "
        return f"{new}stands against {self.unfit} of {self.judged} images{self.since}".capitalize()


@dataclass(eq=False)
class NotJudged(Error):
    """An audit could not judge some images at all."""

    unjudged: int
    wanted: int

    def sentence(self) -> str:
        return f"{self.unjudged} of {self.wanted} images could not be judged; their rows say why"
