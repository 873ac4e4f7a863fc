"""Disks, made of a folder that holds a guest, by the programs of the file systems. None of them needs root."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from devcloud.home import REPOSITORY
from guests.programs import run
from guests.setup import DiskFormat, Layout
from guests.xfs_prototype import prototype

_MIB = 1024**2
_SIZES_MIB = {Layout.EXT4: 128, Layout.BTRFS: 256, Layout.XFS: 320}
"""What a static guest fits into; mkfs.xfs makes none below 300 MiB."""
_CONFIG_DRIVE_BYTES = 4 * _MIB


def as_root(module: str, *arguments: str | Path) -> None:
    """Run a module of ours that sees and makes files of root; really root's, or as fakeroot keeps them in mind."""
    fakeroot = [] if os.geteuid() == 0 else ["fakeroot", "--"]
    run([*fakeroot, "env", f"PYTHONPATH={REPOSITORY}", sys.executable, "-m", module, *arguments])


def made(folder: Path, disk: Path, layout: Layout, disk_format: DiskFormat) -> None:
    """A small disk without a partition table."""
    raw = disk if disk_format is DiskFormat.RAW else disk.with_name(f"{disk.name}.raw")
    _FILE_SYSTEMS[layout](folder, raw, _SIZES_MIB[layout] * _MIB)
    if disk_format is DiskFormat.QCOW2:
        run(["qemu-img", "convert", "-c", "-f", "raw", "-O", "qcow2", raw, disk])
        raw.unlink()


def ext4(folder: Path, disk: Path, size_bytes: int) -> None:
    """An ext4 file system."""
    _empty(disk, size_bytes)
    run(["mkfs.ext4", "-q", "-F", "-E", "root_owner=0:0", "-d", folder, disk])


def config_drive(folder: Path, disk: Path) -> None:
    """A config drive of OpenStack. Source: Nova, "Config drives"."""
    _empty(disk, _CONFIG_DRIVE_BYTES)
    run(["mkfs.vfat", "-n", "config-2", disk])
    run(["mcopy", "-i", disk, "-s", folder / "openstack", "::openstack"])


def _xfs(folder: Path, disk: Path, size_bytes: int) -> None:
    _empty(disk, size_bytes)
    told = disk.with_name(f"{disk.name}.prototype")
    told.write_text(prototype(folder), encoding="utf-8", errors="surrogateescape")
    run(["mkfs.xfs", "-q", "-f", "-p", told, disk])
    told.unlink()


def _btrfs(folder: Path, disk: Path, size_bytes: int) -> None:
    _empty(disk, size_bytes)
    run(["mkfs.btrfs", "-q", "-f", "--rootdir", folder, disk])


def _empty(disk: Path, size_bytes: int) -> None:
    with disk.open("wb") as file:
        file.truncate(size_bytes)


_FILE_SYSTEMS = {Layout.EXT4: ext4, Layout.XFS: _xfs, Layout.BTRFS: _btrfs}
