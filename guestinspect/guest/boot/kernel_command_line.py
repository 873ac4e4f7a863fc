"""The parameters that the boot loader passes to the kernel."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from itertools import chain

from guestinspect.disk.tree import Tree, lines
from guestinspect.guest.boot import grub, grub_legacy, loader_entries, syslinux
from guestinspect.guest.boot.boot_menu import LIMIT_BYTES, Parameters, find_common_parameters, split_parameters

NO_LOADER = "the guest has no configuration of a boot loader"

_GRUB_DEFAULTS = "/etc/default/grub"
_GRUB_NAMES = ("GRUB_CMDLINE_LINUX", "GRUB_CMDLINE_LINUX_DEFAULT")
_KERNEL_INSTALL = "/etc/kernel/cmdline"


def find_command_line(tree: Tree) -> Parameters:
    """Return the kernel parameters of the entry that boots by default, in their order.

    Where no boot loader has a configuration, the parameters for the next configuration count. Without these the result
    is empty: there is no boot loader to pass any.

    Raises:
        Unknown: Entries differ in relevant parameters, or the files of the boot loader could not be read.
    """
    return (
        find_common_parameters(list_default_entries(tree))
        or _read_intended(tree)
        or Parameters((), NO_LOADER, initrds=None)
    )


def list_default_entries(tree: Tree) -> Iterator[Parameters]:
    """Yield the parameters of each kernel that may start by default, of each boot loader that has a configuration.

    The disk does not always show which of them starts. Two cases are known: old cloud images have GRUB Legacy's file
    beside GRUB's, for Xen; and entries of the Boot Loader Specification belong to GRUB where GRUB has a configuration,
    unless systemd-boot has one too.

    Raises:
        Unknown: A default entry boots no Linux kernel, or a file of a boot loader could not be read.
    """
    yield from chain(grub.list_parameters(tree), syslinux.list_parameters(tree))
    has_grub = grub.is_configured(tree)
    if not has_grub:
        yield from grub_legacy.list_parameters(tree)
    if not has_grub or loader_entries.has_systemd_boot(tree):
        yield from loader_entries.list_parameters(tree)


def _read_intended(tree: Tree) -> Parameters | None:
    """Return the parameters that kernel-install(8) or update-grub(8) would write into the next configuration."""
    for number, text in lines(tree, _KERNEL_INSTALL, LIMIT_BYTES):
        if text.strip() and not text.startswith("#"):
            return Parameters(split_parameters(text), f"{_KERNEL_INSTALL}:{number}", initrds=None)
    values: dict[str, str] = {}
    for _, text in lines(tree, _GRUB_DEFAULTS, LIMIT_BYTES):
        name, sign, value = text.strip().partition("=")
        if sign and name in _GRUB_NAMES:
            try:
                words = shlex.split(value, comments=True)
            except ValueError:  # an open quote: the shell that sources the file would stop there too
                continue
            values[name] = " ".join(words[:1])
    parameters = split_parameters(" ".join(values.get(name, "") for name in _GRUB_NAMES))
    return Parameters(parameters, _GRUB_DEFAULTS, initrds=None) if parameters else None
