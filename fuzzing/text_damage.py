"""Damage to a guest's configuration, as an attacker could make it to keep its reader busy, or to break it."""

from __future__ import annotations

import posixpath
import random
import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from fuzzing.memory_file_system import Damaged, Entry, Folder, Link, list_entries, put
from fuzzing.text_pieces import PIECES

_LONG = 900_000
_MANY_NAMES = 100_000
_MOST_CHANGES = 3

_CONFIGURATION = re.compile(
    r"/etc/|/boot/.*(cfg|conf)$|/boot/initrd|/usr/lib/systemd/(network|system)/|/usr/lib/udev/|/var/lib/dpkg|/root/|/usr/lib/os-release"
)

_INITRAMFS = "/boot/initrd"
_INITRAMFS_SHARE = 0.7
"""The share of changes to the initramfs of a guest that has one: its bytes are worth more than those of a text."""


def damage_guest(chance: random.Random, guest: Folder) -> str:
    """Change a few files of a guest.

    Args:
        chance: The source of random numbers.
        guest: The files, which are changed in place.

    Returns:
        The changes with their paths, in words.
    """
    changes = []
    for _ in range(chance.randint(1, _MOST_CHANGES)):
        files = [(path, entry) for path, entry in list_entries(guest) if _CONFIGURATION.match(path)]
        texts = [(path, entry) for path, entry in files if isinstance(entry, bytes)]
        archives = [(path, entry) for path, entry in texts if path.startswith(_INITRAMFS)]
        path, entry = chance.choice(archives if archives and chance.random() < _INITRAMFS_SHARE else texts)
        if chance.random() < 0.85:
            change = chance.choice(_TEXT_CHANGES)
            put(guest, path, change(chance, path, _bytes(entry), [_bytes(other) for _, other in files]))
            name = change.__name__
        else:
            change_of_tree = chance.choice(_TREE_CHANGES)
            change_of_tree(chance, guest, path)
            name = change_of_tree.__name__
        changes.append(f"{name.strip('_')} {path}")
    return "; ".join(changes)


def _bytes(entry: Entry) -> bytes:
    return entry if isinstance(entry, bytes) else b""


_TextChange: TypeAlias = Callable[[random.Random, str, bytes, Sequence[bytes]], bytes]


def _delete_line(chance: random.Random, path: str, text: bytes, others: Sequence[bytes]) -> bytes:
    lines = text.splitlines(keepends=True)
    if lines:
        del lines[chance.randrange(len(lines))]
    return b"".join(lines)


def _double_line(chance: random.Random, path: str, text: bytes, others: Sequence[bytes]) -> bytes:
    return _insert_at_random(chance, text, chance.choice(_lines(text)))


