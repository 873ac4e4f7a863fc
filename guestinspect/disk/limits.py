"""How much of a disk is looked at. Whoever made the disk may have made it to hurt: what is beyond is unknown."""

from __future__ import annotations

BLOCK_BYTES = 64 * 1024
"""What is read of a disk at once, at least. Larger blocks save few requests and move three times as much."""

CACHE_BYTES = 24 * 1024**2
"""Blocks of the disk that are kept, and as much again of what was unpacked of a compressed one."""

PIECE_BYTES = 1024**2
"""What is read of a file at once."""

TABLE_BYTES = 8 * 1024**2
"""The longest table, and the longest single read: the table of a qcow2 with 64 KiB clusters is that long at 512 TiB.
A table takes up to six times its length in memory."""

NAMES_IN_FOLDER = 100_000
"""The most names in one folder. Debian's /var/lib/dpkg/info has 15,000 on a large desktop."""

NAMES_KEPT = 50_000
"""Names of folders that are kept, each some 300 bytes."""

FOLDER_BYTES = 32 * 1024**2
"""The longest folder: twice that of 100,000 names of 160 bytes."""

FILE_BYTES = 256 * 1024**2
"""The longest file that is read whole, whoever asks for it."""

LINKS_FOLLOWED = 40
"""The most links on the way to a file; Linux has the same (MAXSYMLINKS in include/linux/namei.h)."""

LINK_BYTES = 4096
"""The longest target of a link, PATH_MAX of Linux."""

EXTENTS_IN_FILE = 100_000
"""The most pieces that a file is in. A fragmented log of 1 GiB has some thousand."""

PARTITIONS = 256
"""The most partitions, and the most logical volumes. sfdisk makes 128."""

METADATA_BYTES = 4 * 1024**2
"""The longest description of a volume group; LVM sets 1 MiB aside for it."""

PLACES_KEPT = 50_000
"""Paths of which it is remembered what was found there."""
