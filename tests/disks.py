"""Small disks, written byte by byte: one of each kind that users upload, and of each that they should not upload.

Each function writes a disk to a path. The disks are whole unless the name says otherwise, and their virtual size is
``GUEST_BYTES`` unless another one is requested.
"""

from __future__ import annotations

import gzip
import io
import shutil
import struct
import subprocess
import tarfile
import uuid
import zlib
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec

GUEST_BYTES = 1024**2
CLUSTER_BYTES = 64 * 1024
_SECTOR_BYTES = 512
_USED = 1 << 63

_Options = ParamSpec("_Options")


def _written(build: Callable[_Options, bytes]) -> Callable[Concatenate[Path, _Options], None]:
    """Turn a function that returns the bytes of a disk into one that writes them to a path, its first argument."""

    @wraps(build)
    def write(path: Path, /, *args: _Options.args, **kwargs: _Options.kwargs) -> None:
        path.write_bytes(build(*args, **kwargs))

    return write


def block_device(path: Path, add_cleanup: Callable[..., object]) -> Path | None:
    """Return a block device with the bytes of a file; None if this user cannot set one up.

    Args:
        path: The file.
        add_cleanup: Registers a call that removes the device, as ``addCleanup`` of a test does.
    """
    if not shutil.which("losetup"):
        return None
    shown = subprocess.run(["losetup", "--find", "--show", path], capture_output=True, text=True, check=False)
    if shown.returncode:
        return None
    device = shown.stdout.strip()
    add_cleanup(subprocess.run, ["losetup", "--detach", device], check=True)
    return Path(device)


@_written
def raw() -> bytes:
    """A disk with content that no program recognizes."""
    return _raw()


def _raw() -> bytes:
    return b"guest data".ljust(GUEST_BYTES, b".")


@_written
def raw_with_mbr() -> bytes:
    """A disk with one bootable Linux partition."""
    return _raw_with_mbr()


