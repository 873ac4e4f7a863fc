"""The programs that a service of systemd runs, and whether they let it run at all.

Source: systemd.service(5), "Options" and "Command lines"; systemd.exec(5), "Process Exit Codes".
"""

from __future__ import annotations

from collections.abc import Iterable
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
"""Where systemd looks for a program without a folder."""
_ON_THE_ROOT = ("/usr/", "/bin/", "/sbin/", "/lib/", "/lib64/", "/opt/", "/etc/")
"""Where programs lie that are there when the guest boots, if they are ever."""
_UNFINISHED = frozenset("%$")
"""What stands for something else."""

_FEWEST_PROGRAMS = 100
"""A guest with less in ``/usr/bin`` is not all there: Debian's essential packages alone have some 200."""

_INTERPRETERS = frozenset({"sh", "bash", "dash", "env", "python3", "perl", "busybox", "ifup"})
"""Programs whose words say what they do."""
_MOST_SECONDS = 30
_SURE_TO_END_WELL = frozenset({"true", "mkdir"})

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
"""The programs of network services, for a unit file of the guest's own that no package has. Source: their packages."""

_CONFINING = (
    *("PrivateNetwork", "NetworkNamespacePath", "RootDirectory", "RootImage", "User", "DynamicUser"),
    *("CapabilityBoundingSet", "ExecCondition"),
)
"""What may keep a network service from its work. Source: systemd.exec(5)."""
_NOT_CONFINING = frozenset({"", "no", "false", "0", "off", "root", "/"})


@dataclass(frozen=True)
class Command:
    """A line of ``ExecStart=`` or ``ExecStartPre=``.

    Args:
        program: As it stands there.
        may_fail: Whether the service goes on without it.
        setting: The line.
    """

    program: str
    may_fail: bool
    setting: UnitSetting

    @property
    def name(self) -> str:
        """The program's name without its folder."""
        return basename(self.program)

    @property
    def location(self) -> str:
        """File and line."""
        return self.setting.location


def find_failing_command(unit: Unit, packaged: Unit | None, tree: Tree) -> Step | None:
    """What keeps a service from running, of its own commands; None: nothing does.

    Args:
        packaged: The unit as its package has it; None: no package has it.

    Raises:
        Unknown: Somebody had it run something else, and what comes of that nobody can tell.
    """
    if not unit.name.endswith(".service"):
        return None
    before, starting = _commands(unit, "ExecStartPre"), _commands(unit, "ExecStart")
    found = _runs_nothing(unit, starting) or _is_refused(unit, starting) or _fails(unit, (*before, *starting), tree)
    if found is None:
        _must_be_its_own(unit, packaged)
    return found


def has_all_files(tree: Tree) -> bool:
    """Whether all of a guest is there, so that what is not there is not there for the running guest either."""
    return len(tree.names("/usr/bin")) >= _FEWEST_PROGRAMS


def _commands(unit: Unit, key: str) -> tuple[Command, ...]:
    return tuple(map(_command, unit.effective_settings("Service", key)))


def _command(setting: UnitSetting) -> Command:
    bare = setting.value.lstrip(_PREFIXES)
    prefix = setting.value[: len(setting.value) - len(bare)]
    return Command((*split_words(bare), "")[0].removeprefix(":"), "-" in prefix, setting)


def _runs_nothing(unit: Unit, starting: tuple[Command, ...]) -> Step | None:
    """A drop-in that empties ``ExecStart=`` is a common way to disable a service."""
    said = unit.all("Service", "ExecStart")
    if not said or any(command.name not in _NO_OPERATION for command in starting):
        return None
    return Step(f"{unit.name} runs nothing", said[-1].location)


def _is_refused(unit: Unit, starting: tuple[Command, ...]) -> Step | None:
    """Systemd refuses a unit with a second ``ExecStart=``, as of a drop-in that does not empty it before.

    Source: systemd's service.c, service_verify.
    """
    if len(starting) < 2 or _type(unit) == "oneshot":
        return None
    return Step(f"{unit.name} is not started: it has more than one ExecStart=", starting[1].location)


def _type(unit: Unit) -> str:
    said = [setting.value for setting in unit.all("Service", "Type") if setting.value]
    return said[-1] if said else ""


