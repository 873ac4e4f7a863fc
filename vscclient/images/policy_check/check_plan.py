"""The policy's word on what is planned, told to the user, as often as more of it becomes known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from vscclient import errors
from vscclient.images.inspection.image_data import ImageData
from vscclient.model.facts import Facts
from vscclient.model.finding import Report, Severity
from vscclient.model.image import WAIVED, Image
from vscclient.model.plan import Plan
from vscclient.model.settings import Settings
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility
from vscclient.policy.engine import check_image, check_plan


class PolicyCheck:
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

    def of(self, plan: Plan, data: ImageData | None = None) -> Plan:
        """The plan, if it may go on: with the codes that were waived, where others will see the image.

        Args:
            data: What is known of the disk and its guest by now, if that is more than the facts had.

        Raises:
            RefusedByPolicy: It may not.
        """
        facts = replace(self._facts, disk=data.disk, guest=data.guest) if data else self._facts
        report = check_plan(plan, facts, self._settings)
        self._terminal.findings(report.without(self._report))
        self._report = report
        if report.stops:
            raise errors.RefusedByPolicy(report)
        waived = {found.code for found in report.findings if found.waived} | self._still_waived(plan, facts)
        return replace(plan, image=_with_waivers(plan, waived))

    def _still_waived(self, plan: Plan, facts: Facts) -> frozenset[str]:
        """The codes that were waived before, and are still broken, as far as anybody can tell."""
        if not plan.image.waived:
            return frozenset()
        return plan.image.waived & {found.code for found in check_image(plan, facts, self._settings).findings}

    @property
    def warnings(self) -> tuple[str, ...]:
        """Codes of the rules that warn, or that were waived."""
        return tuple(dict.fromkeys(found.code for found in self._report.at_least(Severity.WARNING)))


def _with_waivers(plan: Plan, waived: Iterable[str]) -> Image:
    """The image with these codes, as long as others can see it."""
    properties = {key: value for key, value in plan.image.properties.items() if key != WAIVED}
    codes = ",".join(sorted(waived))
    if codes and plan.image.visibility is not Visibility.PRIVATE:
        properties[WAIVED] = codes
    return replace(plan.image, properties=properties)
