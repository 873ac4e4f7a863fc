"""The conditions under which systemd starts a unit that something wants.

Source: systemd.unit(5), "Conditions and Asserts".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from posixpath import dirname, split

from guestinspect.disk.globs import fnmatchcase
from guestinspect.disk.tree import Tree, Type
from guestinspect.guest.services.first_boot import is_first_boot
from guestinspect.guest.services.unit_files import Unit, UnitSetting
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Step

_MADE_AT_BOOT = ("/run/", "/proc/", "/sys/", "/dev/", "/var/run/", "/var/lock/")
"""What is in these folders is not on the disk."""

_TRUE = ("yes", "true", "1", "on")
_GUEST_IS = (*_TRUE, "vm", "kvm")
"""What ConditionVirtualization= calls an instance of this cloud."""

_KEPT_BY_ALL = ("ConditionCapability", "ConditionPathIsReadWrite")
"""What holds for the system's own services in a virtual machine."""


@dataclass(frozen=True)
class ConditionContext:
    """What conditions are about.

    Args:
        tree: The guest's files.
        command_line: The kernel's parameters; None: nobody knows them.
    """

    tree: Tree
    command_line: tuple[str, ...] | None


def find_unmet_condition(unit: Unit, around: ConditionContext) -> Step | None:
    """The condition that keeps a unit from being started; None: there is none.

    Raises:
        Unknown: One cannot be told from the disk.
    """
    must, any_of = _split(_left(unit))
    for setting in must:
        if not _holds(setting, setting.value, around):
            return Step(f"{unit.name} is not started: {_words(setting)} is not so", setting.location)
    if any_of and not any(_holds(setting, setting.value.lstrip("|"), around) for setting in any_of):
        return Step(f"{unit.name} is not started: {_words(any_of[0])} is not so", any_of[0].location)
    return None


def _left(unit: Unit) -> list[UnitSetting]:
    """An empty condition takes back all before it, of whatever kind."""
    left: list[UnitSetting] = []
    for setting in unit.settings:
        if setting.section == "Unit" and setting.key.startswith(("Condition", "Assert")):
            if setting.value:
                left.append(setting)
            else:
                left.clear()
    return left


def _split(settings: list[UnitSetting]) -> tuple[list[UnitSetting], list[UnitSetting]]:
    any_of = [setting for setting in settings if setting.value.startswith("|")]
    return [setting for setting in settings if setting not in any_of], any_of


def _words(setting: UnitSetting) -> str:
    return f"{setting.key}={setting.value}"


def _holds(setting: UnitSetting, value: str, around: ConditionContext) -> bool:
    key = setting.key.replace("Assert", "Condition", 1)
    is_negated, value = value.strip().startswith("!"), value.strip().removeprefix("!").strip()
    if key in _KEPT_BY_ALL:
        return not is_negated
    check = _CHECKS.get(key)
    if check is None:
        raise Unknown(f"whether {_words(setting)} ({setting.location}) is so cannot be told from the disk")
    return check(around, value) is not is_negated


def _path_exists(around: ConditionContext, path: str) -> bool:
    if around.tree.status(path) is not None:
        return True
    return _not_on_the_disk(path)


def _not_on_the_disk(path: str) -> bool:
    if path.startswith(_MADE_AT_BOOT):
        raise Unknown(f"whether {path} is there shows only when the guest runs")
    return False


def _is_folder(around: ConditionContext, path: str) -> bool:
    status = around.tree.status(path)
    return _not_on_the_disk(path) if status is None else status.type is Type.FOLDER


def _is_executable(around: ConditionContext, path: str) -> bool:
    status = around.tree.status(path)
    return _not_on_the_disk(path) if status is None else status.type is Type.FILE and bool(status.mode & 0o111)


def _is_link(around: ConditionContext, path: str) -> bool:
    return around.tree.link(path) is not None or _not_on_the_disk(path)


def _has_content(around: ConditionContext, path: str) -> bool:
    status = around.tree.status(path)
    return _not_on_the_disk(path) if status is None else status.type is Type.FILE and status.size_bytes > 0


def _has_names(around: ConditionContext, path: str) -> bool:
    return bool(around.tree.names(path)) or _not_on_the_disk(path)


def _pattern_exists(around: ConditionContext, pattern: str) -> bool:
    folder, last = split(pattern)
    if any(sign in dirname(pattern) for sign in "*?["):
        raise Unknown(f"whether something matches {pattern} is not looked for")
    return any(fnmatchcase(name, last) for name in around.tree.names(folder)) or _not_on_the_disk(pattern)


def _is_parameter(around: ConditionContext, wanted: str) -> bool:
    if around.command_line is None:
        raise Unknown("the kernel's parameters are not known")
    names = {given.partition("=")[0] for given in around.command_line}
    return wanted in around.command_line or ("=" not in wanted and wanted in names)


def _is_in_environment(around: ConditionContext, wanted: str) -> bool:
    """Systemd's own environment has what the kernel does not know of its parameters, and little else."""
    name = wanted.partition("=")[0]
    if around.command_line is not None and not _is_parameter(around, name):
        return False
    raise Unknown(f"whether {name} is set shows only when the guest runs")


def _is_first_boot(around: ConditionContext, wanted: str) -> bool:
    return is_first_boot(around.tree) is (wanted in _TRUE)


def _is_guest(_: ConditionContext, kind: str) -> bool:
    return kind in _GUEST_IS


_CHECKS: Mapping[str, Callable[[ConditionContext, str], bool]] = {
    "ConditionPathExists": _path_exists,
    "ConditionPathExistsGlob": _pattern_exists,
    "ConditionPathIsDirectory": _is_folder,
    "ConditionPathIsSymbolicLink": _is_link,
    "ConditionFileIsExecutable": _is_executable,
    "ConditionFileNotEmpty": _has_content,
    "ConditionDirectoryNotEmpty": _has_names,
    "ConditionKernelCommandLine": _is_parameter,
    "ConditionEnvironment": _is_in_environment,
    "ConditionFirstBoot": _is_first_boot,
    "ConditionVirtualization": _is_guest,
}
