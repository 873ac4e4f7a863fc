"""The initramfs of a guest: the names and the drivers that it brings, before the root file system is there.

All start udevd, with other rules: initramfs-tools copies the guest's own rules and .link files (``hooks/udev``), dracut
the packaged rules, and the guest's own if it makes an initramfs for one machine (``modules.d/01systemd-udevd``);
mkinitcpio copies none that rename a NIC (``install/udev``, ``install/systemd``). The archive itself decides.
"""

from __future__ import annotations

import re
from functools import cached_property
from posixpath import basename

from guestinspect.disk.initramfs.archives import read_archives
from guestinspect.disk.tree import Tree, Unreadable
from guestinspect.guest.initramfs.archive_files import BootFiles, find_boot_files
from guestinspect.model.disk_drivers import DRIVERS_OF_BUS
from guestinspect.model.fact import TOO_LONG_TO_FETCH, Unknown, once
from guestinspect.model.guest import DEFAULT_DISK_BUS

_WANTED = re.compile(
    r"(.*/)?(udev/rules\.d/[^/]+\.rules|systemd/network/[^/]+\.link(\.d/[^/]+\.conf)?|modprobe\.d/[^/]+\.conf"
    r"|modules/[^/]+/modules\.builtin)",
    re.DOTALL,
)
_UDEV = (
    *("/usr/lib/systemd/systemd-udevd", "/lib/systemd/systemd-udevd", "/lib/udev/udevd", "/usr/lib/udev/udevd"),
    *("/sbin/udevd", "/usr/sbin/udevd", "/bin/udevadm", "/usr/bin/udevadm", "/sbin/udevadm"),
)
_DRACUT = ("/usr/lib/dracut", "/lib/dracut", "/etc/initrd-release", "/usr/lib/initrd-release")
_MODULES = "/lib/modules"
_LOADS_DRIVERS = "80-drivers.rules"
_MIB = 1024**2
_MOST_PATHS = 20_000

_DISK_DRIVERS = tuple(dict.fromkeys(driver for drivers in DRIVERS_OF_BUS.values() for driver in drivers))

_FOLDERS = {
    "sd_mod": "kernel/drivers/scsi",
    "virtio_blk": "kernel/drivers/block",
    "virtio_net": "kernel/drivers/net",
    "virtio_pci": "kernel/drivers/virtio",
    "virtio_scsi": "kernel/drivers/scsi",
}
"""The folder of each driver that is searched for, below that of the kernel's modules."""


def open_initramfs(tree: Tree, limit_bytes: int) -> Initramfs:
    """Return the initramfs that the boot loader loads by default. It is read when a file in it is needed.

    Args:
        tree: The guest's files.
        limit_bytes: The length of the longest initramfs that is read.

    Raises:
        Unknown: No boot loader names one initramfs, or the file is missing.
    """
    return Initramfs(tree, find_boot_files(tree), limit_bytes)