def _fails(unit: Unit, commands: tuple[Command, ...], tree: Tree) -> Step | None:
    """The first command that cannot end well.

    Raises:
        Unknown: Another one has done something before.
    """
    has_started = False
    for command in commands:
        why = None if command.may_fail and len(commands) > 1 else _why_it_fails(command, tree)
        if why is not None and has_started:
            raise Unknown(f"{unit.name} fails when it has begun: {why} ({command.location})")
        if why is not None:
            return Step(f"{unit.name} is not started: {why}", command.location)
        has_started = has_started or (command.setting.key == "ExecStart" and command.name not in _NO_OPERATION)
    return None


def _why_it_fails(command: Command, tree: Tree) -> str | None:
    program = command.program
    if command.name == "false":
        return f"{program} fails"
    if not program or set(program) & _UNFINISHED or not has_all_files(tree):
        return None
    paths = (program,) if program.startswith("/") else tuple(f"{folder}/{program}" for folder in _PATH)
    statuses = [status for path in paths if (status := tree.status(path)) is not None]
    if not statuses:
        if program.startswith("/") and not program.startswith(_ON_THE_ROOT):
            raise Unknown(f"whether {program} ({command.location}) is there shows only when the guest runs")
        return f"the program {program} is not there"
    if all(status.type is Type.FILE and not status.mode & 0o111 for status in statuses):
        return f"{program} is not executable"
    return None


def _must_be_its_own(unit: Unit, packaged: Unit | None) -> None:
    """Raises Unknown if somebody had a service of a package, or a network service, run something else."""
    own = _OWN_PROGRAMS.get(unit.name)
    if packaged is None and own is None:
        return
    shipped = packaged.settings if packaged is not None else ()
    local = [setting for setting in unit.settings if _is_local(setting)]
    starting = _commands(unit, "ExecStart")
    if any(_is_local(command.setting) for command in starting):
        _must_start_the_same(starting, () if packaged is None else _commands(packaged, "ExecStart"), own or set())
    left = set(unit.effective_settings("Service", "ExecStartPre"))
    for setting in local:
        if setting in left and not _is_in(setting, shipped) and not _ends_well(_command(setting)):
            raise Unknown(f"whether {unit.name} is started depends on what {setting.location} runs before it")
        if setting.key in _CONFINING and setting.value not in _NOT_CONFINING and not _is_in(setting, shipped):
            raise Unknown(f"what {unit.name} can do under {setting.key}= ({setting.location}) cannot be foreseen")


def _must_start_the_same(starting: tuple[Command, ...], packaged: tuple[Command, ...], own: set[str]) -> None:
    """Raises Unknown if it starts a program that is not the service's, or no longer the one that is."""
    programs = {_place(command.program) for command in packaged}
    lines = {_line(command) for command in packaged}
    for command in starting:
        if packaged:
            is_same = _line(command) in lines if command.name in _INTERPRETERS else _place(command.program) in programs
        else:
            is_same = command.name in own
        if _is_local(command.setting) and not is_same and command.name not in _NO_OPERATION:
            raise Unknown(f"{command.location} starts another program than the service's own")
    if packaged and _place(packaged[0].program) not in {_place(command.program) for command in starting}:
        raise Unknown(f"{starting[0].location} no longer starts {packaged[0].program}")


def _is_local(setting: UnitSetting) -> bool:
    """Whether no package has it."""
    return not setting.location.startswith(tuple(f"{folder}/" for folder in PACKAGED))


def _place(program: str) -> str:
    """Where a program is, whether ``/bin`` is a link into ``/usr``, and ``/sbin`` to ``/bin``, or not."""
    return program.removeprefix("/usr").replace("/sbin/", "/bin/", 1)


def _line(command: Command) -> tuple[str, ...]:
    return (_place(command.program), *split_words(command.setting.value.lstrip(_PREFIXES))[1:])


def _is_in(setting: UnitSetting, shipped: Iterable[UnitSetting]) -> bool:
    said = (setting.section, setting.key, setting.value)
    return any((other.section, other.key, other.value) == said for other in shipped)


def _ends_well(command: Command) -> bool:
    rest = split_words(command.setting.value)[1:]
    if command.name == "sleep":
        return len(rest) == 1 and rest[0].isdecimal() and len(rest[0]) < 3 and int(rest[0]) <= _MOST_SECONDS
    return command.may_fail or command.name in _SURE_TO_END_WELL
