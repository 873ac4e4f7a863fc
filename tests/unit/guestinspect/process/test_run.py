"""The child process that inspects a guest: whatever it does, its parent gets an answer and goes on."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import fixtures

from guestinspect.disk.tree import Unreadable
from guestinspect.model.fact import Unknown
from guestinspect.model.inspection import Inspection
from guestinspect.model.leftover import Kind
from guestinspect.process import modules
from guestinspect.process.limits import Limits
from guestinspect.process.run import inspect_blocks, inspect_file
from tests import base, hostile
from vscclient import errors

MIB = 1024**2


class ChildTest(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        file = self.enterContext(tempfile.TemporaryFile())
        file.write(b"the disk" + bytes(MIB))
        file.flush()
        file.seek(3)
        self.file: BinaryIO = file
        self.children: list[subprocess.Popen[bytes]] = []
        start = subprocess.Popen

        def recorded(*args: Any, **options: Any) -> subprocess.Popen[bytes]:
            self.children.append(start(*args, **options))
            return self.children[-1]

        self.useFixture(fixtures.MonkeyPatch("subprocess.Popen", recorded))

    def inspect(self, function: Callable[[Any, int], None], **limits: Any) -> Inspection:
        return inspect_file(self.file, Limits(**limits), hostile.target(function))

    def reported(self, function: Callable[[Any, int], None], **limits: Any) -> Any:
        """Return the content of a child's report."""
        return json.loads(self.inspect(function, **limits).kind)

    def assert_no_child_is_left(self) -> None:
        """All children that were started have ended, and were waited for."""
        self.assertNotIn(None, [child.returncode for child in self.children])
        self.assertTrue(self.children)

    def assert_unknown(self, why: str, found: Inspection) -> None:
        """All facts are unknown for this reason."""
        guest = found.as_guest()
        asked = [guest.os_distro, guest.nics_at_boot, guest.boot, lambda: guest.leftovers(Kind.PASSWORD)]
        for ask in asked:
            self.assertEqual(why, self.assertRaises(Unknown, ask).why)


class TestLocalDisk(ChildTest):
    def test_the_child_reads_the_open_file_and_keeps_its_position(self) -> None:
        self.assertEqual("the disk", self.reported(hostile.read_head))
        self.assertEqual(3, self.file.tell())
        self.assertEqual(3, os.lseek(self.file.fileno(), 0, os.SEEK_CUR))

    def test_the_child_reads_the_whole_file_and_no_more(self) -> None:
        self.assertEqual([MIB + 8, sum(b"the disk")], self.reported(hostile.read_everything))

    def test_the_disk_may_be_standard_input(self) -> None:
        before = os.dup(0)
        os.dup2(self.file.fileno(), 0)
        self.addCleanup(os.close, before)
        self.addCleanup(os.dup2, before, 0)

        with open(0, "rb", closefd=False) as standard_input:
            found = inspect_file(standard_input, Limits(), hostile.target(hostile.read_head))

        self.assertEqual('"the disk"', found.kind)

    def test_standard_input_and_output_may_be_closed(self) -> None:
        script = (
            "import os, sys; os.close(0); os.close(1)\n"
            "from guestinspect.process.run import inspect_file, Limits\n"
            "from tests import hostile\n"
            "disk = open(sys.argv[1], 'rb')\n"
            "report = inspect_file(disk, Limits(), hostile.target(hostile.read_head)).kind\n"
            "os.write(2, f'{disk.fileno()} {report}'.encode())\n"
        )
        path = f"/proc/{os.getpid()}/fd/{self.file.fileno()}"

        done = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, check=True)

        self.assertEqual('0 "the disk"', done.stderr)

    def test_the_guest_on_an_empty_disk_is_unknown(self) -> None:
        found = inspect_file(self.file)

        self.assertRaises(Unknown, found.as_guest().nics_at_boot)


