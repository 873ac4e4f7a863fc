"""The base class of the rules about disks."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.model.disk import Disk
from vscclient.model.facts import Facts
from vscclient.model.plan import Plan
from vscclient.policy.rule import Flaw, Rule


class DiskRule(Rule):
    """A rule about a disk. It does not apply to kernels, ramdisks and other containers."""

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        if plan.image.is_disk:
            yield from self.check_disk(plan, facts.disk)

    def check_disk(self, plan: Plan, disk: Disk) -> Iterator[Flaw]:
        """Yield the flaws of an image that is a disk.

        Args:
            plan: The image, and how it would be changed.
            disk: The facts about its disk.

        Raises:
            Unknown: A fact that the rule needs could not be found out.
        """
        raise NotImplementedError
