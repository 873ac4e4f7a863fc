"""The commands of a systemd service, and those that prevent it from running.

Source: systemd.service(5), "Options" and "Command lines"; systemd.exec(5), "Process Exit Codes".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from posixpath import basename

from guestinspect.disk.tree import Tree, Type
from guestinspect.guest.files.ini import split_words
from guestinspect.guest.services.unit_files import PACKAGED, Unit, UnitSetting
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Step

_PREFIXES = "@-:+!|"
_NO_OPERATION = frozenset({"", "true", "false"})
_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
"""The folders in which systemd searches a program without a path. Source: systemd.exec(5), "Paths"."""
_ON_THE_ROOT = ("/usr/", "/bin/", "/sbin/", "/lib/", "/lib64/", "/opt/", "/etc/")
"""Folders on the root file system: a program that is not there now is not there at boot either."""
_EXPANDED = frozenset("%$")
"""Characters of specifiers and variables, whose values are unknown."""

_FEWEST_PROGRAMS = 100
"""A guest with fewer files in ``/usr/bin`` is incomplete: Debian's essential packages alone have some 200."""

_INTERPRETERS = frozenset({"sh", "bash", "dash", "env", "python3", "perl", "busybox", "ifup"})
"""Programs whose arguments decide what they do."""
_SHORT_SLEEP = re.compile("[0-2]?[0-9]|30")
"""The seconds for which a service may sleep before it starts."""
_ALWAYS_SUCCEED = frozenset({"true", "mkdir"})

_OWN_PROGRAMS = {
    "systemd-networkd.service": {"systemd-networkd"},
    "NetworkManager.service": {"NetworkManager"},
    "networking.service": {"ifup", "start-networking", "networking"},
    "dhcpcd.service": {"dhcpcd", "dhcpcd5"},
    "dhcpcd5.service": {"dhcpcd", "dhcpcd5"},
    "connman.service": {"connmand"},
    "wicked.service": {"wicked"},
    "network.service": {"network", "wicked"},
}
"""The programs of network services, to check a local unit file that replaces no package's. Source: their packages."""

_CONFINING = (
    *("PrivateNetwork", "NetworkNamespacePath", "RootDirectory", "RootImage", "User", "DynamicUser"),
    *("CapabilityBoundingSet", "ExecCondition"),
)
"""Settings that may keep a network service from its work. Source: systemd.exec(5)."""
_NOT_CONFINING = frozenset({"", "no", "false", "0", "off", "root", "/"})


@dataclass(frozen=True)
class Command:
    """A line ``ExecStart=`` or ``ExecStartPre=``.

    Args:
        program: The program as the line names it.
        may_fail: Whether the service continues if the command fails (prefix ``-``).
        setting: The line.
    """

    program: str
    may_fail: bool
    setting: UnitSetting

    @property
    def name(self) -> str:
        """Return the program's name without its folder."""
        return basename(self.program)

    @property
    def location(self) -> str:
        """Return the file and line."""
        return self.setting.location

    @property
    def arguments(self) -> tuple[str, ...]:
        """Return the arguments of the program."""
        return split_words(self.setting.value.lstrip(_PREFIXES))[1:]

    @property
    def always_succeeds(self) -> bool:
        """Return True if the service continues after the command, and soon."""
        if self.name == "sleep":
            return len(self.arguments) == 1 and _SHORT_SLEEP.fullmatch(self.arguments[0]) is not None
        return self.may_fail or self.name in _ALWAYS_SUCCEED

    @classmethod
    def parse(cls, setting: UnitSetting) -> Command:
        """Return the command of a line."""
        bare = setting.value.lstrip(_PREFIXES)
        prefix = setting.value[: len(setting.value) - len(bare)]
        return cls((*split_words(bare), "")[0].removeprefix(":"), "-" in prefix, setting)

    def find_failure(self, tree: Tree) -> str | None:
        """Return the reason why the command certainly fails, as a clause; None: it may succeed.

        Raises:
            Unknown: The program is in a folder that another file system may fill at boot.
        """
        program = self.program
        if self.name == "false":
            return f"{program} fails"
        if not program or set(program) & _EXPANDED or not has_all_files(tree):
            return None
        paths = (program,) if program.startswith("/") else tuple(f"{folder}/{program}" for folder in _PATH)
        statuses = [status for path in paths if (status := tree.status(path)) is not None]
        if not statuses:
            if program.startswith("/") and not program.startswith(_ON_THE_ROOT):
                raise Unknown(f"only the running guest shows whether {program} exists ({self.location})")
            return f"the program {program} does not exist"
        # root, too, needs one of the three execute bits: Linux, fs/namei.c, generic_permission
        if all(status.type is Type.FILE and not status.mode & 0o111 for status in statuses):
            return f"{program} is not executable"
        return None


