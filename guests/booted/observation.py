"""The observation of a booted guest: three NICs at boot, a fourth attached later, and the addresses they get."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from guests.booted import bootable_disk
from guests.booted.config_drive import make_config_drive
from guests.booted.installation import install_guest
from guests.booted.machine import NICS_AT_BOOT, Machine, MachineParts, mac_address, run_machine
from guests.booted.probe import Snapshot, parse_snapshots
from guests.disks import disk
from guests.disks.files import kernel_parameters
from guests.errors import GuestsError
from guests.setup import MachineType, Setup, Source

_FASTER_BOOT = " ".join(
    (
        "mitigations=off",
        *(f"systemd.mask={unit}" for unit in ("e2scrub_reap.service", "apt-daily.timer", "fstrim.timer")),
    )
)
"""Kernel parameters that make a boot without KVM faster; none of them affects the network."""
_POLL_EVERY_S = 1.0
_WALL_LIMIT_S = 2400
_SETTLED_FOR_S = 22
"""The time without a change, in the guest's seconds: DHCP takes 3 to 8 of them without KVM."""
_EARLIEST_END_S = 40
_BOOT_LIMIT_S = 1500
"""systemd-networkd-wait-online gives up after 120 s, ``networking.service`` after 300 s; a busy host is slower."""
_ATTACHED_FOR_S = 40


@dataclass(frozen=True)
class BootResult:
    """The observed behavior of the NICs. The names of the fields are the keys of ``truth.json``.

    Args:
        up: The names of the NICs with an IPv4 address at boot, sorted.
        positions: The positions of these NICs, counted from 0.
        hotplugged_up: Whether the NIC that was attached later got an address.
        default_routes: The number of default routes at boot.
        settled_s: The time at which the boot was over, in the guest's seconds.
    """

    up: tuple[str, ...]
    positions: tuple[int, ...]
    hotplugged_up: bool
    default_routes: int
    settled_s: float


def boot(
    setup: Setup, source: Source, machine_type: MachineType = MachineType.I440FX, keep: Path | None = None
) -> BootResult:
    """Boot a set-up once.

    Args:
        setup: The guest.
        source: The data source that the cloud offers.
        machine_type: The machine type.
        keep: A folder for the output of the guest; None: the output is not kept.

    Raises:
        GuestsError: The guest did not boot, or its boot did not end.
    """
    root = install_guest(setup)
    with TemporaryDirectory(prefix="guests-") as temporary:
        folder = Path(temporary)
        tree = folder / "tree"
        tree.mkdir(mode=0o755)
        disk.run_as_root(bootable_disk.__name__, setup.name, root / "root.tar", tree, folder / "disk")
        output = keep or folder / "output"
        output.mkdir(parents=True, exist_ok=True)
        for old in ("probe", "console", "qmp"):
            (output / old).unlink(missing_ok=True)
        parts = MachineParts(
            kernel=root,
            parameters=f"{kernel_parameters(setup)} {_FASTER_BOOT}",
            disk=folder / "disk",
            config_drive=make_config_drive(folder) if source is Source.CONFIG_DRIVE else None,
            folder=output,
            machine=machine_type,
        )
        with run_machine(parts) as machine:
            return _observe(machine)


def _observe(machine: Machine) -> BootResult:
    settled = _wait(machine, _is_settled)
    machine.attach_network()
    machine.attach_nic()
    after = _wait(machine, _is_attached)
    if _list_macs_up(after) != _list_macs_up(settled):
        raise GuestsError(f"The NICs at boot changed after the boot seemed over: first {settled.up}, then {after.up}")
    return BootResult(
        up=settled.up,
        positions=tuple(n for n in range(NICS_AT_BOOT) if mac_address(n) in _list_macs_up(settled)),
        hotplugged_up=after.names[mac_address(NICS_AT_BOOT)] in after.up,
        default_routes=settled.default_routes,
        settled_s=settled.uptime_s,
    )


def _list_macs_up(snapshot: Snapshot) -> set[str]:
    """Return the MAC addresses of the NICs at boot that have an IPv4 address."""
    macs = map(mac_address, range(NICS_AT_BOOT))
    return {mac for mac in macs if snapshot.names.get(mac) in snapshot.up}


def _wait(machine: Machine, is_over: Callable[[list[Snapshot]], bool]) -> Snapshot:
    """Return the last snapshot once a condition on all snapshots is met."""
    for _ in range(int(_WALL_LIMIT_S / _POLL_EVERY_S)):
        snapshots = parse_snapshots(machine.read_probe())
        if is_over(snapshots):
            return snapshots[-1]
        if snapshots and snapshots[-1].uptime_s > _BOOT_LIMIT_S:
            raise GuestsError(f"The boot did not end within {_BOOT_LIMIT_S} s of the guest: {snapshots[-1]}")
        time.sleep(_POLL_EVERY_S)
    raise GuestsError(f"The boot did not end within {_WALL_LIMIT_S} s: {machine.read_last_output()}")


def _is_settled(snapshots: list[Snapshot]) -> bool:
    """Return True if systemd has no jobs and the addresses have been the same for a while."""
    if not snapshots or snapshots[-1].jobs or snapshots[-1].uptime_s < _EARLIEST_END_S:
        return False
    last = snapshots[-1]
    period_s = _scale_period(snapshots, _SETTLED_FOR_S)
    recent = [each for each in snapshots if each.uptime_s > last.uptime_s - period_s]
    return all(each.up == last.up and not each.jobs for each in recent) and len(recent) < len(snapshots)


def _is_attached(snapshots: list[Snapshot]) -> bool:
    """Return True if the fourth NIC has existed for a while."""
    attached = [each for each in snapshots if mac_address(NICS_AT_BOOT) in each.names]
    period_s = _scale_period(snapshots, _ATTACHED_FOR_S) if attached else 0.0
    return bool(attached) and attached[-1].uptime_s - attached[0].uptime_s > period_s


def _scale_period(snapshots: list[Snapshot], usual_s: float) -> float:
    """Return a period in seconds: longer on a slow host, as the time to the first snapshot and the pauses show."""
    pauses = [later.uptime_s - earlier.uptime_s for earlier, later in pairwise(snapshots)]
    return max(usual_s, snapshots[0].uptime_s, 4 * max(pauses, default=0))
