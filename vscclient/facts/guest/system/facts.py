"""What system a guest is and how it boots: the facts of :class:`~vscclient.model.guest.Guest` but for its network."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import TypedDict

from vscclient.facts.guest.system import agents, architecture, boot, distribution
from vscclient.facts.guest.system.cloud_init import installed
from vscclient.facts.guest.system.command_line import command_line
from vscclient.facts.guest.system.running import Running
from vscclient.facts.guest.system.units import Units
from vscclient.facts.guest.tree import Tree
from vscclient.facts.guest.volumes.partitions import Layout
from vscclient.model.fact import Provider, Unknown, once
from vscclient.model.guest import Boot, CloudInit


class SystemFacts(TypedDict):
    """Some of the fields of a Guest, by their names."""

    os_distro: Provider[str]
    os_version: Provider[str]
    architecture: Provider[str]
    boot: Provider[Boot]
    guest_agent: Provider[bool]
    cloud_init: Provider[CloudInit | None]
    key_agents: Provider[tuple[str, ...]]


def facts_of(tree: Tree, layout: Layout, efi: Callable[[], Tree | None]) -> SystemFacts:
    """Providers of what is known of a guest's system; each looks when it is first asked.

    Args:
        tree: The guest's files as they lie on the disk.
        layout: How the disk is divided.
        efi: Opens the partition that UEFI looks into; None: there is none. May raise Unreadable.
    """
    running = Running(tree)
    given = partial(_parameters, once(partial(command_line, tree)))

    @cache
    def units() -> Units:
        return Units(running, given())

    return SystemFacts(
        os_distro=once(partial(distribution.distro, tree)),
        os_version=once(partial(distribution.version, tree)),
        architecture=once(partial(architecture.architecture, tree)),
        boot=once(partial(boot.boot, tree, boot.Start(layout, efi))),
        guest_agent=once(lambda: agents.guest_agent(running, units())),
        cloud_init=once(lambda: installed.cloud_init(running, given())),
        key_agents=once(lambda: agents.key_agents(running, units())),
    )


def _parameters(ask: Provider[tuple[str, ...]]) -> tuple[str, ...] | None:
    """The kernel's parameters; None: they are unknown, which is told by whoever needs them."""
    try:
        return ask().value
    except Unknown:
        return None
