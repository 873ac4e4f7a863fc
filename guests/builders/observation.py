"""The observation of an untouched image: which of its NICs get an address, and where its boot stops."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from guests.booted.config_drive import make_config_drive
from guests.booted.machine import NICS_AT_BOOT
from guests.builders.builder import Firmware
from guests.builders.image_machine import ImageMachine, run_image
from guests.errors import GuestsError
from guests.setup import Source

_POLL_EVERY_S = 5.0
_BOOT_LIMIT_S = 900
_QUIET_FOR_S = 150
"""The time without work and without a new address after which a boot is over.

systemd waits 90 s for a missing device (``DefaultTimeoutStartSec=`` of systemd-system.conf(5)), and
systemd-networkd-wait-online(8) waits 120 s; both do nothing meanwhile.
"""
_ATTACHED_QUIET_FOR_S = 60
_ATTACHED_LIMIT_S = 300
_IDLE_SHARE = 0.2
"""The share of one processor that QEMU may use for an idle guest; timers take 0.05 to 0.1 under TCG."""

_STOPS = {
    "stops in the shell of its initramfs": r"\(initramfs\)|dracut:/#|Entering emergency mode\. Exit the shell",
    "its kernel panics": r"Kernel panic - not syncing",
    "stops at the prompt of GRUB": r"grub rescue>|\ngrub>",
    "the firmware finds no boot loader": r"No bootable device|No bootable option or device|UEFI Interactive Shell",
    "stops in emergency mode": r"You are in emergency mode|Press Enter for maintenance",
}
"""Words on the console of a guest whose boot failed."""


_HOST_IS_SLOW = "IO-APIC + timer doesn't work"
"""Words of a kernel whose check of its timer failed: QEMU did not run for a while, on a busy host without KVM."""
_TRIES = 4


@dataclass(frozen=True)
class ImageBoot:
    """The observed behavior of an image. The names of the fields are the keys of ``truth.json``.

    Args:
        positions: The positions of the NICs that got an address, counted from 0.
        requested: The positions of the NICs that asked for an address at boot.
        hotplugged_up: Whether the NIC that was attached later got an address.
        failure: The end of a boot that failed; empty: it did not fail.
    """

    positions: tuple[int, ...]
    requested: tuple[int, ...]
    hotplugged_up: bool
    failure: str


def boot_image(image: Path, firmware: Firmware, source: Source, keep: Path | None = None) -> ImageBoot:
    """Boot an untouched image once.

    Args:
        image: The image of a whole disk.
        firmware: The firmware that starts it.
        source: The data source that the cloud offers.
        keep: A folder for the packets, the console and the screen of the guest; None: they are not kept.

    Raises:
        GuestsError: The machine did not start.
    """
    with TemporaryDirectory(prefix="guests-") as temporary:
        folder = Path(temporary)
        output = keep.absolute() if keep else folder / "output"
        output.mkdir(parents=True, exist_ok=True)
        config_drive = make_config_drive(folder) if source is Source.CONFIG_DRIVE else None
        for _ in range(_TRIES):
            for old in output.iterdir():
                old.unlink()
            with run_image(image, firmware, config_drive, output) as machine:
                boot = _observe(machine)
                if _HOST_IS_SLOW not in machine.read_output():
                    return boot
    raise GuestsError("This machine is too busy to boot a guest without KVM: its kernel fails to check its timer")


def _observe(machine: ImageMachine) -> ImageBoot:
    is_over = _wait(machine, _QUIET_FOR_S, _BOOT_LIMIT_S)
    machine.save_picture()
    positions, requested = machine.list_up(), machine.list_requested()
    failure = find_failure(machine.read_output())
    if not is_over and not failure:
        failure = f"its boot does not end within {_BOOT_LIMIT_S} s"
    if not failure:
        machine.attach_nic()
        _wait(machine, _ATTACHED_QUIET_FOR_S, _ATTACHED_LIMIT_S)
    return ImageBoot(
        positions=positions,
        requested=requested,
        hotplugged_up=NICS_AT_BOOT in machine.list_up(),
        failure=failure,
    )


def find_failure(output: str) -> str:
    """Return the end of a boot that failed, as the console shows it; empty: it shows none."""
    return next((failure for failure, words in _STOPS.items() if re.search(words, output)), "")


def _wait(machine: ImageMachine, quiet_s: float, limit_s: float) -> bool:
    """Wait until the guest is idle and no NIC gets an address any more, or until its boot has failed.

    Returns False if the time was over before.
    """
    start = quiet_since = time.monotonic()
    used_s, up = machine.machine.read_cpu_time_s(), machine.list_up()
    while time.monotonic() - start < limit_s:
        time.sleep(_POLL_EVERY_S)
        machine.machine.require_running()
        used_before_s, used_s = used_s, machine.machine.read_cpu_time_s()
        up_before, up = up, machine.list_up()
        if used_s - used_before_s > _IDLE_SHARE * _POLL_EVERY_S or up != up_before:
            quiet_since = time.monotonic()
        if time.monotonic() - quiet_since > quiet_s or find_failure(machine.read_output()):
            return True
    return False
