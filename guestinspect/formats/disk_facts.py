"""The facts of a disk, each found when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from guestinspect.formats.archives import find_archive_kind
from guestinspect.formats.content import find_content
from guestinspect.formats.detection import detect_layout, detect_layout_of_head, find_ambiguity, is_known_format
from guestinspect.formats.file_ends import FileEnds, LazyFileEnds, TruncatedField
from guestinspect.formats.integrity import IntegrityCheck, walk_file
from guestinspect.formats.layouts.layout import HEADER
from guestinspect.model.disk import Content, Disk
from guestinspect.model.fact import Fact, Unknown, once


def read_disk(file: BinaryIO, size_bytes: int) -> Disk:
    """Return the facts that the bytes of a file show; each is found when it is first asked for.

    Args:
        file: Open for reading, seekable, and open for as long as facts are asked for. Its name plays no part.
        size_bytes: The size of the file, or of the block device.
    """
    ends = LazyFileEnds(file, size_bytes)
    return build_disk(ends, lambda: walk_file(detect_layout(ends).walks, file, size_bytes))


def build_disk(ends: FileEnds, walk: Callable[[], IntegrityCheck]) -> Disk:
    """Return the facts of a disk.

    Args:
        ends: The two ends of its file.
        walk: Walks over the tables of the disk when called; may raise Unknown.
    """

    def disk_format() -> Fact[str]:
        layout = detect_layout(ends)
        return Fact(layout.name, layout.location)

    def archive_format() -> Fact[str | None]:
        return Fact(None if is_known_format(ends.head) else find_archive_kind(ends.head), HEADER)

    def content() -> Fact[Content]:
        found = find_content(ends.head, detect_layout_of_head(ends).name)
        if found is Content.UNRECOGNIZED and detect_layout(ends).name != "raw":  # a fixed VHD, by its last bytes
            found = Content.DISK
        return Fact(found, HEADER)

    return Disk(
        disk_format=once(disk_format),
        virtual_size_bytes=once(lambda: detect_layout(ends).virtual_size_bytes()),
        archive_format=once(archive_format),
        content=once(content),
        references=once(lambda: detect_layout_of_head(ends).references()),
        damage=once(lambda: _find_damage(ends, walk)),
    )


def _find_damage(ends: FileEnds, walk: Callable[[], IntegrityCheck]) -> Fact[tuple[str, ...]]:
    """Return what is damaged in the file.

    Raises:
        Unknown: No damage was found, but a part of the file could not be checked.
    """
    if not ends.size_bytes:
        return Fact(("it is empty",), "size of the file")
    integrity = walk()
    if contradiction := find_ambiguity(ends):
        integrity.add_damage(contradiction)
    try:
        detect_layout(ends).check_ends(integrity)
    except Unknown as unknown:
        integrity.add_unknown(unknown)
    damage, location = integrity.damage(ends.size_bytes), "headers and tables"
    unknown_part = integrity.unknown(ends.size_bytes)
    if damage or not unknown_part:
        return Fact(damage, location)
    # A field that lies behind the head is unknown, unless the head is all of the file: then the file is too short.
    if isinstance(unknown_part, TruncatedField) and ends.size_bytes <= len(ends.head):
        return Fact((f"it is truncated: {unknown_part.why}",), location)
    raise Unknown(unknown_part.why)
