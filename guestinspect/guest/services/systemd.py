"""The units that systemd starts at boot."""

from __future__ import annotations

from collections.abc import Callable

from guestinspect.disk.tree import Tree, is_file
from guestinspect.guest.services import sysv
from guestinspect.guest.services.activation import Activations
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
"""The runlevels whose links systemd-sysv-generator(8) reads."""

_GENERATORS = ("/usr/lib/systemd/system-generators", "/lib/systemd/system-generators")
_SUFFIXES = (".service", ".socket", ".target", ".timer", ".path", ".mount")

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
"""The targets that single words among the kernel parameters select.

Source: kernel-command-line(7), runlevel(8).
"""


class Systemd:
    """The units of a guest that boots with systemd.

    Args:
        tree: The guest's files.
        command_line: The kernel parameters; None: they are unknown.
    """

    def __init__(self, tree: Tree, command_line: tuple[str, ...] | None) -> None:
        self._tree = tree
        self._context = ConditionContext(tree, command_line)
        self._files = UnitFiles(tree)
        parameters = command_line or ()
        self._masked = _list_values(parameters, "systemd.mask")
        self._boot = BootUnits(self._files, _find_target(parameters), _list_values(parameters, "systemd.wants"))
        self._requirements = Requirements(tree, self._files, self._boot, self.mask)
        self._activations = Activations(tree, self._files, self._boot, self._context)

    def starts(self, service: str) -> ServiceStart:
        """Return whether a unit is started at boot, and why; a name without a suffix is that of a service."""
        name = service if service.endswith(_SUFFIXES) else f"{service}.service"
        unit = self._files.unit(name)
        if unit is None:
            return self._find_script_start(name)
        mask = self.mask(name)
        if mask is not None:
            return ServiceStart(False, mask)
        why, activation = self._find_reason(unit), None
        if why is None:
            activation = self._activations.find(unit)
            if activation is None:
                return ServiceStart(False, Step(f"{unit.name} is not enabled", unit.path))
            why = activation.step if activation.is_at_boot else None
        obstacle = self._find_obstacle(unit)
        if obstacle is not None:
            return ServiceStart(False, obstacle)
        if why is None:
            return ServiceStart(False, Step(f"{unit.name} is not enabled", unit.path), activation)
        return ServiceStart(True, why)

    def starts_on_request(self, name: str) -> ServiceStart:
        """Return whether a unit starts when something asks for it, such as a udev rule.

        Args:
            name: The unit with its suffix: ``dhclient@ens3.service``.
        """
        unit = self._files.unit(name)
        if unit is None:
            return ServiceStart(False, Step(f"{name} does not exist"))
        obstacle = self.mask(name) or self._find_obstacle(unit)
        return ServiceStart(obstacle is None, obstacle or Step(f"{name} is started", unit.path))

    def find_refusal(self, unit: Unit) -> Step | None:
        """Return the reason why systemd runs no command of a unit that something wants; None: it runs some.

        Raises:
            Unknown: A condition or a requirement depends on something that the disk does not show.
        """
        return (
            self.mask(unit.requested_name)
            or find_unmet_condition(unit, self._context)
            or self._requirements.find_unmet(unit)
        )

    def _find_obstacle(self, unit: Unit) -> Step | None:
        """Return the reason why systemd cannot start a unit that something wants; None: it can."""
        return (
            find_unmet_condition(unit, self._context)
            or self._requirements.find_unmet(unit)
            or find_failing_command(unit, self._files.packaged(unit.name), self._tree)
        )

    def mask(self, name: str) -> Step | None:
        """Return what masks a unit, so that nothing can start it; None: it is not masked."""
        unit = self._files.unit(name)
        if unit is None:
            return None
        if unit.is_masked:
            return Step(f"{unit.name} is masked", unit.path)
        if unit.name in self._masked or unit.requested_name in self._masked:
            return Step(f"{unit.name} is masked by the kernel parameter systemd.mask")
        return None

    def instances(self, template: str) -> tuple[str, ...]:
        """Return the instances of a template that start at boot: ``dhcpcd@ens3.service`` for ``dhcpcd@``."""
        return tuple(name for name in self._files.instances(template) if self.starts(name).is_started)

    def wanted_units(self, is_known: Callable[[str], bool]) -> tuple[str, ...]:
        """Return the names of the units that are wanted at boot, and of those that their timers and paths start.

        Args:
            is_known: Returns True for a unit that nobody asks for; its file is not read.
        """
        wanted = self._boot.list_wanted(is_known)
        return tuple(dict.fromkeys((*wanted, *self._activations.list_started(wanted))))

    def wanted_by(self, name: str) -> tuple[tuple[str, str], ...]:
        """Return the units that links of a unit start, such as those of a device, with the path of each link."""
        return tuple(self._files.wanted_by(name))

    def unit(self, name: str) -> Unit | None:
        """Return a unit with its settings; None: there is no such unit."""
        return self._files.unit(name)

    def _find_reason(self, unit: Unit) -> Step | None:
        """Return the reason why a unit is wanted: a link, a line, or a preset at the first boot."""
        wanted = self._boot.why(unit.name)
        if wanted is None and unit.requested_name != unit.name:
            wanted = self._boot.why(unit.requested_name)
        return self._find_first_boot_reason(unit, wanted) if is_first_boot(self._tree) else wanted

    def _find_first_boot_reason(self, unit: Unit, wanted: Step | None) -> Step | None:
        """Return the reason why a unit is wanted after the first boot has applied the presets.

        Raises:
            Unknown: The preset disables a unit that is wanted, and systemd may have been built to apply that.
        """
        keys = ("WantedBy", "RequiredBy", "UpheldBy")
        settings = (setting for key in keys for setting in unit.effective_settings("Install", key))
        if not any(self._boot.why(name) is not None for setting in settings for name in setting.value.split()):
            return wanted  # enabling it would not make this boot start it
        is_enabled, location = find_preset(self._tree, unit.name)
        if wanted is None:
            what = f"{unit.name} is enabled by a preset, since the guest has no machine ID and boots for the first time"
            return Step(what, location or unit.path) if is_enabled and self._can_enable(unit) else None
        if not is_enabled and may_first_boot_disable(self._tree):
            raise Unknown(f"whether the first boot disables {unit.name} ({location}) depends on how systemd was built")
        return wanted

    def _can_enable(self, unit: Unit) -> bool:
        """Return True if the first boot can write links: the root file system must be mounted for writing by then.

        Measured on Debian 12 with the kernel parameter ``ro``: nothing is enabled.

        Raises:
            Unknown: No kernel parameter decides.
        """
        modes = [word for word in self._context.command_line or () if word in ("ro", "rw")]
        if not modes:
            raise Unknown(f"whether the first boot can enable {unit.name} depends on how the initramfs mounts the disk")
        return modes[-1] == "rw"

    def _find_script_start(self, name: str) -> ServiceStart:
        """Return whether a script of System V is started: a generator makes units of those that have none.

        The generator skips a script that its owner cannot execute. Source: systemd's sysv-generator.c, enumerate_sysv.
        """
        service = name.removesuffix(".service")
        script = sysv.find_script(self._tree, service)
        if script is None:
            return ServiceStart(False, Step(f"{service} is not installed"))
        status = self._tree.status(script)
        if status is not None and not status.mode & 0o100 and has_all_files(self._tree):
            return ServiceStart(False, Step(f"{service} is not started: its script is not executable", script))
        link = sysv.find_start_link(self._tree, service, _RUNLEVELS)
        if link is None:
            # some builds of sysv-generator.c have rcS.d in their rcnd_table, others have not
            early = sysv.find_start_link(self._tree, service, ("S",))
            if early is not None:
                raise Unknown(f"whether the boot uses {early} depends on the version of systemd")
            return ServiceStart(False, Step(f"{service} is not enabled in any runlevel"))
        if not any(is_file(self._tree, f"{folder}/systemd-sysv-generator") for folder in _GENERATORS):
            what = f"{service} is not started: it has only a script, and systemd-sysv-generator is not installed"
            return ServiceStart(False, Step(what, link))
        return ServiceStart(True, Step(f"{service} is enabled in a runlevel", link))


def _list_values(parameters: tuple[str, ...], key: str) -> tuple[str, ...]:
    pairs = (parameter.partition("=") for parameter in parameters)
    return tuple(value for name, _, value in pairs if name == key and value)


def _find_target(parameters: tuple[str, ...]) -> str:
    """Return the target that the guest boots into; the last parameter that selects one counts."""
    target = DEFAULT_TARGET
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key == "systemd.unit" and value:
            target = value
        target = _TARGETS.get(parameter, target)
    return target
