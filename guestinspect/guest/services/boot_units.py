"""The units that systemd wants at boot: the default target, what it wants, and what that wants in its turn."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush

from guestinspect.guest.services.unit_files import Unit, UnitFiles, UnitSetting
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Step

DEFAULT_TARGET = "default.target"

_MOST_UNITS = 4000
"""A desktop with everything has some hundreds."""

_LONGEST_NAME = 255
"""In characters. Source: systemd.unit(5)."""

_STARTING_KEYS = ("Requires", "Wants", "BindsTo", "Upholds")

_BUILT_IN = {
    "default.target": ("graphical.target",),
    "graphical.target": ("multi-user.target", "display-manager.service"),
    "multi-user.target": ("basic.target",),
    "basic.target": ("sysinit.target", "sockets.target", "timers.target", "paths.target", "slices.target"),
    "sysinit.target": ("local-fs.target", "swap.target"),
}
"""What systemd's own targets start. Source: systemd.special(7), and the files that systemd installs for them."""


class BootUnits:
    """The units that are wanted at boot. They are looked for only as far as somebody asks.

    Args:
        files: The guest's unit files.
        target: What the guest boots into.
        more: Units that the kernel's parameters want.
    """

    def __init__(self, files: UnitFiles, target: str = DEFAULT_TARGET, more: tuple[str, ...] = ()) -> None:
        self._files = files
        self._why: dict[str, Step] = {}
        self._open: list[tuple[bool, int, str]] = []
        self._reach(target, Step(f"the guest boots into {target}"))
        for name in more:
            self._reach(name, Step(f"a parameter of the kernel wants {name}"))

    def why(self, name: str) -> Step | None:
        """The link or the line that wants a unit at boot; None: nothing does.

        Raises:
            Unreadable: A folder or a unit that may want it could not be read.
        """
        while name not in self._why and self._open:
            entry = heappop(self._open)
            try:
                self._follow(entry[-1])
            except Unknown:
                heappush(self._open, entry)  # who asks again gets the same answer
                raise
        return self._why.get(name)

    def all(self) -> Iterator[str]:
        """The names of all units that are wanted at boot."""
        self.why("")
        return iter(sorted(self._why))

    def _follow(self, name: str) -> None:
        unit = self._files.unit(name)
        if unit is not None and unit.is_masked:
            return
        real = self._files.resolve_alias(name) if unit is None else unit.name
        if real != name:
            self._reach(real, Step(f"{name}, another name of {real}, is wanted", self._why[name].location))
        for owner in dict.fromkeys((name, real)):
            for wanted, path in self._files.wanted_by(owner):
                self._reach(wanted, Step(f"{wanted} is enabled: {owner} wants it", path))
        for wanted, location in _named_by(unit) if unit is not None else _built_in(real):
            self._reach(wanted, Step(f"{wanted} is started: {real} wants it", location))

    def _reach(self, name: str, why: Step) -> None:
        """Targets are followed first: they are few, and want most of the others."""
        if name in self._why:
            return
        if len(self._why) >= _MOST_UNITS:
            raise Unknown(f"more than {_MOST_UNITS} units are wanted at boot")
        self._why[name] = why
        heappush(self._open, (not name.endswith(".target"), len(self._why), name))


def _built_in(name: str) -> Iterator[tuple[str, str]]:
    return ((wanted, "") for wanted in _BUILT_IN.get(name, ()))


def _named_by(unit: Unit) -> Iterator[tuple[str, str]]:
    """The units that lines of this one start."""
    for key in _STARTING_KEYS:
        for setting in unit.all("Unit", key):
            yield from ((wanted, setting.location) for wanted in list_named_units(unit, setting))
    for setting in unit.all("Service", "Sockets"):
        yield from ((wanted, setting.location) for wanted in list_named_units(unit, setting))


def list_named_units(unit: Unit, setting: UnitSetting) -> Iterator[str]:
    """The units that a line names."""
    instance = unit.name.partition("@")[2].rpartition(".")[0]
    for name in setting.value.split():
        whole = name.replace("%i", instance).replace("%I", instance)
        if "%" not in whole and len(whole) <= _LONGEST_NAME:
            yield whole
