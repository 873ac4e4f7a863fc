"""The processor architecture of a guest, read from the ELF header of one of its programs."""

from __future__ import annotations

import struct
from typing import Literal

from guestinspect.disk.tree import Tree, Unreadable
from guestinspect.model.fact import Fact, Unknown

_PROGRAMS = (
    *("/usr/lib/systemd/systemd", "/lib/systemd/systemd", "/usr/bin/bash", "/bin/bash", "/usr/bin/dash", "/bin/dash"),
    *("/usr/bin/busybox", "/bin/busybox", "/usr/bin/coreutils", "/usr/bin/ls", "/bin/ls", "/usr/sbin/init"),
    *("/sbin/init", "/usr/bin/sh", "/bin/sh"),
)
"""Programs that distributions install; scripts among them are skipped."""

_HEADER_BYTES = 20
_CLASS, _ORDER = 4, 5
_Bits = Literal[32, 64]
_BITS: dict[int, _Bits] = {1: 32, 2: 64}
_BYTE_ORDERS = {1: "<", 2: ">"}

_ARCHITECTURES: dict[tuple[int, _Bits, str], str] = {
    (3, 32, "<"): "i686",
    (62, 64, "<"): "x86_64",
    (40, 32, "<"): "armv7l",
    (183, 64, "<"): "aarch64",
    (20, 32, ">"): "ppc",
    (21, 64, ">"): "ppc64",
    (21, 64, "<"): "ppc64le",
    (22, 64, ">"): "s390x",
    (243, 64, "<"): "riscv64",
    (258, 64, "<"): "loongarch64",
}
"""Architectures by machine, bits and byte order.

Source: ELF, ``e_machine``; Nova, ``objects/fields.py``, ``Architecture``.
"""


def find_architecture(tree: Tree) -> Fact[str]:
    """Return the architecture in Glance's words: ``x86_64``.

    Raises:
        Unknown: No program is there, or none of a known processor.
        Unreadable: No program could be read.
    """
    first_unreadable: Unreadable | None = None
    for path in _PROGRAMS:
        try:
            architecture = _parse_elf(tree.head(path, _HEADER_BYTES) or b"")
        except Unreadable as unreadable:  # any other program answers the question as well
            first_unreadable = first_unreadable or unreadable
            continue
        if architecture is not None:
            return Fact(architecture, path)
    raise first_unreadable or Unknown("no program in the guest shows its processor architecture")


def _parse_elf(header: bytes) -> str | None:
    """Return the architecture in an ELF header. Source: elf(5), ``e_ident`` and ``e_machine``."""
    if len(header) < _HEADER_BYTES or not header.startswith(b"\x7fELF"):
        return None
    bits, order = _BITS.get(header[_CLASS]), _BYTE_ORDERS.get(header[_ORDER])
    if bits is None or order is None:
        return None
    (machine,) = struct.unpack_from(f"{order}H", header, 18)
    return _ARCHITECTURES.get((machine, bits, order))
