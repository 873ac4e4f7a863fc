"""A guest's system and how it boots: the facts of :class:`~guestinspect.model.guest.Guest` without its network."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import TypedDict

from guestinspect.disk.tree import Tree
from guestinspect.disk.volumes.partitions import PartitionLayout
from guestinspect.guest import agents, architecture, distribution
from guestinspect.guest.boot import disk_boot
from guestinspect.guest.boot.command_line import find_command_line
from guestinspect.guest.cloud_init import installation
from guestinspect.guest.running_tree import RunningTree
from guestinspect.guest.services.units import Units
from guestinspect.model.fact import Provider, Unknown, once
from guestinspect.model.guest import Boot, CloudInit


class SystemFacts(TypedDict):
    """Some of the fields of a Guest, by their names."""

    os_distro: Provider[str]
    os_version: Provider[str]
    architecture: Provider[str]
    boot: Provider[Boot]
    guest_agent: Provider[bool]
    cloud_init: Provider[CloudInit | None]
    key_agents: Provider[tuple[str, ...]]


def facts_of(tree: Tree, layout: PartitionLayout, efi: Callable[[], Tree | None]) -> SystemFacts:
    """Providers of what is known of a guest's system; each looks when it is first asked.

    Args:
        tree: The guest's files as they lie on the disk.
        layout: How the disk is divided.
        efi: Opens the partition that UEFI looks into; None: there is none. May raise Unreadable.
    """
    running = RunningTree(tree)
    given = partial(_parameters, once(partial(find_command_line, tree)))

    @cache
    def units() -> Units:
        return Units(running, given())

    return SystemFacts(
        os_distro=once(partial(distribution.find_distro, tree)),
        os_version=once(partial(distribution.find_version, tree)),
        architecture=once(partial(architecture.find_architecture, tree)),
        boot=once(partial(disk_boot.find_boot, tree, disk_boot.FirmwareView(layout, efi))),
        guest_agent=once(lambda: agents.find_guest_agent(running, units())),
        cloud_init=once(lambda: installation.find_cloud_init(running, given())),
        key_agents=once(lambda: agents.find_key_agents(running, units())),
    )


def _parameters(ask: Provider[tuple[str, ...]]) -> tuple[str, ...] | None:
    """The kernel's parameters; None: they are unknown, which is told by whoever needs them."""
    try:
        return ask().value
    except Unknown:
        return None
