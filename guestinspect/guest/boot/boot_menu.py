"""The menu of a boot loader: its entries, and the kernel parameters of each entry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from guestinspect.model.fact import Fact, Unknown

LIMIT_BYTES = 256 * 1024
"""The longest configuration that is read; that of a guest with twenty kernels has 100 KiB."""

_WORD = re.compile(r'(?:"[^"]*"|[^\s"]|")+')

_IRRELEVANT = frozenset(
    "BOOT_IMAGE root rootflags ro rw quiet splash rhgb console earlyprintk loglevel resume noresume crashkernel "
    "vt.handoff vga nomodeset plymouth.ignore-serial-consoles rootdelay rootfstype initrd panic".split()
)
"""Parameters that affect neither networks, names of NICs, services nor cloud-init."""


@dataclass(frozen=True)
class Parameters(Fact[tuple[str, ...]]):
    """The kernel parameters in their order, and the line of the guest's file that sets them.

    Args:
        kernel: The path of the kernel, as the boot loader reads it; empty if unknown.
        initrds: The paths of the initramfs archives, as the boot loader reads them; None: the entries differ.
        is_conditional: True if the root file system, or the place of the entry in the menu, depends on a condition of
            the boot loader, which is not evaluated.
    """

    kernel: str = ""
    initrds: tuple[str, ...] | None = ()
    is_conditional: bool = False


@dataclass(frozen=True)
class MenuEntry:
    """One entry of a menu.

    Args:
        title: The title as the menu shows it.
        kernels: The parameters of its kernel, under each condition; empty: the entry does not boot a Linux kernel.
        name: The identifier that a default can refer to; empty: it has none.
        entries: The entries of a submenu.
        is_conditional: True if the entry is in the menu only under a condition, which is not evaluated.
    """

    title: str
    kernels: tuple[Parameters, ...] = ()
    name: str = ""
    entries: tuple[MenuEntry, ...] = ()
    is_conditional: bool = False


def split_parameters(text: str) -> tuple[str, ...]:
    """Return the parameters on a kernel command line. Double quotes keep a value together.

    Source: Linux, ``lib/cmdline.c``, ``next_arg``.
    """
    return tuple(word.replace('"', "") for word in _WORD.findall(text))


def select_entry(entries: tuple[MenuEntry, ...], default: str) -> MenuEntry | None:
    """Return the default entry as GRUB selects it: the first entry where the default names none; None: an empty menu.

    The result is conditional if an entry up to the selected one is, since that entry may be missing in the menu.

    Args:
        entries: The menu.
        default: A number counted from 0, a name or a title; after ``>`` one of the submenu: ``1>2``.
    """
    entry: MenuEntry | None = None
    is_conditional = False
    parts = default.split(">")
    while entries:
        reference = parts.pop(0).strip() if parts else "0"
        if reference.isascii() and reference.isdigit() and len(reference) < 6:
            selected = entries[int(reference) :]
        else:
            selected = tuple(entry for entry in entries if reference and reference in (entry.name, entry.title))
        entry = selected[0] if selected else entries[0]
        is_conditional |= any(each.is_conditional for each in entries[: entries.index(entry) + 1])
        entries = entry.entries
    return entry and replace(entry, is_conditional=is_conditional)


def find_common_parameters(candidates: Iterator[Parameters]) -> Parameters | None:
    """Return the first candidate if all candidates agree in the relevant parameters; None: there are no candidates.

    The candidates may boot different kernels with different archives.

    Raises:
        Unknown: The candidates differ.
    """
    first: Parameters | None = None
    for other in candidates:
        if first is None:
            first = other
        elif _relevant(first) != _relevant(other):
            raise Unknown(f"the kernel parameters differ between {first.location} and {other.location}")
        elif first.initrds != other.initrds:
            first = replace(first, initrds=None)
    return first


def _relevant(parameters: Parameters) -> list[str]:
    return [word for word in parameters.value if word.partition("=")[0] not in _IRRELEVANT]
