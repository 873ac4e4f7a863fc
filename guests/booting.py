"""Boot a guest with three NICs, attach a fourth, and tell which of them got an address."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from guests import cloud, disk
from guests.errors import GuestsError
from guests.installed import installed
from guests.layer import parameters
from guests.machine import AT_BOOT, Machine, Parts, mac, running
from guests.probe import Look, looks
from guests.setup import Setup, Source

_QUICKER = " ".join(
    (
        "mitigations=off",
        *(f"systemd.mask={unit}" for unit in ("e2scrub_reap.service", "apt-daily.timer", "fstrim.timer")),
    )
)
"""What a boot without KVM is better off without; none of it touches the network."""
_LOOK_EVERY_S = 1.0
_WALL_LIMIT_S = 2400
_SETTLED_FOR_S = 22
"""How long nothing may change, in the guest's seconds: DHCP takes 3 to 8 of them without KVM."""
_FIRST_WORD_AT_S = 40
_BOOT_LIMIT_S = 1500
"""systemd-networkd-wait-online gives up after 120 s, ``networking.service`` after 300 s; a busy host is slower."""
_ATTACHED_FOR_S = 40


@dataclass(frozen=True)
class Booted:
    """What became of the NICs.

    Args:
        up: Names of those with an IPv4 address at boot, sorted.
        positions: Which ones these are, counted from 0.
        hotplugged_up: Whether the one that was attached later got an address.
        default_routes: At boot.
        settled_s: When the boot was over, in the guest's seconds.
    """

    up: tuple[str, ...]
    positions: tuple[int, ...]
    hotplugged_up: bool
    default_routes: int
    settled_s: float


def boot(setup: Setup, source: Source, keep: Path | None = None) -> Booted:
    """Boot a set-up once.

    Args:
        setup: The guest.
        source: What the cloud gives it.
        keep: A folder for what the guest said; None: it is forgotten.

    Raises:
        GuestsError: It did not boot, or did not come to rest.
    """
    root = installed(setup)
    with TemporaryDirectory(prefix="guests-") as temporary:
        folder = Path(temporary)
        tree = folder / "tree"
        tree.mkdir(mode=0o755)
        disk.as_root("guests.bootable", setup.name, root / "root.tar", tree, folder / "disk")
        drive = cloud.config_drive(folder) if source is Source.CONFIG_DRIVE else None
        said = keep or folder / "said"
        said.mkdir(parents=True, exist_ok=True)
        parts = Parts(
            kernel=root,
            parameters=f"{parameters(setup)} {_QUICKER}",
            disk=folder / "disk",
            config_drive=drive,
            folder=said,
        )
        for old in ("probe", "console", "qmp"):
            (said / old).unlink(missing_ok=True)
        with running(parts) as machine:
            return _watch(machine)


def _watch(machine: Machine) -> Booted:
    settled = _wait(machine, _is_settled)
    machine.attach_nic()
    after = _wait(machine, _is_attached)
    if _at_boot_up(after) != _at_boot_up(settled):
        raise GuestsError(f"The boot was not over when it seemed so: {settled.up} were up, then {after.up}")
    return Booted(
        up=settled.up,
        positions=tuple(n for n in range(AT_BOOT) if mac(n) in _at_boot_up(settled)),
        hotplugged_up=after.names[mac(AT_BOOT)] in after.up,
        default_routes=settled.default_routes,
        settled_s=settled.uptime_s,
    )


def _at_boot_up(look: Look) -> set[str]:
    """MAC addresses of the first NICs that have an address."""
    return {mac(n) for n in range(AT_BOOT) if look.names.get(mac(n)) in look.up}


def _wait(machine: Machine, over: Callable[[list[Look]], bool]) -> Look:
    """The last look when it is over."""
    for _ in range(int(_WALL_LIMIT_S / _LOOK_EVERY_S)):
        seen = looks(machine.told())
        if over(seen):
            return seen[-1]
        if seen and seen[-1].uptime_s > _BOOT_LIMIT_S:
            raise GuestsError(f"It did not come to rest in {_BOOT_LIMIT_S} s: {seen[-1]}")
        time.sleep(_LOOK_EVERY_S)
    raise GuestsError(f"Nothing came of it in {_WALL_LIMIT_S} s: {machine.last_words()}")


def _is_settled(seen: list[Look]) -> bool:
    """Whether systemd has nothing left to do and the addresses have been the same for a while."""
    if not seen or seen[-1].jobs or seen[-1].uptime_s < _FIRST_WORD_AT_S:
        return False
    last = seen[-1]
    lately = [look for look in seen if look.uptime_s > last.uptime_s - _a_while_s(seen, _SETTLED_FOR_S)]
    return all(look.up == last.up and not look.jobs for look in lately) and len(lately) < len(seen)


def _is_attached(seen: list[Look]) -> bool:
    """Whether the fourth NIC has been there for a while."""
    there = [look for look in seen if mac(AT_BOOT) in look.names]
    return bool(there) and there[-1].uptime_s - there[0].uptime_s > _a_while_s(seen, _ATTACHED_FOR_S)


def _a_while_s(seen: list[Look], usual_s: float) -> float:
    """How long to wait: longer if the guest is slow, as the time to its first look and between its looks tells."""
    pauses = [later.uptime_s - look.uptime_s for look, later in pairwise(seen)]
    return max(usual_s, seen[0].uptime_s, 4 * max(pauses, default=0))