def find_failing_command(unit: Unit, packaged: Unit | None, tree: Tree) -> Step | None:
    """Return the reason why a service's own commands prevent it from running; None: they do not.

    Args:
        unit: The service.
        packaged: The unit as a package installs it; None: no package installs it.
        tree: The guest's files.

    Raises:
        Unknown: A local setting makes the service run something else, whose effect cannot be predicted.
    """
    if not unit.name.endswith(".service"):
        return None
    before, starting = _list_commands(unit, "ExecStartPre"), _list_commands(unit, "ExecStart")
    obstacle = _find_missing_command(unit, starting) or _find_failure(unit, (*before, *starting), tree)
    if obstacle is None:
        _require_own_program(unit, packaged)
    return obstacle


def has_all_files(tree: Tree) -> bool:
    """Return True if the guest is complete, so that a file that is not there is not there at boot either."""
    return len(tree.names("/usr/bin")) >= _FEWEST_PROGRAMS


def _list_commands(unit: Unit, key: str) -> tuple[Command, ...]:
    return tuple(map(Command.parse, unit.effective_settings("Service", key)))


def _find_missing_command(unit: Unit, starting: tuple[Command, ...]) -> Step | None:
    """Return the reason why systemd has nothing to start, or refuses to.

    A drop-in that empties ``ExecStart=`` is a common way to disable a service. Systemd refuses a unit with a second
    ``ExecStart=``, such as a drop-in adds that does not empty the first. Source: systemd's service.c, service_verify.
    """
    lines = unit.all_settings("Service", "ExecStart")
    if lines and all(command.name in _NO_OPERATION for command in starting):
        program = starting[-1].program if starting else ""
        why = f"it runs only {program}" if program else "its ExecStart= is empty"
        return Step(f"{unit.name} starts no program: {why}", lines[-1].location)
    types = [setting.value for setting in unit.all_settings("Service", "Type") if setting.value]
    if len(starting) > 1 and types[-1:] != ["oneshot"]:
        return Step(f"{unit.name} is not started: it has more than one ExecStart=", starting[1].location)
    return None


def _find_failure(unit: Unit, commands: tuple[Command, ...], tree: Tree) -> Step | None:
    """Return the first command that fails.

    Raises:
        Unknown: Another command has had an effect before.
    """
    has_started = False
    for command in commands:
        why = None if command.may_fail and len(commands) > 1 else command.find_failure(tree)
        if why is not None and has_started:
            raise Unknown(f"{unit.name} fails after it has started: {why} ({command.location})")
        if why is not None:
            return Step(f"{unit.name} is not started: {why}", command.location)
        has_started = has_started or (command.setting.key == "ExecStart" and command.name not in _NO_OPERATION)
    return None


def _require_own_program(unit: Unit, packaged: Unit | None) -> None:
    """Raise Unknown if local settings make a packaged or network service run something else, or confine it."""
    own = _OWN_PROGRAMS.get(unit.name)
    if packaged is None and own is None:
        return
    shipped = {(each.section, each.key, each.value) for each in packaged.settings} if packaged is not None else set()
    starting = _list_commands(unit, "ExecStart")
    if any(_is_local(command.setting) for command in starting):
        _require_same_start(starting, () if packaged is None else _list_commands(packaged, "ExecStart"), own or set())
    before = set(unit.effective_settings("Service", "ExecStartPre"))
    for setting in unit.settings:
        if not _is_local(setting) or (setting.section, setting.key, setting.value) in shipped:
            continue
        if setting in before and not Command.parse(setting).always_succeeds:
            program = Command.parse(setting).program
            raise Unknown(f"{unit.name} starts only after {program} has succeeded ({setting.location})")
        if setting.key in _CONFINING and setting.value not in _NOT_CONFINING:
            raise Unknown(f"{setting.key}={setting.value} may keep {unit.name} from its work ({setting.location})")


def _require_same_start(starting: tuple[Command, ...], packaged: tuple[Command, ...], own: set[str]) -> None:
    """Raise Unknown if the service starts a program that is not its own, or no longer starts its own."""
    programs = {_normalize_path(command.program) for command in packaged}
    command_lines = {(_normalize_path(command.program), command.arguments) for command in packaged}
    for command in starting:
        path = _normalize_path(command.program)
        if not packaged:
            is_same = command.name in own
        elif command.name in _INTERPRETERS:
            is_same = (path, command.arguments) in command_lines
        else:
            is_same = path in programs
        if _is_local(command.setting) and not is_same and command.name not in _NO_OPERATION:
            raise Unknown(f"{command.location} starts {command.program}, which is not the service's own program")
    first = packaged[0].program if packaged else ""
    if packaged and _normalize_path(first) not in {_normalize_path(command.program) for command in starting}:
        raise Unknown(f"{starting[0].location} does not start {first}, the program of the service's package")


def _is_local(setting: UnitSetting) -> bool:
    """Return True if no package installed the setting."""
    return not setting.location.startswith(tuple(f"{folder}/" for folder in PACKAGED))


def _normalize_path(program: str) -> str:
    """Return one path for a program, whether ``/bin`` links into ``/usr`` and ``/sbin`` to ``/bin`` or not."""
    return program.removeprefix("/usr").replace("/sbin/", "/bin/", 1)
