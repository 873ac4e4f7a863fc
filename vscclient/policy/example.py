"""Examples: plans and facts in a few words, for the good and the bad example of each rule and for the tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NoReturn, TypedDict, Unpack

from guestinspect.model.disk import Content, Disk
from guestinspect.model.fact import Fact, Unknown, known_fact
from guestinspect.model.guest import Boot, CloudInit, Guest, NicHotplug, Nics, NicsAtBoot, RootDevice, Step
from guestinspect.model.leftover import Kind, Leftover
from vscclient.model.facts import Facts
from vscclient.model.image import Image
from vscclient.model.plan import Plan
from vscclient.model.project import NamedProject, ProjectId, Resolution
from vscclient.model.property_definition import PropertyDefinition
from vscclient.model.visibility import Recipients, Visibility

GIB = 1024**3

MINE = ProjectId("0" * 31 + "1")
"""The project that the user is signed in to, and that owns the image."""

THEIRS = ProjectId("0" * 31 + "2")
"""A project that the user is not a member of."""

_LOCATION = "an example"

_SOUND_IMAGE = Image(
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

_SOUND_DISK: dict[str, Any] = {
    "disk_format": "qcow2",
    "virtual_size_bytes": 10 * GIB,
    "archive_format": None,
    "content": Content.DISK,
    "references": (),
    "damage": (),
}

_EVERY_NIC = (Step("systemd-networkd configures every interface", "/etc/systemd/network/20-dhcp.network:2"),)

_SOUND_GUEST: dict[str, Any] = {
    "os_distro": "debian",
    "os_version": "12",
    "architecture": "x86_64",
    "boot": Boot(firmware=("bios", "uefi"), loader="grub", kernels=("/boot/vmlinuz",)),
    "root_device": RootDevice("UUID=7d2c…", guest_volume="partition 1 (ext4, UUID=7d2c…)"),
    "guest_agent": True,
    "cloud_init": CloudInit(version="22.4.2", datasources=("OpenStack",), disabled_by="", makes_host_keys=True),
    "key_agents": (),
    "ssh_server": True,
    "network_stacks": ("systemd-networkd",),
    "nics_at_boot": NicsAtBoot(Nics.ALL, ("ens3", "ens4", "ens5"), _EVERY_NIC),
    "nic_hotplug": NicHotplug(comes_up=True, explanation=_EVERY_NIC),
    "pins": (),
    "other_bus_nics_at_boot": None,
    "other_bus_nic_hotplug": None,
    "leftovers": (),
}


@dataclass(frozen=True)
class Example:
    """A plan and the facts, for a rule to check."""

    plan: Plan
    facts: Facts


class Surroundings(TypedDict, total=False):
    """The facts beside the image.

    Args:
        is_staff: True if the user is staff; default: False.
        project_id: The project that the user is signed in to; default: ``MINE``.
        namesakes: The public images whose names can be confused with that of the image; default: none.
        reaches: The recipients of other images, by the ID of the image; others do not exist.
        definitions: The definitions of the cloud's catalogue; default: none. An ``Unknown`` is raised when they are
        asked for.
    """

    is_staff: bool
    project_id: ProjectId
    namesakes: tuple[Image, ...]
    reaches: Mapping[str, Recipients]
    definitions: tuple[PropertyDefinition, ...] | Unknown


def case(
    *,
    image: dict[str, Any] | None = None,
    before: dict[str, Any] | None = None,
    disk: dict[str, Any] | None = None,
    guest: dict[str, Any] | None = None,
    plan: dict[str, Any] | None = None,
    **around: Unpack[Surroundings],
) -> Example:
    """Return a sound private qcow2 of 10 GiB that is about to be made, with the differences that are given.

    Args:
        image: Fields of the ``Image`` that differ.
        before: Fields that differ in the image as it is now; None: there is no image yet.
        disk: Values of the ``Disk``'s facts that differ. An ``Unknown`` is raised when the fact is asked for.
        guest: Values of the ``Guest``'s facts that differ; ``leftovers`` has those of all kinds. An ``Unknown`` is
            raised when the fact is asked for.
        plan: Fields of the ``Plan`` that differ.
        around: Differences beside the image.
    """
    planned = replace(_SOUND_IMAGE, **(image or {}))
    now = None if before is None else replace(planned, **before)
    namesakes, reaches = around.get("namesakes", ()), around.get("reaches", {})
    return Example(
        plan=Plan(image=planned, before=now, **(plan or {})),
        facts=Facts(
            disk=Disk(**_providers(_SOUND_DISK | (disk or {}))),
            guest=_guest(**(_SOUND_GUEST | (guest or {}))),
            is_staff=_provider(around.get("is_staff", False)),
            project_id=_provider(around.get("project_id", MINE)),
            public_namesakes=lambda _name: Fact(namesakes, _LOCATION),
            reach_of=lambda image_id: Fact(reaches.get(image_id), _LOCATION),
            property_definitions=_provider(_by_key(around.get("definitions", ()))),
        ),
    )


def project(
    project_id: str | None = THEIRS, *, label: str = "", resolution: Resolution = Resolution.UNVERIFIED
) -> NamedProject:
    """Return a project to share with.

    Args:
        project_id: Its ID; None: nobody could resolve its name.
        label: The name that the user gave; default: the ID.
        resolution: How the project was found.
    """
    known_id = None if project_id is None else ProjectId(project_id)
    return NamedProject(label=label or project_id or "", project_id=known_id, resolution=resolution)


def _guest(*, leftovers: tuple[Leftover, ...] | Unknown, **values: Any) -> Guest:
    def of_kind(kind: Kind) -> Fact[tuple[Leftover, ...]]:
        if isinstance(leftovers, Unknown):
            raise leftovers
        return Fact(tuple(leftover for leftover in leftovers if leftover.kind is kind), _LOCATION)

    return Guest(leftovers=of_kind, **_providers(values))


def _by_key(
    definitions: tuple[PropertyDefinition, ...] | Unknown,
) -> Mapping[str, tuple[PropertyDefinition, ...]] | Unknown:
    if isinstance(definitions, Unknown):
        return definitions
    keys = {definition.key for definition in definitions}
    return {key: tuple(one for one in definitions if one.key == key) for key in keys}


def _providers(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _provider(value) for name, value in values.items()}


def _provider(value: Any) -> Any:
    if not isinstance(value, Unknown):
        return known_fact(value, _LOCATION)

    def ask() -> NoReturn:
        raise value

    return ask


def left(kind: Kind, path: str, what: str, owner: str = "root") -> dict[str, tuple[Leftover, ...]]:
    """Return a guest in which one thing was left, for the example of a rule.

    Args:
        kind: The kind of leftover.
        path: Its path in the guest.
        what: The leftover, in words.
        owner: The user to whom it belongs.
    """
    return {"leftovers": (Leftover(kind, path, what, owner),)}