class Initramfs:
    """The initramfs of the default entry.

    Args:
        root: The files of the guest.
        boot_files: The files that the boot loader loads.
        limit_bytes: The length of the longest initramfs that is read.
    """

    def __init__(self, root: Tree, boot_files: BootFiles, limit_bytes: int) -> None:
        self.path = boot_files.archives[-1].path if boot_files.archives else ""
        self._root = root
        self._boot_files = boot_files
        self._limit_bytes = limit_bytes
        self._read_once = once(self._read)

    @property
    def _files(self) -> Tree | None:
        """The files in it; None: the kernel mounts the root file system directly.

        Raises:
            Unknown: It is damaged, or too long.
        """
        return self._read_once()

    def _read(self) -> Tree | None:
        archives = self._boot_files.archives
        size_bytes = sum(file.size_bytes for file in archives)
        if size_bytes > self._limit_bytes:
            raise Unknown(f"the initramfs {self.path} has {size_bytes // _MIB} MiB, {TOO_LONG_TO_FETCH}")
        if not archives:
            return None
        return read_archives(self._root, archives, lambda name: _WANTED.fullmatch(name) is not None)

    @cached_property
    def _release(self) -> str:
        """The release of the kernel, whose modules it can load; empty if it is unknown."""
        if self._boot_files.release in self._root.names(_MODULES):
            return self._boot_files.release
        releases = () if self._files is None else self._files.names(_MODULES)
        if self._boot_files.release:
            return self._boot_files.release if self._boot_files.release in releases else ""
        return releases[0] if len(releases) == 1 else ""

    @property
    def naming_files(self) -> Tree | None:
        """Return the files by which it names the NICs before the root file system is there; None: it names none.

        Raises:
            Unknown: It is not known whether it loads the drivers of the NICs.
        """
        files = self._files
        if files is None:
            return None
        if not any(files.status(path) is not None for path in _UDEV):
            if any(files.status(path) is not None for path in _DRACUT):
                raise Unknown(f"the initramfs {self.path} was made by dracut, and has no udev")
            return None
        drivers = [self.has_driver(module) for module in ("virtio_net", "virtio_pci")]
        if False in drivers:
            return None
        loads = any(_LOADS_DRIVERS in files.names(f"{folder}/udev/rules.d") for folder in ("/usr/lib", "/lib", "/etc"))
        if None in drivers or not (loads or self._is_built_in("virtio_net")):
            raise Unknown(f"whether the initramfs {self.path} loads the driver of the NICs could not be checked")
        return files

    def missing_drivers(self) -> tuple[str, ...]:
        """Return the drivers of virtio disks that are certainly not there when the root file system is mounted.

        A kernel that has those of the default bus built in is not searched for others: the initramfs may be long. One
        that is booted without a file may have an initramfs built in (CONFIG_INITRAMFS_SOURCE), with drivers.

        Raises:
            Unknown: The initramfs cannot be read.
        """
        if not self.path or all(self._is_built_in(driver) for driver in DRIVERS_OF_BUS[DEFAULT_DISK_BUS]):
            return ()
        return tuple(driver for driver in _DISK_DRIVERS if self.has_driver(driver) is False)

    def has_driver(self, module: str) -> bool | None:
        """Return True if a module is built into the kernel or in the initramfs; None: that is unknown.

        Args:
            module: The name of the module, with ``_``: ``virtio_blk``.

        Raises:
            Unknown: The initramfs cannot be read.
        """
        if self._is_built_in(module) or (self._files is not None and self._has_module(self._files, module)):
            return True
        names = self._root.names(f"{_MODULES}/{self._release}/{_FOLDERS[module]}") if self._release else ()
        is_module = any(_module_name(name) == module for name in names)
        return False if is_module or self._built_in is not None else None

    def _is_built_in(self, module: str) -> bool:
        return module in (self._built_in or ())

    @cached_property
    def _built_in(self) -> frozenset[str] | None:
        """The modules that are built into the kernel; None: their list was not found.

        Source: the kernel's Documentation/kbuild/kbuild.rst, "modules.builtin".
        """
        path = f"{_MODULES}/{self._release}/modules.builtin"
        content = self._root.read(path) if self._release else None
        if content is None and self._release and self._files is not None:
            content = self._files.read(path)
        return None if content is None else frozenset(map(_module_name, content.decode("ascii", "replace").split()))

    def _has_module(self, files: Tree, module: str) -> bool:
        """Return True if the initramfs has a module, in any folder of the kernel's release."""
        ahead = [f"{_MODULES}/{self._release}".rstrip("/")]
        for _ in range(_MOST_PATHS):
            if not ahead:
                return False
            folder = ahead.pop()
            names = files.names(folder)
            if any(_module_name(name) == module for name in names):
                return True
            ahead += [f"{folder}/{name}" for name in names if "." not in name or folder == _MODULES]
        raise Unreadable(self.path, "it has too many folders of modules")


def _module_name(path: str) -> str:
    """Return the name of the module in a file; kmod treats ``-`` and ``_`` the same. Source: modprobe(8)."""
    name, sign, _ = basename(path).partition(".ko")
    return name.replace("-", "_") if sign else ""
