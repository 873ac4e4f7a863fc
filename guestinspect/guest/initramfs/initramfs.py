"""The initramfs of a guest: the names and the drivers that it brings, before the root file system is there.

Sources: initramfs-tools (``hooks/udev``, ``scripts/init-top/udev``), dracut (``modules.d/*udev*``), mkinitcpio
(``install/udev``, ``install/systemd``): all start udevd, with those of the guest's rules and .link files that were
there when the initramfs was made.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from posixpath import basename

from guestinspect.disk.initramfs.archives import read_archives
from guestinspect.disk.tree import Tree, Unreadable
from guestinspect.guest.initramfs.archive_files import find_boot_files
from guestinspect.model.fact import TOO_LONG_TO_FETCH, Unknown

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

_FOLDERS = {
    "sd_mod": "kernel/drivers/scsi",
    "virtio_blk": "kernel/drivers/block",
    "virtio_net": "kernel/drivers/net",
    "virtio_pci": "kernel/drivers/virtio",
    "virtio_scsi": "kernel/drivers/scsi",
}
"""The folder of each driver that is searched for, below that of the kernel's modules."""


def open_initramfs(tree: Tree, limit_bytes: int) -> Initramfs:
    """Return the initramfs that the boot loader loads by default.

    Args:
        tree: The guest's files.
        limit_bytes: The length of the longest initramfs that is read.

    Raises:
        Unknown: There is none to read, or it cannot be read.
    """
    boot_files = find_boot_files(tree)
    size_bytes = sum(file.size_bytes for file in boot_files.archives)
    if not boot_files.archives:
        return Initramfs("", None, tree, boot_files.release)
    path = boot_files.archives[-1].path
    if size_bytes > limit_bytes:
        raise Unknown(f"the initramfs {path} has {size_bytes // _MIB} MiB, {TOO_LONG_TO_FETCH}")
    files = read_archives(tree, boot_files.archives, lambda name: _WANTED.fullmatch(name) is not None)
    releases = [boot_files.release] if boot_files.release else list(_list_releases(files))
    known = [each for each in releases if each in (*_list_releases(files), *_list_releases(tree))]
    return Initramfs(path, files, tree, known[0] if len(known) == 1 else "")


@dataclass(frozen=True)
class Initramfs:
    """The initramfs of the default entry.

    Args:
        path: The path of its last file in the guest; empty: the kernel mounts the root file system directly.
        files: The files in it; None: there is no initramfs.
        root: The files of the guest.
        release: The release of the kernel, whose modules it can load; empty if it is unknown.
    """

    path: str
    files: Tree | None
    root: Tree
    release: str

    @property
    def naming_files(self) -> Tree | None:
        """Return the files by which it names the NICs before the root file system is there; None: it names none.

        Raises:
            Unknown: It is not known whether it loads the drivers of the NICs.
        """
        files = self.files
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

    def has_driver(self, module: str) -> bool | None:
        """Return True if a module is in the initramfs or built into the kernel; None: that is unknown.

        Args:
            module: The name of the module, with ``_``: ``virtio_blk``.
        """
        if self._is_built_in(module) or (self.files is not None and self._has_module(self.files, module)):
            return True
        names = self.root.names(f"{_MODULES}/{self.release}/{_FOLDERS[module]}") if self.release else ()
        is_module = any(_module_name(name) == module for name in names)
        return False if is_module or self._built_in is not None else None

    def _is_built_in(self, module: str) -> bool:
        return module in (self._built_in or ())

    @cached_property
    def _built_in(self) -> frozenset[str] | None:
        """The modules that are built into the kernel; None: their list was not found.

        Source: the kernel's Documentation/kbuild/kbuild.rst, "modules.builtin".
        """
        for tree in (self.root, self.files):
            content = tree.read(f"{_MODULES}/{self.release}/modules.builtin") if tree is not None else None
            if content is not None and self.release:
                return frozenset(map(_module_name, content.decode("ascii", "replace").split()))
        return None

    def _has_module(self, files: Tree, module: str) -> bool:
        """Return True if the initramfs has a module, in any folder of the kernel's release."""
        ahead = [f"{_MODULES}/{self.release}".rstrip("/")]
        for _ in range(_MOST_PATHS):
            if not ahead:
                return False
            folder = ahead.pop()
            names = files.names(folder)
            if any(_module_name(name) == module for name in names):
                return True
            ahead += [f"{folder}/{name}" for name in names if "." not in name or folder == _MODULES]
        raise Unreadable(self.path, "it has too many folders of modules")


def _list_releases(tree: Tree) -> tuple[str, ...]:
    return tree.names(_MODULES)


def _module_name(path: str) -> str:
    """Return the name of the module in a file; kmod treats ``-`` and ``_`` the same. Source: modprobe(8)."""
    name, sign, _ = basename(path).partition(".ko")
    return name.replace("-", "_") if sign else ""
