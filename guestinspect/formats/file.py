"""A disk in an open file or block device."""

from __future__ import annotations

from typing import BinaryIO

from guestinspect.formats.assembly import disk_of
from guestinspect.formats.detection import layout_of
from guestinspect.formats.ends import EndsOfFile
from guestinspect.formats.walker import walk_file
from guestinspect.model.disk import Disk


def of_file(file: BinaryIO, size_bytes: int) -> Disk:
    """What the bytes of a file show; each fact is found when first asked for, so the file must stay open.

    Args:
        file: Open for reading, and seekable. Its name plays no part.
        size_bytes: Its size, of a block device that of the device.
    """
    ends = EndsOfFile(file, size_bytes)
    return disk_of(ends, lambda: walk_file(layout_of(ends), file, size_bytes))
