"""How a disk can boot: its boot loader, the firmware that finds it, and its kernels."""

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
"""What a loader leaves in a file system when it is installed for a BIOS."""

_NEEDS_ACTIVE = ("extlinux", "syslinux")

_REMOVABLE = re.compile(r"boot(x64|aa64|ia32|arm|riscv64|loongarch64)\.efi", re.IGNORECASE)
"""What UEFI starts on a disk that it has never seen, as that of a new instance. Source: UEFI specification, 3.5.1.1."""

_BY_VENDOR_FILE = (("grub", "grub"), ("shim", "grub"), ("systemd-boot", "systemd-boot"), ("refind", "refind"))
_NO_VENDOR = Fact("efi", "")
_ON_EFI = "EFI system partition, "
_MOST_VENDORS = 32

_KERNEL = re.compile(r"(vmlinuz|vmlinux|kernel|bzImage|Image)(-.*)?|linux", re.ASCII)
_KERNEL_FOLDERS = ("/boot", "/boot/kernels", "")
_MODULES = ("/usr/lib/modules", "/lib/modules")
_MOST_KERNELS = 32

_OTHER_WAYS = ("ppc", "ppc64", "ppc64le", "s390x")
"""Architectures whose firmware is neither a BIOS nor UEFI."""


@dataclass(frozen=True)
class FirmwareView:
    """What a machine looks at before there is a guest.

    Args:
        layout: How the disk is divided.
        efi: Opens the partition that UEFI looks into; None: there is none. May raise Unreadable.
    """

    layout: PartitionLayout
    efi: Callable[[], Tree | None]


def find_boot(tree: Tree, start: FirmwareView) -> Fact[Boot]:
    """Whether a BIOS, UEFI or both find a boot loader, and which kernels there are.

    Raises:
        Unknown: The guest's machines have another firmware, or the partition for UEFI could not be read.
    """
    _no_other_way(tree)
    efi = start.efi()
    of_bios, of_uefi = _of_bios(tree, start.layout), _of_uefi(efi)
    firmware = (("bios",) if of_bios else ()) + (("uefi",) if of_uefi else ())
    loader = of_bios or of_uefi or _not_started(tree, efi)
    location = loader.location if loader else start.layout.table or "no partition table"
    return Fact(Boot(firmware, loader.value if loader else "", find_kernels(tree)), location)


def find_kernels(tree: Tree) -> tuple[str, ...]:
    """The paths of its kernels: of the first place that has some."""
    for paths in (*(_in_folder(tree, folder) for folder in _KERNEL_FOLDERS), _in_modules(tree)):
        found = tuple(path for path in paths if is_file(tree, path))
        if found:
            return found[:_MOST_KERNELS]
    return ()


def _no_other_way(tree: Tree) -> None:
    try:
        made_for = find_architecture(tree).value
    except Unknown:  # then it is one of a PC or a server, as all but a few are
        return
    if made_for in _OTHER_WAYS:
        raise Unknown(f"how a disk for {made_for} boots is not looked at")


def _of_bios(tree: Tree, layout: PartitionLayout) -> Fact[str] | None:
    """The loader that a BIOS starts: its first part is in the first sector, where a GPT needs a place for the next."""
    if not layout.boot_code:
        return None
    for folder in _GRUB_OF_BIOS:
        if tree.names(folder) and (layout.table != "gpt" or layout.bios_boot_partition):
            return Fact("grub", folder)
    for path, loader in _FILES_OF_BIOS.items():
        is_started = layout.active_partition or layout.table != "mbr" or loader not in _NEEDS_ACTIVE
        if is_started and tree.status(path):
            return Fact(loader, path)
    return None


def _of_uefi(efi: Tree | None) -> Fact[str] | None:
    """What UEFI starts on a disk that is new to it."""
    if efi is None:  # packages put files of UEFI into /boot/efi where there is no such partition, too
        return None
    for folder in _same_name(efi, "", "EFI"):
        for default in _same_name(efi, folder, "BOOT"):
            for name in efi.names(default):
                if _REMOVABLE.fullmatch(name):
                    return Fact(next(_vendors(efi), _NO_VENDOR).value, f"{_ON_EFI}{default}/{name}")
    return None


def _not_started(tree: Tree, efi: Tree | None) -> Fact[str] | None:
    """A loader that no firmware of a new instance finds."""
    configured = next((path for path in grub.CONFIGURATIONS if tree.status(path)), None)
    of_vendor = next(_vendors(efi), None) if efi else None
    return of_vendor or (Fact("grub", configured) if configured else None)


def _vendors(efi: Tree) -> Iterator[Fact[str]]:
    """Loaders that UEFI starts only once it was told to, on the machine that told it."""
    for folder in _same_name(efi, "", "EFI"):
        for vendor in efi.names(folder)[:_MOST_VENDORS]:
            for name in efi.names(f"{folder}/{vendor}"):
                for beginning, loader in _BY_VENDOR_FILE:
                    if name.lower().startswith(beginning) and name.lower().endswith(".efi"):
                        yield Fact(loader, f"{_ON_EFI}{folder}/{vendor}/{name}")


def _same_name(efi: Tree, folder: str, name: str) -> list[str]:
    """The paths in a folder that a file system without upper and lower case takes for this one."""
    return [f"{folder}/{found}" for found in efi.names(folder or "/") if found.upper() == name.upper()]


def _in_folder(tree: Tree, folder: str) -> Iterator[str]:
    return (f"{folder}/{name}" for name in tree.names(folder or "/") if _KERNEL.fullmatch(name))


def _in_modules(tree: Tree) -> Iterator[str]:
    for folder in _MODULES:
        yield from (f"{folder}/{release}/vmlinuz" for release in tree.names(folder))
