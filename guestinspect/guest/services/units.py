"""Which services a guest starts."""

from __future__ import annotations

from collections.abc import Callable

from guestinspect.disk.tree import Tree
from guestinspect.guest.services import openrc_runit, sysv
from guestinspect.guest.services.init_system import InitSystem, find_init_system
from guestinspect.guest.services.service_start import ServiceStart
from guestinspect.guest.services.systemd import Systemd
from guestinspect.model.guest import Step


class Units:
    """The services of a guest: of systemd, of System V's runlevels, of upstart, OpenRC or runit.

    Args:
        tree: Its files, with those that it writes while it boots.
        command_line: The kernel's parameters; None: nobody knows them, and what depends on them is unknown.
    """

    def __init__(self, tree: Tree, command_line: tuple[str, ...] | None = None) -> None:
        self._tree = tree
        self._command_line = command_line
        self._init_system: InitSystem | None = None
        self._systemd: Systemd | None = None
        self._answers: dict[str, ServiceStart] = {}

    @property
    def init_system(self) -> InitSystem:
        """Which program the guest boots with."""
        if self._init_system is None:
            self._init_system = find_init_system(self._tree)
        return self._init_system

    def starts(self, service: str) -> ServiceStart:
        """Whether it is started at boot.

        Args:
            service: Without its suffix: ``systemd-networkd``. Sockets, aliases, presets and generators are looked at.

        Raises:
            Unreadable: A folder that decides could not be read.
            Unknown: It has a condition that cannot be told from the disk.
        """
        if service not in self._answers:
            self._answers[service] = self._find(service)
        return self._answers[service]

    def instances(self, template: str) -> tuple[str, ...]:
        """The services of a template of systemd that start at boot: ``dhcpcd@ens3.service`` of ``dhcpcd@``."""
        return self._of_systemd().instances(template) if self.init_system is InitSystem.SYSTEMD else ()

    def mask(self, unit: str) -> Step | None:
        """What keeps a unit of systemd from being started by anybody; None: nothing does.

        Args:
            unit: With its suffix: ``ifup@ens3.service``.
        """
        return self._of_systemd().mask(unit) if self.init_system is InitSystem.SYSTEMD else None

    def _of_systemd(self) -> Systemd:
        if self._systemd is None:
            self._systemd = Systemd(self._tree, self._command_line)
        return self._systemd

    def _find(self, service: str) -> ServiceStart:
        if self.init_system is InitSystem.SYSTEMD:
            return self._of_systemd().starts(service)
        found = _FINDERS[self.init_system](self._tree, service)
        if found is None:
            return ServiceStart(False, Step(f"{service} is not enabled"))
        return ServiceStart(True, Step(f"{service} is enabled", found))


def _of_runlevels(tree: Tree, service: str) -> str | None:
    if sysv.find_script(tree, service) is None:
        return None
    return sysv.find_start_link(tree, service, sysv.list_boot_runlevels(tree))


def _of_upstart(tree: Tree, service: str) -> str | None:
    return sysv.find_upstart_job(tree, service) or _of_runlevels(tree, service)


_FINDERS: dict[InitSystem, Callable[[Tree, str], str | None]] = {
    InitSystem.SYSV: _of_runlevels,
    InitSystem.UPSTART: _of_upstart,
    InitSystem.OPENRC: openrc_runit.find_openrc_link,
    InitSystem.RUNIT: openrc_runit.find_runit_link,
}
