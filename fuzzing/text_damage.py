"""Damage to a guest's configuration: what somebody could write into it to keep its reader busy, or to break it."""

from __future__ import annotations

import posixpath
import random
import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from fuzzing.memory import Damaged, Entry, Folder, Link, paths, place

_LONG = 900_000
_MANY_NAMES = 100_000
_DEEP = 3_000
_MOST_CHANGES = 3

_CONFIGURATION = re.compile(
    r"/etc/|/boot/.*(cfg|conf)$|/usr/lib/systemd/(network|system)/|/usr/lib/udev/|/var/lib/dpkg|/root/|/usr/lib/os-release"
)


def damage(chance: random.Random, guest: Folder) -> str:
    """Changes a few files of a guest. Returns: what was done to which, in words."""
    done = []
    for _ in range(chance.randint(1, _MOST_CHANGES)):
        files = [(path, entry) for path, entry in paths(guest) if _CONFIGURATION.match(path)]
        path, entry = chance.choice([(path, entry) for path, entry in files if isinstance(entry, bytes)])
        if chance.random() < 0.85:
            change = chance.choice(_OF_TEXT)
            place(guest, path, change(chance, path, _bytes(entry), [_bytes(other) for _, other in files]))
        else:
            change_of_tree = chance.choice(_OF_TREE)
            change_of_tree(chance, guest, path)
            change = change_of_tree  # type: ignore[assignment]
        done.append(f"{change.__name__.strip('_')} {path}")
    return "; ".join(done)


def _bytes(entry: Entry) -> bytes:
    return entry if isinstance(entry, bytes) else b""


_OfText: TypeAlias = Callable[[random.Random, str, bytes, Sequence[bytes]], bytes]


def _deleted_line(chance: random.Random, path: str, text: bytes, others: Sequence[bytes]) -> bytes:
    lines = text.splitlines(keepends=True)
    if lines:
        del lines[chance.randrange(len(lines))]
    return b"".join(lines)


def _doubled_line(chance: random.Random, path: str, text: bytes, others: Sequence[bytes]) -> bytes:
    return _with_lines_at_random(chance, text, chance.choice(_lines(text)))


