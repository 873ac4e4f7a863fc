"""Ctrl-C and other signals during an inspection."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.functional.faults import Fault, once
from tests.functional.inspection import InspectionTest


class TestInterruption(InspectionTest):
    def setUp(self) -> None:
        super().setUp()
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir()
        self.image_id = self.create()

    @contextmanager
    def interrupted(self, words: str, *faults: Fault, number: int) -> Iterator[subprocess.Popen[bytes]]:
        """Run a command that gets a signal in the middle of an inspection."""
        hanging = Fault(method="GET", path=".*/file", hang=True)
        with self.counted(*faults, hanging) as glance:
            process = self.process(
                words,
                environment=glance.environment | {"TMPDIR": str(self.temporary), "no_proxy": "127.0.0.1"},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
            end = time.monotonic() + 60
            while not hanging.count and time.monotonic() < end and process.poll() is None:
                time.sleep(0.1)
            os.kill(process.pid, number)
            yield process

    def test_an_interrupted_inspection_leaves_no_process(self) -> None:
        first = Fault(method="GET", path=".*/file", left=once())  # tries a range request; then the inspection begins

        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            with self.subTest(number=number, status=status):
                first.left[0] = 1
                with self.interrupted(f"vsc image inspect {self.image_id}", first, number=number) as process:
                    _, stderr = process.communicate(timeout=60)

                self.assert_gone(process, status, stderr)

    def test_an_interrupted_download_leaves_no_file(self) -> None:
        no_ranges = Fault(method="GET", path=".*/file", status=400, left=once())

        with self.interrupted(
            f"vsc image community {self.image_id} --download", no_ranges, number=signal.SIGINT
        ) as process:
            _, stderr = process.communicate(timeout=60)

        self.assert_gone(process, 130, stderr)
        self.assertEqual("private", self.visibility(self.image_id))

    def assert_gone(self, process: subprocess.Popen[bytes], status: int, stderr: bytes) -> None:
        """Assert that the command and its whole session have ended, and left no file."""
        self.assertNotIn(b"Traceback", stderr)
        self.assertEqual(status, process.returncode, stderr.decode())
        self.assertTrue(_has_ended(process.pid), "a process is running")
        self.assertEqual([], list(self.temporary.iterdir()))


def _has_ended(session: int) -> bool:
    """Return True if the last process of a session ends within some seconds."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            os.killpg(session, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False