def _repeat_line(chance: random.Random, path: str, text: bytes, others: Sequence[bytes]) -> bytes:
    line = chance.choice(_lines(text))
    return _insert_at_random(chance, text, line * (chance.choice((100, 10_000, _LONG)) // len(line) + 1))


def _shuffle_lines(chance: random.Random, path: str, text: bytes, others: Sequence[bytes]) -> bytes:
    lines = text.splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines)


def _copy_line(chance: random.Random, path: str, text: bytes, others: Sequence[bytes]) -> bytes:
    return _insert_at_random(chance, text, chance.choice(_lines(chance.choice(others))))


def _copy_text(chance: random.Random, path: str, text: bytes, others: Sequence[bytes]) -> bytes:
    return chance.choice(others)


def _insert_huge_line(chance: random.Random, path: str, text: bytes, others: Sequence[bytes]) -> bytes:
    at = chance.randrange(len(text) + 1)
    piece = chance.choice((b"a", b" ", b"*", b"\\", b"[", b"{", b'"', b"'", b"$", b"\t", b"ens3 ", b"*?", b"a,", b"!;"))
    return text[:at] + piece * (_LONG // len(piece)) + text[at:]


def _insert_unusual_bytes(chance: random.Random, path: str, text: bytes, others: Sequence[bytes]) -> bytes:
    at = chance.randrange(len(text) + 1)
    odd = chance.choice((b"\0", b"\xff\xfe", b"\xc3\x28", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\x1b[2J", b"\r", b"\x0c"))
    return text[:at] + odd * chance.choice((1, 3, 1000)) + text[at:]


def _change_bytes(chance: random.Random, path: str, text: bytes, others: Sequence[bytes]) -> bytes:
    changed = bytearray(text or b"x")
    for _ in range(chance.randint(1, 8)):
        changed[chance.randrange(len(changed))] = chance.choice(b"\n\t =[]{}:;,*?!\"'#$\\/%-0aZ\xff")
    return bytes(changed)


def _change_number(chance: random.Random, path: str, text: bytes, others: Sequence[bytes]) -> bytes:
    number = chance.choice((b"0", b"-1", b"4294967296", b"9" * 30, b"9" * 5000, b"1e400", b"0x1f", "\u0663".encode()))
    places = list(re.finditer(rb"\d+", text))
    if not places:
        return text + number
    chosen = chance.choice(places)
    return text[: chosen.start()] + number + text[chosen.end() :]


def _truncate(chance: random.Random, path: str, text: bytes, others: Sequence[bytes]) -> bytes:
    return text[: chance.randrange(len(text) + 1)]


def _insert_piece(chance: random.Random, path: str, text: bytes, others: Sequence[bytes]) -> bytes:
    piece = chance.choice(PIECES)
    piece = piece.replace(b"@PATH@", path.encode()).replace(b"@FOLDER@", posixpath.dirname(path).encode())
    return piece if chance.random() < 0.5 else _insert_at_random(chance, text, piece)


_TEXT_CHANGES: tuple[_TextChange, ...] = (
    _delete_line,
    _double_line,
    _repeat_line,
    _shuffle_lines,
    _copy_line,
    _copy_text,
    _insert_huge_line,
    _insert_unusual_bytes,
    _change_bytes,
    _change_bytes,
    _change_number,
    _truncate,
    _insert_piece,
    _insert_piece,
    _insert_piece,
    _insert_piece,
)


def _lines(text: bytes) -> list[bytes]:
    return text.splitlines(keepends=True) or [b"\n"]


def _insert_at_random(chance: random.Random, text: bytes, more: bytes) -> bytes:
    lines = text.splitlines(keepends=True)
    lines.insert(chance.randint(0, len(lines)), more)
    return b"".join(lines)


_TreeChange: TypeAlias = Callable[[random.Random, Folder, str], None]


def _link_in_circle(chance: random.Random, guest: Folder, path: str) -> None:
    other = f"{path}.other"
    put(guest, path, Link(posixpath.basename(other)))
    put(guest, other, Link(path))


def _replace_by_link(chance: random.Random, guest: Folder, path: str) -> None:
    targets = ("/", ".", "..", "/" + "../" * 1300, "/nowhere", "/dev/null", "x" * 5000, "a\0b", "/etc", path)
    put(guest, path, Link(chance.choice(targets)))


def _replace_folder_by_link(chance: random.Random, guest: Folder, path: str) -> None:
    put(guest, posixpath.dirname(path), Link(chance.choice(("/", ".", "..", "/etc", "/usr/lib/systemd/system"))))


def _add_many_names(chance: random.Random, guest: Folder, path: str) -> None:
    """Add as many names beside a file as a folder can have, mostly similar to its own."""
    stem, suffix = posixpath.splitext(path)
    content = chance.choice((b"", b"x\n", b"[Match]\nName=*\n"))
    for number in range(chance.choice((1000, 20_000, _MANY_NAMES + 1))):
        put(guest, f"{stem}-{number}{suffix}", content)


def _add_many_folders(chance: random.Random, guest: Folder, path: str) -> None:
    folder = chance.choice(("/root", "/home", "/etc/ssh", "/var/log", "/usr/share", posixpath.dirname(path)))
    for number in range(chance.choice((1000, 20_000))):
        put(guest, f"{folder}/{number}/.ssh/id_rsa", b"")


def _add_deep_folders(chance: random.Random, guest: Folder, path: str) -> None:
    put(guest, posixpath.dirname(path) + "/deep" * 400, b"")


def _replace_by_folder(chance: random.Random, guest: Folder, path: str) -> None:
    put(guest, path, Folder({"a": b"x", path[:8].replace("/", ""): Link("/")}))


def _replace_folder_by_file(chance: random.Random, guest: Folder, path: str) -> None:
    put(guest, posixpath.dirname(path), b"x")


def _make_unreadable(chance: random.Random, guest: Folder, path: str) -> None:
    put(guest, chance.choice((path, posixpath.dirname(path))), Damaged())


def _add_unusual_names(chance: random.Random, guest: Folder, path: str) -> None:
    folder = posixpath.dirname(path)
    for name in (
        "a\nb.conf",
        "\udcff.conf",
        "[.yaml",
        "*.cfg",
        "%i@.service",
        "\u202e.network",
        "-",
        "a" * 255,
        "$(x)",
    ):
        put(guest, f"{folder}/{name}", b"[Match]\nName=*\n")


_TREE_CHANGES: tuple[_TreeChange, ...] = (
    _link_in_circle,
    _replace_by_link,
    _replace_folder_by_link,
    _add_many_names,
    _add_many_folders,
    _add_deep_folders,
    _replace_by_folder,
    _replace_folder_by_file,
    _make_unreadable,
    _add_unusual_names,
)
