"""The command ``guestinspect``."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import fixtures

from guestinspect import api
from guestinspect.__main__ import main
from guestinspect.model.fact import Fact
from guestinspect.model.guest import Pin
from guestinspect.model.inspection import unknown_inspection
from guestinspect.model.leftover import Kind, Leftover
from guestinspect.model.machine import MachineType
from tests import base

DISK = b"\xeb" + bytes(509) + b"\x55\xaa" + bytes(1024**2)

INTERRUPTED = """
import functools, sys
from guestinspect import __main__, api
api.run.inspect_file = functools.partial(api.run.inspect_file, target="tests.hostile:sleep")
sys.exit(__main__.main([sys.argv[1]]))
"""


ESCAPED = """
import sys
from dataclasses import replace
from guestinspect import __main__, api
from guestinspect.model.fact import Fact
from guestinspect.model.inspection import unknown_inspection
found = unknown_inspection("it is an example", kind="linux")
guest = {**found.guest, "os_distro": Fact("d\xefsk\u2192", "/etc/os-release")}
api.inspect_file = lambda disk: replace(found, guest=guest)
sys.exit(__main__.main(sys.argv[1:]))
"""


class CommandTest(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.folder = Path(self.useFixture(fixtures.TempDir()).path)
        self.disk = self.folder / "disk.raw"
        self.disk.write_bytes(DISK)

    def run_command(self, *words: object) -> tuple[int, str, str]:
        """Run the command in this process: exit status, standard output, standard error."""
        out, err = io.StringIO(), io.StringIO()
        before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE)}
        try:
            with redirect_stdout(out), redirect_stderr(err):
                status = main([str(word) for word in words])
        except SystemExit as end:
            status = int(str(end.code))
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
        return status, out.getvalue(), err.getvalue()


class TestOutput(CommandTest):
    def test_json_is_the_inspection_of_the_interface(self) -> None:
        status, out, err = self.run_command("--json", self.disk)

        self.assertEqual((0, ""), (status, err))
        self.assertEqual(api.inspect_file(self.disk), api.from_json(out))

    def test_the_facts_about_nics_are_those_of_the_machine(self) -> None:
        found = unknown_inspection("it is an example", kind="linux")
        pins = {"pins": Fact((Pin("name enp1s0", ""),), ""), "q35_pins": Fact((Pin("name ens3", ""),), "")}
        found = replace(found, guest={**found.guest, **pins})
        self.useFixture(fixtures.MockPatchObject(api, "inspect_file", lambda disk: found))

        for words, machine, pin in (
            ((), "i440fx", "enp1s0"),
            (("--machine", "pc"), "i440fx", "enp1s0"),
            (("--machine", "q35"), "q35", "ens3"),
            (("--machine", "pc-q35-6.2"), "q35", "ens3"),
        ):
            with self.subTest(words=words):
                _, out, _ = self.run_command("--json", *words, self.disk)
                _, text, _ = self.run_command("--text", *words, self.disk)

                self.assertEqual(machine, json.loads(out)["machine"])
                self.assertEqual(f"name {pin}", json.loads(out)["guest"]["pins"]["value"][0]["what"])
                self.assertIn(f"machine: {machine}\n", text)
                self.assertEqual([f"name {pin}"], re.findall(r"name \w+", text))
                self.assertEqual(MachineType(machine), api.from_json(out).machine)

    def test_a_machine_type_with_a_typing_error_is_refused(self) -> None:
        status, _, err = self.run_command("--machine", "q53", self.disk)

        self.assertEqual(2, status)
        self.assertIn("invalid choice: 'q53' (choose from 'i440fx', 'q35')", err)

    def test_text_has_the_names_of_the_json(self) -> None:
        _, text, _ = self.run_command("--text", self.disk)

        self.assertIn("  disk_format: raw (", text)
        self.assertIn(f"  virtual_size_bytes: {len(DISK)} (", text)
        self.assertIn("guest: unknown: ", text)

    def test_a_pipe_gets_json_and_a_terminal_gets_text(self) -> None:
        _, out, _ = self.run_command(self.disk)
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)

        subprocess.run([sys.executable, "-m", "guestinspect", self.disk], stdout=theirs, check=True)
        os.close(theirs)

        self.assertEqual("raw", json.loads(out)["disk"]["disk_format"]["value"])
        self.assertTrue(os.read(ours, 100).startswith(b"kind: "))

    def test_without_locations_nothing_shows_where_a_secret_is(self) -> None:
        leftover = Leftover(Kind.PASSWORD, "/etc/shadow", "password of alice", "alice")
        leftovers: dict[Kind, Any] = dict.fromkeys(Kind, Fact((), "the guest's files"))
        leftovers[Kind.PASSWORD] = Fact((leftover, leftover), "/etc/shadow")
        found = replace(unknown_inspection("it is an example", kind="linux"), leftovers=leftovers)
        self.useFixture(fixtures.MockPatchObject(api, "inspect_file", lambda disk: found))

        for option in ("--json", "--text"):
            with self.subTest(option=option):
                _, with_locations, _ = self.run_command(option, self.disk)
                _, out, _ = self.run_command(option, self.disk, "--without-locations")

                for secret in ("alice", "shadow"):
                    self.assertIn(secret, with_locations)
                    self.assertNotIn(secret, out)
        self.assertIn("  password: 2\n", out)

    def test_control_characters_of_a_guest_are_made_visible(self) -> None:
        found = unknown_inspection("it is an example", kind="linux")
        found = replace(found, guest={**found.guest, "os_distro": Fact("\x1b[2Jdebian", "/etc/\u202eos-release\n")})
        self.useFixture(fixtures.MockPatchObject(api, "inspect_file", lambda disk: found))

        for option, shown in (("--text", r"\x1b[2Jdebian (/etc/\u202eos-release\n)"), ("--json", r'"\u001b[2Jdebian"')):
            with self.subTest(option=option):
                _, out, _ = self.run_command(option, self.disk)

                self.assertIn(shown, out)
                self.assertTrue(out.replace("\n", "").isprintable())


class TestFailures(CommandTest):
    def test_a_disk_that_cannot_be_read_is_one_clear_sentence(self) -> None:
        os.mkfifo(self.folder / "fifo")
        for path, reason in (
            (self.folder / "missing", "no such file"),
            (self.folder, "it is a directory; give the file of a disk"),
            (self.folder / "fifo", "it is neither a file nor a block device"),
        ):
            with self.subTest(path=path):
                self.assertEqual((1, "", f"guestinspect: {path}: {reason}\n"), self.run_command(path))

    def test_a_disk_of_somebody_else_is_reported(self) -> None:
        self.useFixture(fixtures.MockPatchObject(api, "inspect_file", mock.Mock(side_effect=PermissionError(13, "x"))))

        self.assertEqual((1, "", f"guestinspect: {self.disk}: permission denied\n"), self.run_command(self.disk))

    def test_control_characters_of_a_path_are_made_visible(self) -> None:
        self.assertIn(r"\x1b[2J: no such file", self.run_command(self.folder / "\x1b[2J")[2])

    def test_wrong_usage_has_status_2(self) -> None:
        for words in ((), (self.disk, "--yaml"), (self.disk, "--json", "--text"), (self.disk, self.disk)):
            with self.subTest(words=words):
                self.assertEqual(2, self.run_command(*words)[0])

    def test_wrong_usage_quotes_a_path_in_one_line(self) -> None:
        status, _, stderr = self.run_command(self.disk, "rna\n\x85\u2028\x1b[2J")

        self.assertEqual(2, status)
        self.assertIn(r"unrecognized arguments: rna\n\x85\u2028\x1b[2J", stderr)

    def test_output_that_cannot_show_a_character_has_escapes(self) -> None:
        disk = self.folder / "dïsk→"
        for path, words, status in ((self.disk, ("--text",), 0), (disk, ("--json",), 1), (self.disk, (str(disk),), 2)):
            with self.subTest(words=words):
                done = subprocess.run(
                    [sys.executable, "-c", ESCAPED, str(path), *words],
                    env={**os.environ, "PYTHONIOENCODING": "ascii:strict"},
                    capture_output=True,
                )

                self.assertEqual(status, done.returncode, str(done))
                self.assertIn(rb"d\xefsk\u2192", done.stdout + done.stderr)

    def test_output_that_cannot_be_written_is_reported(self) -> None:
        command = [sys.executable, "-m", "guestinspect", str(self.disk)]
        with open("/dev/full", "wb") as full:
            done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True)

        self.assertEqual(1, done.returncode)
        self.assertEqual("guestinspect: the output cannot be written: No space left on device\n", done.stderr)

    def test_a_signal_ends_the_command_and_its_child_without_a_traceback(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number=number):
                command = [sys.executable, "-c", INTERRUPTED, str(self.disk)]
                running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                self.addCleanup(running.kill)
                child = self.child_of(running.pid)

                running.send_signal(number)
                out, err = running.communicate(timeout=30)

                self.assertEqual((128 + number, b"", b""), (running.returncode, out, err))
                self.assertFalse(Path(f"/proc/{child}").exists())

    def child_of(self, pid: int) -> str:
        """Wait for the child that inspects, and return its number."""
        for _ in range(600):
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            if children and b"bootstrap.py" in Path(f"/proc/{children[0]}/cmdline").read_bytes():
                return children[0]
            time.sleep(0.05)
        self.fail("no child was started")
