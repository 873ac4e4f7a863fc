"""Which units systemd starts at boot."""

from __future__ import annotations

from guestinspect.disk.tree import Tree, is_file
from guestinspect.guest.services import sysv
from guestinspect.guest.services.boot_units import DEFAULT_TARGET, BootUnits
from guestinspect.guest.services.commands import find_failing_command, has_all_files
from guestinspect.guest.services.conditions import ConditionContext, find_unmet_condition
from guestinspect.guest.services.first_boot import find_preset, is_first_boot, may_first_boot_disable
from guestinspect.guest.services.requirements import Requirements
from guestinspect.guest.services.service_start import ServiceStart
from guestinspect.guest.services.unit_files import Unit, UnitFiles
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Step

_RUNLEVELS = ("2", "3", "4", "5")
"""Those whose links systemd-sysv-generator(8) takes up."""

_GENERATORS = ("/usr/lib/systemd/system-generators", "/lib/systemd/system-generators")
_KINDS = (".service", ".socket", ".target", ".timer", ".path", ".mount")

_TARGETS = {
    "single": "rescue.target",
    "s": "rescue.target",
    "S": "rescue.target",
    "1": "rescue.target",
    "rescue": "rescue.target",
    "emergency": "emergency.target",
    "-b": "emergency.target",
    "2": "multi-user.target",
    "3": "multi-user.target",
    "4": "multi-user.target",
    "5": "graphical.target",
}
"""What a lone word among the kernel's parameters boots into. Source: kernel-command-line(7), runlevel(8)."""


