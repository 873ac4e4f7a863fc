"""The driver of the disk, which the kernel needs before it can mount the root file system."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from guestinspect.guest.initramfs.initramfs import Initramfs
from guestinspect.model.disk_drivers import DRIVERS_OF_BUS
from guestinspect.model.fact import Fact, Provider, Unknown
from guestinspect.model.guest import DEFAULT_DISK_BUS, Boot


def find_boot_with_drivers(find_boot: Provider[Boot], open_initramfs: Callable[[], Initramfs]) -> Fact[Boot]:
    """Return the boot of a disk with the drivers that are missing; none where that is not known.

    Raises:
        Unknown: The boot itself is not known.
    """
    boot = find_boot()
    with suppress(Unknown):
        initramfs = open_initramfs()
        missing = initramfs.missing_drivers()
        return Fact(replace(boot.value, initramfs=initramfs.path, missing_drivers=missing), boot.location)
    return boot


def find_missing_driver(open_initramfs: Callable[[], Initramfs]) -> Fact[str] | None:
    """Return the driver of a disk with the default bus that the kernel certainly lacks, and its initramfs; or None."""
    with suppress(Unknown):
        initramfs = open_initramfs()
        missing = initramfs.missing_drivers()
        needed = next((driver for driver in DRIVERS_OF_BUS[DEFAULT_DISK_BUS] if driver in missing), None)
        return None if needed is None else Fact(needed, initramfs.path)
    return None


def require_disk_driver(open_initramfs: Callable[[], Initramfs]) -> None:
    """Raise Unknown if the kernel certainly lacks the driver of a disk with the default bus."""
    missing = find_missing_driver(open_initramfs)
    if missing is not None:
        raise Unknown(
            f"the guest does not start if hw_disk_bus is {DEFAULT_DISK_BUS}: the initramfs {missing.location} lacks "
            f"the driver {missing.value}"
        )
