"""The facts about a guest's system and its boot: the fields of Guest without the network and the leftovers."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import TypedDict

from guestinspect.disk.device_names import DiskVolumes
from guestinspect.disk.limits import FILE_BYTES
from guestinspect.disk.tree import Tree
from guestinspect.disk.volumes.partitions import PartitionLayout
from guestinspect.guest import architecture, distribution, guest_agent, key_agents, ssh_server
from guestinspect.guest.boot import disk_boot
from guestinspect.guest.boot.kernel_command_line import find_command_line
from guestinspect.guest.boot.root.device import find_root_device
from guestinspect.guest.cloud_init import installation
from guestinspect.guest.initramfs.disk_drivers import find_boot_with_drivers
from guestinspect.guest.initramfs.initramfs import Initramfs, open_initramfs
from guestinspect.guest.running_tree import RunningTree
from guestinspect.guest.services.units import Units
from guestinspect.model.fact import Provider, Unknown, once
from guestinspect.model.guest import Boot, CloudInit, RootDevice


class SystemFacts(TypedDict):
    """Some fields of :class:`~guestinspect.model.guest.Guest`, by name."""

    os_distro: Provider[str]
    os_version: Provider[str]
    architecture: Provider[str]
    boot: Provider[Boot]
    root_device: Provider[RootDevice]
    guest_agent: Provider[bool]
    cloud_init: Provider[CloudInit | None]
    key_agents: Provider[tuple[str, ...]]
    ssh_server: Provider[bool]


def facts_of(
    tree: Tree,
    layout: PartitionLayout,
    efi: Callable[[], Tree | None],
    volumes: DiskVolumes | None = None,
    initramfs: Callable[[], Initramfs] | None = None,
) -> SystemFacts:
    """Return providers of the facts about a guest's system; each searches when it is first called.

    Args:
        tree: The guest's files as they are on the disk.
        layout: The partition table and the boot code.
        efi: Opens the EFI system partition; returns None if there is none. May raise Unreadable.
        volumes: The volumes of the disk; None: they are not known.
        initramfs: Opens the initramfs, and may raise Unknown; None: it is read from the tree.
    """
    running = RunningTree(tree)
    find_boot = partial(disk_boot.find_boot, tree, disk_boot.FirmwareView(layout, efi))

    @cache
    def parameters() -> tuple[str, ...] | Unknown:
        try:
            return find_command_line(tree).value
        except Unknown as unknown:  # only the facts that depend on the parameters are unknown then
            return unknown

    @cache
    def units() -> Units:
        known = parameters()
        return Units(running, None if isinstance(known, Unknown) else known)

    return SystemFacts(
        os_distro=once(partial(distribution.find_distro, tree)),
        os_version=once(partial(distribution.find_version, tree)),
        architecture=once(partial(architecture.find_architecture, tree)),
        boot=once(partial(find_boot_with_drivers, find_boot, initramfs or partial(open_initramfs, tree, FILE_BYTES))),
        root_device=once(partial(find_root_device, tree, volumes)),
        guest_agent=once(lambda: guest_agent.find_guest_agent(running, units())),
        cloud_init=once(lambda: installation.find_cloud_init(running, parameters())),
        key_agents=once(lambda: key_agents.find_key_agents(running, units())),
        ssh_server=once(partial(ssh_server.find_ssh_server, tree)),
    )
