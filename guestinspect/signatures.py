"""The type of the content of a volume or of a whole disk, by the magic numbers that blkid uses.

Source: libblkid/src/superblocks of util-linux.
"""

from __future__ import annotations

from collections.abc import Callable

ISO = "iso9660"
LVM = "LVM2_member"
NTFS = "ntfs"
SQUASHFS = "squashfs"

_WITHIN_HEAD = (
    (0, b"LUKS\xba\xbe", "crypto_LUKS"),
    (3, b"-FVE-FS-", "BitLocker"),
    (0, b"\xfc\x4e\x2b\xa9", "linux_raid_member"),
    (4096, b"\xfc\x4e\x2b\xa9", "linux_raid_member"),
    *((sector * 512, b"LABELONE", LVM) for sector in range(4)),
    (3, b"NTFS    ", NTFS),
    (3, b"EXFAT   ", "exfat"),
    (0, b"XFSB", "xfs"),
    (0, b"hsqs", SQUASHFS),
    (1024, b"\x10\x20\xf5\xf2", "f2fs"),
    (1024, b"\xe2\xe1\xf5\xe0", "erofs"),
    (1080, b"\x53\xef", "ext"),
    (4086, b"SWAPSPACE2", "swap"),
    (4086, b"S1SUSPEND", "swap"),
    (4120, b"\xc6\x85\x73\xf6", "bcache"),
    (32, b"NXSB", "apfs"),
)
_BEHIND_HEAD = (
    (65536 + 64, b"_BHRfS_M", "btrfs"),
    (32768 + 1, b"CD001", ISO),
    (32768, b"JFS1", "jfs"),
    (65536 + 52, b"ReIsEr", "reiserfs"),
)
_HEAD_BYTES = 8192
_ZFS_UBERBLOCKS_AT = 128 * 1024  # of the first label; the array of uberblocks is as long
_ZFS_MAGICS = (b"\x0c\xb1\xba\0\0\0\0\0", b"\0\0\0\0\0\xba\xb1\x0c")

REASONS = {
    "crypto_LUKS": "it is encrypted (LUKS)",
    "BitLocker": "it is encrypted (BitLocker)",
    "linux_raid_member": "it is part of a RAID",
    "zfs_member": "ZFS is not supported",
}
"""Why a volume of this type is not read, where the name of the type does not say so."""


def read_signature(read_at: Callable[[int, int], bytes]) -> str:
    """Return the type of a volume's content, as blkid names it, but "ext" for ext2 to ext4; empty: an unknown type.

    Args:
        read_at: Returns the bytes of the volume from an offset on, of a length; fewer only at the end.
    """
    head = read_at(0, _HEAD_BYTES)
    for at, magic, name in _WITHIN_HEAD:
        if head[at : at + len(magic)] == magic:
            return name
    for at, magic, name in _BEHIND_HEAD:
        if read_at(at, len(magic)) == magic:
            return name
    # FAT last: its magic number is also that of any boot sector, so the name of the type must be there, too.
    if head[510:512] == b"\x55\xaa" and (head[54:57] == b"FAT" or head[82:87] == b"FAT32"):
        return "vfat"
    uberblocks = read_at(_ZFS_UBERBLOCKS_AT, _ZFS_UBERBLOCKS_AT)
    if any(uberblocks[at : at + 8] in _ZFS_MAGICS for at in range(0, len(uberblocks), 1024)):
        return "zfs_member"
    return ""
