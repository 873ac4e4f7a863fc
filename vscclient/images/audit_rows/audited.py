"""What was found about one of many images."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from vscclient.images.check import Checked
from vscclient.model.finding import Finding, Outcome, Severity
from vscclient.model.image import Image


@dataclass(frozen=True, kw_only=True)
class Audited:
    """One image, judged or not.

    Args:
        said: How it was named, where it could not be found.
        checked: What the rules say; None: it could not be judged at all.
        nics_at_boot: Which come up; ``unknown``, where nobody can tell.
        failure: Why it could not be judged.
    """

    said: str
    image: Image | None = None
    checked: Checked | None = None
    nics_at_boot: str = "unknown"
    failure: str = ""

    @cached_property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that stand against it."""
        return tuple(found for found in self._findings if found.stops)

    @cached_property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that only warn, or were waived."""
        broken = (found for found in self._findings if found.outcome is Outcome.BROKEN and not found.stops)
        return tuple(found for found in broken if found.severity is not Severity.INFORMATION)

    @cached_property
    def unknown(self) -> tuple[Finding, ...]:
        """What could not be judged."""
        return tuple(found for found in self._findings if found.outcome is Outcome.UNKNOWN and not found.stops)

    @property
    def why(self) -> str:
        """What stands against it, and what could not be judged, in words."""
        told = [said(found) for found in self.errors]
        reasons = dict.fromkeys(found.message for found in self.unknown)
        return "; ".join([*told, *(f"not judged: {reason}" for reason in reasons)])

    @property
    def _findings(self) -> tuple[Finding, ...]:
        return self.checked.report.findings if self.checked else ()


def said(found: Finding) -> str:
    """A finding in a row of many: ``N202: only the first of three …``."""
    return f"{found.code}: {found.message}"
