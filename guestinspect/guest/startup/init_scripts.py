"""The scripts of services that an init system other than systemd starts, or for which systemd has no unit.

Source: systemd-sysv-generator(8); openrc-run(8); runsv(8); init(5) of upstart.
"""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.disk.tree import Tree, is_file, lines
from guestinspect.guest.services.init_system import InitSystem
from guestinspect.guest.services.known_services import is_harmless_service, is_network_service
from guestinspect.guest.services.units import Units
from guestinspect.guest.startup.command import StartupCommand

_LINK_FOLDERS = tuple(
    f"{folder}/rc{runlevel}.d" for folder in ("/etc", "/etc/rc.d") for runlevel in ("S", "2", "3", "4", "5")
)
_OPENRC_FOLDERS = ("/etc/runlevels/sysinit", "/etc/runlevels/boot", "/etc/runlevels/default")
_RUNIT_FOLDERS = ("/etc/runit/runsvdir/default", "/var/service", "/etc/service")
_UPSTART_FOLDER = "/etc/init"
_SCRIPT_FOLDERS = ("/etc/init.d", "/etc/rc.d/init.d")
_MOST_SERVICES = 300


def list_script_commands(tree: Tree, units: Units) -> Iterator[StartupCommand]:
    """Yield the scripts of the services that start at boot, except those of known services.

    Raises:
        Unreadable: A folder could not be read.
    """
    for name in list(dict.fromkeys(_list_services(tree, units.init_system)))[:_MOST_SERVICES]:
        if units.systemd is not None and units.systemd.unit(f"{name}.service") is not None:
            continue  # a unit takes the place of the script
        if is_harmless_service(name) or is_network_service(name) or not units.may_start(name):
            continue
        runs = f"{name}/run"
        paths = [f"{folder}/{name}" for folder in _SCRIPT_FOLDERS]
        paths += [f"{folder}/{runs}" for folder in _RUNIT_FOLDERS if units.init_system is InitSystem.RUNIT]
        for path in (path for path in paths if is_file(tree, path)):
            yield StartupCommand(path, path, path.endswith("/run"), program=path)
        if units.init_system is InitSystem.UPSTART:
            yield from _list_job_commands(tree, f"{_UPSTART_FOLDER}/{name}.conf")


def _list_services(tree: Tree, system: InitSystem) -> Iterator[str]:
    """Yield the names of services that have a link in a runlevel, or a job or folder of their own."""
    match system:
        case InitSystem.OPENRC:
            yield from (name for folder in _OPENRC_FOLDERS for name in tree.names(folder))
        case InitSystem.RUNIT:
            yield from (name for folder in _RUNIT_FOLDERS for name in tree.names(folder))
        case _:
            names = (name for folder in _LINK_FOLDERS for name in tree.names(folder) if name.startswith("S"))
            yield from (name[1:].lstrip("0123456789") for name in names)
    if system is InitSystem.UPSTART:
        yield from (name.removesuffix(".conf") for name in tree.names(_UPSTART_FOLDER) if name.endswith(".conf"))


def _list_job_commands(tree: Tree, path: str) -> Iterator[StartupCommand]:
    """Yield the script of a job as one command: its lines are shell, except a few words of upstart's own."""
    text = "\n".join(line for _, line in lines(tree, path))
    if text:
        yield StartupCommand(text.replace("exec ", "", 1), path)
