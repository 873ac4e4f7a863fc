"""What GRUB boots by default: ``grub.cfg``, its environment, and the entries of the Boot Loader Specification.

Conditions are not evaluated: every default that is set on the way may be the one, and all of them have to agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from posixpath import basename, dirname

from guestinspect.disk.tree import Tree, is_file, lines
from guestinspect.guest.boot import loader_entries
from guestinspect.guest.boot.boot_menu import LIMIT_BYTES, MenuEntry, Parameters, find_common_parameters, select_entry
from guestinspect.guest.boot.grub_script import Statement, parse_statements
from guestinspect.model.fact import Fact, Unknown

CONFIGURATIONS = ("/boot/grub/grub.cfg", "/boot/grub2/grub.cfg")
EFI_FOLDERS = ("/boot/efi/EFI", "/efi/EFI", "/boot/EFI")

_MOST_VENDORS = 32
_DEEPEST = 8
"""How deep files include files, and blocks stand in blocks."""

_LINUX = ("linux", "linux16", "linuxefi")
_RESERVED = ("then", "else", "do")
_NAME_OPTION = "--id"
_LONGEST_VALUE = 16 * 1024
_MOST_PUT_IN = 1024**2
"""Characters of variables that are put in, all together: a value can be made of itself, many times."""

_MOST_DEFAULTS = 16


def parameters(tree: Tree) -> Iterator[Parameters]:
    """The parameters of each entry that may be the default, of each configuration that GRUB may read.

    Raises:
        Unknown: The default boots something else than a kernel.
    """
    for path in _configurations(tree):
        menu = _GrubMenu(tree)
        menu.read(path)
        yield from menu.defaults()


def is_configured(tree: Tree) -> bool:
    """Whether GRUB has a configuration."""
    return any(_configurations(tree))


def _configurations(tree: Tree) -> Iterator[str]:
    yield from (path for path in CONFIGURATIONS if is_file(tree, path))
    for folder in EFI_FOLDERS:
        for vendor in tree.names(folder)[:_MOST_VENDORS]:
            if is_file(tree, f"{folder}/{vendor}/grub.cfg"):
                yield f"{folder}/{vendor}/grub.cfg"


@dataclass
class _Block:
    """What stands between braces: an entry, a submenu, or a function."""

    command: str
    title: str = ""
    name: str = ""
    parameters: list[Parameters] = field(default_factory=list)
    entries: list[MenuEntry] = field(default_factory=list)

    def entry(self) -> MenuEntry | None:
        """The menu's entry that it is; commands in it that load a kernel, each under a condition, have to agree."""
        if self.command not in ("menuentry", "submenu"):
            return None
        return MenuEntry(self.title, find_common_parameters(iter(self.parameters)), self.name, tuple(self.entries))


class _GrubMenu:
    """The menu that a configuration makes."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._blocks = [_Block("")]
        self._values: dict[str, str] = {"menuentry_id_option": _NAME_OPTION}
        self._saved: dict[str, str] = {}
        self._defaults: list[str] = []
        self._put_in = 0

    def read(self, path: str, depth: int = 0) -> None:
        """Do what a configuration says."""
        self._saved |= _environment(self._tree, f"{dirname(path)}/grubenv")
        self._values |= {"prefix": dirname(path), "config_directory": dirname(path)}
        content = self._tree.read(path, LIMIT_BYTES) or b""
        for statement in parse_statements(content.decode("utf-8", "surrogateescape"), self._value):
            self._do(statement, path, depth)

    def defaults(self) -> Iterator[Parameters]:
        """The parameters of each entry that may be the default."""
        entries = tuple(self._blocks[0].entries)
        defaults = tuple(dict.fromkeys(filter(None, self._defaults))) or ("0",)
        if len(defaults) > _MOST_DEFAULTS:
            raise Unknown("the boot loader's configuration has too many defaults")
        for default in defaults:
            entry = select_entry(entries, default)
            if entry is None:
                return
            if entry.parameters is None:
                raise Unknown(f"the boot loader's default entry {entry.title[:80]!r} boots no kernel that can be seen")
            yield entry.parameters

    def _value(self, name: str) -> str:
        value = self._saved.get(name) or self._values.get(name, "")
        self._put_in += len(value)
        if self._put_in > _MOST_PUT_IN:
            raise Unknown("the boot loader's configuration is too long")
        return value

    def _do(self, statement: Statement, path: str, depth: int) -> None:
        words = statement.words
        while words and words[0] in _RESERVED:
            words = words[1:]
        if not words:
            return
        if words[-1] == "{":
            self._open(words)
        elif words[0] == "}":
            self._close()
        elif words[0] in _LINUX:
            self._blocks[-1].parameters.append(Fact(words[2:], f"{path}:{statement.line}"))
        elif words[0] == "blscfg":
            self._blocks[-1].entries += loader_entries.list_grub_entries(self._tree, self._value)
        elif words[0] in ("source", ".", "configfile") and len(words) > 1:
            self._include(words[1], depth)
        else:
            self._set(words)

    def _open(self, words: tuple[str, ...]) -> None:
        name = words[words.index(_NAME_OPTION) + 1] if _NAME_OPTION in words else ""
        self._blocks.append(_Block(words[0], words[1] if len(words) > 2 else "", name))
        if len(self._blocks) > _DEEPEST:
            raise Unknown("the boot loader's menu is too deep")

    def _close(self) -> None:
        if len(self._blocks) > 1:
            entry = self._blocks.pop().entry()
            if entry is not None:
                self._blocks[-1].entries.append(entry)

    def _set(self, words: tuple[str, ...]) -> None:
        """An assignment. One of nothing is a branch that is not taken: the environment has no such value."""
        name, sign, value = (words[1] if words[0] == "set" and len(words) > 1 else words[0]).partition("=")
        if sign and name == "default":
            self._defaults.append(value)
        elif sign and value:
            self._values[name] = value[:_LONGEST_VALUE]

    def _include(self, said: str, depth: int) -> None:
        """Another file: on the disk of ``/boot`` its path begins there."""
        path = said.partition(")")[2] if said.startswith("(") else said
        for there in (path, f"/boot{path}"):
            if path.startswith("/") and basename(path) and is_file(self._tree, there):
                if depth >= _DEEPEST:
                    raise Unknown("the boot loader's files include each other")
                self.read(there, depth + 1)
                return


def _environment(tree: Tree, path: str) -> dict[str, str]:
    """What ``grub-editenv`` has saved."""
    pairs = (text.partition("=") for _, text in lines(tree, path, LIMIT_BYTES) if not text.startswith("#"))
    return {name: value[:_LONGEST_VALUE] for name, sign, value in pairs if sign}
