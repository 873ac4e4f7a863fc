"""The processor architecture of a guest."""

from __future__ import annotations

import struct

from guestinspect.disk.tree import Unreadable
from guestinspect.guest.architecture import find_architecture
from guestinspect.model.fact import Unknown
from tests import base
from tests.trees import MemoryTree


def program(machine: int, bits: int = 64, order: str = "<") -> bytes:
    """Return the first bytes of a program."""
    ident = b"\x7fELF" + bytes([bits // 32, "<>".index(order) + 1, 1]) + bytes(9)
    return ident + struct.pack(f"{order}HH", 3, machine) + bytes(1000)


class TestArchitecture(base.BaseTestCase):
    def test_the_header_of_a_program_shows_the_architecture(self) -> None:
        kinds = {
            program(62): "x86_64",
            program(183): "aarch64",
            program(3, 32): "i686",
            program(40, 32): "armv7l",
            program(21): "ppc64le",
            program(21, order=">"): "ppc64",
            program(22, order=">"): "s390x",
            program(243): "riscv64",
        }
        for content, expected in kinds.items():
            with self.subTest(content=content, expected=expected):
                self.assertEqual(expected, find_architecture(MemoryTree({"/usr/bin/ls": content})).value)

    def test_a_script_is_skipped(self) -> None:
        found = find_architecture(MemoryTree({"/usr/bin/bash": "#!/bin/sh\n", "/usr/bin/dash": program(62)}))

        self.assertEqual(("x86_64", "/usr/bin/dash"), (found.value, found.location))

    def test_links_to_a_program_are_followed(self) -> None:
        tree = MemoryTree({"/nix/bash": program(62)}, links={"/bin/sh": "dash", "/bin/dash": "/nix/bash"})

        self.assertEqual("x86_64", find_architecture(tree).value)

    def test_another_program_replaces_a_damaged_one(self) -> None:
        tree = MemoryTree({"/usr/bin/ls": program(62)}, unreadable=["/usr/bin/bash"])

        self.assertEqual("x86_64", find_architecture(tree).value)
        self.assertRaises(Unreadable, find_architecture, MemoryTree(unreadable=["/usr/bin/bash"]))

    def test_the_architecture_is_unknown_without_programs(self) -> None:
        for content in (b"", b"\x7fELF", program(62, 32), program(9999), b"\x7fELF" + b"\xff" * 16):
            with self.subTest(content=content):
                self.assertRaises(Unknown, find_architecture, MemoryTree({"/usr/bin/ls": content}))
