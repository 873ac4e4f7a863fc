"""Plans and facts in few words: the good and the bad example of each rule, and the tests of the policy."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from vscclient.model.disk import Disk
from vscclient.model.fact import known
from vscclient.model.facts import Facts
from vscclient.model.image import Image
from vscclient.model.plan import Plan
from vscclient.model.visibility import Visibility

GIB = 1024**3

_IMAGE = Image(
    name="rnatools", visibility=Visibility.PRIVATE, container_format="bare", disk_format="qcow2", min_disk_gib=10
)
_DISK = {"disk_format": "qcow2", "virtual_size_bytes": 10 * GIB, "wrapping": None, "references": (), "damage": ()}


@dataclass(frozen=True)
class Example:
    """A plan and what is true, for a rule to judge."""

    plan: Plan
    facts: Facts


def case(
    *,
    image: dict[str, Any] | None = None,
    disk: dict[str, Any] | None = None,
    plan: dict[str, Any] | None = None,
    is_staff: bool = False,
) -> Example:
    """A sound private qcow2 of 10 GiB that is about to be made, but for what is said here.

    Args:
        image: Fields of the ``Image`` that are otherwise.
        disk: Values of the ``Disk``'s facts that are otherwise.
        plan: Fields of the ``Plan`` that are otherwise.
        is_staff: Whether the user is staff.
    """
    facts: dict[str, Any] = {name: known(value, "an example") for name, value in (_DISK | (disk or {})).items()}
    return Example(
        plan=Plan(image=replace(_IMAGE, **(image or {})), **(plan or {})),
        facts=Facts(disk=Disk(**facts), is_staff=known(is_staff, "an example")),
    )
