"""Entries of the Boot Loader Specification: those that GRUB shows on Fedora and RHEL, and those of systemd-boot.

Source: https://uapi-group.org/specifications/specs/boot_loader_specification/.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from guestinspect.disk.globs import fnmatchcase
from guestinspect.disk.tree import Tree, lines
from guestinspect.guest.boot import unified_kernel
from guestinspect.guest.boot.boot_menu import MenuEntry, Parameters, split_parameters
from guestinspect.model.fact import Fact, Unknown

_ROOTS = ("/boot", "/boot/efi", "/efi")
_MOST_ENTRIES = 64
_VARIABLE = re.compile(r"\$\{?([A-Za-z0-9_]+)\}?")
_LIMIT_BYTES = 64 * 1024
"""The longest entry that is read; one of Rocky has 500 bytes."""

_PIECE = re.compile(r"[0-9]+|[A-Za-z]+")


def list_grub_entries(tree: Tree, value_of: Callable[[str], str]) -> list[MenuEntry]:
    """The entries that GRUB's command ``blscfg`` puts into its menu, the newest first.

    Args:
        value_of: The value of one of GRUB's variables: ``options`` may name some.
    """
    return _entries(tree, "/boot/loader/entries", value_of)


def parameters(tree: Tree) -> Iterator[Parameters]:
    """Those that systemd-boot gives the kernel: of the entry that its ``loader.conf`` names, if there is only one; else
    of all, those of unified kernels too.

    Raises:
        Unreadable: A unified kernel cannot be understood.
    """
    for root in _ROOTS:
        entries = _entries(tree, f"{root}/loader/entries", lambda name: f"${name}")
        default = _default(tree, f"{root}/loader/loader.conf").removesuffix(".conf")
        named = [entry for entry in entries if default and fnmatchcase(entry.name, default)]
        yield from (entry.parameters for entry in named or entries if entry.parameters is not None)
        if not named:
            yield from unified_kernel.parameters(tree, f"{root}/EFI/Linux")


def is_systemd_boot(tree: Tree) -> bool:
    """Whether it is systemd-boot that reads the entries, as far as its configuration tells."""
    return any("loader.conf" in tree.names(f"{root}/loader") for root in _ROOTS)


def _entries(tree: Tree, folder: str, value_of: Callable[[str], str]) -> list[MenuEntry]:
    names = [name.removesuffix(".conf") for name in tree.names(folder) if name.endswith(".conf")]
    if len(names) > _MOST_ENTRIES:
        raise Unknown(f"there are {len(names)} files in {folder}")
    newest_first = sorted(names, key=_version, reverse=True)
    return [_entry(tree, folder, name, value_of) for name in newest_first]


def _entry(tree: Tree, folder: str, name: str, value_of: Callable[[str], str]) -> MenuEntry:
    path, title, options, location = f"{folder}/{name}.conf", "", list[str](), f"{folder}/{name}.conf"
    for number, text in lines(tree, path, _LIMIT_BYTES):
        key, *rest = text.split(maxsplit=1)[:2] or ("",)
        if key == "title":
            title = "".join(rest)
        elif key == "options":
            options += rest
            location = f"{path}:{number}"
    whole = _VARIABLE.sub(lambda found: value_of(found[1]), " ".join(options))
    return MenuEntry(title.strip(), Fact(split_parameters(whole), location), name)


def _default(tree: Tree, path: str) -> str:
    said = (text.split() for _, text in lines(tree, path, _LIMIT_BYTES))
    return next((words[1] for words in said if len(words) == 2 and words[0] == "default"), "")


def _version(name: str) -> list[tuple[int, int, str]]:
    """A key by which versions are sorted as ``rpm`` sorts them: a number is newer than a word."""
    pieces = _PIECE.findall(name)
    return [(1, int(piece[:18]), "") if piece.isdigit() else (0, 0, piece) for piece in pieces]
