"""Entries of the Boot Loader Specification: GRUB's on Fedora and RHEL, and those of systemd-boot.

Source: https://uapi-group.org/specifications/specs/boot_loader_specification/.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from guestinspect.disk.globs import fnmatchcase
from guestinspect.disk.tree import Tree, lines
from guestinspect.guest.boot import unified_kernel
from guestinspect.guest.boot.boot_menu import MenuEntry, Parameters, split_parameters
from guestinspect.model.fact import Unknown

_ROOTS = ("/boot", "/boot/efi", "/efi")
_MOST_ENTRIES = 64
_VARIABLE = re.compile(r"\$\{?([A-Za-z0-9_]+)\}?")
_LIMIT_BYTES = 64 * 1024
"""The longest entry that is read; an entry of Rocky has 500 bytes."""

_PIECE = re.compile(r"[0-9]+|[A-Za-z]+")


def list_grub_entries(tree: Tree, value_of: Callable[[str], str]) -> list[MenuEntry]:
    """Return the entries that GRUB's command ``blscfg`` adds to its menu, the newest first.

    Args:
        tree: The guest's files.
        value_of: Returns the value of a GRUB variable, which ``options`` may refer to.
    """
    return _list_entries(tree, "/boot/loader/entries", value_of)


def list_parameters(tree: Tree) -> Iterator[Parameters]:
    """Yield the parameters that systemd-boot may pass to the kernel.

    If ``loader.conf`` names existing entries, only these count; else all entries and all unified kernels do.

    Raises:
        Unreadable: A unified kernel cannot be parsed.
    """
    for root in _ROOTS:
        entries = _list_entries(tree, f"{root}/loader/entries", lambda name: f"${name}")
        words = (text.split() for _, text in lines(tree, f"{root}/loader/loader.conf", _LIMIT_BYTES))
        default = next((pair[1] for pair in words if len(pair) == 2 and pair[0] == "default"), "").removesuffix(".conf")
        selected = [entry for entry in entries if default and fnmatchcase(entry.name, default)]
        yield from (parameters for entry in selected or entries for parameters in entry.kernels)
        if not selected:
            yield from unified_kernel.list_parameters(tree, f"{root}/EFI/Linux")


def has_systemd_boot(tree: Tree) -> bool:
    """Return True if systemd-boot has a configuration."""
    return any("loader.conf" in tree.names(f"{root}/loader") for root in _ROOTS)


def _list_entries(tree: Tree, folder: str, value_of: Callable[[str], str]) -> list[MenuEntry]:
    names = [name.removesuffix(".conf") for name in tree.names(folder) if name.endswith(".conf")]
    if len(names) > _MOST_ENTRIES:
        raise Unknown(f"{folder} has {len(names)} entries; at most {_MOST_ENTRIES} are read")
    newest_first = sorted(names, key=_version_key, reverse=True)
    return [_read_entry(tree, folder, name, value_of) for name in newest_first]


def _read_entry(tree: Tree, folder: str, name: str, value_of: Callable[[str], str]) -> MenuEntry:
    path, location = f"{folder}/{name}.conf", f"{folder}/{name}.conf"
    values: dict[str, list[str]] = {}
    for number, text in lines(tree, path, _LIMIT_BYTES):
        key, *rest = text.split(maxsplit=1)[:2] or ("",)
        values.setdefault(key, []).extend(rest)
        if key == "options":
            location = f"{path}:{number}"
    options, kernel, initrds = (
        _VARIABLE.sub(lambda found: value_of(found[1]), " ".join(values.get(key, ())))
        for key in ("options", "linux", "initrd")
    )
    archives = tuple(word for word in initrds.split() if not word.startswith("$"))
    parameters = Parameters(split_parameters(options), location, kernel.strip(), archives)
    return MenuEntry("".join(values.get("title", ())[-1:]).strip(), (parameters,), name)


def _version_key(name: str) -> list[tuple[int, int, str]]:
    """Return a key that sorts versions as ``rpmvercmp`` does: a number is newer than a word."""
    pieces = _PIECE.findall(name)
    return [(1, int(piece[:18]), "") if piece.isdigit() else (0, 0, piece) for piece in pieces]
