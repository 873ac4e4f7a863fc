"""The other units without which systemd does not start a unit, and those that it is not started beside.

Source: systemd.unit(5), "Requires=", "Requisite=", "BindsTo=" and "Conflicts="; systemd.service(5), "Implicit
Dependencies"; systemd's transaction.c.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from guestinspect.disk.tree import Tree
from guestinspect.guest.services.boot_units import BootUnits, list_named_units
from guestinspect.guest.services.commands import find_failing_command, has_all_files
from guestinspect.guest.services.sysv import find_script
from guestinspect.guest.services.unit_files import Unit, UnitFiles
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Step

_MOST_UNITS = 64
"""That one unit needs, directly or not; a desktop's have a dozen."""
_OF_FILES = (".service", ".socket", ".target", ".timer", ".path")
"""Units that need a file; those of devices, mounts and slices do not."""
_GENERATED = ("systemd-cryptsetup@", "systemd-veritysetup@", "systemd-fsck@")
_BUS_SOCKET = "dbus.socket"
_BUS = "dbus.service"
_BROKER = "dbus-broker.service"
"""The other program for the bus; where it is in use, the first name is another one of its own."""

_NEVER_AT_BOOT = frozenset(
    """shutdown.target umount.target final.target reboot.target poweroff.target halt.target kexec.target
    soft-reboot.target initrd-switch-root.target emergency.target emergency.service rescue.target rescue.service
    systemd-soft-reboot.service""".split()
)
"""What many units conflict with, and an ordinary boot does not reach. Source: systemd.special(7)."""


@dataclass(frozen=True)
class Requirements:
    """What the units of a guest need of each other.

    Args:
        tree: Its files.
        boot: What is wanted at boot.
        mask: What masks a unit of a name.
    """

    tree: Tree
    files: UnitFiles
    boot: BootUnits
    mask: Callable[[str], Step | None]

    def find_unmet(self, unit: Unit) -> Step | None:
        """What a unit needs and does not get, or what of that gets in its turn; None: it gets all.

        Raises:
            Unknown: Something needed may fail, or something is started that it conflicts with.
        """
        self._must_not_conflict(unit)
        return self._find_unmet(unit, {unit.name})

    def _find_unmet(self, unit: Unit, seen: set[str]) -> Step | None:
        """The same for one that others need.

        Args:
            seen: The units that were looked at: many need each other.
        """
        found = self._without_its_bus(unit)
        for name, location in _required(self.files, unit):
            if found is None and name not in seen:
                seen.add(name)
                found = self._without(unit, name, location, seen)
        return found

    def _without(self, unit: Unit, name: str, location: str, seen: set[str]) -> Step | None:
        if len(seen) > _MOST_UNITS:
            raise Unknown(f"{unit.name} ({location}) and what it needs need more than {_MOST_UNITS} units")
        if name.endswith(".device"):
            return None
        if self.mask(name) is not None:
            return Step(f"{unit.name} is not started: it needs {name}, which is masked", location)
        needed = self.files.unit(name)
        if needed is None:
            what = f"{unit.name} is not started: it needs {name}, which is not there"
            return Step(what, location) if has_all_files(self.tree) and not self._is_made(name) else None
        deeper = self._find_unmet(needed, seen)
        if deeper is None and find_failing_command(needed, self.files.packaged(needed.name), self.tree) is not None:
            raise Unknown(f"{unit.name} needs {name} ({location}), which does not run")
        return deeper and Step(f"{unit.name} is not started: it needs {name}, and {deeper.what}", deeper.location)

    def _is_made(self, name: str) -> bool:
        """Whether a unit is there without a file: of a kind that needs none, or made by a generator."""
        if not name.endswith(_OF_FILES) or name.startswith(_GENERATED):
            return True
        return name.endswith(".service") and find_script(self.tree, name.removesuffix(".service")) is not None

    def _without_its_bus(self, unit: Unit) -> Step | None:
        """A service that is ready with its name on the bus needs the bus."""
        kinds = [setting for setting in unit.all("Service", "Type") if setting.value]
        names = unit.effective_settings("Service", "BusName")
        if (kinds[-1].value != "dbus") if kinds else not names:
            return None
        said = kinds[-1] if kinds else names[-1]
        of_socket, of_bus = self._why_absent(_BUS_SOCKET), self._why_absent(_BUS)
        if self.mask(_BROKER) is None and self.files.unit(_BROKER) is not None:
            of_bus = None
        if of_socket is not None and of_bus is None:
            raise Unknown(f"{unit.name} needs D-Bus ({said.location}), and {of_socket}")
        if of_bus is None:
            return None
        return Step(f"{unit.name} is not started: it needs D-Bus, and {of_bus}", said.location)

    def _why_absent(self, name: str) -> str | None:
        if self.mask(name) is not None:
            return f"{name} is masked"
        return f"{name} is not there" if self.files.unit(name) is None and has_all_files(self.tree) else None

    def _must_not_conflict(self, unit: Unit) -> None:
        for setting in unit.all("Unit", "Conflicts"):
            for name in list_named_units(unit, setting):
                if name not in _NEVER_AT_BOOT and self.boot.why(name) is not None:
                    raise Unknown(f"{unit.name} conflicts with {name} ({setting.location}), which is started too")


def _required(files: UnitFiles, unit: Unit) -> Iterator[tuple[str, str]]:
    """The units without which this one is not started, and where that is said."""
    for key in ("Requires", "Requisite", "BindsTo"):
        for setting in unit.all("Unit", key):
            yield from ((name, setting.location) for name in list_named_units(unit, setting))
    for name, path in files.wanted_by(unit.name):
        if ".requires/" in path:
            yield name, path
