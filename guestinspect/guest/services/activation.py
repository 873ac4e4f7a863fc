"""The units that start a service without wanting it: sockets, paths and timers; and D-Bus, which starts it by name.

Source: systemd.socket(5), systemd.path(5), systemd.timer(5); dbus-daemon(1), "activation".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from guestinspect.disk.tree import Tree
from guestinspect.guest.services.boot_units import BootUnits
from guestinspect.guest.services.conditions import ConditionContext
from guestinspect.guest.services.unit_files import Unit, UnitFiles, UnitSetting
from guestinspect.model.guest import Step

_KINDS = {".socket": ("Socket", "Service"), ".path": ("Path", "Unit"), ".timer": ("Timer", "Unit")}
"""The kinds of units that start another one: their section, and the key that names the other one."""

_TIMERS_AT_BOOT = ("OnActiveSec", "OnBootSec", "OnStartupSec")
"""The timers that elapse once after a boot. The others depend on the calendar, or on an earlier start of the unit."""
_SOON_S = 120.0
_SPAN = re.compile(r"(?:[0-9]{1,9}(?:\.[0-9]{1,9})?\s{0,9}[A-Za-z]{0,9}\s{0,9}){1,9}")
_SPAN_PART = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)\s{0,9}([A-Za-z]{0,9})")
_UNITS_S = {
    **dict.fromkeys(("", "s", "sec", "second", "seconds"), 1.0),
    **dict.fromkeys(("m", "min", "minute", "minutes"), 60.0),
    **dict.fromkeys(("ms", "msec"), 0.001),
}
"""Seconds by unit of time; longer units do not matter here. Source: systemd.time(7), "Parsing time spans"."""

_BUS_FOLDERS = tuple(
    f"{folder}/dbus-1/system-services" for folder in ("/etc", "/usr/local/share", "/usr/share", "/lib")
)
_BUS_SERVICE = re.compile(rb"^SystemdService=(\S{1,255})", re.MULTILINE)
_BUS_FILE_BYTES = 16 * 1024

_PATH_CHECKS: Mapping[str, Callable[[ConditionContext, str], bool]] = {
    "PathExists": ConditionContext.path_exists,
    "PathExistsGlob": ConditionContext.pattern_exists,
    "DirectoryNotEmpty": ConditionContext.has_names,
}
"""The settings of a path unit that start the other unit at once if they hold when systemd reads them."""


@dataclass(frozen=True)
class Activation:
    """A way by which a service starts although nothing wants it at boot.

    Args:
        step: The unit, or the file of D-Bus, that starts the service.
        is_at_boot: True if the service certainly starts during the boot. False: the event comes at a time that is
            unknown, or never.
        by_netlink: True if the kernel's messages about NICs are the event.
    """

    step: Step
    is_at_boot: bool = False
    by_netlink: bool = False


@dataclass(frozen=True)
class Activations:
    """The activations of a guest's services.

    Args:
        tree: The guest's files.
        files: The guest's unit files.
        boot: The units that are wanted at boot.
        context: The facts that the conditions of path units refer to.
    """

    tree: Tree
    files: UnitFiles
    boot: BootUnits
    context: ConditionContext

    def find(self, unit: Unit) -> Activation | None:
        """Return the activation of a service, one during the boot before any other; None: nothing starts it.

        Raises:
            Unreadable: A file that may start it could not be read.
            Unknown: Whether a path unit starts it at once is known only at boot.
        """
        found = [*self._by_units(unit), *self._by_bus(unit)]
        return min(found, key=lambda each: not each.is_at_boot, default=None)

    def list_started(self, wanted: Iterable[str]) -> Iterator[str]:
        """Yield the services that these sockets, paths and timers start."""
        for name in wanted:
            stem, dot, kind = name.rpartition(".")
            starter = self.files.unit(name) if dot + kind in _KINDS else None
            if starter is not None and not starter.is_masked:
                yield _started_unit(starter, stem, _KINDS[dot + kind])

    def _by_units(self, unit: Unit) -> Iterator[Activation]:
        """Yield the sockets, paths and timers that are wanted at boot and start the service."""
        for name in self.files.names(tuple(_KINDS)):
            wanted = self.boot.why(name)
            starter = self.files.unit(name) if wanted is not None else None
            if wanted is None or starter is None or starter.is_masked:
                continue
            stem, dot, kind = name.rpartition(".")
            if _started_unit(starter, stem, _KINDS[dot + kind]) not in (unit.name, unit.requested_name):
                continue
            step = Step(f"{unit.name} is started by {name}, which is enabled", wanted.location)
            has_netlink = bool(starter.effective_settings("Socket", "ListenNetlink"))
            yield Activation(step, self._is_at_boot(starter), has_netlink)

    def _is_at_boot(self, starter: Unit) -> bool:
        """Return True if a path or a timer starts its unit during every boot."""
        timers = [setting for key in _TIMERS_AT_BOOT for setting in starter.effective_settings("Timer", key)]
        if any(_is_soon(setting) for setting in timers):
            return True
        return any(
            check(self.context, setting.value)
            for key, check in _PATH_CHECKS.items()
            for setting in starter.effective_settings("Path", key)
        )

    def _by_bus(self, unit: Unit) -> Iterator[Activation]:
        """Yield the files by which D-Bus starts the service when a program asks for its name on the bus.

        An enabled alias (``dbus-org.example.service``) stands in most of these files. Source: systemd.service(5),
        "BusName="; dbus-daemon(1), "SystemdService".
        """
        if not unit.effective_settings("Service", "BusName"):
            return
        for folder in _BUS_FOLDERS:
            for name in self.tree.names(folder):
                path = f"{folder}/{name}"
                service = _BUS_SERVICE.search(self.tree.head(path, _BUS_FILE_BYTES) or b"")
                if service is None:
                    continue
                started = service[1].decode("utf-8", "surrogateescape")
                if started == unit.name or self.files.resolve_alias(started) == unit.name:
                    yield Activation(Step(f"{unit.name} is started by D-Bus when a program asks for it", path))


def _started_unit(starter: Unit, stem: str, names: tuple[str, str]) -> str:
    """Return the unit that a socket, a path or a timer starts: the service of its own name, unless it names another."""
    named = [setting.value for setting in starter.effective_settings(*names)]
    return named[-1] if named else f"{stem}.service"


def _is_soon(setting: UnitSetting) -> bool:
    """Return True for a time span of at most two minutes."""
    if _SPAN.fullmatch(setting.value) is None:
        return False
    parts = [(float(number), _UNITS_S.get(unit)) for number, unit in _SPAN_PART.findall(setting.value)]
    return sum(number * (_SOON_S + 1 if seconds is None else seconds) for number, seconds in parts) <= _SOON_S
