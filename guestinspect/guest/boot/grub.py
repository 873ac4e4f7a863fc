"""The entry that GRUB boots by default, from ``grub.cfg``, its environment and the Boot Loader Specification.

GRUB's configuration is a script. Its conditions are not evaluated: every default that the script sets in any branch is
a candidate, and all candidates have to agree.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from posixpath import basename, dirname

from guestinspect.disk.tree import Tree, is_file, lines
from guestinspect.guest.boot import loader_entries
from guestinspect.guest.boot.boot_menu import LIMIT_BYTES, MenuEntry, Parameters, select_entry
from guestinspect.guest.boot.grub_script import Statement, TooLong, parse_statements
from guestinspect.model.fact import Unknown

CONFIGURATIONS = ("/boot/grub/grub.cfg", "/boot/grub2/grub.cfg")
EFI_FOLDERS = ("/boot/efi/EFI", "/efi/EFI", "/boot/EFI")

_MOST_VENDORS = 32
_DEEPEST = 8
"""The number of levels of included files, and of nested blocks."""

_LINUX = ("linux", "linux16", "linuxefi")
_INITRD = ("initrd", "initrd16", "initrdefi")
_CONDITION = {"if": 1, "fi": -1}
"""The commands that begin and end a condition, and by how much they change the depth of nesting."""

_RESERVED = ("then", "else", "do")
_NAME_OPTION = "--id"
_LONGEST_VALUE = 16 * 1024
_MOST_EXPANDED = 1024**2
"""The number of characters that all variables together may expand to: a value can contain itself many times."""

_MOST_DEFAULTS = 16


def list_parameters(tree: Tree) -> Iterator[Parameters]:
    """Yield the parameters of each entry that may be the default, of each configuration that GRUB may read.

    Raises:
        Unknown: The default does not boot a kernel.
    """
    for path in _list_configurations(tree):
        menu = _GrubMenu(tree, path)
        menu.read(path)
        yield from menu.defaults()


def is_configured(tree: Tree) -> bool:
    """Return True if GRUB has a configuration."""
    return any(_list_configurations(tree))


def _list_configurations(tree: Tree) -> Iterator[str]:
    yield from (path for path in CONFIGURATIONS if is_file(tree, path))
    for folder in EFI_FOLDERS:
        for vendor in tree.names(folder)[:_MOST_VENDORS]:
            if is_file(tree, f"{folder}/{vendor}/grub.cfg"):
                yield f"{folder}/{vendor}/grub.cfg"


@dataclass
class _Block:
    """A block between braces: an entry, a submenu or a function."""

    command: str
    title: str = ""
    name: str = ""
    is_conditional: bool = False
    kernels: list[Parameters] = field(default_factory=list)
    entries: list[MenuEntry] = field(default_factory=list)

    @classmethod
    def opened_by(cls, words: tuple[str, ...], conditions: int) -> _Block:
        """Return the block that a command opens: ``menuentry TITLE --id NAME {``."""
        name = words[words.index(_NAME_OPTION) + 1] if _NAME_OPTION in words else ""
        return cls(words[0], words[1] if len(words) > 2 else "", name, conditions > 0)

    def add_initrds(self, paths: tuple[str, ...]) -> None:
        """Add the archives of a command ``initrd`` to the kernels before it that have none."""
        self.kernels = [each if each.initrds else replace(each, initrds=paths) for each in self.kernels]

    def entry(self) -> MenuEntry | None:
        """Return the menu entry; None: the block is not an entry."""
        if self.command not in ("menuentry", "submenu"):
            return None
        return MenuEntry(self.title, tuple(self.kernels), self.name, tuple(self.entries), self.is_conditional)


class _GrubMenu:
    """The menu that a configuration builds.

    Args:
        tree: The guest's files.
        configuration: The path of the configuration, for error messages.
    """

    def __init__(self, tree: Tree, configuration: str) -> None:
        self._tree = tree
        self._configuration = configuration
        self._blocks = [_Block("")]
        self._values: dict[str, str] = {"menuentry_id_option": _NAME_OPTION}
        self._saved: dict[str, str] = {}
        self._defaults: list[str] = []
        self._expanded = 0
        self._conditions = 0
        self._assigned: dict[str, set[str]] = {}
        self._expanded_names: set[str] = set()  # those of the current statement

    def read(self, path: str, depth: int = 0) -> None:
        """Execute a configuration."""
        for _, text in lines(self._tree, f"{dirname(path)}/grubenv", LIMIT_BYTES):
            name, sign, value = text.partition("=")
            if sign and not text.startswith("#"):  # as grub-editenv(1) writes it
                self._saved[name] = value[:_LONGEST_VALUE]
        self._values |= {"prefix": dirname(path), "config_directory": dirname(path)}
        content = (self._tree.read(path, LIMIT_BYTES) or b"").decode("utf-8", "surrogateescape")
        try:
            for statement in parse_statements(content, self._value):
                self._execute(statement, path, depth)
                self._expanded_names.clear()
        except TooLong as error:
            raise Unknown(f"{path} {error}") from error

    def defaults(self) -> Iterator[Parameters]:
        """Yield the parameters of each entry that may be the default."""
        entries = tuple(self._blocks[0].entries)
        defaults = tuple(dict.fromkeys(filter(None, self._defaults))) or ("0",)
        if len(defaults) > _MOST_DEFAULTS:
            raise Unknown(f"{self._configuration} sets more than {_MOST_DEFAULTS} default entries")
        for default in defaults:
            entry = select_entry(entries, default)
            if entry is None:
                return
            if not entry.kernels:
                raise Unknown(f"the default entry {entry.title[:80]!r} of {self._configuration} boots no Linux kernel")
            for kernel in entry.kernels:
                yield replace(kernel, is_conditional=entry.is_conditional or kernel.is_conditional)

    def _mark_conditional(self, kernel: Parameters) -> Parameters:
        """Mark a kernel if a condition may give it another root: one of several values of an expanded variable."""
        assigned = [self._assigned.get(name, set()) for name in self._expanded_names]
        several = [value for values in assigned if len(values) > 1 for value in values]
        root = [word for word in kernel.value if word.startswith("root")]
        return replace(kernel, is_conditional=any(value in word for word in root for value in several))

    def _value(self, name: str) -> str:
        self._expanded_names.add(name)
        value = self._saved.get(name) or self._values.get(name, "")
        self._expanded += len(value)
        if self._expanded > _MOST_EXPANDED:
            raise TooLong(f"has variables that expand to more than {_MOST_EXPANDED} characters")
        return value

    def _execute(self, statement: Statement, path: str, depth: int) -> None:
        words = statement.words
        while words and words[0] in _RESERVED:  # the branches of «if» and «while» are executed like other statements
            words = words[1:]
        if not words:
            return
        if words[-1] == "{":
            self._blocks.append(_Block.opened_by(words, self._conditions))
            if len(self._blocks) > _DEEPEST:
                raise Unknown(f"{path}:{statement.line}: the menu is nested more than {_DEEPEST} levels deep")
        elif words[0] == "}":
            self._close_block()
        elif words[0] in _LINUX:
            kernel = Parameters(words[2:], f"{path}:{statement.line}", "".join(words[1:2]))
            self._blocks[-1].kernels.append(self._mark_conditional(kernel))
        elif words[0] in _INITRD:
            self._blocks[-1].add_initrds(words[1:])
        elif words[0] == "blscfg":
            entries = loader_entries.list_grub_entries(self._tree, self._value)
            self._blocks[-1].entries += [
                replace(
                    each, kernels=(*map(self._mark_conditional, each.kernels),), is_conditional=self._conditions > 0
                )
                for each in entries
            ]
        elif words[0] in ("source", ".", "configfile") and len(words) > 1:
            self._include(words[1], depth)
        else:
            self._conditions += _CONDITION.get(words[0], 0)
            self._assign(words)

    def _close_block(self) -> None:
        if len(self._blocks) > 1:
            entry = self._blocks.pop().entry()
            if entry is not None:
                self._blocks[-1].entries.append(entry)

    def _assign(self, words: tuple[str, ...]) -> None:
        """Execute an assignment, with or without ``set``.

        An empty value comes from a branch that is not taken: it copies a variable that the environment does not have.
        """
        name, sign, value = (words[1] if words[0] == "set" and len(words) > 1 else words[0]).partition("=")
        if sign and name == "default":
            self._defaults.append(value)
        elif sign and value:
            self._values[name] = value[:_LONGEST_VALUE]
            self._assigned.setdefault(name, set()).add(self._values[name])

    def _include(self, reference: str, depth: int) -> None:
        """Execute another file. Its path may begin with a device, ``(hd0,1)``, and at the root of ``/boot``'s disk."""
        path = reference.partition(")")[2] if reference.startswith("(") else reference
        for candidate in (path, f"/boot{path}"):
            if path.startswith("/") and basename(path) and is_file(self._tree, candidate):
                if depth >= _DEEPEST:
                    raise Unknown(f"{candidate} is included more than {_DEEPEST} levels deep")
                self.read(candidate, depth + 1)
                return
