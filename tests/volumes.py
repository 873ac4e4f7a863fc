"""File systems that their own tools make of a folder, and the partition tables and volume groups around them."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import uuid
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import SkipTest

MIB = 1024**2
SECTOR_BYTES = 512
LINUX_FILES = "0fc63daf-8483-4772-8e79-3d69d8477de4"
LINUX_ROOT = "4f68bce3-e8cd-4db1-96e7-fbcaf984b709"
EFI_SYSTEM = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"
BIOS_BOOT = "21686148-6449-6e6f-744e-656564454649"


def run(*command: str | Path) -> None:
    """Run a tool; skip the test if it is not installed."""
    tool = shutil.which(str(command[0]), path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if tool is None:
        raise SkipTest(f"needs {command[0]}")
    # mkfs.xfs refuses less than 300 MiB, except for its own test suite.
    environment = {**os.environ, "TEST_DIR": "/", "TEST_DEV": "/", "QA_CHECK_FS": "1"}
    result = subprocess.run([tool, *command[1:]], capture_output=True, text=True, check=False, env=environment)
    if result.returncode:
        raise AssertionError(f"{' '.join(map(str, command))}: {result.stderr}")


def ext(path: Path, folder: Path, *options: str, kind: str = "ext4", size_mib: int = 16) -> Path:
    """Make an ext2, ext3 or ext4 with the files of a folder."""
    path.unlink(missing_ok=True)
    run("mke2fs", "-q", "-t", kind, "-d", folder, "-E", "root_owner=0:0", *options, path, f"{size_mib}M")
    return path


def xfs(path: Path, folder: Path, *options: str, size_mib: int = 32) -> Path:
    """Make an XFS with the files of a folder; their names must not contain spaces, which mkfs.xfs cannot store."""
    _empty(path, size_mib)
    prototype = path.with_suffix(".proto")
    prototype.write_bytes(os.fsencode("\n".join(("/dev/null", "0 0", "d--755 0 0", *_prototype(folder), "$", ""))))
    run("mkfs.xfs", "-q", *options, "-p", prototype, path)
    return path


def _prototype(folder: Path) -> list[str]:
    """Return the files of a folder in the prototype format of mkfs.xfs(8), option -p."""
    lines = []
    for each in sorted(folder.iterdir()):
        mode = f"{each.lstat().st_mode & 0o777:03o}"
        if each.is_symlink():
            lines.append(f"{each.name} l--777 0 0 {os.readlink(each)}")
        elif each.is_dir():
            lines += [f"{each.name} d--{mode} 0 0", *_prototype(each), "$"]
        else:
            lines.append(f"{each.name} ---{mode} 0 0 {each}")
    return lines


def btrfs(path: Path, folder: Path, *options: str, size_mib: int = 128) -> Path:
    """Make a btrfs with the files of a folder.

    Args:
        path: The file system; it is a sixth as long as without ``--shrink`` and the duplicate of its metadata.
        folder: The files.
        options: Options of mkfs.btrfs: "-m dup" makes the duplicate.
        size_mib: The length while it is made; mkfs.btrfs refuses less than 109.
    """
    _empty(path, size_mib)
    profile = () if "--mixed" in options else ("-m", "single")
    run("mkfs.btrfs", "-q", "--shrink", "--rootdir", folder, *profile, *options, path)
    return path


def vfat(path: Path, folder: Path, *options: str, size_mib: int = 4) -> Path:
    """Make a FAT with the files of a folder."""
    _empty(path, size_mib)
    run("mkfs.vfat", *options, path)
    run("mcopy", "-s", "-i", path, *sorted(folder.iterdir()), "::")
    return path


def _empty(path: Path, size_mib: int) -> None:
    path.unlink(missing_ok=True)
    with path.open("wb") as file:
        file.truncate(size_mib * MIB)


@dataclass(frozen=True)
class Part:
    """A partition.

    Args:
        content: A file with its bytes; None: zeros.
        kind: The partition type: a GUID, or the number in an MBR.
        label: The label, in a GPT.
        size_mib: The size, if there is no content.
    """

    content: Path | None
    kind: str | int = LINUX_FILES
    label: str = ""
    size_mib: int = 1

    @property
    def size_bytes(self) -> int:
        return self.content.stat().st_size if self.content else self.size_mib * MIB


def partition_uuid(number: int) -> str:
    """Return the GUID of a partition that ``gpt`` makes; the first has number 1."""
    return str(uuid.UUID(int=0x5EED << 64 | number))


def gpt(path: Path, parts: Sequence[Part]) -> Path:
    """Write a disk with a GPT and its copy at the end."""
    starts, total = _starts(parts)
    entries = b"".join(
        struct.pack(
            "<16s16sQQQ72s",
            uuid.UUID(str(part.kind)).bytes_le,
            uuid.UUID(partition_uuid(number)).bytes_le,
            start // SECTOR_BYTES,
            (start + part.size_bytes) // SECTOR_BYTES - 1,
            0,
            part.label.encode("utf-16-le"),
        )
        for number, (part, start) in enumerate(zip(parts, starts, strict=True), 1)
    ).ljust(128 * 128, b"\0")
    last = total // SECTOR_BYTES - 1
    protective = struct.pack("<B3sB3sII", 0, b"\0\2\0", 0xEE, b"\xff\xff\xff", 1, last)
    _write(
        path,
        parts,
        starts,
        {
            446: protective.ljust(64, b"\0") + b"\x55\xaa",
            SECTOR_BYTES: _gpt_header(1, last, 2, entries),
            2 * SECTOR_BYTES: entries,
            total - 33 * SECTOR_BYTES: entries,
            total - SECTOR_BYTES: _gpt_header(last, 1, last - 32, entries),
        },
    )
    return path


def _gpt_header(at: int, other: int, entries_at: int, entries: bytes) -> bytes:
    last = max(at, other)
    fields = (b"EFI PART", 0x10000, 92, 0, 0, at, other, 34, last - 33, uuid.UUID(int=7).bytes_le, entries_at)
    header = bytearray(struct.pack("<8sIIIIQQQQ16sQIII", *fields, 128, 128, zlib.crc32(entries)))
    header[16:20] = struct.pack("<I", zlib.crc32(header))
    return bytes(header)


def mbr(path: Path, parts: Sequence[Part], *, boot_code: bytes = b"", disk_id: int = 0x1234ABCD) -> Path:
    """Write a disk with an MBR of at most four partitions; the first has the boot flag."""
    starts, _total = _starts(parts)
    table = b"".join(
        struct.pack(
            "<B3sB3sII",
            0 if number else 0x80,
            b"\xfe\xff\xff",
            int(part.kind),
            b"\xfe\xff\xff",
            start // SECTOR_BYTES,
            part.size_bytes // SECTOR_BYTES,
        )
        for number, (part, start) in enumerate(zip(parts, starts, strict=True))
    )
    first = boot_code.ljust(440, b"\0") + struct.pack("<IH", disk_id, 0) + table.ljust(64, b"\0") + b"\x55\xaa"
    _write(path, parts, starts, {0: first})
    return path


def _starts(parts: Sequence[Part]) -> tuple[list[int], int]:
    """Return the first byte of each part, and the length of the disk."""
    starts, at = [], MIB
    for part in parts:
        starts.append(at)
        at += -(-part.size_bytes // MIB) * MIB
    return starts, at + MIB


def _write(path: Path, parts: Sequence[Part], starts: Sequence[int], pieces: dict[int, bytes]) -> None:
    path.unlink(missing_ok=True)
    with path.open("wb") as disk:
        disk.truncate(_starts(parts)[1])
    for part, start in zip(parts, starts, strict=True):
        if part.content:
            run(
                *f"dd bs=1M conv=notrunc,sparse seek={start // MIB} status=none".split(),
                f"if={part.content}",
                f"of={path}",
            )
    with path.open("r+b") as disk:
        for at, piece in pieces.items():
            disk.seek(at)
            disk.write(piece)


def physical_volume(path: Path, text: str, *, pv_id: str, content: Path | None = None, extents: int = 128) -> Path:
    """Write a physical volume of LVM2.

    Args:
        path: The file to write.
        text: The description of the volume group.
        pv_id: The UUID of the physical volume, without dashes.
        content: A file whose bytes fill the extents, from the first on.
        extents: The number of extents, of 1 MiB each.
    """
    start, metadata_at, metadata_bytes = MIB, 4096, MIB - 4096
    header = pv_id.encode() + struct.pack("<Q", start + extents * MIB)
    header += struct.pack("<QQQQ", start, 0, 0, 0) + struct.pack("<QQQQ", metadata_at, metadata_bytes, 0, 0)
    label = struct.pack("<I8s", 32, b"LVM2 001") + header
    label = label.ljust(SECTOR_BYTES - 20, b"\0")
    content_of_text = text.encode() + b"\0"
    area = struct.pack("<16sIQQ", b" LVM2 x[5A%r0N*>", 1, metadata_at, metadata_bytes)
    area += struct.pack("<QQII", SECTOR_BYTES, len(content_of_text), lvm_crc(content_of_text), 0)
    area = area.ljust(SECTOR_BYTES - 4, b"\0")
    with path.open("wb") as file:
        file.truncate(start + extents * MIB)
        file.seek(SECTOR_BYTES)
        file.write(struct.pack("<8sQI", b"LABELONE", 1, lvm_crc(label)) + label)
        file.seek(metadata_at)
        file.write(struct.pack("<I", lvm_crc(area)) + area + content_of_text)
    if content:
        run(*f"dd bs=1M conv=notrunc,sparse seek={start // MIB} status=none".split(), f"if={content}", f"of={path}")
    return path


def lvm_crc(data: bytes) -> int:
    """Return the checksum of LVM."""
    return zlib.crc32(data, 0xF597A6CF ^ 0xFFFFFFFF) ^ 0xFFFFFFFF


def volume_group(name: str, pv_id: str, logical: str, *, extents: int = 128) -> str:
    """Return the description of a volume group on one physical volume."""
    dashed = "-".join(pv_id[a:b] for a, b in ((0, 6), (6, 10), (10, 14), (14, 18), (18, 22), (22, 26), (26, 32)))
    return f'''{name} {{
id = "vgvgvg-vgvg-vgvg-vgvg-vgvg-vgvg-vgvgvg"
seqno = 3
format = "lvm2"
status = ["RESIZEABLE", "READ", "WRITE"]
flags = []
extent_size = 2048		# 1024 Kilobytes
max_lv = 0
max_pv = 0
metadata_copies = 0

physical_volumes {{

pv0 {{
id = "{dashed}"
device = "/dev/vda2"	# Hint only

status = ["ALLOCATABLE"]
flags = []
dev_size = {2048 * (extents + 1)}
pe_start = 2048
pe_count = {extents}
}}
}}

logical_volumes {{
{logical}}}

}}
# Generated by LVM2 version 2.03.16

contents = "Text Format Volume Group"
version = 1
description = "made for a test"
creation_host = "host"
creation_time = 1700000000
'''


def logical_volume(name: str, *segments: tuple[int, int, int], kind: str = "striped") -> str:
    """Return the description of a logical volume.

    Args:
        name: Its name.
        segments: For each: the first extent, the number of extents, the first extent on the disk.
        kind: The type of its segments, in LVM's words.
    """
    text = "".join(
        f'''
segment{number} {{
start_extent = {start}
extent_count = {count}

type = "{kind}"
stripe_count = 1	# linear

stripes = [
"pv0", {at}
]
}}
'''
        for number, (start, count, at) in enumerate(segments, 1)
    )
    return f"""
{name} {{
id = "lvlvlv-lvlv-lvlv-lvlv-lvlv-lvlv-lvlvlv"
status = ["READ", "WRITE", "VISIBLE"]
flags = []
creation_time = 1700000000
creation_host = "host"
segment_count = {len(segments)}
{text}}}
"""
