"""What the policy found, in lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.model.printable import printable
from vscclient.model.finding import Finding, Outcome, Report, Severity


def told(report: Report) -> Iterator[str]:
    """Warnings and errors, what mends each, and a line that counts them."""
    findings = _once(report.at_least(Severity.WARNING))
    yield from _broken(findings)
    yield from _unknown(findings)
    if findings:
        counts = Report(findings).in_words
        yield f"{counts}. Details: openstack vsc image rule show {findings[0].code}"


def _once(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Without those that could not be judged for a reason that is told as a flaw: "it is empty"."""
    flaws = {found.message for found in findings if found.outcome is Outcome.BROKEN}
    return tuple(found for found in findings if found.outcome is Outcome.BROKEN or found.message not in flaws)


def _broken(findings: tuple[Finding, ...]) -> list[str]:
    return [_sentence(found) for found in findings if found.outcome is Outcome.BROKEN]


def _sentence(found: Finding) -> str:
    """``error D305: …`` with the mending on a line of its own, never wrapped, so that it can be copied."""
    waived = " (waived)" if found.waived else ""
    location = f" ({printable(found.location)})" if found.location else ""
    severity = Severity.ERROR if found.stops else Severity.WARNING
    return f"{severity} {found.code}{waived}: {printable(found.message)}{location}" + (
        f"\n  {printable(found.fix)}" if found.fix and not found.waived else ""
    )


def _unknown(findings: tuple[Finding, ...]) -> list[str]:
    """What nobody could judge: one line for a reason, however many rules it stops."""
    reasons: dict[str, list[Finding]] = {}
    for found in findings:
        if found.outcome is Outcome.UNKNOWN:
            reasons.setdefault(found.message, []).append(found)
    return [
        f"{_weight(group)} {', '.join(found.code for found in group)}: not judged, {printable(reason)}"
        for reason, group in reasons.items()
    ]


def _weight(findings: list[Finding]) -> Severity:
    return Severity.ERROR if any(found.stops for found in findings) else Severity.WARNING
