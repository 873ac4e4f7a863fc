"""A Debian with documentation, all locales and compilers, on disks of the usual kinds."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from guests.archive import find_mirror
from guests.disks.disk import run_as_root
from guests.disks.xfs_prototype import build_prototype
from guests.home import cached_folder
from guests.programs import run

GENERATION = "trixie"
PACKAGES = (
    "linux-image-cloud-amd64",
    "grub-pc",
    "cloud-init",
    "netplan.io",
    "network-manager",
    "openssh-server",
    "qemu-guest-agent",
    "locales-all",
    "perl-doc",
    "build-essential",
    "gfortran",
    "git",
    "vim",
    "python3-numpy",
    "python3-scipy",
)
"""Packages in addition to Debian's standard system; 1.3 GiB in all, in large folders."""

SIZE_MIB = 10 * 1024
"""Size of the guest's disk, in MiB; most of it is empty."""

MIB = 1024**2

_FSTAB = "/dev/vda1 / auto defaults 0 1\n"
_NETWORK = "[Match]\nName=en*\n\n[Network]\nDHCP=yes\n"
_CONVERTED = {
    "ext4.qcow2": ("ext4.raw",),
    "ext4-compressed.qcow2": ("ext4.raw", "-c"),
    "xfs.qcow2": ("xfs.raw",),
    "btrfs.qcow2": ("btrfs.raw",),
}
"""Disks that are converted: their source, and options of ``qemu-img convert``."""

DISKS = ("ext4.raw", *_CONVERTED)


def disks() -> Path:
    """Return the folder of all ``DISKS``. They are made at the first use: it takes minutes, and 15 GiB."""
    words = (find_mirror(), GENERATION, *PACKAGES, *DISKS, str(SIZE_MIB))
    return cached_folder("full-guest", words, lambda folder: run_as_root("benchmarks.full_guest", folder))


def _make(folder: Path) -> None:
    tar, root = folder / "root.tar", folder / "root"
    if not tar.exists():
        _bootstrap(tar)
    root.mkdir()
    run(["tar", "-C", root, "--numeric-owner", "--exclude=./dev/*", "-xf", tar])
    _set_up(root)
    for system in ("ext4", "xfs", "btrfs"):
        _disk(system, root, folder / f"{system}.raw")
    for name, (source, *how) in _CONVERTED.items():
        run(["qemu-img", "convert", *how, "-f", "raw", "-O", "qcow2", folder / source, folder / name])
    for name in ("xfs.raw", "btrfs.raw", "root.tar"):
        (folder / name).unlink()
    shutil.rmtree(root)


def _bootstrap(tar: Path) -> None:
    packages = f"--include={','.join(PACKAGES)}"
    run(["mmdebstrap", "--variant=standard", "--architectures=amd64", packages, GENERATION, tar, find_mirror()])


def _set_up(root: Path) -> None:
    (root / "etc/fstab").write_text(_FSTAB)
    (root / "etc/systemd/network/20-wired.network").write_text(_NETWORK)
    wants = root / "etc/systemd/system/multi-user.target.wants"
    (wants / "systemd-networkd.service").symlink_to("/usr/lib/systemd/system/systemd-networkd.service")


def _disk(system: str, root: Path, disk: Path) -> None:
    """Make a disk with one partition, and a file system in it."""
    alone = disk.with_suffix(".alone")
    with alone.open("wb") as file:
        file.truncate((SIZE_MIB - 2) * MIB)
    if system == "ext4":
        run(["mkfs.ext4", "-q", "-F", "-d", root, alone])
    elif system == "btrfs":
        run(["mkfs.btrfs", "-q", "-f", "--rootdir", root, alone])
    else:
        description = disk.with_suffix(".prototype")
        description.write_text(build_prototype(root), encoding="utf-8", errors="surrogateescape")
        run(["mkfs.xfs", "-q", "-f", "-p", description, alone])
        description.unlink()
    with disk.open("wb") as file:
        file.truncate(SIZE_MIB * MIB)
    run(["sfdisk", "-q", disk], stdin=b"label: gpt\nstart=1MiB, type=linux\n")
    run(["dd", f"if={alone}", f"of={disk}", "bs=1M", "seek=1", "conv=notrunc,sparse", "status=none"])
    alone.unlink()


if __name__ == "__main__":
    _make(Path(sys.argv[1]))
