"""The requirements of a unit: other units that systemd has to start with it, and units that exclude it.

Source: systemd.unit(5), "Requires=", "Requisite=", "BindsTo=" and "Conflicts="; systemd.service(5), "Implicit
Dependencies"; systemd's transaction.c.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from guestinspect.disk.tree import Tree
from guestinspect.guest.services.boot_units import BootUnits
from guestinspect.guest.services.commands import find_failing_command, has_all_files
from guestinspect.guest.services.sysv import find_script
from guestinspect.guest.services.unit_files import Unit, UnitFiles
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Step

_MOST_UNITS = 64
"""The number of units that one unit may need, directly or not; a desktop's units need a dozen."""
_WITH_FILES = (".service", ".socket", ".target", ".timer", ".path")
"""Kinds of units that need a file; devices, mounts and slices do not."""
_GENERATED = ("systemd-cryptsetup@", "systemd-veritysetup@", "systemd-fsck@")
_BUS_SOCKET = "dbus.socket"
_BUS = "dbus.service"
_BROKER = "dbus-broker.service"
"""The other implementation of the bus; where it is in use, dbus.service is an alias of it."""

_NEVER_AT_BOOT = frozenset(
    """shutdown.target umount.target final.target reboot.target poweroff.target halt.target kexec.target
    soft-reboot.target initrd-switch-root.target emergency.target emergency.service rescue.target rescue.service
    systemd-soft-reboot.service""".split()
)
"""Units that many units conflict with, and that an ordinary boot does not reach. Source: systemd.special(7)."""


@dataclass(frozen=True)
class Requirements:
    """The requirements of a guest's units.

    Args:
        tree: The guest's files.
        files: The guest's unit files.
        boot: The units that are wanted at boot.
        mask: Returns what masks a unit, by its name, or None.
    """

    tree: Tree
    files: UnitFiles
    boot: BootUnits
    mask: Callable[[str], Step | None]

    def find_unmet(self, unit: Unit) -> Step | None:
        """Return the requirement of a unit that is not met, directly or through other units; None: all are met.

        Raises:
            Unknown: A required unit may fail, or a conflicting unit is started.
        """
        for setting in unit.all_settings("Unit", "Conflicts"):
            for name in unit.named_units(setting):
                if name not in _NEVER_AT_BOOT and self.boot.why(name) is not None:
                    raise Unknown(f"{unit.name} conflicts with {name} ({setting.location}), which is started too")
        return self._find_unmet(unit, {unit.name})

    def _find_unmet(self, unit: Unit, seen: set[str]) -> Step | None:
        """Return the requirement of a unit that is not met, or None.

        Args:
            unit: The unit.
            seen: The names of the units that have been checked: units may require each other.
        """
        step = self._find_missing_bus(unit)
        for name, location in self.files.required_units(unit):
            if step is None and name not in seen:
                seen.add(name)
                step = self._find_obstacle(unit, name, location, seen)
        return step

    def _find_obstacle(self, unit: Unit, name: str, location: str, seen: set[str]) -> Step | None:
        if len(seen) > _MOST_UNITS:
            raise Unknown(f"{unit.name} ({location}) and the units it needs require more than {_MOST_UNITS} units")
        if name.endswith(".device"):
            return None
        if self.mask(name) is not None:
            return Step(f"{unit.name} is not started: it needs {name}, which is masked", location)
        needed = self.files.unit(name)
        if needed is None:
            what = f"{unit.name} is not started: it needs {name}, which does not exist"
            needs_file = name.endswith(_WITH_FILES) and not name.startswith(_GENERATED)
            has_script = find_script(self.tree, name.removesuffix(".service")) if name.endswith(".service") else None
            return Step(what, location) if needs_file and not has_script and has_all_files(self.tree) else None
        deeper = self._find_unmet(needed, seen)
        if deeper is not None:
            return Step(f"{unit.name} is not started: it needs {name}, and {deeper.what}", deeper.location)
        # a required unit that fails stops this one only if After= orders them too: systemd.unit(5), "Requires="
        failing = find_failing_command(needed, self.files.packaged(needed.name), self.tree)
        if failing is not None:
            raise Unknown(f"{unit.name} needs {name} ({location}), and {failing.what} ({failing.location})")
        return None

    def _find_missing_bus(self, unit: Unit) -> Step | None:
        """Return the reason why a service with a name on D-Bus cannot get its bus; None: it can, or needs none.

        ``Type=dbus`` adds ``Requires=dbus.socket``; ``BusName=`` without a type implies it.
        """
        types = [setting for setting in unit.all_settings("Service", "Type") if setting.value]
        names = unit.effective_settings("Service", "BusName")
        if (types[-1].value != "dbus") if types else not names:
            return None
        location = (types or names)[-1].location
        socket_absence, bus_absence = self._describe_absence(_BUS_SOCKET), self._describe_absence(_BUS)
        if self.mask(_BROKER) is None and self.files.unit(_BROKER) is not None:
            bus_absence = None
        if socket_absence is not None and bus_absence is None:
            raise Unknown(f"{unit.name} needs D-Bus ({location}), and {socket_absence}")
        if bus_absence is None:
            return None
        return Step(f"{unit.name} is not started: it needs D-Bus, and {bus_absence}", location)

    def _describe_absence(self, name: str) -> str | None:
        if self.mask(name) is not None:
            return f"{name} is masked"
        return f"{name} does not exist" if self.files.unit(name) is None and has_all_files(self.tree) else None
