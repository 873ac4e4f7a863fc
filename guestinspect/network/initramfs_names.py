"""The names that the initramfs gives NICs, where the verdict depends on them.

A udevd in the initramfs names NICs by the files that were in the guest when the initramfs was made. The udevd of the
root file system finds them with these names: ``OriginalName=eth*`` matches none of them any more.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from guestinspect.disk.tree import Tree
from guestinspect.guest.boot import driver_blacklist
from guestinspect.guest.initramfs.initramfs import Initramfs
from guestinspect.guest.running_tree import RunningTree
from guestinspect.model.fact import Unknown
from guestinspect.network.naming import InitramfsFiles
from guestinspect.network.nic import Nic
from guestinspect.network.simulation import BootedGuest, BootInputs, boot

_ADMINISTRATORS_FOLDERS = ("/etc/systemd/network", "/etc/udev/rules.d")


def with_initramfs(inputs: BootInputs, open_initramfs: Callable[[], Initramfs]) -> BootInputs:
    """Return the inputs with the files by which the initramfs names NICs, if the outcome depends on them.

    Args:
        inputs: The inputs without an initramfs.
        open_initramfs: Reads the initramfs; may raise Unknown.

    Raises:
        Unknown: The outcome depends on the initramfs, which cannot be read.
    """
    # Without an initramfs; with one that was made of the guest's files; with one that was made before any was added.
    possible: list[Tree | None] = [None, inputs.tree, RunningTree(inputs.tree, _ADMINISTRATORS_FOLDERS)]
    candidates = [replace(inputs, initramfs=InitramfsFiles("", tree) if tree else None) for tree in possible]
    if _are_equal(candidates, _nics) or _are_equal(candidates, _outcomes):
        return inputs
    try:
        initramfs = open_initramfs()
        files = initramfs.naming_files
        if files is None:
            return inputs
        driver_blacklist.require_nic_driver(files, inputs.command_line)
    except Unknown as unknown:
        raise Unknown(f"the initramfs may give the NICs other names, and is not known: {unknown.why}") from unknown
    return replace(inputs, initramfs=InitramfsFiles(initramfs.path, files))


def _are_equal(candidates: list[BootInputs], find: Callable[[BootInputs], object]) -> bool:
    first = find(candidates[0])
    return all(find(candidate) == first for candidate in candidates[1:])


def _nics(inputs: BootInputs) -> tuple[Nic, ...] | None:
    try:
        return inputs.name_nics().nics
    except Unknown:
        return None


def _outcomes(inputs: BootInputs) -> tuple[bool | None, ...]:
    """Return for each NIC whether it comes up; None if that is unknown."""
    try:
        booted = boot(inputs)
    except Unknown:
        return ()
    return tuple(_is_up(booted, nic) for nic in booted.machine.nics)


def _is_up(booted: BootedGuest, nic: Nic) -> bool | None:
    try:
        return booted.outcome(nic).is_up
    except Unknown:
        return None
