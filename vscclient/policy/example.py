"""Plans and facts in few words: the good and the bad example of each rule, and the tests of the policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NoReturn, TypedDict, Unpack

from guestinspect.model.disk import Disk
from guestinspect.model.fact import Fact, Unknown, known_fact
from guestinspect.model.guest import Boot, CloudInit, Guest, NicHotplug, Nics, NicsAtBoot, Step
from guestinspect.model.leftover import Kind, Leftover
from vscclient.model.facts import Facts
from vscclient.model.image import Image
from vscclient.model.plan import Plan
from vscclient.model.project import NamedProject, ProjectId, Resolution
from vscclient.model.recipients import Recipients
from vscclient.model.visibility import Visibility

GIB = 1024**3

MINE = ProjectId("0" * 31 + "1")
"""The project that the user is signed in to, and that owns the image."""

THEIRS = ProjectId("0" * 31 + "2")
"""A project that the user is no member of."""

_IMAGE = Image(
    name="rnatools",
    owner=MINE,
    status="active",
    visibility=Visibility.PRIVATE,
    protected=True,
    container_format="bare",
    disk_format="qcow2",
    min_disk_gib=10,
    properties={"description": "RNA tools", "architecture": "x86_64", "os_distro": "debian", "os_version": "12"},
)
_DISK = {"disk_format": "qcow2", "virtual_size_bytes": 10 * GIB, "wrapping": None, "references": (), "damage": ()}
_WHY = (Step("systemd-networkd configures every interface", "/etc/systemd/network/20-dhcp.network:2"),)
_GUEST: dict[str, Any] = {
    "os_distro": "debian",
    "os_version": "12",
    "architecture": "x86_64",
    "boot": Boot(firmware=("bios", "uefi"), loader="grub", kernels=("/boot/vmlinuz",)),
    "guest_agent": True,
    "cloud_init": CloudInit(version="22.4.2", datasources=("OpenStack",), disabled_by="", makes_host_keys=True),
    "key_agents": (),
    "network_stacks": ("systemd-networkd",),
    "nics_at_boot": NicsAtBoot(Nics.ALL, ("ens3", "ens4", "ens5"), _WHY),
    "nic_hotplug": NicHotplug(comes_up=True, explanation=_WHY),
    "pins": (),
    "leftovers": (),
}


@dataclass(frozen=True)
class Example:
    """A plan and what is true, for a rule to judge."""

    plan: Plan
    facts: Facts


class Surroundings(TypedDict, total=False):
    """What is true beside the image.

    Args:
        is_staff: Whether the user is staff; if not said, he is not.
        project_id: The project that the user is signed in to; if not said, ``MINE``.
        namesakes: The public images whose name can be taken for the image's; if not said, there are none.
        reaches: Whom other images reach, by their ID; others are not there.
    """

    is_staff: bool
    project_id: ProjectId
    namesakes: tuple[Image, ...]
    reaches: Mapping[str, Recipients]


def case(
    *,
    image: dict[str, Any] | None = None,
    before: dict[str, Any] | None = None,
    disk: dict[str, Any] | None = None,
    guest: dict[str, Any] | None = None,
    plan: dict[str, Any] | None = None,
    **around: Unpack[Surroundings],
) -> Example:
    """A sound private qcow2 of 10 GiB that is about to be made, but for what is said here.

    Args:
        image: Fields of the ``Image`` that are otherwise.
        before: Where the image is there already: its fields that are not yet as the plan leaves them.
        disk: Values of the ``Disk``'s facts that are otherwise.
        guest: Values of the ``Guest``'s facts that are otherwise; ``leftovers`` are those of all kinds.
            An ``Unknown`` is raised when that fact is asked for.
        plan: Fields of the ``Plan`` that are otherwise.
        around: What is otherwise beside the image.
    """
    planned = replace(_IMAGE, **(image or {}))
    now = None if before is None else replace(planned, **before)
    return Example(
        plan=Plan(image=planned, before=now, **(plan or {})),
        facts=replace(
            _facts(Disk(**{name: _seen(value) for name, value in (_DISK | (disk or {})).items()}), around),
            guest=_guest(**(_GUEST | (guest or {}))),
        ),
    )


def project(
    project_id: str | None = THEIRS, *, said: str = "", resolution: Resolution = Resolution.UNVERIFIED
) -> NamedProject:
    """A project to share with, named by its ID unless another name is said."""
    found = None if project_id is None else ProjectId(project_id)
    return NamedProject(said=said or project_id or "", project_id=found, resolution=resolution)


def _guest(*, leftovers: tuple[Leftover, ...] | Unknown, **facts: Any) -> Guest:
    def of_kind(kind: Kind) -> Fact[tuple[Leftover, ...]]:
        if isinstance(leftovers, Unknown):
            raise leftovers
        return Fact(tuple(one for one in leftovers if one.kind is kind), _LOCATION)

    return Guest(leftovers=of_kind, **{name: _seen(value) for name, value in facts.items()})


def _facts(disk: Disk, around: Surroundings) -> Facts:
    namesakes, reaches = around.get("namesakes", ()), around.get("reaches", {})
    return Facts(
        disk=disk,
        is_staff=_seen(around.get("is_staff", False)),
        project_id=_seen(around.get("project_id", MINE)),
        public_namesakes=lambda name: Fact(namesakes, _LOCATION),
        reach_of=lambda image_id: Fact(reaches.get(image_id), _LOCATION),
    )


_LOCATION = "an example"


def _seen(value: Any) -> Any:
    if not isinstance(value, Unknown):
        return known_fact(value, _LOCATION)

    def ask() -> NoReturn:
        raise value

    return ask
