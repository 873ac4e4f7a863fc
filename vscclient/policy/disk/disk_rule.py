"""What the rules about disks have in common."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.model.disk import Disk
from vscclient.model.facts import Facts
from vscclient.model.plan import Plan
from vscclient.policy.rule import Flaw, Rule


class DiskRule(Rule):
    """A rule about disks: kernels, ramdisks and other containers are none of its business."""

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        if plan.image.is_disk:
            yield from self.check_disk(plan, facts.disk)

    def check_disk(self, plan: Plan, disk: Disk) -> Iterator[Flaw]:
        """The flaws of an image that is a disk. As ``check``."""
        raise NotImplementedError


def is_or_would_be(plan: Plan, field: str) -> str:
    """The verb for what the image says: it says so already, or it would."""
    is_there = plan.before is not None and getattr(plan.before, field) == getattr(plan.image, field)
    return "is" if is_there else "would be"


def is_or_would_be_property(plan: Plan, key: str) -> str:
    """The same for one of its properties."""
    is_there = plan.before is not None and plan.before.properties.get(key) == plan.image.properties.get(key)
    return "is" if is_there else "would be"
