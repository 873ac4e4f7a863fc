"""The kernel's drivers of a disk, without which it cannot mount the root file system."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from guestinspect.model.fact import Fact, Unknown

DRIVERS_OF_BUS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"virtio": ("virtio_pci", "virtio_blk"), "virtio-scsi": ("virtio_pci", "virtio_scsi", "sd_mod")}
)
"""The drivers by the bus of the disk, or by the model of its SCSI controller. Source: ``modinfo``."""


def lacks_driver(find_boot: Callable[[], Fact[Any]], bus: str) -> bool:
    """Return True if the kernel certainly lacks a driver of a disk with a bus.

    Args:
        find_boot: Finds the boot of a disk, with the drivers that are missing; may raise Unknown.
        bus: The bus, or the model of the SCSI controller.
    """
    try:
        missing = find_boot().value.missing_drivers
    except Unknown:
        return False
    return any(driver in missing for driver in DRIVERS_OF_BUS.get(bus, ()))
