"""The unit files of systemd: where they are looked for, which one counts, and what it says.

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
"""Where unit files are, the strongest first."""

PACKAGED = ("/usr/lib/systemd/system", "/lib/systemd/system")
"""Where packages have theirs."""

_NOTHING = "/dev/null"
_MOST_ALIASES = 8
_WANTING = (".wants", ".requires", ".upholds")


@dataclass(frozen=True)
class UnitSetting:
    """A line ``key=value`` of a unit file, and where it stands."""

    section: str
    key: str
    value: str
    location: str


@dataclass(frozen=True)
class Unit:
    """A unit as systemd loads it.

    Args:
        name: Its own name, behind aliases.
        asked_as: The name by which it was asked for.
        path: Its file.
        is_masked: Whether it can't be started at all.
        settings: Of its file and of its drop-ins, in the order in which they are read.
    """

    name: str
    asked_as: str
    path: str
    is_masked: bool
    settings: tuple[UnitSetting, ...] = ()

    def all(self, section: str, key: str) -> tuple[UnitSetting, ...]:
        """Every line of a key."""
        return tuple(found for found in self.settings if (found.section, found.key) == (section, key))

    def effective_settings(self, section: str, key: str) -> tuple[UnitSetting, ...]:
        """The lines of a key that are left: an empty one takes back those before it."""
        kept: list[UnitSetting] = []
        for found in self.all(section, key):
            if found.value:
                kept.append(found)
            else:
                kept.clear()
        return tuple(kept)


class UnitFiles:
    """The unit files of a guest.

    Args:
        tree: Its files.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        is_merged = tree.link("/lib") is not None
        self._folders = tuple(folder for folder in FOLDERS if not (is_merged and folder.startswith("/lib/")))
        self._names: dict[str, frozenset[str]] = {}
        self._units: dict[str, Unit | None] = {}

    def unit(self, name: str) -> Unit | None:
        """The unit of this name, or of which this is another name; None: there is none."""
        if name not in self._units:
            self._units[name] = self._load(name)
        return self._units[name]

    def packaged(self, name: str) -> Unit | None:
        """The unit as its package has it, without drop-ins; None: no package has it."""
        for candidate in dict.fromkeys((name, _template(name))):
            for folder in PACKAGED:
                path = f"{folder}/{candidate}"
                if candidate in self._list(folder) and not self._is_nothing(path):
                    return Unit(name, name, path, False, tuple(settings(self._tree, path)))
        return None

    def resolve_alias(self, name: str) -> str:
        """The name that this one stands for, behind its links, whether there is such a unit or not."""
        for _ in range(_MOST_ALIASES):
            path = self._path(name)
            target = self._tree.link(path) if path is not None else None
            if target is None or target == _NOTHING or basename(target) in (name, _template(name)):
                break
            name = basename(target)
        return name

    def wanted_by(self, name: str) -> Iterator[tuple[str, str]]:
        """The units that this one starts by links in its folders, each with the path of its link."""
        for suffix in _WANTING:
            seen: set[str] = set()
            for folder in self._folders_of(name, suffix):
                for wanted in self._list(folder):
                    if wanted not in seen and not self._is_nothing(f"{folder}/{wanted}"):
                        yield wanted, f"{folder}/{wanted}"
                    seen.add(wanted)

    def instances(self, template: str) -> tuple[str, ...]:
        """The names in the folders above that are instances of ``name@``: those that something may start."""
        wanting = (
            f"{folder}/{name}" for folder in self._folders for name in self._list(folder) if name.endswith(_WANTING)
        )
        found = {name for folder in wanting for name in self._list(folder) if name.startswith(template)}
        return tuple(sorted(found))

    def _load(self, name: str) -> Unit | None:
        asked_as = name
        for _ in range(_MOST_ALIASES):
            path = self._path(name)
            if path is None:
                return None
            target = self._tree.link(path)
            if self._is_nothing(path):
                return Unit(name, asked_as, path, is_masked=True)
            other = basename(target) if target is not None else name
            if other in (name, _template(name)):
                return self._read(name, asked_as, path)
            name = other
        return None

    def _read(self, name: str, asked_as: str, path: str) -> Unit | None:
        if self._tree.status(path) is None:
            return None
        paths = (path, *self._drop_ins(name))
        return Unit(name, asked_as, path, False, tuple(found for one in paths for found in settings(self._tree, one)))

    def _path(self, name: str) -> str | None:
        for candidate in dict.fromkeys((name, _template(name))):
            for folder in self._folders:
                if candidate in self._list(folder):
                    return f"{folder}/{candidate}"
        return None

    def _drop_ins(self, name: str) -> Iterator[str]:
        """Files that add to a unit, by the order of their names; of one name, the strongest folder's."""
        found: dict[str, str] = {}
        for owner in _drop_in_owners(name):
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

    def _is_nothing(self, path: str) -> bool:
        """Whether this is a mask: a link to ``/dev/null``, or an empty file."""
        target = self._tree.link(path)
        if target is not None:
            return target == _NOTHING
        status = self._tree.status(path)
        return status is not None and status.size_bytes == 0

    def _list(self, folder: str) -> frozenset[str]:
        if folder not in self._names:
            self._names[folder] = frozenset(self._tree.names(folder))
        return self._names[folder]


def settings(tree: Tree, path: str) -> Iterator[UnitSetting]:
    """The settings in a unit file."""
    for section in read_systemd_file(tree, path).sections:
        yield from (UnitSetting(section.name, entry.key, entry.value, entry.location) for entry in section.entries)


def _template(name: str) -> str:
    """``getty@.service`` for ``getty@tty1.service``; the name itself where it is of no template."""
    stem, at, rest = name.partition("@")
    return f"{stem}@.{rest.rpartition('.')[2]}" if at else name


def _drop_in_owners(name: str) -> Iterator[str]:
    """The names under which drop-ins for a unit are, the strongest first: ``a-b.service``, ``a-.service``.

    An instance has those of its template, too.
    """
    stem, _, kind = name.rpartition(".")
    yield name
    parts = stem.split("-")
    for length in range(len(parts) - 1, 0, -1):
        yield f"{'-'.join(parts[:length])}-.{kind}"
    yield kind
