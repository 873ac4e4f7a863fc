"""The services of a guest and their start at boot, whatever its init system."""

from __future__ import annotations

from collections.abc import Callable

from guestinspect.disk.tree import Tree, Unreadable
from guestinspect.guest.services import openrc_runit, sysv
from guestinspect.guest.services.init_system import InitSystem, find_init_system
from guestinspect.guest.services.service_start import ServiceStart
from guestinspect.guest.services.systemd import Systemd
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Step


class Units:
    """The services of a guest: of systemd, of System V's runlevels, of upstart, OpenRC or runit.

    Args:
        tree: The guest's files, with those that it writes at boot.
        command_line: The kernel parameters; None: they are unknown, and so is what depends on them.
    """

    def __init__(self, tree: Tree, command_line: tuple[str, ...] | None = None) -> None:
        self._tree = tree
        self._command_line = command_line
        self._init_system: InitSystem | None = None
        self._systemd: Systemd | None = None
        self._starts: dict[str, ServiceStart] = {}

    @property
    def init_system(self) -> InitSystem:
        """Return the init system that the guest boots with."""
        if self._init_system is None:
            self._init_system = find_init_system(self._tree)
        return self._init_system

    def starts(self, service: str) -> ServiceStart:
        """Return whether a service is started at boot, and why. Sockets, aliases, presets and generators count.

        Args:
            service: The service without its suffix: ``systemd-networkd``.

        Raises:
            Unreadable: A relevant folder could not be read.
            Unknown: It has a condition that depends on something that the disk does not show.
        """
        if service not in self._starts:
            if self.init_system is InitSystem.SYSTEMD:
                self._starts[service] = self._get_systemd().starts(service)
            else:
                location = _FINDERS[self.init_system](self._tree, service)
                what = f"{service} is {'not ' if location is None else ''}enabled"
                self._starts[service] = ServiceStart(location is not None, Step(what, location or ""))
        return self._starts[service]

    def may_start(self, service: str) -> bool:
        """Return False if a service is certainly not started at boot.

        Args:
            service: The service without its suffix.

        Raises:
            Unreadable: A relevant folder could not be read.
        """
        try:
            return self.starts(service).is_started
        except Unreadable:
            raise
        except Unknown:
            return True

    @property
    def systemd(self) -> Systemd | None:
        """Return the units of systemd; None: the guest boots with another init system."""
        return self._get_systemd() if self.init_system is InitSystem.SYSTEMD else None

    def instances(self, template: str) -> tuple[str, ...]:
        """Return the instances of a systemd template that start at boot: ``dhcpcd@ens3.service`` for ``dhcpcd@``."""
        return self._get_systemd().instances(template) if self.init_system is InitSystem.SYSTEMD else ()

    def mask(self, unit: str) -> Step | None:
        """Return what masks a systemd unit; None: it is not masked.

        Args:
            unit: The unit with its suffix: ``ifup@ens3.service``.
        """
        return self._get_systemd().mask(unit) if self.init_system is InitSystem.SYSTEMD else None

    def _get_systemd(self) -> Systemd:
        if self._systemd is None:
            self._systemd = Systemd(self._tree, self._command_line)
        return self._systemd


_FINDERS: dict[InitSystem, Callable[[Tree, str], str | None]] = {
    InitSystem.SYSV: sysv.find_boot_link,
    InitSystem.UPSTART: sysv.find_upstart_start,
    InitSystem.OPENRC: openrc_runit.find_openrc_link,
    InitSystem.RUNIT: openrc_runit.find_runit_link,
}
