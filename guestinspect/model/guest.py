"""The operating system on a disk: what can be told of it without booting it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, NoReturn

from guestinspect.model.fact import Fact, Provider, Unknown, unknown_fact
from guestinspect.model.leftover import Kind, Leftover

NOT_LOOKED = "nobody looked inside"


class Nics(StrEnum):
    """Which network interfaces (NICs) come up at boot, of the three that an instance is given."""

    ALL = "all"
    FIRST = "first"
    NAMED = "named"
    NONE = "none"


@dataclass(frozen=True)
class Step:
    """One step of an explanation.

    Args:
        what: What is so: ``systemd-networkd is enabled``.
        location: File of the guest, and line if there is one: ``/etc/systemd/network/20-dhcp.network:2``.
    """

    what: str
    location: str = ""


@dataclass(frozen=True)
class NicsAtBoot:
    """What becomes of the NICs that are there at boot.

    Args:
        which: The verdict.
        names: Of those that come up.
        why: The steps that lead to it.
        rests_on: What has to be so for it to hold, in words; empty: nothing.
        without: What would come up if that were not so; None: nothing changes.
        default_routes: How many default routes there would be.
    """

    which: Nics
    names: tuple[str, ...]
    why: tuple[Step, ...]
    assumes: str = ""
    without: Nics | None = None
    default_routes: int = 0


@dataclass(frozen=True)
class NicHotplug:
    """What becomes of a NIC that is attached to the running instance."""

    comes_up: bool
    why: tuple[Step, ...]


@dataclass(frozen=True)
class Pin:
    """What ties a NIC to one machine: a MAC address, or a name that another instance won't have.

    Args:
        what: In words: ``MAC address 52:54:00:12:34:56``.
        location: File of the guest, and line.
    """

    what: str
    location: str


@dataclass(frozen=True)
class CloudInit:
    """cloud-init in the guest.

    Args:
        version: As its package says; empty: not found out.
        datasources: Those that it is told to look for; empty: its own list.
        disabled_by: What disables it (a file, the kernel command line, its units); empty: it runs.
        makes_host_keys: Whether it makes new SSH host keys in a new instance.
    """

    version: str
    datasources: tuple[str, ...]
    disabled_by: str
    makes_host_keys: bool


@dataclass(frozen=True)
class Boot:
    """Whether the disk can boot.

    Args:
        firmware: By which firmware: ``bios``, ``uefi``, or both.
        loader: The boot loader, ``grub``; empty: none was found.
        kernels: Paths of the kernels in the guest.
    """

    firmware: tuple[str, ...]
    loader: str
    kernels: tuple[str, ...]


def _nobody_looked(kind: Kind) -> NoReturn:
    raise Unknown(NOT_LOOKED)


@dataclass(frozen=True, kw_only=True)
class Guest:
    """What is known of a guest. What could not be found out raises Unknown when asked for.

    Args:
        os_distro: In Glance's words (``debian``, ``rocky``). Source: Glance, "Useful image properties".
        os_version: ``12``, ``9.4``.
        architecture: In Glance's words: ``x86_64``, ``aarch64``.
        boot: How it can boot.
        guest_agent: Whether the QEMU guest agent is there and enabled.
        cloud_init: cloud-init; None: it is not installed.
        key_agents: Other agents that bring a user's SSH keys, by name.
        network_stacks: The network stacks that are active, by name.
        nics_at_boot: Which NICs come up at boot.
        nic_hotplug: Whether one that is attached later comes up.
        pins: What ties a NIC to one machine.
        unfinished: The file systems that were not unmounted, and what was not looked at for that, in words.
        leftovers: What is left in it of this kind, in the order of their paths.
    """

    os_distro: Provider[str] = unknown_fact(NOT_LOOKED)
    os_version: Provider[str] = unknown_fact(NOT_LOOKED)
    architecture: Provider[str] = unknown_fact(NOT_LOOKED)
    boot: Provider[Boot] = unknown_fact(NOT_LOOKED)
    guest_agent: Provider[bool] = unknown_fact(NOT_LOOKED)
    cloud_init: Provider[CloudInit | None] = unknown_fact(NOT_LOOKED)
    key_agents: Provider[tuple[str, ...]] = unknown_fact(NOT_LOOKED)
    network_stacks: Provider[tuple[str, ...]] = unknown_fact(NOT_LOOKED)
    nics_at_boot: Provider[NicsAtBoot] = unknown_fact(NOT_LOOKED)
    nic_hotplug: Provider[NicHotplug] = unknown_fact(NOT_LOOKED)
    pins: Provider[tuple[Pin, ...]] = unknown_fact(NOT_LOOKED)
    unfinished: Provider[tuple[str, ...]] = unknown_fact(NOT_LOOKED)
    leftovers: Callable[[Kind], Fact[tuple[Leftover, ...]]] = _nobody_looked


def unseen(why: Unknown) -> Guest:
    """A guest of which nothing can be told, for one reason."""

    def ask(kind: Kind | None = None) -> NoReturn:
        raise why

    return Guest(**dict.fromkeys(_NAMES, ask), leftovers=ask)


def lazily(find: Callable[[], Guest]) -> Guest:
    """A guest that is looked at when something is asked of it first, and never again.

    Args:
        find: Looks; may raise Unknown.
    """
    found: list[Guest] = []

    def guest() -> Guest:
        if not found:
            try:
                found.append(find())
            except Unknown as unfound:
                found.append(unseen(unfound))
        return found[0]

    def fact(name: str) -> Provider[Any]:
        return lambda: getattr(guest(), name)()

    return Guest(**{name: fact(name) for name in _NAMES}, leftovers=lambda kind: guest().leftovers(kind))


_NAMES = tuple(field.name for field in fields(Guest) if field.name != "leftovers")
