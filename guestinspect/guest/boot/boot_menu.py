"""The menu of a boot loader: its entries, and the kernel parameters of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from guestinspect.model.fact import Fact, Unknown

Parameters = Fact[tuple[str, ...]]
"""The parameters that the kernel is given, in their order, and the line of the guest's file that says so."""

LIMIT_BYTES = 256 * 1024
"""The longest configuration that is read; that of a guest with twenty kernels has 100 KiB."""

_WORD = re.compile(r'(?:"[^"]*"|[^\s"]|")+')

_NO_MATTER = frozenset(
    "BOOT_IMAGE root rootflags ro rw quiet splash rhgb console earlyprintk loglevel resume noresume crashkernel "
    "vt.handoff vga nomodeset plymouth.ignore-serial-consoles rootdelay rootfstype initrd panic".split()
)
"""Parameters that have nothing to do with networks, names of NICs, services or cloud-init."""


@dataclass(frozen=True)
class MenuEntry:
    """One entry of a menu.

    Args:
        title: As it is shown.
        parameters: Those of its kernel; None: it boots no kernel of Linux.
        name: By which the default is called; empty: it has none.
        entries: Those below it, if it is a submenu.
    """

    title: str
    parameters: Parameters | None
    name: str = ""
    entries: tuple[MenuEntry, ...] = ()


def split_parameters(text: str) -> tuple[str, ...]:
    """The parameters on a kernel's command line. Double quotes hold a value together.

    Source: Linux, ``lib/cmdline.c``, ``next_arg``.
    """
    return tuple(word.replace('"', "") for word in _WORD.findall(text))


def select_entry(entries: tuple[MenuEntry, ...], default: str) -> MenuEntry | None:
    """The entry that a default names, as GRUB looks for it; the first one if there is none of that name.

    Args:
        default: A number counted from 0, a name or a title; after ``>`` one of the submenu: ``1>2``.
    """
    found: MenuEntry | None = None
    wanted = default.split(">")
    while entries:
        found = _called(entries, wanted.pop(0).strip() if wanted else "0")
        entries = found.entries
    return found


def _called(entries: tuple[MenuEntry, ...], wanted: str) -> MenuEntry:
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 6:
        number = int(wanted)
        return entries[number] if number < len(entries) else entries[0]
    return next((entry for entry in entries if wanted and wanted in (entry.name, entry.title)), entries[0])


def find_common_parameters(parameters: Iterator[Parameters]) -> Parameters | None:
    """The parameters, if all that may be given agree in what matters; None: there are none.

    Raises:
        Unknown: They differ.
    """
    first: Parameters | None = None
    for other in parameters:
        if first is None:
            first = other
        elif _what_matters(first) != _what_matters(other):
            raise Unknown(f"the kernel's parameters differ between {first.location} and {other.location}")
    return first


def _what_matters(parameters: Parameters) -> list[str]:
    return [word for word in parameters.value if word.partition("=")[0] not in _NO_MATTER]
