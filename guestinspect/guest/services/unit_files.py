"""The unit files of systemd: their folders, their precedence, their drop-ins and their settings.

Source: systemd.unit(5), "Unit File Load Path" and "Description".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import basename

from guestinspect.disk.tree import Tree
from guestinspect.guest.files.ini import read_systemd_file

FOLDERS = (
    "/etc/systemd/system.control",
    "/run/systemd/system.control",
    "/run/systemd/generator.early",
    "/etc/systemd/system",
    "/run/systemd/system",
    "/run/systemd/generator",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
    "/run/systemd/generator.late",
)
"""The folders of unit files, in order of precedence."""

PACKAGED = ("/usr/lib/systemd/system", "/lib/systemd/system")
"""The folders in which packages install unit files."""

_NOWHERE = "/dev/null"
_MOST_ALIASES = 8
_WANTING = (".wants", ".requires", ".upholds")


@dataclass(frozen=True)
class UnitSetting:
    """A line ``key=value`` of a unit file, with its location."""

    section: str
    key: str
    value: str
    location: str


@dataclass(frozen=True)
class Unit:
    """A unit as systemd loads it.

    Args:
        name: The real name, after aliases.
        requested_name: The name by which it was looked up.
        path: The path of its file.
        is_masked: Whether the unit cannot be started at all.
        settings: The settings of its file and its drop-ins, in the order in which they are read.
    """

    name: str
    requested_name: str
    path: str
    is_masked: bool
    settings: tuple[UnitSetting, ...] = ()

    def all_settings(self, section: str, key: str) -> tuple[UnitSetting, ...]:
        """Return every setting of a key."""
        return tuple(each for each in self.settings if (each.section, each.key) == (section, key))

    def effective_settings(self, section: str, key: str) -> tuple[UnitSetting, ...]:
        """Return the settings of a key that remain: an empty value resets the list. Source: systemd.syntax(7)."""
        remaining: list[UnitSetting] = []
        for setting in self.all_settings(section, key):
            if setting.value:
                remaining.append(setting)
            else:
                remaining.clear()
        return tuple(remaining)


class UnitFiles:
    """The unit files of a guest.

    Args:
        tree: The guest's files.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        is_merged = tree.link("/lib") is not None  # then /lib is /usr/lib, and its folders are the same twice
        self._folders = tuple(folder for folder in FOLDERS if not (is_merged and folder.startswith("/lib/")))
        self._names: dict[str, frozenset[str]] = {}
        self._units: dict[str, Unit | None] = {}

    def unit(self, name: str) -> Unit | None:
        """Return the unit with this name or alias; None: there is no such unit."""
        if name not in self._units:
            self._units[name] = self._load(name)
        return self._units[name]

    def packaged(self, name: str) -> Unit | None:
        """Return the unit as a package installs it, without drop-ins; None: no package installs it."""
        for candidate in dict.fromkeys((name, _template(name))):
            for folder in PACKAGED:
                path = f"{folder}/{candidate}"
                if candidate in self._list(folder) and not self._is_mask(path):
                    return Unit(name, name, path, False, tuple(read_settings(self._tree, path)))
        return None

    def resolve_alias(self, name: str) -> str:
        """Return the name that an alias links to, whether there is such a unit or not."""
        for _ in range(_MOST_ALIASES):
            path = self._find_path(name)
            target = self._tree.link(path) if path is not None else None
            if target is None or target == _NOWHERE or basename(target) in (name, _template(name)):
                break
            name = basename(target)
        return name

    def wanted_by(self, name: str) -> Iterator[tuple[str, str]]:
        """Yield the units that links in this unit's folders start, with the path of each link."""
        for suffix in _WANTING:
            seen: set[str] = set()
            for folder in self._folders_of(name, suffix):
                for wanted in self._list(folder):
                    if wanted not in seen and not self._is_mask(f"{folder}/{wanted}"):
                        yield wanted, f"{folder}/{wanted}"
                    seen.add(wanted)

    def instances(self, template: str) -> tuple[str, ...]:
        """Return the instances of a template ``name@`` for which a link exists: those that may be started.

        Args:
            template: The name up to and including ``@``.
        """
        wanting = (
            f"{folder}/{name}" for folder in self._folders for name in self._list(folder) if name.endswith(_WANTING)
        )
        return tuple(sorted({name for folder in wanting for name in self._list(folder) if name.startswith(template)}))

    def _load(self, name: str) -> Unit | None:
        requested_name = name
        for _ in range(_MOST_ALIASES):
            path = self._find_path(name)
            if path is None:
                return None
            target = self._tree.link(path)
            if self._is_mask(path):
                return Unit(name, requested_name, path, is_masked=True)
            other = basename(target) if target is not None else name
            if other in (name, _template(name)):  # a link to a file of the same name elsewhere is not an alias
                if self._tree.status(path) is None:
                    return None
                paths = (path, *self._list_drop_ins(name))
                settings = tuple(setting for each in paths for setting in read_settings(self._tree, each))
                return Unit(name, requested_name, path, False, settings)
            name = other
        return None

    def _find_path(self, name: str) -> str | None:
        for candidate in dict.fromkeys((name, _template(name))):
            for folder in self._folders:
                if candidate in self._list(folder):
                    return f"{folder}/{candidate}"
        return None

    def _list_drop_ins(self, name: str) -> Iterator[str]:
        """Yield the drop-ins of a unit, sorted by name; of one name, that of the first folder."""
        found: dict[str, str] = {}
        for owner in _list_drop_in_names(name):
            for folder in self._folders_of(owner, ".d"):
                for file in self._list(folder):
                    if file.endswith(".conf"):
                        found.setdefault(file, f"{folder}/{file}")
        return (found[file] for file in sorted(found))

    def _folders_of(self, name: str, suffix: str) -> Iterator[str]:
        for owner in dict.fromkeys((name, _template(name))):
            yield from (
                f"{folder}/{owner}{suffix}" for folder in self._folders if f"{owner}{suffix}" in self._list(folder)
            )

    def _is_mask(self, path: str) -> bool:
        """Return True if a file is a mask: a link to ``/dev/null``, or an empty file."""
        target = self._tree.link(path)
        if target is not None:
            return target == _NOWHERE
        status = self._tree.status(path)
        return status is not None and status.size_bytes == 0

    def _list(self, folder: str) -> frozenset[str]:
        if folder not in self._names:
            self._names[folder] = frozenset(self._tree.names(folder))
        return self._names[folder]


def read_settings(tree: Tree, path: str) -> Iterator[UnitSetting]:
    """Yield the settings in a unit file."""
    for section in read_systemd_file(tree, path).sections:
        yield from (UnitSetting(section.name, entry.key, entry.value, entry.location) for entry in section.entries)


def _template(name: str) -> str:
    """Return ``getty@.service`` for ``getty@tty1.service``; for a name that is not an instance, the name itself."""
    stem, at, rest = name.partition("@")
    return f"{stem}@.{rest.rpartition('.')[2]}" if at else name


def _list_drop_in_names(name: str) -> Iterator[str]:
    """Yield the names that a unit's drop-in folders may have, in order of precedence.

    For ``a-b.service`` these are ``a-b.service``, ``a-.service`` and ``service``. Source: systemd.unit(5),
    "Description". An instance has those of its template, too.
    """
    stem, _, kind = name.rpartition(".")
    yield name
    parts = stem.split("-")
    for length in range(len(parts) - 1, 0, -1):
        yield f"{'-'.join(parts[:length])}-.{kind}"
    yield kind