def _raw_with_mbr() -> bytes:
    return _with_mbr(_raw(), kind=0x83, start=1, sectors=GUEST_BYTES // _SECTOR_BYTES - 1)


@_written
def raw_with_boot_sector() -> bytes:
    """A disk with a boot sector without partitions, as kernels and boot managers have one."""
    return _raw()[:510] + b"\x55\xaa" + _raw()[512:]


@_written
def raw_with_gpt(*, last_lba: int = GUEST_BYTES // _SECTOR_BYTES - 34, sector_bytes: int = _SECTOR_BYTES) -> bytes:
    """A disk with a GPT and one partition, which may reach beyond the end."""
    entry = struct.pack("<16s16sQQQ72s", uuid.uuid4().bytes_le, uuid.uuid4().bytes_le, 40, last_lba, 0, b"")
    entries = entry.ljust(128 * 128, b"\0")
    fields = (b"EFI PART", 0x10000, 92, 0, 0, 1, last_lba + 33, 34, last_lba, b"", 2, 128, 128, zlib.crc32(entries))
    header = bytearray(struct.pack("<8sIIIIQQQQ16sQIII", *fields))
    header[16:20] = struct.pack("<I", zlib.crc32(header))
    disk = bytearray(_with_mbr(_raw(), kind=0xEE, start=1, sectors=last_lba + 33))
    disk[sector_bytes : sector_bytes + len(header)] = header
    disk[2 * sector_bytes : 2 * sector_bytes + len(entries)] = entries
    return bytes(disk)


@_written
def luks() -> bytes:
    """A disk with the header of an encrypted disk."""
    fields = (b"LUKS\xba\xbe", 1, b"aes", b"xts-plain64", b"sha256", 4096, 64)
    return _over(_raw(), 0, struct.pack(">6sH32s32s32sII", *fields).ljust(592, b"\0"))


@_written
def qcow2(*, version: int = 3, features: int = 0, virtual_size_bytes: int = GUEST_BYTES) -> bytes:
    """A qcow2 with two clusters of data."""
    return _qcow2(qcow2_header(version=version, features=features, virtual_size_bytes=virtual_size_bytes))


@_written
def qcow2_with_header(header: bytes) -> bytes:
    """A qcow2 with this header (from ``qcow2_header``), which may contradict the rest."""
    return _qcow2(header)


@_written
def qcow2_with_backing_file(name: bytes = b"/images/base.qcow2") -> bytes:
    """A qcow2 with a backing file."""
    return _qcow2(qcow2_header(backing=name))


@_written
def truncated_qcow2() -> bytes:
    """A qcow2 without the last half of its last cluster."""
    return _qcow2(qcow2_header())[: -CLUSTER_BYTES // 2]


def _qcow2(header: bytes) -> bytes:
    clusters = (
        header,
        struct.pack(">Q", 2 * CLUSTER_BYTES),
        struct.pack(">7H", *[1] * 7),
        struct.pack(">Q", 4 * CLUSTER_BYTES | _USED),
        struct.pack(">2Q", 5 * CLUSTER_BYTES | _USED, 6 * CLUSTER_BYTES | _USED),
        b"first",
        b"second",
    )
    return b"".join(cluster.ljust(CLUSTER_BYTES, b"\0") for cluster in clusters)


def qcow2_header(
    *,
    version: int = 3,
    features: int = 0,
    virtual_size_bytes: int = GUEST_BYTES,
    backing: bytes = b"",
    cluster_bits: int = 16,
    l1_at: int = 3 * CLUSTER_BYTES,
    l1_entries: int | None = None,
    snapshots: int = 0,
) -> bytes:
    """Return the header of a qcow2, with the names of an external data file and of a backing file, if it has them."""
    if l1_entries is None:
        l1_entries = -(-virtual_size_bytes // (CLUSTER_BYTES // 8 * CLUSTER_BYTES))
    extension = struct.pack(">II8s", 0x44415441, 8, b"data.raw") if features & 4 else b""
    extensions = extension + bytes(8)
    backing_at = 104 + len(extensions) if backing else 0
    fields = (b"QFI\xfb", version, backing_at, len(backing), cluster_bits, virtual_size_bytes, 0, l1_entries, l1_at)
    fields_v2 = struct.pack(">4sIQIIQIIQ", *fields) + struct.pack(">QIIQ", CLUSTER_BYTES, 1, snapshots, 0)
    return fields_v2 + struct.pack(">QQQII", features, 0, 0, 4, 104) + extensions + backing


@_written
def qed() -> bytes:
    """A QED image with a backing file."""
    header = struct.pack("<4sIIIQQQQQII", b"QED\0", CLUSTER_BYTES, 4, 1, 1, 0, 0, CLUSTER_BYTES, GUEST_BYTES, 64, 8)
    return (header + b"base.img").ljust(5 * CLUSTER_BYTES, b"\0")


@_written
def vdi(*, parent: bytes = b"") -> bytes:
    """A VDI with its only block."""
    head = b"<<< Oracle VM VirtualBox Disk Image >>>\n".ljust(64, b"\0")
    head += struct.pack("<IIII", 0xBEDA107F, 0x10001, 400, 1)
    head = head.ljust(0x154, b"\0") + struct.pack("<IIIIII", 512, 1024, 0, 0, 0, _SECTOR_BYTES)
    head = head.ljust(0x170, b"\0") + struct.pack("<QIIII", GUEST_BYTES, GUEST_BYTES, 0, 1, 1)
    head = head.ljust(0x1A8, b"\0") + parent
    return head.ljust(512, b"\0") + struct.pack("<I", 0).ljust(512, b"\xff") + _raw()


def vhd_footer(*, kind: int = 2, size_bytes: int = GUEST_BYTES, header_at: int = 2**64 - 1) -> bytes:
    """Return the footer of a VHD: kind 2 is fixed, 3 dynamic, 4 differencing."""
    cylinders, heads, sectors = 30, 4, 17
    fields = (b"conectix", 2, 0x10000, header_at, 0, b"win ", 0x60001, b"Wi2k", size_bytes, size_bytes)
    footer = bytearray(struct.pack(">8sIIQI4sI4sQQ", *fields) + struct.pack(">HBBI", cylinders, heads, sectors, kind))
    footer += struct.pack(">I16sB427x", 0, uuid.uuid4().bytes, 0)
    footer[64:68] = struct.pack(">I", ~sum(footer) & 0xFFFFFFFF)
    return bytes(footer)


@_written
def fixed_vhd(*, size_bytes: int = GUEST_BYTES) -> bytes:
    """A fixed VHD: a partitioned disk and a footer."""
    return _raw_with_mbr().ljust(size_bytes, b"\0") + vhd_footer(size_bytes=size_bytes)


@_written
def dynamic_vhd(*, kind: int = 3, parent: str = "") -> bytes:
    """A dynamic VHD with its only block."""
    footer = vhd_footer(kind=kind, header_at=512)
    header = struct.pack(">8sQQIIII", b"cxsparse", 2**64 - 1, 1536, 0x10000, 1, GUEST_BYTES, 0)
    header = (header.ljust(64, b"\0") + parent.encode("utf-16-be")).ljust(1024, b"\0")
    table = struct.pack(">I", 4).ljust(512, b"\xff")
    return footer + header + table + b"\xff" * 512 + _raw() + footer


@_written
def vhdx(*, flags: int = 0) -> bytes:
    """A VHDX with its only block: metadata at 1 MiB, block allocation table at 2 MiB, the block at 3 MiB."""
    mib = 1024**2
    regions = struct.pack("<4sIII", b"regi", 0, 2, 0)
    regions += _vhdx_entry("2DC27766-F623-4200-9D64-115E9BFD4A08", struct.pack("<QII", 2 * mib, mib, 1))
    regions += _vhdx_entry("8B7CA206-4790-4B9A-B8FE-575F050F886E", struct.pack("<QII", mib, mib, 1))
    items = (
        ("CAA16737-FA36-4D43-B3B6-33F0AA44E76B", struct.pack("<II", mib, flags)),
        ("2FA54224-CD1B-4876-B211-5DBED83BF4B8", struct.pack("<Q", GUEST_BYTES)),
        ("8141BF1D-A96F-4709-BA47-F233A8FAAB5F", struct.pack("<I", 512)),
    )
    metadata = struct.pack("<8s2xH20x", b"metadata", len(items))
    for index, (guid, value) in enumerate(items):
        metadata += _vhdx_entry(guid, struct.pack("<III4x", 65536 + index * 8, len(value), 0))
    values = b"".join(value.ljust(8, b"\0") for _guid, value in items)
    disk = _over(_over(bytes(4 * mib), 0, b"vhdxfile"), 192 * 1024, regions)
    disk = _over(_over(disk, mib, metadata), mib + 65536, values)
    return _over(_over(disk, 2 * mib, struct.pack("<Q", 3 << 20 | 6)), 3 * mib, _raw())


@_written
def vmdk_sparse(*, extents: str = 'RW 2048 SPARSE "disk.vmdk"', sectors: int = GUEST_BYTES // _SECTOR_BYTES) -> bytes:
    """A monolithicSparse VMDK with its last grain and an embedded descriptor."""
    text = vmdk_descriptor(extents, kind="monolithicSparse").ljust(20 * 512, b"\0")
    # In sectors of 512 bytes: descriptor 1-20, directory 21, table 22-25, grains of 128 sectors from 128 on.
    fields = (b"KDMV", 1, 3, sectors, 128, 1, 20, 512, 0, 21, 128)
    directory = struct.pack("<I", 22).ljust(512, b"\0")
    table = struct.pack("<16I", *[0] * 15, 128).ljust(4 * 512, b"\0")
    head = struct.pack("<4sIIQQQQIQQQ", *fields).ljust(512, b"\0") + text + directory + table
    return head.ljust(128 * 512, b"\0") + b"last".ljust(128 * 512, b".")


@_written
def vmdk_described(extents: str = 'RW 2048 FLAT "disk-flat.vmdk" 0', *, parent: str = "") -> bytes:
    """A VMDK that is only a descriptor: its content is in other files."""
    return vmdk_descriptor(extents, parent=parent)


def vmdk_descriptor(extents: str, *, kind: str = "monolithicFlat", parent: str = "") -> bytes:
    """Return the descriptor that names the files of a VMDK."""
    hint = f'parentFileNameHint="{parent}"\n' if parent else ""
    parent_id = "12345678" if parent else "ffffffff"
    lines = f'# Disk DescriptorFile\nversion=1\nCID=1\nparentCID={parent_id}\n{hint}createType="{kind}"\n\n'
    return f"{lines}# Extent description\n{extents}\n\n# The Disk Data Base\n".encode()


@_written
def iso(*, size_bytes: int = GUEST_BYTES, blocks: int = GUEST_BYTES // 2048) -> bytes:
    """An ISO 9660 image, whose volume has this number of blocks of 2 KiB."""
    return _iso(size_bytes, blocks)


def _iso(size_bytes: int, blocks: int) -> bytes:
    volume = bytearray(2048)
    volume[:8] = b"\x01CD001\x01\x00"
    volume[80:88] = struct.pack("<I", blocks) + struct.pack(">I", blocks)
    volume[128:132] = struct.pack("<H", 2048) + struct.pack(">H", 2048)
    return _over(bytes(size_bytes), 32 * 1024, bytes(volume))


@_written
def isohybrid() -> bytes:
    """A hybrid installer, which boots from a CD and from a USB stick."""
    return _with_mbr(_iso(GUEST_BYTES, GUEST_BYTES // 2048), kind=0x17, start=0, sectors=GUEST_BYTES // _SECTOR_BYTES)


def _vhdx_entry(guid: str, rest: bytes) -> bytes:
    return uuid.UUID(guid).bytes_le + rest


@_written
def ploop() -> bytes:
    """A ploop of version 2."""
    header = struct.pack("<16sIIIIIQ", b"WithouFreSpacExt", 2, 16, 0, 2048, 1, GUEST_BYTES // _SECTOR_BYTES)
    return header.ljust(GUEST_BYTES, b"\0")


@_written
def kernel() -> bytes:
    """A kernel for x86, as Linux builds it."""
    return kernel_bytes()


def kernel_bytes(*, size_bytes: int = GUEST_BYTES, first: bytes = b"MZ") -> bytes:
    """Return a kernel for x86. Source: Linux, Documentation/arch/x86/boot.rst.

    Args:
        size_bytes: Its length.
        first: Its first bytes: those of a program for UEFI, or of a boot sector.
    """
    # From byte 0x1F1: setup_sects, root_flags, syssize, ram_size, vid_mode, root_dev, boot_flag, jump, header, version.
    setup = struct.pack("<BHIHHHH2s4sH", 27, 1, 0xA1234, 0, 0xFFFF, 0, 0xAA55, b"\xeb\x6a", b"HdrS", 0x20F)
    return (first.ljust(0x1F1, b"\0") + setup).ljust(size_bytes, b".")


@_written
def ramdisk() -> bytes:
    """A ramdisk: a compressed cpio archive."""
    return gzip.compress(b"070701".ljust(512, b"0"))


@_written
def ova() -> bytes:
    """An appliance: a tar archive that begins with an OVF descriptor."""
    return tar_bytes("rna.ovf", "rna.vmdk")


@_written
def tar(*names: str) -> bytes:
    """A tar archive with files of these names."""
    return tar_bytes(*names)


def tar_bytes(*names: str, age: int = tarfile.PAX_FORMAT) -> bytes:
    """Return a tar archive with files of these names.

    Args:
        names: The names.
        age: The version of the format, by tarfile.
    """
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=age) as archive:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = 700
            archive.addfile(member, io.BytesIO(b"x" * 700))
    return file.getvalue()


def with_bytes(at: int, data: bytes) -> bytes:
    """Return a file of zeros but for these bytes."""
    return _over(bytes(GUEST_BYTES), at, data)


def _with_mbr(disk: bytes, *, kind: int, start: int, sectors: int) -> bytes:
    boot = 0x80 if kind != 0xEE else 0
    entry = struct.pack("<B3sB3sII", boot, b"\x00\x02\x00", kind, b"\xff\xff\xff", start, sectors)
    return _over(disk, 446, entry.ljust(64, b"\0") + b"\x55\xaa")


def _over(disk: bytes, at: int, data: bytes) -> bytes:
    return disk[:at] + data + disk[at + len(data) :]