class TestMisbehavingChild(ChildTest):
    def test_a_child_that_takes_too_much_memory_is_stopped(self) -> None:
        self.assert_unknown("the inspection exceeded 768 MiB of memory and was stopped", self.inspect(hostile.allocate))

    def test_a_child_that_takes_too_much_processor_time_is_stopped(self) -> None:
        found = self.inspect(hostile.spin, cpu_s=1)

        self.assert_unknown("the inspection exceeded 1 s of processor time and was stopped", found)

    def test_facts_that_were_found_before_the_limit_are_kept(self) -> None:
        guest = self.inspect(hostile.inspect_forever, cpu_s=1).as_guest()

        self.assertEqual("debian", guest.os_distro().value)
        self.assertEqual("the inspection took too long", self.assertRaises(Unknown, guest.nics_at_boot).why)

    def test_a_child_that_takes_too_long_is_stopped(self) -> None:
        for function in (hostile.sleep, hostile.close_and_sleep):
            with self.subTest(function=function):
                began_s = time.monotonic()

                found = self.inspect(function, wall_s=1.0)

                self.assert_unknown("the inspection took longer than 1 s and was stopped", found)
                self.assertLess(time.monotonic() - began_s, 30)

    def test_an_endless_report_is_cut_off(self) -> None:
        found = self.inspect(hostile.write_without_end)

        self.assert_unknown("the inspection was stopped: its report exceeds 8 MiB", found)

    def test_an_invalid_report_makes_all_facts_unknown(self) -> None:
        for function in (hostile.write_garbage, hostile.write_another_version, hostile.write_nothing):
            with self.subTest(function=function):
                self.assert_unknown("the inspection returned an invalid report", self.inspect(function))

    def test_a_child_that_fails_is_reported(self) -> None:
        self.assert_unknown("the inspection failed with exit status 3", self.inspect(hostile.exit_early))
        self.assert_unknown("the inspection failed with exit status 1", self.inspect(hostile.raise_an_error))

    def test_a_child_that_crashes_is_reported(self) -> None:
        self.assert_unknown("the inspection crashed (Killed)", self.inspect(hostile.be_killed))
        self.assert_unknown("the inspection crashed (Segmentation fault)", self.inspect(hostile.crash))

    def test_a_missing_interpreter_is_reported(self) -> None:
        self.useFixture(fixtures.MonkeyPatch("sys.executable", "/nowhere/python"))

        found = self.inspect(hostile.read_head)

        self.assert_unknown("the inspection could not be started: no such file or directory", found)

    def test_no_child_outlives_an_inspection(self) -> None:
        for function in (hostile.sleep, hostile.exit_early, hostile.write_without_end):
            self.inspect(function, wall_s=0.5)

        self.assert_no_child_is_left()

    def test_no_child_outlives_an_interrupt(self) -> None:
        def interrupt(*args: Any) -> None:
            raise KeyboardInterrupt

        self.useFixture(fixtures.MonkeyPatch("guestinspect.process.child.ChildProcess._receive", interrupt))

        self.assertRaises(KeyboardInterrupt, self.inspect, hostile.sleep)
        self.assert_no_child_is_left()

    def test_no_open_file_is_left(self) -> None:
        gc.collect()  # what other tests left
        before = len(os.listdir("/proc/self/fd"))

        for function in (hostile.read_head, hostile.exit_early):
            self.inspect(function)

        self.assertLessEqual(len(os.listdir("/proc/self/fd")), before)


class TestIsolation(ChildTest):
    def test_the_users_environment_does_not_reach_the_child(self) -> None:
        for name in ("OS_PASSWORD", "OS_TOKEN", "https_proxy", "PYTHONPATH", "HOME"):
            self.useFixture(fixtures.EnvironmentVariable(name, "/secret"))
        self.useFixture(fixtures.EnvironmentVariable("LD_LIBRARY_PATH", None))

        reported = self.reported(hostile.report_environment)

        self.assertEqual(({"LANG": "C.UTF-8"}, "/"), (reported["environment"], reported["folder"]))
        self.assertNotIn("/secret", str(reported))

    def test_the_child_has_the_disk_and_its_pipe_and_no_other_open_file(self) -> None:
        with tempfile.TemporaryFile() as other:
            os.set_inheritable(other.fileno(), True)

            self.assertEqual(3 + 2, self.reported(hostile.report_environment)["fds"])

    def test_the_child_writes_no_file(self) -> None:
        self.assertEqual("File too large", self.reported(hostile.write_a_file))

    def test_the_child_finds_the_libraries_where_its_parent_does(self) -> None:
        found = self.reported(hostile.report_modules)

        for name in modules.LIBRARIES:
            with self.subTest(name=name):
                self.assertEqual(sys.modules[name].__file__ if name in sys.modules else found[name], found[name])
        self.assertIsNotNone(found["yaml"])

    def test_the_child_finds_libraries_in_a_users_own_folder(self) -> None:
        folder = self.useFixture(fixtures.TempDir()).path
        Path(folder, "fs_explorer").mkdir()
        Path(folder, "fs_explorer", "__init__.py").write_text("")
        self.useFixture(fixtures.MonkeyPatch("sys.path", [folder, *sys.path]))
        not_imported = {name: module for name, module in sys.modules.items() if name != "fs_explorer"}
        self.useFixture(fixtures.MonkeyPatch("sys.modules", not_imported))
        self.useFixture(fixtures.MonkeyPatch("sys.dont_write_bytecode", True))  # nothing is compiled for this test

        found = self.reported(hostile.report_modules)

        self.assertEqual(f"{folder}/fs_explorer/__init__.py", found["fs_explorer"])

    def test_the_limits_are_those_of_the_child(self) -> None:
        limits = self.reported(hostile.report_environment)["limits"]

        self.assertEqual(
            {"AS": [768 * MIB] * 2, "CPU": [9, 12], "FSIZE": [0, 0], "CORE": [0, 0]},
            limits,
        )

    def test_the_limits_of_the_child_never_exceed_those_of_its_parent(self) -> None:
        script = (
            "import resource, sys\n"
            "resource.setrlimit(resource.RLIMIT_CPU, (7, 7))\n"
            "resource.setrlimit(resource.RLIMIT_AS, (2**29, 2**30))\n"
            "from guestinspect.process.run import inspect_file, Limits\n"
            "from tests import hostile\n"
            "disk = open('/dev/null', 'rb')\n"
            "print(inspect_file(disk, Limits(), hostile.target(hostile.report_environment)).kind)\n"
            "print(inspect_file(disk, Limits(), hostile.target(hostile.allocate)).guest['boot'].unknown)\n"
        )

        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

        reported, why = done.stdout.splitlines()
        self.assertEqual([2**29, 2**29], json.loads(reported)["limits"]["AS"])
        self.assertEqual([7, 7], json.loads(reported)["limits"]["CPU"])
        self.assertEqual("the inspection exceeded 512 MiB of memory and was stopped", why)