class Systemd:
    """The units of a guest that boots with systemd.

    Args:
        tree: Its files.
        command_line: The kernel's parameters; None: nobody knows them.
    """

    def __init__(self, tree: Tree, command_line: tuple[str, ...] | None) -> None:
        self._tree = tree
        self._around = ConditionContext(tree, command_line)
        self._files = UnitFiles(tree)
        given = command_line or ()
        self._masked = _values(given, "systemd.mask")
        self._boot = BootUnits(self._files, _target(given), _values(given, "systemd.wants"))
        self._requirements = Requirements(tree, self._files, self._boot, self.mask)

    def starts(self, service: str) -> ServiceStart:
        """Whether a unit is started at boot; without a suffix, it is a service."""
        name = service if service.endswith(_KINDS) else f"{service}.service"
        unit = self._files.unit(name)
        if unit is None:
            return self._starts_script(name)
        why_not = self.mask(name)
        if why_not is not None:
            return ServiceStart(False, why_not)
        why = self._why(unit)
        if why is None:
            return ServiceStart(False, Step(f"{unit.name} is not enabled", unit.path))
        hindered = (
            find_unmet_condition(unit, self._around) or self._requirements.find_unmet(unit) or self._cannot_run(unit)
        )
        return ServiceStart(hindered is None, hindered or why)

    def _cannot_run(self, unit: Unit) -> Step | None:
        return find_failing_command(unit, self._files.packaged(unit.name), self._tree)

    def mask(self, name: str) -> Step | None:
        """What keeps a unit from being started by anybody; None: nothing does."""
        unit = self._files.unit(name)
        if unit is None:
            return None
        if unit.is_masked:
            return Step(f"{unit.name} is masked", unit.path)
        if unit.name in self._masked or unit.asked_as in self._masked:
            return Step(f"{unit.name} is masked by a parameter of the kernel")
        return None

    def instances(self, template: str) -> tuple[str, ...]:
        """The units of a template that start at boot: ``dhcpcd@ens3.service`` of ``dhcpcd@``."""
        return tuple(name for name in self._files.instances(template) if self.starts(name).is_started)

    def _why(self, unit: Unit) -> Step | None:
        wanted = self._boot.why(unit.name) or (self._boot.why(unit.asked_as) if unit.asked_as != unit.name else None)
        if wanted is None:
            wanted = self._why_by_socket(unit)
        if not is_first_boot(self._tree):
            return wanted
        return self._why_at_first_boot(unit, wanted)

    def _why_by_socket(self, unit: Unit) -> Step | None:
        """A service whose socket listens to the kernel is started by its first word; others wait for a client."""
        name = f"{unit.name.removesuffix('.service')}.socket"
        socket = self._files.unit(name) if unit.name.endswith(".service") else None
        if socket is None or socket.is_masked or not socket.effective_settings("Socket", "ListenNetlink"):
            return None
        wanted = self._boot.why(name)
        return wanted and Step(f"{unit.name} is started by its socket, and {name} is enabled", wanted.location)

    def _why_at_first_boot(self, unit: Unit, wanted: Step | None) -> Step | None:
        targets = self._install_targets(unit)
        if not targets:
            return wanted
        is_to_be, location = find_preset(self._tree, unit.name)
        if wanted is None:
            what = f"{unit.name} is enabled by a preset, since the guest has no machine ID and boots for the first time"
            return Step(what, location or unit.path) if is_to_be and self._can_enable(unit) else None
        if not is_to_be and may_first_boot_disable(self._tree):
            raise Unknown(f"whether the first boot disables {unit.name} ({location}) depends on how systemd was built")
        return wanted

    def _can_enable(self, unit: Unit) -> bool:
        """Whether the first boot can write its links: the root file system must be mounted for writing by then.

        Measured on Debian 12, whose kernel is told ``ro``: nothing is enabled.

        Raises:
            Unknown: Nobody tells the kernel.
        """
        said = [word for word in self._around.command_line or () if word in ("ro", "rw")]
        if not said:
            raise Unknown(f"whether the first boot can enable {unit.name} depends on how the initramfs mounts the disk")
        return said[-1] == "rw"

    def _install_targets(self, unit: Unit) -> tuple[str, ...]:
        """The units that want this one once it is enabled, of those that the boot reaches."""
        keys = ("WantedBy", "RequiredBy", "UpheldBy")
        named = (
            name
            for key in keys
            for setting in unit.effective_settings("Install", key)
            for name in setting.value.split()
        )
        return tuple(name for name in named if self._boot.why(name) is not None)

    def _is_executable(self, script: str) -> bool:
        """The generator passes over a script that is not. Source: systemd's sysv-generator.c, enumerate_sysv."""
        status = self._tree.status(script)
        return status is None or bool(status.mode & 0o100) or not has_all_files(self._tree)

    def _starts_script(self, name: str) -> ServiceStart:
        """Scripts of System V that have no unit of their own get one by a generator."""
        service = name.removesuffix(".service")
        script = sysv.find_script(self._tree, service)
        if script is None:
            return ServiceStart(False, Step(f"{service} is not installed"))
        if not self._is_executable(script):
            return ServiceStart(False, Step(f"{service} is not started: its script is not executable", script))
        link = sysv.find_start_link(self._tree, service, _RUNLEVELS)
        if link is None:
            early = sysv.find_start_link(self._tree, service, ("S",))
            if early is not None:
                raise Unknown(f"whether systemd starts {early} depends on its version")
            return ServiceStart(False, Step(f"{service} is not enabled in any runlevel"))
        if not any(is_file(self._tree, f"{folder}/systemd-sysv-generator") for folder in _GENERATORS):
            return ServiceStart(False, Step(f"{service} has a script only, and this systemd starts none", link))
        return ServiceStart(True, Step(f"{service} is enabled in a runlevel", link))


def _values(parameters: tuple[str, ...], key: str) -> tuple[str, ...]:
    pairs = (given.partition("=") for given in parameters)
    return tuple(value for name, _, value in pairs if name == key and value)


def _target(parameters: tuple[str, ...]) -> str:
    """What the guest boots into; the last word on it counts."""
    target = DEFAULT_TARGET
    for given in parameters:
        key, _, value = given.partition("=")
        if key == "systemd.unit" and value:
            target = value
        target = _TARGETS.get(given, target)
    return target
