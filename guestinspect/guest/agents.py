"""Agents in a guest: the one that the hypervisor talks to, and those that bring a user's SSH keys."""

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
"""The folder of what systemd starts when the hypervisor's port is there: ``dev-virtio\\x2dports-`` is before it."""

_KEY_AGENTS = {
    "afterburn-sshkeys@core": "afterburn",
    "coreos-metadata-sshkeys@core": "afterburn",
    "openstack-init": "openstack-init",
    "tiny-cloud": "tiny-cloud",
    "tiny-cloud-main": "tiny-cloud",
}
"""Services that ask OpenStack for a user's SSH keys, and the agent's name. Agents of other clouds find none here."""

_CIRROS = "/usr/sbin/cirros-apply"

_RC_LOCALS = {"/etc/rc.local": "rc-local", "/etc/rc.d/rc.local": "rc-local"}
_LOCAL_FOLDER = "/etc/local.d"
_OWN_UNITS = "/etc/systemd/system"
_MOST_FILES = 64
_SCRIPT_BYTES = 64 * 1024
_METADATA = b"169.254.169.254"
_KEYS = re.compile(rb"authorized_keys|public[-_]keys")
_EXEC_START = re.compile(r"^[ \t]*ExecStart(?:Pre|Post)?[ \t]*=[ \t]*[-@:+!]*(/\S+)(.*)", re.MULTILINE)


def find_guest_agent(tree: Tree, units: Units) -> Fact[bool]:
    """Whether the QEMU guest agent is there, and started: at boot, or when the hypervisor's port for it is found."""
    program = next((path for path in _GUEST_AGENTS if is_file(tree, path)), None)
    if program is None:
        return Fact(False, "the QEMU guest agent is not installed")
    for service in _GUEST_AGENT_SERVICES:
        enabled = units.starts(service)
        if enabled.is_started:
            return Fact(True, enabled.why.location or enabled.why.what)
        if f"{service}.service" in _masks(tree):
            return Fact(False, f"{_OWN_UNITS}/{service}.service")
    wanted = next(_wanted_by_port(tree), None)
    return Fact(wanted is not None, wanted or program)


def find_key_agents(tree: Tree, units: Units) -> Fact[tuple[str, ...]]:
    """Those that are started and bring a user's SSH keys, by name, cloud-init aside.

    Raises:
        Unknown: Whether one is started could not be found out, and no other is.
    """
    found: list[Fact[str]] = []
    unsure: Unknown | None = None
    for search in (_services, _scripts):
        try:
            found += search(tree, units)
        except Unknown as unfound:
            unsure = unsure or unfound
    if unsure and not found:
        raise unsure
    return Fact(tuple(dict.fromkeys(agent.value for agent in found)), found[0].location if found else "")


def _masks(tree: Tree) -> tuple[str, ...]:
    names = tree.names(_OWN_UNITS)
    return tuple(name for name in names if tree.link(f"{_OWN_UNITS}/{name}") == "/dev/null")


def _wanted_by_port(tree: Tree) -> Iterator[str]:
    """The link that has systemd start it with the port, or the rule of udev that does."""
    for folder in _UNIT_FOLDERS:
        for name in tree.names(folder):
            if name.endswith(_PORT) and any("qemu-" in wanted for wanted in tree.names(f"{folder}/{name}")):
                yield f"{folder}/{name}"
    for folder in _UDEV_FOLDERS:
        for name in tree.names(folder):
            if "qemu-guest-agent" in name and b"SYSTEMD_WANTS" in (tree.read(f"{folder}/{name}") or b""):
                yield f"{folder}/{name}"


def _services(tree: Tree, units: Units) -> Iterator[Fact[str]]:
    for service, agent in _KEY_AGENTS.items():
        enabled = units.starts(service)
        if enabled.is_started:
            yield Fact(agent, enabled.why.location)
    if is_file(tree, _CIRROS):
        yield Fact("cirros-apply", _CIRROS)


@dataclass(frozen=True)
class _Script:
    """A script that is run at boot.

    Args:
        name: As a user knows it: ``rc.local``.
        path: Of the file.
        service: That runs it.
    """

    name: str
    path: str
    service: str


def _scripts(tree: Tree, units: Units) -> Iterator[Fact[str]]:
    """Scripts of one's own that ask the metadata service for keys, as they were usual before cloud-init."""
    for script in (*_rc_locals(tree), *_of_own_units(tree)):
        content = tree.head(script.path, _SCRIPT_BYTES) or b""
        if _METADATA in content and _KEYS.search(content) and _runs(tree, units, script):
            yield Fact(script.name, script.path)


def _runs(tree: Tree, units: Units, script: _Script) -> bool:
    """Whether it is run; what is marked executable in the places for it is, by systemd's rc-local, and elsewhere."""
    status = tree.status(script.path)
    if script.service in ("rc-local", "local"):
        is_masked = f"{script.service}.service" in _masks(tree)
        return status is not None and status.type is Type.FILE and bool(status.mode & 0o111) and not is_masked
    return units.starts(script.service).is_started


def _rc_locals(tree: Tree) -> Iterator[_Script]:
    for path, service in _RC_LOCALS.items():
        yield _Script("rc.local", path, service)
    for name in tree.names(_LOCAL_FOLDER)[:_MOST_FILES]:
        if name.endswith(".start"):
            yield _Script(name, f"{_LOCAL_FOLDER}/{name}", "local")


def _of_own_units(tree: Tree) -> Iterator[_Script]:
    """What the units that somebody wrote for this guest run: the program, or the script that is its first word."""
    names = [name for name in tree.names(_OWN_UNITS) if name.endswith(".service")]
    for name in names[:_MOST_FILES]:
        path, service = f"{_OWN_UNITS}/{name}", name.removesuffix(".service")
        if tree.link(path) is not None or not is_file(tree, path):
            continue
        yield _Script(service, path, service)
        content = (tree.head(path, _SCRIPT_BYTES) or b"").decode("utf-8", "surrogateescape")
        for program, rest in _EXEC_START.findall(content):
            scripts = (word for word in (program, *rest.split()) if word.startswith("/"))
            yield from (_Script(service, script, service) for script in scripts if is_file(tree, script))
