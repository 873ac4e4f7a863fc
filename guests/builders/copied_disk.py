"""``python -m guests.builders.copied_disk NAME DISK``: a disk from the copy of an image, made as root or fakeroot.

It has the partition table of the image, and its file systems with their UUIDs and labels. The files of packages come
from Debian's archive.
"""

from __future__ import annotations

import json
import re
import sys
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from guests.archive import download_packages, require_tools
from guests.builders.all_builders import find_builders
from guests.builders.builder import Builder
from guests.builders.image_copy import EFI, FILES, RECORD
from guests.disks import disk
from guests.errors import GuestsError
from guests.home import cached_folder
from guests.programs import run
from guests.static.guest import unpack_package
from guests.static.initramfs import write_initramfs

COPIES = Path(__file__).with_name("copies")

_NEEDED = {"sfdisk": "fdisk", "mkfs.vfat": "dosfstools", "mcopy": "mtools"}
_INITRAMFS = "initrd.img-"
_SECTOR_BYTES = 512
_BOOT_CODE = b"\xeb\x63\x90"
"""The jump at the beginning of a boot loader: the copy has no program behind it."""
_PARTITION = re.compile(r"^(?P<volume>\S+) : start= *(?P<start>\d+), size= *(?P<size>\d+)", re.MULTILINE)


def find_copy(builder: Builder) -> Path:
    """Return the path of the copy of a builder's image."""
    return COPIES / f"{builder.name}.tar.xz"


def make_copied_disk(builder: Builder, path: Path) -> None:
    """Make a disk from the copy of a builder's image, in a few seconds once its packages are cached.

    Raises:
        PackagesUnavailable: The packages cannot be downloaded on this machine.
    """
    require_tools(_NEEDED)
    _unpack_packages(builder)
    disk.run_as_root(__name__, builder.name, path)


def main() -> None:
    """Make the disk that the command line describes."""
    name, path = sys.argv[1:]
    builder = find_builders([name])[0]
    with TemporaryDirectory(prefix="guests-") as temporary:
        tree = Path(temporary) / "tree"
        run(["cp", "-a", "--reflink=auto", _unpack_packages(builder), tree])
        with tarfile.open(find_copy(builder)) as archive:
            members = [each for each in archive if each.name.startswith((f"{FILES}/", f"{EFI}/"))]
            archive.extractall(temporary, members, filter="tar")
        _overlay(Path(temporary) / FILES, tree)
        _write_disk(tree, Path(path), _read_record(builder))


def _read_record(builder: Builder) -> dict[str, Any]:
    with tarfile.open(find_copy(builder)) as archive:
        content = archive.extractfile(RECORD)
        record: dict[str, Any] = json.loads(content.read()) if content else {}
    return record


def _unpack_packages(builder: Builder) -> Path:
    """Return the folder with the packages of an image, which is cached."""
    names = tuple(_read_record(builder)["packages"])

    def make(folder: Path) -> None:
        debs = download_packages(builder.generation, names)
        tree = folder / "tree"
        for name in ("bin", "lib", "lib64", "sbin"):
            (tree / "usr" / name).mkdir(parents=True)
            (tree / name).symlink_to(f"usr/{name}")
        for deb in debs.values():
            unpack_package(deb, tree)

    return cached_folder(f"unpacked-{builder.generation}-image", names, make) / "tree"


def _overlay(files: Path, tree: Path) -> None:
    """Put the files of the copy over those of the packages, and make the initramfs anew.

    The links of a merged root exist already.
    """
    for name in ("bin", "lib", "lib32", "lib64", "libx32", "sbin"):
        (files / name).unlink(missing_ok=True)
    run(["cp", "-a", f"{files}/.", tree])
    for initramfs in (tree / "boot").glob(f"{_INITRAMFS}*"):  # in the copy it is empty
        write_initramfs(tree, f"/boot/{initramfs.name}", initramfs.name.removeprefix(_INITRAMFS))


def _write_disk(tree: Path, path: Path, record: dict[str, Any]) -> None:
    partitions = {each["volume"]: each for each in _PARTITION.finditer(record["table"])}
    size = max(int(each["start"]) + int(each["size"]) for each in partitions.values()) + 2048
    with path.open("wb") as file:
        file.truncate(size * _SECTOR_BYTES)
    run(["sfdisk", "--quiet", path], stdin=record["table"].encode())
    if record["boot_code"]:
        with path.open("r+b") as file:
            file.write(_BOOT_CODE)
    for volume, partition in zip(record["volumes"], partitions.values(), strict=True):
        _write_volume(tree, path, volume, partition)


def _write_volume(tree: Path, path: Path, volume: dict[str, str], partition: re.Match[str]) -> None:
    """Write a file system into its partition. Source: mke2fs(8), "-E offset"; mkfs.fat(8), "--offset"; mtools(1)."""
    start, blocks = int(partition["start"]), str(int(partition["size"]) // 2)
    offset = start * _SECTOR_BYTES
    if volume["kind"] == "vfat":
        options = ["-i", volume["uuid"].replace("-", ""), *(("-n", volume["label"]) if volume["label"] else ())]
        run(["mkfs.vfat", *options, f"--offset={start}", path, blocks])
        run(["mcopy", "-i", f"{path}@@{offset}", "-s", *sorted((tree.parent / EFI).iterdir()), "::"])
    elif volume["kind"].startswith("ext"):
        options = ["-U", volume["uuid"], "-L", volume["label"], "-E", f"root_owner=0:0,offset={offset}"]
        run(["mkfs.ext4", "-q", "-F", *options, "-d", tree, path, f"{blocks}k"])
    else:
        raise GuestsError(f"A copy with a {volume['kind']} cannot be made")


if __name__ == "__main__":
    main()
