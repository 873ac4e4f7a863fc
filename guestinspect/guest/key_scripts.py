"""Scripts that run at boot and ask the cloud for a user's SSH keys, as was usual before cloud-init."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from posixpath import basename

from guestinspect.disk.tree import Tree, Type, is_file, lines
from guestinspect.guest.cloud_init import startup
from guestinspect.guest.services.init_system import InitSystem
from guestinspect.guest.services.units import Units
from guestinspect.model.fact import Fact

_RC_LOCALS = {"/etc/rc.local": "rc-local", "/etc/rc.d/rc.local": "rc-local"}
_LOCAL_FOLDER = "/etc/local.d"
_LOCAL_UNITS = "/etc/systemd/system"
_UNIT_FOLDERS = (_LOCAL_UNITS, "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system")
_INIT_SCRIPTS = ("/etc/init.d", "/etc/rc.d/init.d")
_CRON_FOLDER = "/etc/cron.d"
_CRON_TABLES = ("/etc/crontab", "/var/spool/cron/crontabs/root", "/var/spool/cron/root")
_MOST_FILES = 64
_SCRIPT_BYTES = 64 * 1024
_CLOUD = re.compile(rb"169\.254\.169\.254|config-2|openstack/latest")
"""The metadata service, or a config drive."""
_KEYS = re.compile(rb"authorized_keys|public[-_]keys")
_EXEC_START = re.compile(r"^[ \t]*ExecStart(?:Pre|Post)?[ \t]*=[ \t]*[-@:+!]*(/\S+)(.*)", re.MULTILINE)
_LOCAL_SERVICES = ("rc-local", "local")
_ALWAYS = ""


@dataclass(frozen=True)
class _Script:
    """A script that may run at boot.

    Args:
        name: The name that a user knows: ``rc.local``.
        path: The path of the script.
        service: The service that runs the script; empty if cron runs it.
    """

    name: str
    path: str
    service: str

    def is_run(self, tree: Tree, units: Units) -> bool:
        """Return True if its service runs it at boot."""
        # systemd-rc-local-generator(8) and OpenRC's service «local» run the files that are executable
        if self.service in _LOCAL_SERVICES:
            status = tree.status(self.path)
            is_executable = status is not None and status.type is Type.FILE and bool(status.mode & 0o111)
            return is_executable and not _is_masked(tree, self.service)
        return self.service == _ALWAYS or units.starts(self.service).is_started


def find_scripts(tree: Tree, units: Units) -> Iterator[Fact[str]]:
    """Yield the scripts that run at boot and ask the metadata service, or a config drive, for keys."""
    for script in _list_scripts(tree, units):
        if (tree.head(script.path, 2) or b"") == b"\x7fE":
            continue  # a compiled program
        content = tree.head(script.path, _SCRIPT_BYTES) or b""
        if _CLOUD.search(content) and _KEYS.search(content) and script.is_run(tree, units):
            yield Fact(script.name, script.path)


def _list_scripts(tree: Tree, units: Units) -> Iterator[_Script]:
    """Yield the scripts of the guest's own; without cloud-init, also those of packages: to read them takes time."""
    is_thorough = startup.find_program(tree) is None
    for path, service in _RC_LOCALS.items():
        yield _Script("rc.local", path, service)
    for name in tree.names(_LOCAL_FOLDER)[:_MOST_FILES]:
        if name.endswith(".start"):
            yield _Script(name, f"{_LOCAL_FOLDER}/{name}", "local")
    if is_thorough:
        yield from _list_cron_scripts(tree)
    if units.init_system is InitSystem.SYSTEMD:
        enabled = _list_enabled_units(tree) if is_thorough else ()
        yield from _list_unit_scripts(tree, (*_list_local_units(tree), *enabled))
    elif is_thorough:
        for folder in _INIT_SCRIPTS:
            yield from (_Script(name, f"{folder}/{name}", name) for name in tree.names(folder)[: 2 * _MOST_FILES])


def _list_local_units(tree: Tree) -> list[str]:
    names = [name for name in tree.names(_LOCAL_UNITS) if name.endswith(".service")][:_MOST_FILES]
    return [name for name in names if tree.link(f"{_LOCAL_UNITS}/{name}") is None]


def _list_enabled_units(tree: Tree) -> list[str]:
    wants = [f"{_LOCAL_UNITS}/{name}" for name in tree.names(_LOCAL_UNITS) if name.endswith(".wants")]
    return [name for folder in wants for name in tree.names(folder) if name.endswith(".service")][:_MOST_FILES]


def _list_unit_scripts(tree: Tree, names: Iterable[str]) -> Iterator[_Script]:
    """Yield the unit files with these names, and the programs and scripts that they run."""
    for name in dict.fromkeys(names):
        path = next((f"{folder}/{name}" for folder in _UNIT_FOLDERS if is_file(tree, f"{folder}/{name}")), None)
        if path is None:
            continue
        service = name.removesuffix(".service")
        yield _Script(service, path, service)
        content = (tree.head(path, _SCRIPT_BYTES) or b"").decode("utf-8", "surrogateescape")
        for program, rest in _EXEC_START.findall(content):
            scripts = (word for word in (program, *rest.split()) if word.startswith("/"))
            yield from (_Script(service, script, service) for script in scripts if is_file(tree, script))


def _list_cron_scripts(tree: Tree) -> Iterator[_Script]:
    """Yield the scripts of the lines ``@reboot``. Source: crontab(5)."""
    tables = (*_CRON_TABLES, *(f"{_CRON_FOLDER}/{name}" for name in tree.names(_CRON_FOLDER)[:_MOST_FILES]))
    for table in tables:
        for _, line in lines(tree, table):
            words = line.split()[:_MOST_FILES] if line.lstrip().startswith("@reboot") else []
            scripts = (word for word in words if word.startswith("/") and is_file(tree, word))
            yield from (_Script(basename(script), script, _ALWAYS) for script in scripts)


def _is_masked(tree: Tree, service: str) -> bool:
    unit = f"{service}.service"
    return unit in tree.names(_LOCAL_UNITS) and tree.link(f"{_LOCAL_UNITS}/{unit}") == "/dev/null"
