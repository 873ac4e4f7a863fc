"""The boot of a disk: the boot loader, the firmware that finds it, and the kernels."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from guestinspect.disk.tree import Tree, is_file
from guestinspect.disk.volumes.partitions import PartitionLayout
from guestinspect.guest.architecture import find_architecture
from guestinspect.guest.boot import grub
from guestinspect.model.fact import Fact, Unknown
from guestinspect.model.guest import Boot

_GRUB_OF_BIOS = ("/boot/grub/i386-pc", "/boot/grub2/i386-pc")
_FILES_OF_BIOS = {
    "/boot/grub/stage2": "grub",
    "/boot/extlinux/ldlinux.sys": "extlinux",
    "/boot/syslinux/ldlinux.sys": "syslinux",
    "/boot/ldlinux.sys": "extlinux",
    "/extlinux/ldlinux.sys": "extlinux",
    "/syslinux/ldlinux.sys": "syslinux",
    "/ldlinux.sys": "extlinux",
}
"""Files that a boot loader for a BIOS leaves in the file system when it is installed."""

_NEED_ACTIVE_PARTITION = ("extlinux", "syslinux")

_REMOVABLE = re.compile(r"boot(x64|aa64|ia32|arm|riscv64|loongarch64)\.efi", re.IGNORECASE)
"""The program that UEFI starts on an unknown disk, such as that of a new instance.

Source: UEFI specification, 3.5.1.1.
"""

_LOADERS_BY_FILE = (("grub", "grub"), ("shim", "grub"), ("systemd-boot", "systemd-boot"), ("refind", "refind"))
_ON_EFI = "EFI system partition, "
_MOST_VENDORS = 32

_KERNEL = re.compile(r"(vmlinuz|vmlinux|kernel|bzImage|Image)(-.*)?|linux", re.ASCII)
_KERNEL_FOLDERS = ("/boot", "/boot/kernels", "")
_MODULES = ("/usr/lib/modules", "/lib/modules")
_MOST_KERNELS = 32

_OTHER_FIRMWARE = ("ppc", "ppc64", "ppc64le", "s390x")
"""Architectures whose firmware is neither a BIOS nor UEFI."""


@dataclass(frozen=True)
class FirmwareView:
    """The parts of a disk that the firmware reads.

    Args:
        layout: The partition table and the boot code.
        efi: Opens the EFI system partition; returns None if there is none. May raise Unreadable.
    """

    layout: PartitionLayout
    efi: Callable[[], Tree | None]


def find_boot(tree: Tree, view: FirmwareView) -> Fact[Boot]:
    """Return the firmware that finds a boot loader (BIOS, UEFI or both), the loader and the kernels.

    Raises:
        Unknown: The guest's architecture has another firmware, or the EFI system partition could not be read.
    """
    try:
        architecture = find_architecture(tree).value
    except Unknown:
        architecture = ""  # most likely a PC or a server, as nearly all guests are
    if architecture in _OTHER_FIRMWARE:
        raise Unknown(f"the firmware of {architecture} is neither a BIOS nor UEFI, so its boot cannot be inspected")
    efi = view.efi()
    of_bios, of_uefi = _find_bios_loader(tree, view.layout), _find_uefi_loader(efi)
    firmware = (("bios",) if of_bios else ()) + (("uefi",) if of_uefi else ())
    loader = of_bios or of_uefi or _find_unstarted_loader(tree, efi)
    location = loader.location if loader else view.layout.table or "no partition table"
    return Fact(Boot(firmware, loader.value if loader else "", find_kernels(tree)), location)


def find_kernels(tree: Tree) -> tuple[str, ...]:
    """Return the paths of the kernels in the first place that has any."""
    for folder in _KERNEL_FOLDERS:
        paths = [f"{folder}/{name}" for name in tree.names(folder or "/") if _KERNEL.fullmatch(name)]
        found = [path for path in paths if is_file(tree, path)]
        if found:
            return tuple(found[:_MOST_KERNELS])
    paths = [f"{folder}/{release}/vmlinuz" for folder in _MODULES for release in tree.names(folder)]
    return tuple(path for path in paths if is_file(tree, path))[:_MOST_KERNELS]


def _find_bios_loader(tree: Tree, layout: PartitionLayout) -> Fact[str] | None:
    """Return the loader that a BIOS starts, or None.

    Its first stage is in the first sector. On a GPT the next stage needs a BIOS boot partition, because there is no
    free space behind that sector. Source: GRUB manual, "BIOS installation".
    """
    if not layout.boot_code:
        return None
    for folder in _GRUB_OF_BIOS:
        if tree.names(folder) and (layout.table != "gpt" or layout.bios_boot_partition):
            return Fact("grub", folder)
    for path, loader in _FILES_OF_BIOS.items():
        is_started = layout.active_partition or layout.table != "mbr" or loader not in _NEED_ACTIVE_PARTITION
        if is_started and tree.status(path):
            return Fact(loader, path)
    return None


def _find_uefi_loader(efi: Tree | None) -> Fact[str] | None:
    """Return the loader that UEFI starts on an unknown disk, or None."""
    if efi is None:  # files in /boot/efi prove nothing: packages install them without an EFI partition, too
        return None
    for folder in _same_name(efi, "", "EFI"):
        for default in _same_name(efi, folder, "BOOT"):
            for name in efi.names(default):
                if _REMOVABLE.fullmatch(name):
                    vendor = next(_list_vendor_loaders(efi), None)
                    return Fact(vendor.value if vendor else "efi", f"{_ON_EFI}{default}/{name}")
    return None


def _find_unstarted_loader(tree: Tree, efi: Tree | None) -> Fact[str] | None:
    """Return a loader that no firmware of a new instance finds, or None."""
    configured = next((path for path in grub.CONFIGURATIONS if tree.status(path)), None)
    of_vendor = next(_list_vendor_loaders(efi), None) if efi else None
    return of_vendor or (Fact("grub", configured) if configured else None)


def _list_vendor_loaders(efi: Tree) -> Iterator[Fact[str]]:
    """Yield loaders that UEFI starts only after an installer registered them in the firmware of that machine."""
    for folder in _same_name(efi, "", "EFI"):
        for vendor in efi.names(folder)[:_MOST_VENDORS]:
            for name in efi.names(f"{folder}/{vendor}"):
                for beginning, loader in _LOADERS_BY_FILE:
                    if name.lower().startswith(beginning) and name.lower().endswith(".efi"):
                        yield Fact(loader, f"{_ON_EFI}{folder}/{vendor}/{name}")


def _same_name(efi: Tree, folder: str, name: str) -> list[str]:
    """Return the paths in a folder that have a name, in upper or lower case: FAT does not distinguish them."""
    return [f"{folder}/{found}" for found in efi.names(folder or "/") if found.upper() == name.upper()]
