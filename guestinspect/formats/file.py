"""The facts of a disk in an open file or block device."""

from __future__ import annotations

from typing import BinaryIO

from guestinspect.formats.detection import detect_layout
from guestinspect.formats.disk_facts import build_disk
from guestinspect.formats.file_ends import LazyFileEnds
from guestinspect.formats.table_walk import walk_file
from guestinspect.model.disk import Disk


def read_disk(file: BinaryIO, size_bytes: int) -> Disk:
    """Return the facts that the bytes of a file show; each is found when it is first asked for.

    Args:
        file: Open for reading, seekable, and open for as long as facts are asked for. Its name plays no part.
        size_bytes: The size of the file, or of the block device.
    """
    ends = LazyFileEnds(file, size_bytes)
    return build_disk(ends, lambda: walk_file(detect_layout(ends).walks, file, size_bytes))
