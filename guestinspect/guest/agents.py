"""Agents in a guest: the QEMU guest agent, and agents that install a user's SSH keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from guestinspect.disk.tree import Tree, Type, is_file
from guestinspect.guest.services.units import Units
from guestinspect.model.fact import Fact, Unknown

_GUEST_AGENTS = ("/usr/sbin/qemu-ga", "/usr/bin/qemu-ga", "/usr/local/bin/qemu-ga")
_GUEST_AGENT_SERVICES = ("qemu-guest-agent", "qemu-ga")
_UNIT_FOLDERS = (
    "/etc/systemd/system",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
)
_UDEV_FOLDERS = ("/etc/udev/rules.d", "/usr/lib/udev/rules.d", "/lib/udev/rules.d")
_PORT = "org.qemu.guest_agent.0.device.wants"
"""The end of the name of the folder of units that systemd starts with the hypervisor's port.

The whole name is ``dev-virtio\\x2dports-org.qemu.guest_agent.0.device.wants``. Source: systemd.device(5).
"""

_KEY_AGENTS = {
    "afterburn-sshkeys@core": "afterburn",
    "coreos-metadata-sshkeys@core": "afterburn",
    "openstack-init": "openstack-init",
    "tiny-cloud": "tiny-cloud",
    "tiny-cloud-main": "tiny-cloud",
}
"""Services that fetch a user's SSH keys from OpenStack, with the name of the agent.

Agents of other clouds find no keys in this cloud.
"""

_CIRROS = "/usr/sbin/cirros-apply"

_RC_LOCALS = {"/etc/rc.local": "rc-local", "/etc/rc.d/rc.local": "rc-local"}
_LOCAL_FOLDER = "/etc/local.d"
_LOCAL_UNITS = "/etc/systemd/system"
_MOST_FILES = 64
_SCRIPT_BYTES = 64 * 1024
_METADATA = b"169.254.169.254"
_KEYS = re.compile(rb"authorized_keys|public[-_]keys")
_EXEC_START = re.compile(r"^[ \t]*ExecStart(?:Pre|Post)?[ \t]*=[ \t]*[-@:+!]*(/\S+)(.*)", re.MULTILINE)


def find_guest_agent(tree: Tree, units: Units) -> Fact[bool]:
    """Return True if the QEMU guest agent is installed and started.

    It is started at boot, or when systemd or udev finds the port that the hypervisor offers.
    """
    program = next((path for path in _GUEST_AGENTS if is_file(tree, path)), None)
    if program is None:
        return Fact(False, "the QEMU guest agent is not installed")
    for service in _GUEST_AGENT_SERVICES:
        start = units.starts(service)
        if start.is_started:
            return Fact(True, start.why.location or start.why.what)
        if _is_masked(tree, service):
            return Fact(False, f"{_LOCAL_UNITS}/{service}.service")
    wanted = next(_find_port_triggers(tree), None)
    return Fact(wanted is not None, wanted or program)


def find_key_agents(tree: Tree, units: Units) -> Fact[tuple[str, ...]]:
    """Return the names of the started agents that install a user's SSH keys, without cloud-init.

    Raises:
        Unknown: One agent could not be checked, and no other agent is started.
    """
    found: list[Fact[str]] = []
    first_unknown: Unknown | None = None
    for find in (_find_services, _find_scripts):
        try:
            found += find(tree, units)
        except Unknown as unknown:
            first_unknown = first_unknown or unknown
    if first_unknown and not found:
        raise first_unknown
    return Fact(tuple(dict.fromkeys(agent.value for agent in found)), found[0].location if found else "")


def _is_masked(tree: Tree, service: str) -> bool:
    unit = f"{service}.service"
    return unit in tree.names(_LOCAL_UNITS) and tree.link(f"{_LOCAL_UNITS}/{unit}") == "/dev/null"


def _find_port_triggers(tree: Tree) -> Iterator[str]:
    """Yield the folders and udev rules that start the guest agent when its port appears."""
    for folder in _UNIT_FOLDERS:
        for name in tree.names(folder):
            if name.endswith(_PORT) and any("qemu-" in wanted for wanted in tree.names(f"{folder}/{name}")):
                yield f"{folder}/{name}"
    for folder in _UDEV_FOLDERS:
        for name in tree.names(folder):
            if "qemu-guest-agent" in name and b"SYSTEMD_WANTS" in (tree.read(f"{folder}/{name}") or b""):
                yield f"{folder}/{name}"


def _find_services(tree: Tree, units: Units) -> Iterator[Fact[str]]:
    for service, agent in _KEY_AGENTS.items():
        start = units.starts(service)
        if start.is_started:
            yield Fact(agent, start.why.location)
    if is_file(tree, _CIRROS):
        yield Fact("cirros-apply", _CIRROS)


@dataclass(frozen=True)
class _Script:
    """A script that may run at boot.

    Args:
        name: The name that a user knows: ``rc.local``.
        path: The path of the script.
        service: The service that runs the script.
    """

    name: str
    path: str
    service: str

    def is_run(self, tree: Tree, units: Units) -> bool:
        """Return True if its service runs it at boot."""
        # systemd-rc-local-generator(8) and OpenRC's service «local» run the files that are executable
        if self.service in ("rc-local", "local"):
            status = tree.status(self.path)
            is_executable = status is not None and status.type is Type.FILE and bool(status.mode & 0o111)
            return is_executable and not _is_masked(tree, self.service)
        return units.starts(self.service).is_started


def _find_scripts(tree: Tree, units: Units) -> Iterator[Fact[str]]:
    """Yield local scripts that ask the metadata service for keys, as was usual before cloud-init."""
    for script in _list_scripts(tree):
        content = tree.head(script.path, _SCRIPT_BYTES) or b""
        if _METADATA in content and _KEYS.search(content) and script.is_run(tree, units):
            yield Fact(script.name, script.path)


def _list_scripts(tree: Tree) -> Iterator[_Script]:
    """Yield the local scripts, and the local unit files with the programs and scripts that they run."""
    for path, service in _RC_LOCALS.items():
        yield _Script("rc.local", path, service)
    for name in tree.names(_LOCAL_FOLDER)[:_MOST_FILES]:
        if name.endswith(".start"):
            yield _Script(name, f"{_LOCAL_FOLDER}/{name}", "local")
    names = [name for name in tree.names(_LOCAL_UNITS) if name.endswith(".service")]
    for name in names[:_MOST_FILES]:
        path, service = f"{_LOCAL_UNITS}/{name}", name.removesuffix(".service")
        if tree.link(path) is not None or not is_file(tree, path):
            continue
        yield _Script(service, path, service)
        content = (tree.head(path, _SCRIPT_BYTES) or b"").decode("utf-8", "surrogateescape")
        for program, rest in _EXEC_START.findall(content):
            scripts = (word for word in (program, *rest.split()) if word.startswith("/"))
            yield from (_Script(service, script, service) for script in scripts if is_file(tree, script))
