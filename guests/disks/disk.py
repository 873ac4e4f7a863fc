"""Disks made from a folder that holds a guest, by the programs of the file systems. None of them needs root."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from devcloud.home import REPOSITORY
from guests.disks.xfs_prototype import build_prototype
from guests.programs import run
from guests.setup import DiskFormat, Layout

_MIB = 1024**2
_SIZES_MIB = {Layout.EXT4: 128, Layout.BTRFS: 256, Layout.XFS: 320}
"""Sizes that hold a static guest; mkfs.xfs makes no file system below 300 MiB."""
_CONFIG_DRIVE_BYTES = 4 * _MIB


def run_as_root(module: str, *arguments: str | Path) -> None:
    """Run a module as root, or under fakeroot, so that its files belong to root."""
    fakeroot = [] if os.geteuid() == 0 else ["fakeroot", "--"]
    run([*fakeroot, "env", f"PYTHONPATH={REPOSITORY}", sys.executable, "-m", module, *arguments])


def make_disk(folder: Path, disk: Path, layout: Layout, disk_format: DiskFormat) -> None:
    """Make a small disk without a partition table."""
    raw = disk if disk_format is DiskFormat.RAW else disk.with_name(f"{disk.name}.raw")
    _MAKERS[layout](folder, raw, _SIZES_MIB[layout] * _MIB)
    if disk_format is DiskFormat.QCOW2:
        run(["qemu-img", "convert", "-c", "-f", "raw", "-O", "qcow2", raw, disk])
        raw.unlink()


def make_ext4(folder: Path, disk: Path, size_bytes: int) -> None:
    """Make an ext4 file system."""
    _make_empty(disk, size_bytes)
    run(["mkfs.ext4", "-q", "-F", "-E", "root_owner=0:0", "-d", folder, disk])


def make_config_drive_disk(folder: Path, disk: Path) -> None:
    """Make a config drive of OpenStack from a folder with its files. Source: Nova, "Config drives"."""
    _make_empty(disk, _CONFIG_DRIVE_BYTES)
    run(["mkfs.vfat", "-n", "config-2", disk])
    run(["mcopy", "-i", disk, "-s", folder / "openstack", "::openstack"])


def _make_xfs(folder: Path, disk: Path, size_bytes: int) -> None:
    _make_empty(disk, size_bytes)
    prototype = disk.with_name(f"{disk.name}.prototype")
    prototype.write_text(build_prototype(folder), encoding="utf-8", errors="surrogateescape")
    run(["mkfs.xfs", "-q", "-f", "-p", prototype, disk])
    prototype.unlink()


def _make_btrfs(folder: Path, disk: Path, size_bytes: int) -> None:
    _make_empty(disk, size_bytes)
    run(["mkfs.btrfs", "-q", "-f", "--rootdir", folder, disk])


def _make_empty(disk: Path, size_bytes: int) -> None:
    with disk.open("wb") as file:
        file.truncate(size_bytes)


_MAKERS = {Layout.EXT4: make_ext4, Layout.XFS: _make_xfs, Layout.BTRFS: _make_btrfs}
