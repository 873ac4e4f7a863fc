"""Signals and terminals, with commands in processes of their own."""

from __future__ import annotations

import fcntl
import os
import pty
import signal
import subprocess
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.functional.base import FunctionalTest
from tests.functional.faults import Fault, faulty_glance
from tests.functional.login import environment_at

DATA = r"/v2/images/[^/]+/file"
SLOW = Fault(method="PUT", path=DATA, slow_s=0.2)
DELETED = "Stopped. The unfinished image was deleted."


class TestInterruption(FunctionalTest):
    def setUp(self) -> None:
        super().setUp()
        self.image = self.name("rna")
        self.disk = self.folder / "rna.raw"
        self.disk.write_bytes(os.urandom(8 * 1024**2))

    @contextmanager
    def sending(self, *faults: Fault, prepare: Callable[[], None] | None = None) -> Iterator[subprocess.Popen[bytes]]:
        """A create that is in the middle of sending."""
        with faulty_glance(self.cloud.image_url, *faults) as image_url:
            process = self.process(
                f"vsc image create {self.image} --file {self.disk}",
                environment=environment_at(self.cloud, "alice", image_url, self.folder),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                preexec_fn=prepare,
            )
            self.wait_until(lambda: bool(self.images_named(self.image)))
            time.sleep(0.5)
            yield process

    def wait_until(self, happened: Callable[[], bool]) -> None:
        end = time.monotonic() + 60
        while not happened():
            self.assertLess(time.monotonic(), end, "it did not happen within a minute")
            time.sleep(0.1)

    def assert_stopped_by(self, number: signal.Signals, status: int) -> None:
        with self.sending(SLOW) as process:
            process.send_signal(number)
            _, stderr = process.communicate(timeout=60)

        self.assertIn(DELETED, stderr.decode())
        self.assertNotIn("Traceback", stderr.decode())
        self.assertEqual(status, process.returncode)
        self.assert_nothing_left(self.image)

    def test_ctrl_c_deletes_the_unfinished_image(self) -> None:
        self.assert_stopped_by(signal.SIGINT, 130)

    def test_repeated_ctrl_c_deletes_the_unfinished_image(self) -> None:
        slow_delete = Fault(method="DELETE", path=r"/v2/images/[^/]+", delay_s=0.3)
        with self.sending(SLOW, slow_delete) as process:
            for _ in range(4):
                process.send_signal(signal.SIGINT)
                time.sleep(0.05)
            _, stderr = process.communicate(timeout=60)

        self.assertEqual(f"{DELETED}", stderr.decode().splitlines()[-1])
        self.assertEqual(130, process.returncode)
        self.assert_nothing_left(self.image)

    def test_a_hangup_of_the_terminal_deletes_the_unfinished_image(self) -> None:
        self.assertEqual(129, self.close_terminal(nohup=False))
        self.assert_nothing_left(self.image)

    def test_a_hangup_of_the_terminal_under_nohup_is_ignored(self) -> None:
        self.assertEqual(0, self.close_terminal(nohup=True))
        self.assertEqual(["active"], [image["Status"] for image in self.images_named(self.image)])

    def close_terminal(self, *, nohup: bool) -> int:
        """Close the controlling terminal during an upload that shows a bar; return the exit status."""

        def prepare() -> None:
            signal.signal(signal.SIGHUP, signal.SIG_IGN if nohup else signal.SIG_DFL)
            fcntl.ioctl(2, termios.TIOCSCTTY, 0)

        ours, theirs = pty.openpty()
        with faulty_glance(self.cloud.image_url, Fault(method="PUT", path=DATA, slow_s=0.02)) as image_url:
            process = self.process(
                f"vsc image create {self.image} --file {self.disk} --progress",
                environment=environment_at(self.cloud, "alice", image_url, self.folder),
                stdin=theirs,
                stdout=subprocess.DEVNULL,
                stderr=theirs,
                start_new_session=True,
                preexec_fn=prepare,
            )
            os.close(theirs)
            self.wait_until(lambda: bool(self.images_named(self.image)))
            os.close(ours)
            return process.wait(60)

    def test_sigterm_deletes_the_unfinished_image(self) -> None:
        self.assert_stopped_by(signal.SIGTERM, 143)

    def test_sighup_deletes_the_unfinished_image(self) -> None:
        self.assert_stopped_by(signal.SIGHUP, 129)

    def test_sighup_under_nohup_is_ignored(self) -> None:
        def nohup() -> None:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

        with self.sending(Fault(method="PUT", path=DATA, slow_s=0.01), prepare=nohup) as process:
            process.send_signal(signal.SIGHUP)
            _, stderr = process.communicate(timeout=60)

        self.assertEqual(0, process.returncode, stderr.decode())
        self.assertEqual(["active"], [image["Status"] for image in self.images_named(self.image)])

    def test_ctrl_c_after_the_verification_keeps_the_image(self) -> None:
        hang = Fault(method="PATCH", path=r"/v2/images/[^/]+", hang=True)
        with faulty_glance(self.cloud.image_url, hang) as image_url:
            process = self.process(
                f"vsc image create {self.image} --file {self.disk} --protected",
                environment=environment_at(self.cloud, "alice", image_url, self.folder),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            self.wait_until(lambda: [image["Status"] for image in self.images_named(self.image)] == ["active"])
            time.sleep(1)
            process.send_signal(signal.SIGINT)
            _, stderr = process.communicate(timeout=60)

        self.assertEqual(130, process.returncode)
        self.assertIn(
            "Stopped. The image is complete, and was still private a moment ago. The request may", stderr.decode()
        )
        self.assertIn("\nFinish with: openstack image set --protected ", stderr.decode())
        self.assertEqual(["active"], [image["Status"] for image in self.images_named(self.image)])


class TestTerminal(FunctionalTest):
    def setUp(self) -> None:
        super().setUp()
        self.disk = self.folder / "rna.raw"
        self.disk.write_bytes(os.urandom(8 * 1024**2))

    def on_terminal(self, command: str, columns: int) -> tuple[str, str]:
        """Run a command; return its stdout (a pipe) and stderr (a terminal of this width)."""
        ours, theirs = pty.openpty()
        process = self.process(
            command,
            environment=self.cloud.users["alice"].environment | {"COLUMNS": str(columns), "TERM": "xterm"},
            stdout=subprocess.PIPE,
            stderr=theirs,
        )
        os.close(theirs)
        stderr = _read_all(ours)
        stdout, _ = process.communicate(timeout=60)
        self.assertEqual(0, process.returncode, stderr)
        return stdout.decode(), stderr

    def test_a_terminal_has_a_progress_bar_and_a_clean_stdout(self) -> None:
        for columns in (20, 200):
            with self.subTest(columns=columns):
                name = self.name("rna")

                stdout, stderr = self.on_terminal(
                    f"vsc image create {name} --file {self.disk} -f value -c name", columns
                )

                self.assertEqual(f"{name}\n", stdout)
                self.assertIn("sending", stderr)
                self.assertIn("\x1b[", stderr)
                self.assertIn("verified.", stderr)

    def test_no_progress_disables_the_bar(self) -> None:
        _, stderr = self.on_terminal(f"vsc image create {self.name('rna')} --file {self.disk} --no-progress", 80)

        self.assertNotIn("\x1b[", stderr)

    def test_control_characters_in_a_file_name_are_escaped(self) -> None:
        hostile = self.folder / "rna\x1b[31m.raw"
        hostile.write_bytes(self.disk.read_bytes())

        _, stderr = self.on_terminal(f"vsc image create {self.name('rna')} --file '{hostile}' --no-progress", 80)

        self.assertIn(r"rna\x1b[31m.raw: raw", stderr)
        self.assertNotIn("\x1b", stderr)


def _read_all(descriptor: int) -> str:
    pieces = []
    while True:
        try:
            piece = os.read(descriptor, 65536)
        except OSError:  # the other side is closed
            break
        if not piece:
            break
        pieces.append(piece)
    os.close(descriptor)
    return b"".join(pieces).decode()
