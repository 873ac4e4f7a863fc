"""The findings of the policy as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.model.printable import printable
from vscclient.model.finding import Finding, Outcome, Report, Severity
from vscclient.osc.fix_commands.commands import Names, command


def lines(report: Report, names: Names) -> Iterator[str]:
    """Yield warnings and errors, the fix below each of them, and last a line that counts them.

    Args:
        report: The findings; those that are only notes have no line.
        names: The user's words for the image and its file.
    """
    findings = report.at_least(Severity.WARNING)
    broken = [finding for finding in findings if finding.outcome is Outcome.BROKEN]
    messages = {finding.message for finding in broken}
    # "it is empty" is a flaw, and the reason why other rules could not be checked: once is enough
    unknown = [
        finding for finding in findings if finding.outcome is Outcome.UNKNOWN and finding.message not in messages
    ]
    yield from (_sentence(finding, names) for finding in broken)
    for reason in dict.fromkeys(finding.message for finding in unknown):  # one line, however many rules it concerns
        group = [finding for finding in unknown if finding.message == reason]
        codes = ", ".join(finding.code for finding in group)
        yield f"{_severity(group)} {codes} could not be checked: {printable(reason)}"
    if findings:
        shown = tuple(sorted((*broken, *unknown), key=lambda finding: not finding.stops))
        yield f"{Report(shown).counts}. Details: openstack vsc image rule show {shown[0].code}"


def _sentence(finding: Finding, names: Names) -> str:
    """Return ``error D305: …``, and the fix on a line of its own, which is never wrapped: it can be copied."""
    waived = " (waived)" if finding.waived else ""
    location = f" ({printable(finding.location)})" if finding.location else ""
    line = f"{_severity([finding])} {finding.code}{waived}: {printable(finding.message)}{location}"
    if finding.waived or not finding.fix:
        return line
    return f"{line}\n  {printable(command(finding.fix, finding.code, names))}"


def _severity(findings: list[Finding]) -> Severity:
    return Severity.ERROR if any(finding.stops for finding in findings) else Severity.WARNING
