"""Guests whose verdict depends on their initramfs: one for each compression."""

from __future__ import annotations

import bz2
import gzip
import lzma
import struct
from collections.abc import Callable, Mapping

from fs_explorer.codecs.registry import compress

from guests.disks.cpio import Member, link, make_archive, with_folders
from tests.unit.guestinspect.network import guests

PATH = "/boot/initrd.img"

_RELEASE = "6.1.0-30-amd64"
_MODULES = f"usr/lib/modules/{_RELEASE}"
_DRIVERS = ("block/virtio_blk", "net/virtio_net", "virtio/virtio_pci", "scsi/virtio_scsi")
_COPIED = ("80-net-setup-link.rules", "99-default.link")
_MICROCODE = make_archive(with_folders([Member("kernel/x86/microcode/GenuineIntel.bin", bytes(range(256)))]))


def _make_archive() -> bytes:
    rules = {path: text for path, text in guests.DEBIAN.files.items() if path.endswith(_COPIED)}
    files = {
        **rules,
        "/usr/lib/systemd/systemd-udevd": "ELF",
        "/usr/lib/udev/rules.d/70-net.rules": 'SUBSYSTEM=="net", KERNELS=="0000:00:05.0", NAME="lan0"\n',
        "/usr/lib/udev/rules.d/80-drivers.rules": 'ACTION!="remove", RUN{builtin}+="kmod load"\n',
        **{f"/{_MODULES}/kernel/drivers/{driver}.ko": "ELF" for driver in _DRIVERS},
    }
    members = [Member(path.lstrip("/"), text.encode()) for path, text in files.items()]
    linked = [Member(name, content, inode=9, links=2) for name, content in (("a.link", b""), ("b.link", b"[Match]\n"))]
    return make_archive([*with_folders(members), *linked, link("lib", "usr/lib")])


def _compress_lz4(content: bytes) -> bytes:
    block = compress("lz4", content)
    return struct.pack("<II", 0x184C2102, len(block)) + block


_COMPRESSIONS: Mapping[str, Callable[[bytes], bytes]] = {
    "none": bytes,
    "gzip": gzip.compress,
    "xz": lambda content: lzma.compress(content, lzma.FORMAT_XZ, lzma.CHECK_CRC32),
    "lzma": lambda content: lzma.compress(content, lzma.FORMAT_ALONE),
    "bzip2": bz2.compress,
    "zstd": lambda content: compress("zstd", content),
    "lz4": _compress_lz4,
}

GUEST = (
    guests.DEBIAN
    | guests.NETWORKD
    | guests.Part(
        {
            "/etc/systemd/network/20-dhcp.network": "[Match]\nName=eth*\n\n[Network]\nDHCP=yes\n",
            f"/{_MODULES}/modules.builtin": "kernel/fs/ext4/ext4.ko\n",
        },
        {"/etc/systemd/network/99-default.link": "/dev/null"},
    )
)
"""A guest whose names of NICs were switched off after its initramfs was made."""

IMAGES: Mapping[str, str] = {
    name: (_MICROCODE + pack(_make_archive())).decode("utf-8", "surrogateescape")
    for name, pack in _COMPRESSIONS.items()
}
"""The initramfs images by their compression, with microcode in front; bytes that are not UTF-8 are surrogates."""
