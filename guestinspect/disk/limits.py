"""Limits while a disk is read: sizes and counts that its structures declare.

A disk may be made to exhaust its reader, so each number is compared with its limit before memory is allocated for it;
what exceeds a limit is unknown. The limits of the child process as a whole (memory, processor time, bytes fetched)
are in ``guestinspect/process/limits.py``.
"""

from __future__ import annotations

BLOCK_BYTES = 64 * 1024
"""The smallest read of a disk. Larger blocks save few requests and fetch three times as much."""

CACHE_BYTES = 24 * 1024**2
"""Cached blocks of the disk; cached decompressed data of a compressed disk may take as much again."""

PIECE_BYTES = 1024**2
"""The longest single read of a file."""

TABLE_BYTES = 8 * 1024**2
"""The longest table, and the longest single read: the L1 table of a qcow2 with 64 KiB clusters is as long at 512 TiB. A
table takes up to six times its length in memory."""

NAMES_IN_FOLDER = 100_000
"""The most names in one folder. Debian's /var/lib/dpkg/info has 15,000 on a large desktop."""

NAMES_KEPT = 50_000
"""The names of folders that are cached, each some 300 bytes."""

FOLDER_BYTES = 32 * 1024**2
"""The longest folder: twice the length of 100,000 names of 160 bytes."""

FILE_BYTES = 256 * 1024**2
"""The longest file that is read as a whole, whoever asks for it."""

FETCHED_FILE_BYTES = 32 * 1024**2
"""The longest file that is read of a disk which has to be fetched: half of what may be fetched of it."""

LINKS_FOLLOWED = 40
"""The most links on the way to a file, as in Linux (MAXSYMLINKS in include/linux/namei.h)."""

LINK_BYTES = 4096
"""The longest target of a link, PATH_MAX of Linux."""

EXTENTS_IN_FILE = 100_000
"""The most extents of one file. A fragmented log of 1 GiB has some thousands."""

PARTITIONS = 256
"""The most partitions, and the most logical volumes. sfdisk makes 128."""

METADATA_BYTES = 4 * 1024**2
"""The longest description of a volume group; LVM reserves 1 MiB for it."""

PLACES_KEPT = 50_000
"""The paths whose file system and node are cached."""
