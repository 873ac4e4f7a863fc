"""Disks to damage: the same intact guest in every file system, volume and disk format that the installed tools make."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from unittest import SkipTest

from tests import guest_disks, volumes

_UUID = "5eed5eed-5eed-5eed-5eed-5eed5eed5eed"
_MANY = 400
_EXT = ("-U", _UUID, "-E", f"root_owner=0:0,hash_seed={_UUID}")
_LVM = "pvpvpvpvpvpvpvpvpvpvpvpvpvpvpvpv"
_LINUX, _PV = 0x83, 0x8E
_PACKAGES = 4000


@dataclass(frozen=True)
class Specimen:
    """One disk to damage.

    Args:
        name: Its name in reports and on the command line.
        path: The path of the disk.
    """

    name: str
    path: Path


@dataclass(frozen=True)
class Corpus:
    """All disks that could be made.

    Args:
        specimens: The disks.
        omitted: The names of the other disks, each with the reason.
    """

    specimens: tuple[Specimen, ...]
    omitted: Mapping[str, str]


def make_corpus(folder: Path, *, only: str = "") -> Corpus:
    """Make the disks in a folder; existing disks stay.

    Args:
        folder: The folder for the disks.
        only: The beginning of the names of the disks to make; empty: all.
    """
    files = folder / "files"
    if not files.exists():
        _write_guest(files)
    specimens, omitted = [], {}
    for name, maker in _MAKERS.items():
        if not name.startswith(only):
            continue
        path = folder / f"{name}.disk"
        try:
            if not path.exists():
                maker(folder, path)
            specimens.append(Specimen(name, path))
        except (SkipTest, AssertionError, OSError, subprocess.CalledProcessError) as error:
            path.unlink(missing_ok=True)
            omitted[name] = str(error).splitlines()[0]
    return Corpus(tuple(specimens), omitted)


def list_guest_files() -> Mapping[str, bytes]:
    """Return the files of the guest on every disk, by path."""
    packages = "".join(f"Package: p{number}\nStatus: install ok installed\n\n" for number in range(_PACKAGES))
    files = {name: content.encode() if isinstance(content, str) else content for name, content in _SOUND.items()}
    files["/var/lib/dpkg/status"] += packages.encode()
    files["/etc/machine-id"] = b"uninitialized\n"
    files["/etc/ssh/sshd_config"] = b"Include /etc/ssh/sshd_config.d/*.conf\nPermitRootLogin no\n"
    files |= {f"/home/debian/notes/a-file-with-a-long-name-{number:04}": b"" for number in range(_MANY)}
    return files


_SOUND = guest_disks.SOUND


def _write_guest(folder: Path) -> None:
    for name, content in list_guest_files().items():
        file = Path(f"{folder}{name}")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    for name, target in guest_disks.LINKS.items():
        link = Path(f"{folder}{name}")
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(target)


Maker = Callable[[Path, Path], None]


def _in_mbr(make_part: Maker) -> Maker:
    """Return a maker of a disk with one partition, which a BIOS boots."""

    def make_disk(folder: Path, path: Path) -> None:
        part = path.with_suffix(".part")
        make_part(folder, part)
        volumes.mbr(path, [volumes.Part(part, _LINUX)], boot_code=_BOOT_CODE)
        part.unlink()

    return make_disk


_BOOT_CODE = b"\xeb\x63\x90".ljust(0x180, b"\0") + b"GRUB \0Geom\0Hard Disk\0Read\0 Error\r\n\0"


def _ext(*options: str, kind: str = "ext4") -> Maker:
    return lambda folder, path: _discard(volumes.ext(path, folder / "files", *_EXT, *options, kind=kind, size_mib=24))


def _xfs(*options: str) -> Maker:
    return lambda folder, path: _discard(volumes.xfs(path, folder / "files", *options))


def _btrfs(*options: str) -> Maker:
    return lambda folder, path: _discard(volumes.btrfs(path, folder / "files", "-U", _UUID, *options))


def _discard(_path: object) -> None:
    """Drop the path that a function of the tests returns."""


def _make_gpt(folder: Path, path: Path) -> None:
    """Make a disk for UEFI: an EFI system partition, and the guest."""
    esp, root, inside = path.with_suffix(".esp"), path.with_suffix(".root"), folder / "esp"
    (inside / "EFI/BOOT").mkdir(parents=True, exist_ok=True)
    (inside / "EFI/debian").mkdir(exist_ok=True)
    (inside / "EFI/BOOT/BOOTX64.EFI").write_bytes(b"MZ" + bytes(510))
    (inside / "EFI/debian/shimx64.efi").write_bytes(b"MZ" + bytes(510))
    (inside / "EFI/debian/a-long-name-of-a-file.cfg").write_text("set root=hd0\n")
    volumes.vfat(esp, inside, "-i", "5eed5eed")
    _ext()(folder, root)
    volumes.gpt(path, [volumes.Part(esp, volumes.EFI_SYSTEM, "EFI"), volumes.Part(root, volumes.LINUX_ROOT, "root")])
    esp.unlink()
    root.unlink()


def _make_lvm(folder: Path, path: Path) -> None:
    root, pv = path.with_suffix(".root"), path.with_suffix(".pv")
    _ext()(folder, root)
    text = volumes.volume_group("debian", _LVM, volumes.logical_volume("root", (0, 10, 0), (10, 14, 10)), extents=24)
    volumes.physical_volume(pv, text, pv_id=_LVM, content=root, extents=24)
    volumes.mbr(path, [volumes.Part(pv, _PV)], boot_code=_BOOT_CODE)
    root.unlink()
    pv.unlink()


def _container(disk_format: str, *options: str) -> Maker:
    """Return a maker of the disk with ext4 in another disk format."""

    def make_disk(folder: Path, path: Path) -> None:
        raw = path.with_suffix(".raw")
        _in_mbr(_ext())(folder, raw)
        try:
            volumes.run("qemu-img", "convert", "-f", "raw", "-O", disk_format, *options, raw, path)
        finally:
            raw.unlink()

    return make_disk


_MAKERS: Mapping[str, Maker] = {
    "ext4": _in_mbr(_ext("-b", "4096")),
    "ext4-1k": _in_mbr(_ext("-b", "1024")),
    "ext4-inline": _in_mbr(_ext("-b", "4096", "-O", "inline_data", "-I", "256")),
    "ext2": _in_mbr(_ext(kind="ext2")),
    "xfs": _in_mbr(_xfs("-m", f"uuid={_UUID}")),
    "xfs-old": _in_mbr(_xfs("-m", f"crc=0,uuid={_UUID}")),
    "btrfs": _in_mbr(_btrfs()),
    "btrfs-mixed": _in_mbr(_btrfs("--mixed", "-n", "4096")),
    "btrfs-zstd": _in_mbr(_btrfs("--compress", "zstd", "--subvol", "default:home")),
    "btrfs-zlib": _in_mbr(_btrfs("--compress", "zlib")),
    "gpt-vfat": _make_gpt,
    "lvm": _make_lvm,
    "qcow2": _container("qcow2"),
    "qcow2-old": _container("qcow2", "-o", "compat=0.10"),
    "qcow2-packed": _container("qcow2", "-c"),
    "qcow2-zstd": _container("qcow2", "-c", "-o", "compression_type=zstd"),
    "qcow2-extended": _container("qcow2", "-o", "extended_l2=on"),
    "qcow2-small": _container("qcow2", "-o", "cluster_size=4k"),
    "vmdk": _container("vmdk"),
    "vmdk-stream": _container("vmdk", "-o", "subformat=streamOptimized"),
    "vdi": _container("vdi"),
    "vhd": _container("vpc"),
    "vhdx": _container("vhdx"),
}
