"""Unified kernel images: UEFI programs that hold a kernel, its initramfs and its command line.

Source: https://uapi-group.org/specifications/specs/unified_kernel_image/; Microsoft, "PE Format".
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from guestinspect.disk.tree import Tree, Unreadable
from guestinspect.guest.boot.boot_menu import Parameters, split_parameters

_HEAD_BYTES = 1024**2
"""The part of an image that is read, in bytes: the command line lies before the kernel."""

_MOST_IMAGES = 16
_MOST_SECTIONS = 96
_LONGEST_BYTES = 16 * 1024

_PE_OFFSET_AT = 0x3C
_FILE_HEADER = struct.Struct("<4s2xH12xH2x")
_SECTION = struct.Struct("<8sI4xII16x")
_COMMAND_LINE = b".cmdline"
_INITRD = b".initrd"


def list_parameters(tree: Tree, folder: str) -> Iterator[Parameters]:
    """Yield the parameters in each image of a folder.

    Raises:
        Unreadable: An image has addons beside it, or cannot be parsed.
    """
    names = tree.names(folder)
    for name in [name for name in names if name.lower().endswith(".efi")][:_MOST_IMAGES]:
        path = f"{folder}/{name}"
        if tree.names(f"{path}.extra.d"):
            raise Unreadable(f"{path}.extra.d", "addons of a unified kernel image are not supported")
        yield Parameters(split_parameters(_read_command_line(tree, path)), path, kernel=path, initrds=(path,))


def find_initrd(tree: Tree, path: str) -> tuple[int, int]:
    """Return the start of the initramfs in an image, and its length, both in bytes.

    Raises:
        Unreadable: The image cannot be parsed, or has no initramfs.
    """
    try:
        sections = dict(_parse_sections(tree.head(path, _HEAD_BYTES) or b""))
    except struct.error as error:
        raise Unreadable(path, "it is not a UEFI program") from error
    if _INITRD not in sections:
        raise Unreadable(path, "it has no initramfs")
    return sections[_INITRD]


def _read_command_line(tree: Tree, path: str) -> str:
    head = tree.head(path, _HEAD_BYTES) or b""
    try:
        sections = dict(_parse_sections(head))
    except struct.error as error:
        raise Unreadable(path, "it is not a UEFI program") from error
    start, length = sections.get(_COMMAND_LINE, (0, 0))
    if length > _LONGEST_BYTES or start + length > len(head):
        raise Unreadable(path, "its command line is longer than 16 KiB, or not in the first 1 MiB")
    return head[start : start + length].rstrip(b"\0").decode("utf-8", "surrogateescape")


def _parse_sections(head: bytes) -> Iterator[tuple[bytes, tuple[int, int]]]:
    """Yield the name of each section, with its start in the file and its length, both in bytes."""
    (at,) = struct.unpack_from("<I", head, _PE_OFFSET_AT)
    signature, count, length = _FILE_HEADER.unpack_from(head, at)
    if signature != b"PE\0\0" or count > _MOST_SECTIONS:
        raise struct.error
    for number in range(count):
        # the section table follows the file header (24 bytes with the signature) and the optional header
        name, size, size_in_file, start = _SECTION.unpack_from(head, at + 24 + length + number * _SECTION.size)
        yield name.rstrip(b"\0"), (start, min(size, size_in_file))