def _repeated_line(chance: random.Random, path: str, text: bytes, others: Sequence[bytes]) -> bytes:
    line = chance.choice(_lines(text))
    return _with_lines_at_random(chance, text, line * (chance.choice((100, 10_000, _LONG)) // len(line) + 1))


def _swapped_lines(chance: random.Random, path: str, text: bytes, others: Sequence[bytes]) -> bytes:
    lines = text.splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines)


def _line_of_another(chance: random.Random, path: str, text: bytes, others: Sequence[bytes]) -> bytes:
    return _with_lines_at_random(chance, text, chance.choice(_lines(chance.choice(others))))


def _text_of_another(chance: random.Random, path: str, text: bytes, others: Sequence[bytes]) -> bytes:
    return chance.choice(others)


def _huge_line(chance: random.Random, path: str, text: bytes, others: Sequence[bytes]) -> bytes:
    at = chance.randrange(len(text) + 1)
    piece = chance.choice((b"a", b" ", b"*", b"\\", b"[", b"{", b'"', b"'", b"$", b"\t", b"ens3 ", b"*?", b"a,", b"!;"))
    return text[:at] + piece * (_LONG // len(piece)) + text[at:]


def _odd_bytes(chance: random.Random, path: str, text: bytes, others: Sequence[bytes]) -> bytes:
    at = chance.randrange(len(text) + 1)
    odd = chance.choice((b"\0", b"\xff\xfe", b"\xc3\x28", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\x1b[2J", b"\r", b"\x0c"))
    return text[:at] + odd * chance.choice((1, 3, 1000)) + text[at:]


def _changed_bytes(chance: random.Random, path: str, text: bytes, others: Sequence[bytes]) -> bytes:
    changed = bytearray(text or b"x")
    for _ in range(chance.randint(1, 8)):
        changed[chance.randrange(len(changed))] = chance.choice(b"\n\t =[]{}:;,*?!\"'#$\\/%-0aZ\xff")
    return bytes(changed)


def _number(chance: random.Random, path: str, text: bytes, others: Sequence[bytes]) -> bytes:
    number = chance.choice((b"0", b"-1", b"4294967296", b"9" * 30, b"9" * 5000, b"1e400", b"0x1f", "\u0663".encode()))
    places = list(re.finditer(rb"\d+", text))
    if not places:
        return text + number
    chosen = chance.choice(places)
    return text[: chosen.start()] + number + text[chosen.end() :]


def _ended(chance: random.Random, path: str, text: bytes, others: Sequence[bytes]) -> bytes:
    return text[: chance.randrange(len(text) + 1)]


def _of_pieces(chance: random.Random, path: str, text: bytes, others: Sequence[bytes]) -> bytes:
    """YAML, shell, patterns and includes in their worst forms; most files take them for a word, some for an order."""
    piece = chance.choice(_PIECES)
    piece = piece.replace(b"@PATH@", path.encode()).replace(b"@FOLDER@", posixpath.dirname(path).encode())
    return piece if chance.random() < 0.5 else _with_lines_at_random(chance, text, piece)


def _laughs() -> bytes:
    lines = [b"a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]"]
    lines += [b"a%d: &a%d [%s]" % (depth, depth, b", ".join([b"*a%d" % (depth - 1)] * 10)) for depth in range(1, 12)]
    return b"\n".join([*lines, b"network: *a11\ndatasource_list: *a11\nusers: *a11\n"])


def _merges() -> bytes:
    lines = [b"m0: &m0 {version: 2, ethernets: {a: {dhcp4: true}}}"]
    lines += [
        b"m%d: &m%d {<<: [%s]}" % (depth, depth, b", ".join([b"*m%d" % (depth - 1)] * 9)) for depth in range(1, 9)
    ]
    return b"\n".join([*lines, b"network: *m8\n"])


_PIECES = (
    _laughs(),
    _merges(),
    b"network: &n\n  version: 2\n  ethernets: *n\n",
    b"network: {version: 2, ethernets: &e {a: {match: &m {name: *m}}, b: *e}}\n",
    b"? " * _DEEP + b"a\n",
    b"network: " + b"[" * _DEEP + b"\n",
    b"network: " + b"[" * _DEEP + b"]" * _DEEP + b"\n",
    b"network: " + b"{a: " * _DEEP + b"}" * _DEEP + b"\n",
    b"".join(b" " * depth + b"a:\n" for depth in range(900)),
    b"- " * _DEEP + b"\n",
    b"network: !!python/object/apply:os.system [id]\n",
    b"network: !!binary aGk=\nusers: !!set {a, b}\n",
    b"network: 2026-11-25\nversion: 2026-99-99\n",
    b"network: {version: 1:30:59, config: [{type: physical, name: 0x10}]}\n",
    b"? [a, {b: c}]\n: d\n",
    b"[[[[a: b\n",
    b"source @PATH@\n",
    b"source @FOLDER@/*\nsource-directory @FOLDER@\n",
    b"source /etc/**/*/*/*/*\nsource /*/*/*/*/*/*/*\n",
    b"Include @PATH@\nInclude @FOLDER@/*\n",
    b"Include /*/*/*/*/*\nInclude /etc/*.*.*.*.*\n",
    b"AuthorizedKeysFile /*/*/*/*/* %h/%h/%u/%%%%\nHostKey /etc/**\n",
    b"@includedir @FOLDER@\n#include @PATH@\n",
    b". @PATH@\n. @PATH@\n",
    b"configfile @PATH@\nsource @PATH@\nextract_entries_source @PATH@\n",
    b"set a=$a$a$a$a\n" * 60 + b"linux $a\n",
    b"set a=xxxxxxxxxxxxxxxx\n" + b"set a=$a$a\n" * 64 + b"linux /vmlinuz $a\n",
    b"menuentry a {\n" * _DEEP + b"linux /v\n" + b"}\n" * _DEEP,
    b"if true; then\n" * _DEEP + b"linux /v\n" + b"fi\n" * _DEEP,
    b"function f {\n f\n}\nf\n",
    b'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX $GRUB_CMDLINE_LINUX"\n' * 60,
    b"[Match]\nName=" + b"*a" * 5000 + b"b\n[Network]\nDHCP=yes\n",
    b"[Match]\nName=" + b"[a-z]" * 5000 + b"\n",
    b"[Match]\nName=" + b"*?" * 200 + b"\n[Network]\nDHCP=yes\n",
    b"interface-name=" + b"*" * 5000 + b"x\n",
    b"auto " + b"/" + b"*" * 3000 + b"x\niface /*/x inet dhcp\n",
    b"iface a inherits b\niface b inherits a\nauto a\n",
    b"iface a inet dhcp inherits a\nauto a\nauto ens3\niface ens3 inherits a\n",
    b"".join(b"iface a%d inherits a%d\n" % (number, number + 1) for number in range(_DEEP)) + b"auto a0\n",
    b"mapping *\n script x\n" * _DEEP,
    b"[Unit]\nRequires=" + b"a.service " * 10_000 + b"\nWants=%i%i%I.service @.service\n",
    b"[Unit]\nRequires=multi-user.target\nWants=multi-user.target\n[Install]\nAlso=multi-user.target\n",
    b"[Unit]\nConditionPathExists=|!/\nConditionPathExistsGlob=/*/*/*/*/*/*/*\n",
    b"[Unit]\nConditionDirectoryNotEmpty=/**\nConditionKernelCommandLine=a=b=c\n" * 1000,
    b"\\\n" * 100_000,
    b"a\\\n" * 100_000,
    b"[" * 100_000 + b"\n",
    b"[a]\n" * 100_000,
    b"=\n" * 100_000,
    b"\n" * 900_000,
    b"x=$(" * 5000 + b"\n",
    b"x=`'\"\n",
    b"DEVICE=$DEVICE\nDEVICE=${DEVICE:-${DEVICE:-x}}\n",
    b'SUBSYSTEM=="net", ' + b'ATTR{a}=="' + b"*?" * 1000 + b'x", NAME="a"\n',
    b'SUBSYSTEM=="net", GOTO="a"\nLABEL="b"\nGOTO="b"\nLABEL="a"\nGOTO="b"\n',
    b'SUBSYSTEM=="net", NAME="%k%k$name$env{NAME}%%", NAME="' + b"n" * 100_000 + b'"\n',
    b'IMPORT{program}="@PATH@"\nIMPORT{file}="@PATH@"\n',
    b"/dev/vda1 / ext4 defaults 0 1\n" * 10_000,
    b"".join(b"LABEL=a%d /%s ext4 x 0 0\n" % (depth, b"m/" * depth) for depth in range(300)),
    b"/ /etc none bind 0 0\n/etc / none bind 0 0\nUUID=\\040\\777 /a\\040 x y 0 0\n",
    b"root:$6$x$y:" + b":" * 100_000 + b"\n",
    b"".join(b"u%d:x:%d:0::/home/u%d:/bin/sh\n" % (number, number, number) for number in range(20_000)),
    b"root:x:0:0::/:/bin/sh\nx:x:-1:99999999999999999999::/..:/bin/sh\n:::::/*/*/*:\n",
    b"Package: a\n" * 50_000,
    b'options $kernelopts ${a${b}} "\n',
)


_OF_TEXT: tuple[_OfText, ...] = (
    _deleted_line,
    _doubled_line,
    _repeated_line,
    _swapped_lines,
    _line_of_another,
    _text_of_another,
    _huge_line,
    _odd_bytes,
    _changed_bytes,
    _changed_bytes,
    _number,
    _ended,
    _of_pieces,
    _of_pieces,
    _of_pieces,
    _of_pieces,
)


def _lines(text: bytes) -> list[bytes]:
    return text.splitlines(keepends=True) or [b"\n"]


def _with_lines_at_random(chance: random.Random, text: bytes, more: bytes) -> bytes:
    lines = text.splitlines(keepends=True)
    lines.insert(chance.randint(0, len(lines)), more)
    return b"".join(lines)


_OfTree: TypeAlias = Callable[[random.Random, Folder, str], None]


def _link_in_a_circle(chance: random.Random, guest: Folder, path: str) -> None:
    other = f"{path}.other"
    place(guest, path, Link(posixpath.basename(other)))
    place(guest, other, Link(path))


def _link_elsewhere(chance: random.Random, guest: Folder, path: str) -> None:
    targets = ("/", ".", "..", "/" + "../" * 1300, "/nowhere", "/dev/null", "x" * 5000, "a\0b", "/etc", path)
    place(guest, path, Link(chance.choice(targets)))


def _folder_is_a_link(chance: random.Random, guest: Folder, path: str) -> None:
    place(guest, posixpath.dirname(path), Link(chance.choice(("/", ".", "..", "/etc", "/usr/lib/systemd/system"))))


def _many_names(chance: random.Random, guest: Folder, path: str) -> None:
    """As many names beside a file as a folder can have, mostly like its own."""
    stem, suffix = posixpath.splitext(path)
    content = chance.choice((b"", b"x\n", b"[Match]\nName=*\n"))
    for number in range(chance.choice((1000, 20_000, _MANY_NAMES + 1))):
        place(guest, f"{stem}-{number}{suffix}", content)


def _many_folders(chance: random.Random, guest: Folder, path: str) -> None:
    folder = chance.choice(("/root", "/home", "/etc/ssh", "/var/log", "/usr/share", posixpath.dirname(path)))
    for number in range(chance.choice((1000, 20_000))):
        place(guest, f"{folder}/{number}/.ssh/id_rsa", b"")


def _deep_folders(chance: random.Random, guest: Folder, path: str) -> None:
    place(guest, posixpath.dirname(path) + "/deep" * 400, b"")


def _folder_in_its_place(chance: random.Random, guest: Folder, path: str) -> None:
    place(guest, path, Folder({"a": b"x", path[:8].replace("/", ""): Link("/")}))


def _file_in_place_of_its_folder(chance: random.Random, guest: Folder, path: str) -> None:
    place(guest, posixpath.dirname(path), b"x")


def _unreadable(chance: random.Random, guest: Folder, path: str) -> None:
    place(guest, chance.choice((path, posixpath.dirname(path))), Damaged())


def _odd_names(chance: random.Random, guest: Folder, path: str) -> None:
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
        place(guest, f"{folder}/{name}", b"[Match]\nName=*\n")


_OF_TREE: tuple[_OfTree, ...] = (
    _link_in_a_circle,
    _link_elsewhere,
    _folder_is_a_link,
    _many_names,
    _many_folders,
    _deep_folders,
    _folder_in_its_place,
    _file_in_place_of_its_folder,
    _unreadable,
    _odd_names,
)
