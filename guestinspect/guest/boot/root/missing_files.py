"""The files of a boot entry that are not on the disk: its kernel and its initramfs."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname

from guestinspect.disk.device_names import DiskVolumes
from guestinspect.disk.tree import Tree
from guestinspect.guest.boot.boot_menu import Parameters
from guestinspect.guest.boot.loaded_files import is_absent
from guestinspect.guest.boot.root.device_kinds import is_found_by_kernel
from guestinspect.guest.boot.root.parameters import RootParameters
from guestinspect.model.fact import Unknown

_LONGEST_SHOWN = 120
REMEDY = "generate the configuration of the boot loader again with update-grub or grub2-mkconfig"


def find_missing_kernel(tree: Tree, volumes: DiskVolumes, entry: Parameters) -> tuple[str, str]:
    """Return the reason, as a clause, why the entry certainly has no kernel, and the one why it may have none."""
    if not entry.kernel or entry.is_conditional:
        return "", ""
    kernel = entry.kernel[:_LONGEST_SHOWN]
    try:
        is_missing = is_absent(tree, volumes, entry.kernel, dirname(entry.location.rpartition(":")[0]))
    except Unknown as unknown:
        return "", f"its kernel {kernel} was not found, but not all of the disk could be read: {unknown.why}"
    return (f"its kernel {kernel} is not on the disk" if is_missing else ""), ""


def list_doubts_of_initramfs(tree: Tree, volumes: DiskVolumes, parameters: RootParameters) -> Iterator[str]:
    """Yield the reason why the kernel may have no initramfs; a file does not show whether the kernel contains one."""
    root = f"{parameters.root} needs an initramfs"
    if is_found_by_kernel(parameters.name):
        return
    if not parameters.has_initramfs:
        yield f"{root}, and the boot loader loads none"
    folder = dirname(parameters.location.rpartition(":")[0])
    for path in parameters.initrds:
        try:
            is_missing = is_absent(tree, volumes, path, folder)
        except Unknown:
            is_missing = True
        if is_missing:
            yield f"{root}, and {path[:_LONGEST_SHOWN]} was not found on the disk"
