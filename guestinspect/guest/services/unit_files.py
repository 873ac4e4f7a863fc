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
_STARTING_KEYS = ("Requires", "Wants", "BindsTo", "Upholds")
_REQUIRING_KEYS = ("Requires", "Requisite", "BindsTo")

_LONGEST_NAME = 255
"""In characters. Source: systemd.unit(5)."""


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

    def conditions(self) -> list[UnitSetting]:
        """Return the conditions that remain: an empty one resets all before it, of whatever kind."""
        remaining: list[UnitSetting] = []
        for setting in self.settings:
            if setting.section == "Unit" and setting.key.startswith(("Condition", "Assert")):
                if setting.value:
                    remaining.append(setting)
                else:
                    remaining.clear()
        return remaining

    def named_units(self, setting: UnitSetting) -> Iterator[str]:
        """Yield the units that a line names. Names with specifiers other than the instance's are skipped."""
        for name in setting.value.split():
            expanded = self.expand(name)
            if "%" not in expanded and len(expanded) <= _LONGEST_NAME:
                yield expanded

    @property
    def instance(self) -> str:
        """Return the part of the name after ``@``; empty for a unit that is not an instance."""
        return self.name.partition("@")[2].rpartition(".")[0]

    @property
    def template(self) -> str:
        """Return the name of its template: ``dhclient@.service``; its own name if it is not an instance."""
        return _template(self.name)

    def expand(self, value: str) -> str:
        """Return a value with the name of the instance in it. Source: systemd.unit(5), "Specifiers"."""
        return value.replace("%i", self.instance).replace("%I", self.instance)

    def started_units(self) -> Iterator[tuple[str, str]]:
        """Yield the units that lines of this unit start, with the locations of the lines."""
        settings = [setting for key in _STARTING_KEYS for setting in self.all_settings("Unit", key)]
        for setting in (*settings, *self.all_settings("Service", "Sockets")):
            yield from ((name, setting.location) for name in self.named_units(setting))


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
            real = self.resolve_alias(name)
            path = self._find_path(real)
            unit = None
            if path is not None and self._is_mask(path):
                unit = Unit(real, name, path, is_masked=True)
            elif path is not None and self._tree.status(path) is not None:
                paths = (path, *self._list_drop_ins(real))
                settings = tuple(setting for each in paths for setting in read_settings(self._tree, each))
                unit = Unit(real, name, path, False, settings)
            self._units[name] = unit
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
            # a link to a file of the same name in another folder is not an alias
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

    def required_units(self, unit: Unit) -> Iterator[tuple[str, str]]:
        """Yield the units without which this unit is not started, with the locations that require them."""
        for setting in (setting for key in _REQUIRING_KEYS for setting in unit.all_settings("Unit", key)):
            yield from ((name, setting.location) for name in unit.named_units(setting))
        for name, path in self.wanted_by(unit.name):
            if ".requires/" in path:
                yield name, path

    def instances(self, template: str) -> tuple[str, ...]:
        """Return the instances of a template ``name@`` for which a link exists: those that may be started.

        Args:
            template: The name up to and including ``@``.
        """
        wanting = (
            f"{folder}/{name}" for folder in self._folders for name in self._list(folder) if name.endswith(_WANTING)
        )
        return tuple(sorted({name for folder in wanting for name in self._list(folder) if name.startswith(template)}))

    def names(self, suffixes: tuple[str, ...]) -> tuple[str, ...]:
        """Return the names of all unit files of some kinds, and of the links that want them."""
        folders = [*self._folders]
        for folder in self._folders:
            folders += [f"{folder}/{name}" for name in self._list(folder) if name.endswith(_WANTING)]
        return tuple(sorted({name for folder in folders for name in self._list(folder) if name.endswith(suffixes)}))

    def _find_path(self, name: str) -> str | None:
        for candidate in dict.fromkeys((name, _template(name))):
            for folder in self._folders:
                if candidate in self._list(folder):
                    return f"{folder}/{candidate}"
        return None

    def _list_drop_ins(self, name: str) -> Iterator[str]:
        """Yield the drop-ins of a unit, sorted by name; of one name, that of the first folder.

        The drop-ins of ``a-b.service`` are in the folders of ``a-b.service``, ``a-.service`` and ``service``, in this
        order of precedence. Source: systemd.unit(5), "Description". An instance has those of its template, too.
        """
        stem, _, kind = name.rpartition(".")
        parts = stem.split("-")
        prefixes = (f"{'-'.join(parts[:length])}-.{kind}" for length in range(len(parts) - 1, 0, -1))
        found: dict[str, str] = {}
        for owner in (name, *prefixes, kind):
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
