"""The settings that keep the kernel from loading the driver of a guest's NICs.

Source: modprobe.d(5); kmod's libkmod-config.c; the kernel's admin-guide/kernel-parameters (``module_blacklist``,
``initcall_blacklist``); modprobe(8) for ``modprobe.blacklist``.
"""

from __future__ import annotations

from guestinspect.disk.globs import fnmatchcase
from guestinspect.disk.tree import Tree, join_continued, lines
from guestinspect.guest.files.conf_files import list_conf_files
from guestinspect.model.fact import Unknown

_FOLDERS = ("/etc/modprobe.d", "/run/modprobe.d", "/usr/local/lib/modprobe.d", "/usr/lib/modprobe.d", "/lib/modprobe.d")
_DRIVERS = frozenset({"virtio_net", "virtio_pci", "virtio", "virtio_ring", "net_failover", "failover"})
"""The driver of a NIC in this cloud, and the modules that it needs.

Source: ``modinfo virtio_net``, ``modinfo virtio_pci``.
"""
_NIC_DRIVER = "virtio_net"
_ALIASES = ("virtio:", "pci:v00001AF4")
"""The beginnings of the names by which udev requests the drivers; a line ``alias`` gives them to another module."""
_PARAMETERS = ("modprobe.blacklist", "module_blacklist")
_INITIAL_CALLS = "initcall_blacklist"


def require_nic_driver(tree: Tree, command_line: tuple[str, ...]) -> None:
    """Raise Unknown if a setting keeps the kernel from loading the driver of the NICs.

    The NICs may come up nevertheless: the driver may be built into the kernel, or loaded in the initramfs.
    """
    for path in list_conf_files(tree, _FOLDERS, ".conf"):
        for number, text in join_continued(lines(tree, path)):
            driver = _find_blocked_driver(*(*text.split(maxsplit=2), "", "")[:2])
            if driver is not None:
                raise Unknown(f"the guest is configured not to load the driver {driver} ({path}:{number})")
    for parameter in command_line:
        key, _, value = parameter.partition("=")
        names = [_normalize(name) for name in value.strip('"').split(",")]
        blocked = [name for name in names if name in _DRIVERS] if key.replace("-", "_") in _PARAMETERS else []
        if key == _INITIAL_CALLS:  # names of functions: virtio_net_driver_init
            blocked = [name for name in names if name.startswith("virtio_")]
        if blocked:
            raise Unknown(f"the guest is configured not to load the driver {blocked[0]} (the kernel parameter {key})")


def _find_blocked_driver(command: str, name: str) -> str | None:
    """Return the driver that a line keeps from being loaded, or None.

    ``blacklist`` ignores only the aliases of a module; since udev loads by alias, that is enough. ``install`` runs a
    command in place of loading, whatever the command is; its name may be a pattern.
    """
    module = _normalize(name)
    if command == "blacklist" and module in _DRIVERS:
        return module
    if command == "install":
        return next((driver for driver in sorted(_DRIVERS) if fnmatchcase(driver, module)), None)
    return _NIC_DRIVER if command == "alias" and name.startswith(_ALIASES) else None


def _normalize(name: str) -> str:
    """Return a module name with ``_``: kmod treats ``-`` the same. Source: modprobe(8), "Description"."""
    return name.replace("-", "_")
