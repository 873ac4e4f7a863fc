"""Blocks over a pipe: both ends."""

from __future__ import annotations

import os
import socket
import struct
import threading

from guestinspect.disk.tree import Unreadable
from guestinspect.process.pipe import MAX_REQUEST_BYTES, BlockServer, PipeBlocks, ProtocolError
from tests import base

DATA = os.urandom(3 * MAX_REQUEST_BYTES + 17)


class _Memory:
    size_bytes = len(DATA)

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        if offset_bytes == 13:
            raise Unreadable("a/\udcff", "it is\nodd")
        return DATA[offset_bytes : offset_bytes + length_bytes]


class TestPipe(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        ours, theirs = socket.socketpair()
        self.addCleanup(ours.close)
        self.addCleanup(theirs.close)
        self.parent = ours
        self.child = theirs
        self.blocks = PipeBlocks(theirs.fileno(), len(DATA))

    def serve(self) -> None:
        """Answers until the other end is closed."""
        questions = BlockServer(_Memory())

        def answer() -> None:
            while arrived := self.parent.recv(5):  # never a whole question at once
                self.parent.sendall(questions.answer(arrived))

        serving = threading.Thread(target=answer, daemon=True)
        serving.start()
        self.addCleanup(serving.join)
        self.addCleanup(self.child.shutdown, socket.SHUT_RDWR)

    def test_any_part_arrives(self) -> None:
        self.serve()

        for offset, length in (
            (0, 0),
            (0, 1),
            (5, MAX_REQUEST_BYTES),
            (7, 3 * MAX_REQUEST_BYTES),
            (len(DATA) - 3, 10),
            (2**40, 1),
        ):
            with self.subTest(offset=offset, length=length):
                self.assertEqual(DATA[offset : offset + length], self.blocks.read_at(offset, length))

    def test_an_unreadable_part_has_a_reason_and_the_next_part_is_read(self) -> None:
        self.serve()

        failure = self.assertRaises(Unreadable, self.blocks.read_at, 13, 1)

        self.assertEqual(("a/?", "a/? could not be read: it is\nodd"), (failure.path, failure.why))
        self.assertEqual(DATA[:9], self.blocks.read_at(0, 9))

    def test_a_closed_connection_is_unreadable(self) -> None:
        self.parent.close()

        self.assertRaises(Unreadable, self.blocks.read_at, 0, 1)

    def test_a_request_that_the_child_never_sends_is_a_protocol_error(self) -> None:
        for offset, length in ((0, MAX_REQUEST_BYTES + 1), (len(DATA), 1), (2**64 - 1, 2**32 - 1)):
            with self.subTest(offset=offset, length=length):
                self.assertRaises(ProtocolError, BlockServer(_Memory()).answer, struct.pack("<QI", offset, length))
        self.assertRaises(ProtocolError, BlockServer(_Memory()).answer, bytes(13))
