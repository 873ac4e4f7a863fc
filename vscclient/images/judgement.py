"""The policy's word on what is planned, told to the user, as often as more of it becomes known."""

from __future__ import annotations

from dataclasses import replace

from vscclient import errors
from vscclient.model.disk import Disk
from vscclient.model.facts import Facts
from vscclient.model.finding import Report, Severity
from vscclient.model.image import WAIVED, Image
from vscclient.model.plan import Plan
from vscclient.model.settings import Settings
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility
from vscclient.policy.engine import judge


class Judgement:
    """Judges what is planned for one image, first by what is known before, then by the rest.

    Args:
        facts: What is true; found out when a rule asks.
        settings: The policy's.
        terminal: Is told what is found, each finding once.
    """

    def __init__(self, facts: Facts, settings: Settings, terminal: Terminal) -> None:
        self._facts = facts
        self._settings = settings
        self._terminal = terminal
        self._report = Report()

    def of(self, plan: Plan, disk: Disk | None = None) -> Plan:
        """The plan, if it may go on: with the codes that were waived, where others will see the image.

        Args:
            disk: What is known of the disk by now, if that is more than the facts had.

        Raises:
            Refused: It may not.
        """
        facts = replace(self._facts, disk=disk) if disk else self._facts
        report = judge(plan, facts, self._settings)
        self._terminal.findings(report.without(self._report))
        self._report = report
        if report.stops:
            raise errors.Refused(report)
        return replace(plan, image=_with_waivers(plan, report))

    @property
    def warnings(self) -> tuple[str, ...]:
        """Codes of the rules that warn, or that were waived."""
        return tuple(dict.fromkeys(found.code for found in self._report.at_least(Severity.WARNING)))


def _with_waivers(plan: Plan, report: Report) -> Image:
    """The image with the codes that were waived for it, now or before, as long as they are broken and others see it."""
    image = plan.image
    broken = {found.code for found in report.findings}
    waived = sorted((image.waived | {found.code for found in report.findings if found.waived}) & broken)
    properties = {key: value for key, value in image.properties.items() if key != WAIVED}
    if waived and plan.audience is not Visibility.PRIVATE:
        properties[WAIVED] = ",".join(waived)
    return replace(image, properties=properties)
