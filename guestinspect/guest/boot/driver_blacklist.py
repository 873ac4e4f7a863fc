"""Whether a guest is told not to load the driver of its NICs.

Source: modprobe.d(5); kmod's libkmod-config.c; the kernel's admin-guide/kernel-parameters (``module_blacklist``,
``initcall_blacklist``); modprobe(8) for ``modprobe.blacklist``.
"""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.disk.globs import fnmatchcase
from guestinspect.disk.tree import Tree, join_continued, lines
from guestinspect.guest.files.conf_files import list_conf_files
from guestinspect.model.fact import Unknown

_FOLDERS = ("/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d", "/usr/lib/modprobe.d", "/lib/modprobe.d")
_OF_A_NIC = frozenset({"virtio_net", "virtio_pci", "virtio", "virtio_ring", "net_failover", "failover"})
"""The driver of a NIC of this cloud, and what it needs. Source: ``modinfo virtio_net``, ``modinfo virtio_pci``."""
_DRIVER = "virtio_net"
_ALIASES = ("virtio:", "pci:v00001AF4")
"""By these names udev asks for the drivers; a line ``alias`` makes another one of them."""
_PARAMETERS = ("modprobe.blacklist", "module_blacklist")
_INITIAL_CALLS = "initcall_blacklist"


def require_nic_driver(tree: Tree, command_line: tuple[str, ...]) -> None:
    """Raises Unknown if the guest is told not to load the driver of its NICs.

    It is nothing worse: the driver may be in the kernel, or the initramfs may have loaded it by then.
    """
    for driver, location in (*_by_files(tree), *_by_parameters(command_line)):
        raise Unknown(f"the guest is told not to load the driver {driver} ({location})")


def _by_files(tree: Tree) -> Iterator[tuple[str, str]]:
    for path in list_conf_files(tree, _FOLDERS, ".conf"):
        for number, text in join_continued(lines(tree, path)):
            driver = _kept_away((*text.split(maxsplit=2), "", "")[:2])
            if driver is not None:
                yield driver, f"{path}:{number}"


def _kept_away(words: tuple[str, ...]) -> str | None:
    """The driver that a line keeps from being loaded: what stands behind ``install`` is run in its place."""
    command, name = words
    if command == "blacklist" and _plain(name) in _OF_A_NIC:
        return _plain(name)
    if command == "install":
        return next((driver for driver in sorted(_OF_A_NIC) if fnmatchcase(driver, _plain(name))), None)
    return _DRIVER if command == "alias" and name.startswith(_ALIASES) else None


def _by_parameters(command_line: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for given in command_line:
        key, _, value = given.partition("=")
        named = [_plain(name) for name in value.strip('"').split(",")]
        if key.replace("-", "_") in _PARAMETERS:
            yield from ((name, f"the kernel parameter {key}") for name in named if name in _OF_A_NIC)
        if key == _INITIAL_CALLS:
            yield from ((name, f"the kernel parameter {key}") for name in named if name.startswith("virtio_"))


def _plain(name: str) -> str:
    """Modules are called with ``-`` or ``_``."""
    return name.replace("-", "_")
