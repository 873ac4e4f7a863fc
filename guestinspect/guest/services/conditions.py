"""The conditions under which systemd starts a unit that is wanted.

Source: systemd.unit(5), "Conditions and Asserts".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from posixpath import dirname, split

from guestinspect.disk.globs import fnmatchcase
from guestinspect.disk.tree import Tree, Type, Unreadable
from guestinspect.guest.services.first_boot import is_first_boot
from guestinspect.guest.services.unit_files import Unit, UnitSetting
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Step

_MADE_AT_BOOT = ("/run/", "/proc/", "/sys/", "/dev/", "/var/run/", "/var/lock/")
"""Folders whose content exists only in the running guest."""

_TRUE = ("yes", "true", "1", "on")
_GUEST_KINDS = (*_TRUE, "vm", "kvm")
"""The values of ConditionVirtualization= that an instance of this cloud meets."""

_ALWAYS_MET = ("ConditionCapability", "ConditionPathIsReadWrite")
"""Conditions that the system's own services in a virtual machine meet."""


@dataclass(frozen=True)
class ConditionContext:
    """The facts that conditions refer to.

    Args:
        tree: The guest's files.
        command_line: The kernel parameters; None: they are unknown.
    """

    tree: Tree
    command_line: tuple[str, ...] | None

    def path_exists(self, path: str) -> bool:
        """Return True if something is at a path."""
        return self.tree.status(path) is not None or _require_on_disk(path)

    def is_folder(self, path: str) -> bool:
        """Return True if a folder is at a path."""
        status = self.tree.status(path)
        return _require_on_disk(path) if status is None else status.type is Type.FOLDER

    def is_executable(self, path: str) -> bool:
        """Return True if an executable file is at a path."""
        status = self.tree.status(path)
        return _require_on_disk(path) if status is None else status.type is Type.FILE and bool(status.mode & 0o111)

    def is_link(self, path: str) -> bool:
        """Return True if a link is at a path."""
        return self.tree.link(path) is not None or _require_on_disk(path)

    def has_content(self, path: str) -> bool:
        """Return True if a file that is not empty is at a path."""
        status = self.tree.status(path)
        return _require_on_disk(path) if status is None else status.type is Type.FILE and status.size_bytes > 0

    def has_names(self, path: str) -> bool:
        """Return True if a folder that is not empty is at a path."""
        return bool(self.tree.names(path)) or _require_on_disk(path)

    def pattern_exists(self, pattern: str) -> bool:
        """Return True if something matches a pattern for paths."""
        folder, last = split(pattern)
        if any(sign in dirname(pattern) for sign in "*?["):
            raise Unknown(f"patterns for folders are not supported: {pattern}")
        return any(fnmatchcase(name, last) for name in self.tree.names(folder)) or _require_on_disk(pattern)

    def is_parameter(self, wanted: str) -> bool:
        """Return True if a word, or the name before a ``=``, is among the kernel parameters."""
        if self.command_line is None:
            raise Unknown("the kernel parameters are unknown")
        names = {parameter.partition("=")[0] for parameter in self.command_line}
        return wanted in self.command_line or ("=" not in wanted and wanted in names)

    def is_in_environment(self, wanted: str) -> bool:
        """Return False if a variable is certainly not in systemd's own environment.

        The environment holds the kernel parameters that the kernel does not know, and little else.
        """
        name = wanted.partition("=")[0]
        if self.command_line is not None and not self.is_parameter(name):
            return False
        raise Unknown(f"only the running guest shows whether the variable {name} is set")

    def is_first_boot(self, wanted: str) -> bool:
        """Return True if the boot is the first, or is not, as wanted."""
        return is_first_boot(self.tree) is (wanted in _TRUE)

    def is_guest(self, kind: str) -> bool:
        """Return True if instances of this cloud are virtual machines of a kind."""
        return kind in _GUEST_KINDS


def find_unmet_condition(unit: Unit, context: ConditionContext) -> Step | None:
    """Return the condition that keeps a unit from being started; None: all are met.

    All conditions without ``|`` have to be met, and one of those with ``|``.

    Raises:
        Unknown: A condition depends on something that the disk does not show.
    """
    settings = unit.conditions()
    alternatives = [setting for setting in settings if setting.value.startswith("|")]
    for setting in settings:
        if setting not in alternatives and not _is_met(setting, unit.expand(setting.value), context):
            return _describe_unmet(unit, setting)
    if alternatives and not any(
        _is_met(setting, unit.expand(setting.value).lstrip("|"), context) for setting in alternatives
    ):
        return _describe_unmet(unit, alternatives[0])
    return None


def _describe_unmet(unit: Unit, setting: UnitSetting) -> Step:
    condition = f"{setting.key}={setting.value}"
    return Step(f"{unit.name} is not started: condition {condition} is not met", setting.location)


def _is_met(setting: UnitSetting, value: str, context: ConditionContext) -> bool:
    key = setting.key.replace("Assert", "Condition", 1)
    is_negated, value = value.strip().startswith("!"), value.strip().removeprefix("!").strip()
    if key in _ALWAYS_MET:
        return not is_negated
    check = _CHECKS.get(key)
    try:
        if check is None:
            raise Unknown("the disk does not show it")
        return check(context, value) is not is_negated
    except Unreadable:
        raise
    except Unknown as unknown:
        condition = f"condition {setting.key}={setting.value} ({setting.location})"
        raise Unknown(f"{condition} could not be checked: {unknown.why}") from unknown


def _require_on_disk(path: str) -> bool:
    """Return False for a path that does not exist on the disk.

    Raises:
        Unknown: The path is in a folder that is filled at boot.
    """
    if path.startswith(_MADE_AT_BOOT):
        raise Unknown(f"only the running guest shows whether {path} exists")
    return False


_CHECKS: Mapping[str, Callable[[ConditionContext, str], bool]] = {
    "ConditionPathExists": ConditionContext.path_exists,
    "ConditionPathExistsGlob": ConditionContext.pattern_exists,
    "ConditionPathIsDirectory": ConditionContext.is_folder,
    "ConditionPathIsSymbolicLink": ConditionContext.is_link,
    "ConditionFileIsExecutable": ConditionContext.is_executable,
    "ConditionFileNotEmpty": ConditionContext.has_content,
    "ConditionDirectoryNotEmpty": ConditionContext.has_names,
    "ConditionKernelCommandLine": ConditionContext.is_parameter,
    "ConditionEnvironment": ConditionContext.is_in_environment,
    "ConditionFirstBoot": ConditionContext.is_first_boot,
    "ConditionVirtualization": ConditionContext.is_guest,
}