class RemoteBytes:
    """A remote disk in memory."""

    def __init__(self, content: bytes) -> None:
        self.size_bytes = len(content)
        self.bytes_read = 0
        self.requests = 0
        self.fails: Exception | None = None
        self._content = content

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        self.requests += 1
        if self.fails and offset_bytes == 0:
            raise self.fails
        content = self._content[offset_bytes : offset_bytes + length_bytes]
        self.bytes_read += len(content)
        return content


class TestRemoteDisk(ChildTest):
    def setUp(self) -> None:
        super().setUp()
        self.disk = RemoteBytes(b"the disk" + bytes(5 * MIB))

    def inspect(self, function: Callable[[Any, int], None], **limits: Any) -> Inspection:
        return inspect_blocks(self.disk, Limits(**limits), hostile.target(function))

    def test_the_parent_fetches_what_the_child_requests(self) -> None:
        found = self.inspect(hostile.read_head)

        self.assertEqual(('"the disk"', 8, 1), (found.kind, found.bytes_read, self.disk.requests))

    def test_a_long_read_is_fetched_in_pieces(self) -> None:
        found = self.inspect(hostile.read_everything)

        self.assertEqual(([5 * MIB + 8, sum(b"the disk")]), json.loads(found.kind))
        self.assertEqual(6, self.disk.requests)

    def test_an_unreadable_part_does_not_stop_the_child(self) -> None:
        self.disk.fails = Unreadable("sector 0", "it is damaged")

        found = self.inspect(hostile.read_twice)

        self.assertEqual(["sector 0 could not be read: it is damaged", "\0" * 8], json.loads(found.kind))

    def test_an_error_of_the_cloud_ends_the_inspection(self) -> None:
        self.disk.fails = errors.NoRanges("Image service", "not from this store")

        self.assertRaises(errors.NoRanges, self.inspect, hostile.read_head)
        self.assert_no_child_is_left()

    def test_the_number_of_fetched_bytes_is_limited(self) -> None:
        found = self.inspect(hostile.read_until_refused, fetched_bytes=MIB)

        self.assertIn("more than 1 MiB of the image are needed", found.kind)
        self.assertEqual(MIB, found.bytes_read)

    def test_the_number_of_requests_is_limited(self) -> None:
        found = self.inspect(hostile.read_until_refused, requests=10)

        self.assertIn("more than 10 requests are needed", found.kind)
        self.assertEqual(10, self.disk.requests)

    def test_the_time_to_fetch_is_limited(self) -> None:
        self.useFixture(fixtures.MonkeyPatch("guestinspect.process.run._FETCH_SHARE", 0.01))

        found = self.inspect(hostile.read_slowly, wall_s=30.0)

        self.assertIn("fetching it takes longer than 0.3 s", found.kind)

    def test_a_child_that_breaks_the_protocol_is_stopped(self) -> None:
        for function in (hostile.request_nonsense, hostile.exit_early, hostile.crash, hostile.be_killed):
            with self.subTest(function=function):
                found = self.inspect(function, wall_s=20.0)

                self.assertRaises(Unknown, found.as_guest().nics_at_boot)
        self.assertEqual(0, self.disk.bytes_read)

    def test_a_child_that_hangs_is_stopped(self) -> None:
        for function in (hostile.request_half, hostile.never_take_the_answer):
            with self.subTest(function=function):
                self.assert_unknown(
                    "the inspection took longer than 0.5 s and was stopped", self.inspect(function, wall_s=0.5)
                )
