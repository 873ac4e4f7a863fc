"""The policy's word on an image, told to the user, as often as more of it becomes known."""

from __future__ import annotations

from dataclasses import replace

from vscclient import errors
from vscclient.images.cloud import Cloud
from vscclient.images.options import Options
from vscclient.model.disk import Disk
from vscclient.model.fact import once
from vscclient.model.facts import Facts
from vscclient.model.finding import Report, Severity
from vscclient.model.image import WAIVED, Image
from vscclient.model.plan import Plan
from vscclient.model.settings import Settings
from vscclient.model.terminal import Terminal
from vscclient.model.visibility import Visibility
from vscclient.policy.engine import judge


class Judgement:
    """Judges a new image, first by what is known before it is sent, then by the rest.

    Args:
        cloud: Tells who the user is, once a rule asks.
        options: What the user asked for and waived.
        terminal: Is told what is found, each finding once.
    """

    def __init__(self, cloud: Cloud, options: Options, terminal: Terminal) -> None:
        self._settings = Settings()
        self._options = options
        self._terminal = terminal
        self._is_staff = once(lambda: cloud.has_role(self._settings.publishing_role))
        self._report = Report()

    def of(self, image: Image, disk: Disk) -> Image:
        """The image, if it may be made: with the codes that were waived for it, where others will see it.

        Raises:
            Refused: It may not.
        """
        plan = Plan(image=image, properties=self._options.properties, waived=self._options.waived)
        report = judge(plan, Facts(disk=disk, is_staff=self._is_staff), self._settings)
        self._terminal.findings(report.without(self._report))
        self._report = report
        if report.stops:
            raise errors.Refused(report)
        return self._with_waivers(image)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Codes of the rules that warn, or that were waived."""
        return tuple(dict.fromkeys(found.code for found in self._report.at_least(Severity.WARNING)))

    def _with_waivers(self, image: Image) -> Image:
        waived = sorted({found.code for found in self._report.findings if found.waived})
        if not waived or image.visibility is Visibility.PRIVATE:
            return image
        return replace(image, properties={**image.properties, WAIVED: ",".join(waived)})
