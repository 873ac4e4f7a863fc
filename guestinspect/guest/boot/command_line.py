"""The parameters that the boot loader gives the kernel."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from itertools import chain

from guestinspect.disk.tree import Tree, lines
from guestinspect.guest.boot import grub, grub_legacy, loader_entries, syslinux
from guestinspect.guest.boot.boot_menu import LIMIT_BYTES, Parameters, find_common_parameters, split_parameters
from guestinspect.model.fact import Fact

NO_LOADER = "no boot loader's configuration is there"

_GRUB_DEFAULTS = "/etc/default/grub"
_GRUB_NAMES = ("GRUB_CMDLINE_LINUX", "GRUB_CMDLINE_LINUX_DEFAULT")
_KERNEL_INSTALL = "/etc/kernel/cmdline"


def find_command_line(tree: Tree) -> Fact[tuple[str, ...]]:
    """The parameters of the entry that boots by default, in their order; empty: there is no boot loader to give any.

    Where no boot loader has a configuration, those that would be written into one count.

    Raises:
        Unknown: Entries differ in what matters, or the boot loader's files could not be read.
    """
    return find_common_parameters(_given(tree)) or _intended(tree) or Fact((), NO_LOADER)


def _given(tree: Tree) -> Iterator[Parameters]:
    """By each boot loader whose configuration is there: which of them starts is not always to be seen.

    GRUB Legacy's file lies beside GRUB's in old cloud images, for Xen. Entries of the Boot Loader Specification are
    GRUB's where it has a configuration, unless systemd-boot has one, too.
    """
    yield from chain(grub.parameters(tree), syslinux.parameters(tree))
    has_grub = grub.is_configured(tree)
    if not has_grub:
        yield from grub_legacy.parameters(tree)
    if not has_grub or loader_entries.is_systemd_boot(tree):
        yield from loader_entries.parameters(tree)


def _intended(tree: Tree) -> Parameters | None:
    for number, text in lines(tree, _KERNEL_INSTALL, LIMIT_BYTES):
        if text.strip() and not text.startswith("#"):
            return Fact(split_parameters(text), f"{_KERNEL_INSTALL}:{number}")
    said = {name: value for _, text in lines(tree, _GRUB_DEFAULTS, LIMIT_BYTES) for name, value in _assigned(text)}
    words = split_parameters(" ".join(said.get(name, "") for name in _GRUB_NAMES))
    return Fact(words, _GRUB_DEFAULTS) if words else None


def _assigned(text: str) -> Iterator[tuple[str, str]]:
    name, sign, value = text.strip().partition("=")
    if sign and name in _GRUB_NAMES:
        try:
            words = shlex.split(value, comments=True)
        except ValueError:  # a quote that is not closed: the shell that reads it would stop there, too
            return
        yield name, " ".join(words[:1])
