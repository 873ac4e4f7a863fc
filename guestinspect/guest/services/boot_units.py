"""The units that systemd wants at boot: the default target, the units that it wants, and theirs in turn."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush

from guestinspect.guest.services.unit_files import UnitFiles
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Step

DEFAULT_TARGET = "default.target"

_MOST_UNITS = 4000
"""The number of units that are followed; a full desktop has some hundreds."""

_BUILT_IN = {
    "default.target": ("graphical.target",),
    "graphical.target": ("multi-user.target", "display-manager.service"),
    "multi-user.target": ("basic.target",),
    "basic.target": ("sysinit.target", "sockets.target", "timers.target", "paths.target", "slices.target"),
    "sysinit.target": ("local-fs.target", "swap.target"),
}
"""The units that systemd's own targets start, for a guest without their files.

Source: systemd.special(7), and the files that systemd installs for the targets.
"""


class BootUnits:
    """The units that are wanted at boot. They are followed only as far as the questions require.

    Args:
        files: The guest's unit files.
        target: The target that the guest boots into.
        more: Units that kernel parameters want.
    """

    def __init__(self, files: UnitFiles, target: str = DEFAULT_TARGET, more: tuple[str, ...] = ()) -> None:
        self._files = files
        self._why: dict[str, Step] = {}
        self._open: list[tuple[bool, int, str]] = []
        self._add(target, Step(f"the guest boots into {target}"))
        for name in more:
            self._add(name, Step(f"the kernel parameter systemd.wants starts {name}"))

    def why(self, name: str) -> Step | None:
        """Return the link or the line that wants a unit at boot; None: the unit is not wanted.

        Raises:
            Unreadable: A folder or a unit that may want it could not be read.
        """
        while name not in self._why and self._open:
            entry = heappop(self._open)
            try:
                self._follow(entry[-1])
            except Unknown:
                heappush(self._open, entry)  # the next question has to get the same answer
                raise
        return self._why.get(name)

    def list_wanted(self, is_known: Callable[[str], bool]) -> tuple[str, ...]:
        """Return the names of all units that are wanted at boot, except the known ones, whose files are not read.

        Raises:
            Unreadable: A folder or a unit that may want others could not be read.
        """
        known: list[tuple[bool, int, str]] = []
        while self._open:
            entry = heappop(self._open)
            if is_known(entry[-1]) and not entry[-1].endswith(".target"):
                known.append(entry)
                continue
            try:
                self._follow(entry[-1])
            except Unknown:
                known.append(entry)
                self._open = [*known, *self._open]
                heapify(self._open)
                raise
        self._open = known
        heapify(self._open)
        return tuple(name for name in self._why if not is_known(name))

    def _follow(self, name: str) -> None:
        unit = self._files.unit(name)
        if unit is not None and unit.is_masked:
            return
        real = self._files.resolve_alias(name) if unit is None else unit.name
        if real != name:
            self._add(real, Step(f"{name}, another name of {real}, is wanted", self._why[name].location))
        for owner in dict.fromkeys((name, real)):
            for wanted, path in self._files.wanted_by(owner):
                self._add(wanted, Step(f"{wanted} is enabled: {owner} wants it", path))
        named = unit.started_units() if unit is not None else ((each, "") for each in _BUILT_IN.get(real, ()))
        for wanted, location in named:
            self._add(wanted, Step(f"{wanted} is started: {real} wants it", location))

    def _add(self, name: str, why: Step) -> None:
        if name in self._why:
            return
        if len(self._why) >= _MOST_UNITS:
            raise Unknown(f"more than {_MOST_UNITS} units are wanted at boot")
        self._why[name] = why
        # targets are followed first: there are few, and they want most of the other units
        heappush(self._open, (not name.endswith(".target"), len(self._why), name))
