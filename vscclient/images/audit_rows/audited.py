"""The result for one of many images."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from vscclient.images.check import Checked
from vscclient.model.finding import Finding, Outcome, Severity
from vscclient.model.image import Image

_NEXT_CODE = re.compile(r"; (?=[A-Z]+[0-9]+: )")
"""Between two findings in the reasons of a row."""


@dataclass(frozen=True, kw_only=True)
class Audited:
    """One image, checked or not.

    Args:
        name: The name or ID that the user gave, or the ID from a list.
        checked: The findings; None: the image could not be checked.
        nics_at_boot: The NICs that come up, or ``unknown``.
        failure: Why it could not be checked.
    """

    name: str
    image: Image | None = None
    checked: Checked | None = None
    nics_at_boot: str = "unknown"
    failure: str = ""

    @cached_property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that are errors."""
        return tuple(finding for finding in self._findings if finding.stops)

    @cached_property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that only warn, or were waived."""
        broken = (finding for finding in self._findings if finding.outcome is Outcome.BROKEN and not finding.stops)
        return tuple(finding for finding in broken if finding.severity is not Severity.NOTE)

    @cached_property
    def unknown(self) -> tuple[Finding, ...]:
        """The findings of rules that could not be checked."""
        return tuple(finding for finding in self._findings if finding.outcome is Outcome.UNKNOWN and not finding.stops)

    @property
    def why(self) -> str:
        """The errors, and the reasons why rules, or the image, could not be checked, in words."""
        if self.checked is None:
            return self.failure
        reasons = dict.fromkeys(_inseparable(finding.sentence) for finding in self.unknown)
        return "; ".join([*map(in_words, self.errors), *reasons])

    @property
    def _findings(self) -> tuple[Finding, ...]:
        return self.checked.report.findings if self.checked else ()


def in_words(finding: Finding) -> str:
    """Return a finding as a row of many shows it: ``N202: only the first of three …``."""
    return f"{finding.code}: {_inseparable(finding.sentence)}"


def separate(text: str) -> list[str]:
    """Return the parts of the reasons of a row, each from the code of a rule on; the last may have more behind it."""
    return _NEXT_CODE.split(text)


def _inseparable(text: str) -> str:
    """Return a text, which may be a stranger's, without what looks like the beginning of another finding."""
    return _NEXT_CODE.sub(", ", text)
