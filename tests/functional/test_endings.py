"""The end of a command whose requests fail: what it says is there is there."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import fixtures

from tests.functional.base import FunctionalTest, Result
from tests.functional.faults import Fault, When, faulty_glance, once
from tests.functional.faults.records import Glance
from tests.functional.login import environment_at
from tests.guest_disks import sound_guest

RECORDS = "/v2/images"
RECORD = r"/v2/images/[^/]+"
DATA = r"/v2/images/[^/]+/(file|stage)"
MEMBERS = r"/v2/images/[^/]+/members"
DELETED = "The unfinished image was deleted."
COMMUNITY = "--community --description d --single-nic"


def lost(method: str, path: str, **more: Any) -> Fault:
    """Return a fault: the service does the work, and the connection is lost before the answer."""
    return Fault(method=method, path=path, when=When.DONE, reset=True, left=once(), **more)


def gave_up(method: str, path: str) -> Fault:
    """Return a fault: the service does the work, but a front end gives up."""
    return Fault(method=method, path=path, when=When.DONE, status=504, left=once())


def on_its_way(method: str, path: str) -> Fault:
    """Return a fault: the whole request arrives, but the service gets it only after the signal."""
    return Fault(method=method, path=path, when=When.BEFORE, delay_s=0.2, left=once())


def late(image: str) -> str:
    """Return the end of the sentence about a request that may still take effect."""
    return f"but the request may still take effect. Check with: openstack vsc image show {image}"


def _update(record: dict[str, Any], *, field: str, value: str) -> None:
    record[field] = value


class EndingTest(FunctionalTest):
    """Tests with a faulty line to Glance, and short waits."""

    def setUp(self) -> None:
        super().setUp()
        self.image = self.name("rna")
        self.disk = self.folder / "rna.qcow2"
        shutil.copyfile(sound_guest(), self.disk)
        self.useFixture(fixtures.MonkeyPatch("vscclient.images.data.cleanup._WAITS_S", (0.1, 0.1, 0.1)))

    def run_with(self, command: str, *faults: Fault, status: int = 0, says: Sequence[str] = (), **more: Any) -> Result:
        """Run a command by a Glance with these faults."""
        with faulty_glance(self.cloud.image_url, *faults) as url:
            environment = environment_at(self.cloud, "alice", url, self.folder)
            return self.openstack(command, environment=environment, status=status, says=says, **more)

    def create(self, *faults: Fault, options: str = "", **more: Any) -> Result:
        """Create the image by a Glance with these faults."""
        return self.run_with(f"vsc image create {self.image} --file {self.disk} {options}", *faults, **more)

    def made(self, options: str = COMMUNITY.replace("--community", "")) -> str:
        """Create an image; return its ID."""
        command = f"vsc image create {self.image} --file {self.disk} {options} -f value -c id"
        return self.openstack(command).stdout.strip()

    def state(self) -> list[tuple[str, str, bool]]:
        """Return status, visibility and protection of each image of this test."""
        found = self.openstack(f"image list --name {self.image} --long -f json").json()
        return [(image["Status"], image["Visibility"], image["Protected"]) for image in found]

    def wait_for(self, state: Sequence[tuple[str, str, bool]]) -> None:
        """Wait for a request that is still on its way."""
        end = time.monotonic() + 5
        while self.state() != state and time.monotonic() < end:
            time.sleep(0.1)
        self.assertEqual(state, self.state())

    def interrupted(self, command: str, fault: Fault, *others: Fault, number: signal.Signals = signal.SIGINT) -> str:
        """Run a command in a process that gets a signal when the fault happens; return its standard error."""
        processes: list[subprocess.Popen[bytes]] = []
        object.__setattr__(fault, "call", lambda: processes[0].send_signal(number))
        with faulty_glance(self.cloud.image_url, fault, *others) as url:
            processes.append(
                self.process(
                    command,
                    environment=environment_at(self.cloud, "alice", url, self.folder),
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                )
            )
            _, stderr = processes[0].communicate(timeout=90)
            time.sleep(0.5)  # a request that is on its way arrives
        self.assertEqual(128 + number, processes[0].returncode, stderr.decode())
        self.assertNotIn("Traceback", stderr.decode())
        return stderr.decode()


class TestRecord(EndingTest):
    def test_a_record_is_used_although_its_answer_is_lost(self) -> None:
        for fault in (
            lost("POST", RECORDS),
            gave_up("POST", RECORDS),
            Fault(method="POST", path=RECORDS, garble=lambda answer: answer[:9]),
            Fault(method="POST", path=RECORDS, repeat=True),
        ):
            with self.subTest(fault=fault):
                created = self.create(fault, options="-f json")

                self.assertEqual("sha512", created.json()["verified"])
                self.openstack(f"image delete {created.json()['id']}")

    def test_a_record_without_data_is_used_although_its_answer_is_lost(self) -> None:
        self.run_with(f"vsc image create {self.image} --no-data", lost("POST", RECORDS), says=["without data"])

        self.assertEqual([("queued", "private", False)], self.state())

    def test_a_record_that_was_not_made_is_reported(self) -> None:
        self.create(
            Fault(method="POST", path=RECORDS, status=503),
            status=1,
            says=["The Image service failed: 503", "No record was found. If one appears, delete it with: openstack"],
        )

        self.assertEqual([], self.state())

    def test_an_answer_about_another_image_is_an_error(self) -> None:
        other = self.openstack(f"image create {self.name('other')} -f value -c id").stdout.strip()

        self.create(
            Fault(method="POST", path=RECORDS, change=lambda record: record.update(id=other)),
            status=1,
            says=[f"The Image service returned: a record with the ID {other} instead of", DELETED],
        )

        self.assertEqual([], self.state())
        self.openstack(f"image show {other}")

    def test_a_cloud_that_chooses_the_id_itself_gets_a_request_without_one(self) -> None:
        for status in (400, 403):
            with self.subTest(status=status):
                created = self.create(
                    Fault(method="POST", path=RECORDS, body_has='"id"', status=status, message="no id please"),
                    options="-f json",
                    says=["The cloud accepted the image only without a chosen ID (no id please). Its ID is "],
                )

                self.assertEqual("sha512", created.json()["verified"])
                self.openstack(f"image delete {created.json()['id']}")

    def test_an_id_of_the_user_is_not_replaced(self) -> None:
        self.create(
            Fault(method="POST", path=RECORDS, status=403, message="no id please"),
            options="--id 9f1c2b4e-0000-4000-8000-000000000001",
            status=1,
            says=["The Image service does not allow this: no id please"],
        )

    def test_an_interrupted_creation_leaves_nothing(self) -> None:
        command = f"vsc image create {self.image} --file {self.disk}"

        stderr = self.interrupted(command, Fault(method="POST", path=RECORDS, when=When.DONE, hang=True))

        self.assertIn(f"Stopped. {DELETED}", stderr)
        self.assertEqual([], self.state())


class TestData(EndingTest):
    def test_a_complete_image_is_kept_although_the_answer_is_lost(self) -> None:
        for fault in (
            lost("PUT", DATA),
            gave_up("PUT", DATA),
            Fault(method="PUT", path=DATA, repeat=True),
            Fault(method="PUT", path=DATA, when=When.DONE, status=401, left=once()),
        ):
            with self.subTest(fault=fault):
                created = self.create(fault, options="-f json")

                self.assertEqual("sha512", created.json()["verified"])
                self.openstack(f"image delete {created.json()['id']}")

    def test_an_import_goes_on_although_its_answer_is_lost(self) -> None:
        created = self.create(gave_up("POST", RECORD + "/import"), options="--import -f json")

        self.assertEqual("active", created.json()["status"])

    def test_an_image_that_may_be_complete_is_kept(self) -> None:
        dead = Fault(method="GET", path=RECORD, reset=True)
        for faults in ((lost("PUT", DATA), dead), (dead,)):
            with self.subTest(faults=faults):
                self.create(
                    *faults,
                    status=1,
                    says=[
                        "The Image service does not answer",
                        "The image may be complete: this could not be checked.",
                        "openstack vsc image check ",
                        "or delete it: openstack image delete ",
                    ],
                )

                self.assertEqual([("active", "private", False)], self.state())
                self.openstack(f"image delete {self.image}")

    def test_a_part_of_the_data_is_deleted_although_its_end_is_lost(self) -> None:
        self.create(
            Fault(method="PUT", path=DATA, reset=True, after_bytes=1024),
            status=1,
            says=["The Image service does not answer", DELETED],
        )

        self.assertEqual([], self.state())

    def test_a_record_with_another_format_is_deleted(self) -> None:
        for field, value in (("disk_format", "raw"), ("container_format", "ovf")):
            with self.subTest(field=field):
                fault = Fault(method="GET", path=RECORD, change=partial(_update, field=field, value=value))

                self.create(fault, status=1, says=["instead of qcow2 in container bare", DELETED])

                self.assertEqual([], self.state())


class TestCleanUp(EndingTest):
    broken = Fault(method="PUT", path=DATA, reset=True, after_bytes=1024)

    def setUp(self) -> None:
        super().setUp()
        self.disk.write_bytes(os.urandom(32 * 1024**2))  # more than the buffers of the connection take

    def test_the_deletion_is_repeated(self) -> None:
        for fault in (
            Fault(method="DELETE", path=RECORD, status=503, left=[2]),
            Fault(method="DELETE", path=RECORD, reset=True, left=[2]),
            Fault(method="DELETE", path=RECORD, status=409, left=[2]),
        ):
            with self.subTest(fault=fault):
                self.create(self.broken, fault, status=1, says=["The Image service does not answer", DELETED])

                self.assertEqual([], self.state())

    def test_a_deletion_without_an_answer_counts_if_it_was_done(self) -> None:
        for fault in (lost("DELETE", RECORD), gave_up("DELETE", RECORD)):
            with self.subTest(fault=fault):
                self.create(self.broken, fault, status=1, says=["The Image service", "Nothing is left"])

                self.assertEqual([], self.state())

    def test_a_record_that_may_be_left_is_named(self) -> None:
        self.create(
            self.broken,
            Fault(method="DELETE", path=RECORD, reset=True),
            Fault(method="GET", path=RECORD, reset=True),
            status=1,
            says=[
                "The Image service does not answer",
                "An unfinished image may be left (",
                "delete it with: openstack image",
            ],
        )

        self.assertEqual([("queued", "private", False)], self.state())

    def test_a_second_ctrl_c_ends_the_clean_up_within_a_second(self) -> None:
        slow, never = Fault(method="PUT", path=DATA, slow_s=0.2), Fault(method="DELETE", path=RECORD, hang=True)
        with faulty_glance(self.cloud.image_url, slow, never) as url:
            process = self.process(
                f"vsc image create {self.image} --file {self.disk}",
                environment=environment_at(self.cloud, "alice", url, self.folder),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            while not self.state():
                self.assertIsNone(process.poll(), "it ended before it was interrupted")
                time.sleep(0.1)
            time.sleep(0.5)
            process.send_signal(signal.SIGINT)
            time.sleep(1.5)
            self.assertIsNone(process.poll(), "the clean-up did not wait")
            process.send_signal(signal.SIGINT)
            start = time.monotonic()
            assert process.stderr
            lines = iter(process.stderr.readline, b"")
            last = next(line for line in lines if line.startswith(b"Stopped."))
            self.assertLess(time.monotonic() - start, 1)
            process.communicate(timeout=60)

        self.assertIn(b"An unfinished image may be left. If so, delete it with: openstack image delete ", last)
        self.assertEqual(130, process.returncode)


class TestLastStep(EndingTest):
    def test_a_last_step_without_an_answer_counts_if_it_was_done(self) -> None:
        for fault in (
            lost("PATCH", RECORD),
            gave_up("PATCH", RECORD),
            Fault(method="PATCH", path=RECORD, when=When.DONE, status=409, left=once()),
            Fault(method="PATCH", path=RECORD, garble=lambda _: b"<html>"),
        ):
            with self.subTest(fault=fault):
                self.create(fault, options=f"{COMMUNITY} --protected", says=["active, community"])

                self.assertEqual([("active", "community", True)], self.state())
                self.openstack(
                    f"vsc image delete --unprotect --yes {self.image}", says=["Other people can use", "Deleted"]
                )

    def test_a_last_step_that_was_not_done_is_named(self) -> None:
        self.create(
            Fault(method="PATCH", path=RECORD, status=503),
            options=COMMUNITY,
            status=1,
            says=[
                "but the last step failed",
                "The image is complete, and was still private a moment ago. The request may still take effect; ",
                "Finish with: openstack image set --community",
            ],
        )

        self.assertEqual([("active", "private", False)], self.state())

    def test_a_last_step_that_cannot_be_checked_is_not_called_private(self) -> None:
        self.create(
            lost("PATCH", RECORD),
            Fault(method="GET", path=RECORD, reset=True, nth=2),
            options=COMMUNITY,
            status=1,
            says=[
                "but the last step failed",
                "Whether this step was done could not be checked: ",
                "To be sure, repeat it: ",
            ],
        )

        self.assertEqual([("active", "community", False)], self.state())

    def test_an_interrupted_last_step_is_looked_at(self) -> None:
        command = f"vsc image create {self.image} --file {self.disk} {COMMUNITY}"

        stderr = self.interrupted(command, Fault(method="PATCH", path=RECORD, when=When.DONE, hang=True))

        self.assertIn("Stopped. The image is complete and community.", stderr)
        self.assertEqual([("active", "community", False)], self.state())


class TestChange(EndingTest):
    def test_a_change_without_an_answer_counts_if_it_was_done(self) -> None:
        image = self.made()
        for fault, command, line in (
            (lost("PATCH", RECORD), f"set {image} --min-ram 7", "min_ram: 0 → 7"),
            (gave_up("PATCH", RECORD), f"set {image} --tag a", "tags: (none) → a"),
            (
                gave_up("POST", RECORD + "/actions/deactivate"),
                f"set {image} --deactivate",
                "status: active → deactivated",
            ),
            (lost("POST", RECORD + "/actions/reactivate"), f"set {image} --activate", "status: deactivated → active"),
            (gave_up("PATCH", RECORD), f"community {image}", "visibility: private → community"),
            (lost("PATCH", RECORD), f"private --yes {image}", "visibility: community → private"),
        ):
            with self.subTest(command=command, fault=fault):
                lines = ["Changed", line, "loses access", "If the image is shared again"]
                self.run_with(f"vsc image {command}", fault, says=lines if "private" in command else lines[:2])

    def test_a_change_that_was_not_done_is_reported(self) -> None:
        image = self.made()
        for fault in (Fault(method="PATCH", path=RECORD, status=503), Fault(method="PATCH", path=RECORD, reset=True)):
            with self.subTest(fault=fault):
                self.run_with(
                    f"vsc image community {image}",
                    fault,
                    status=1,
                    says=["The Image service", f"{self.image} ({image}) has not changed so far, {late(image)}"],
                )

        self.assertEqual([("active", "private", False)], self.state())

    def test_a_change_that_cannot_be_checked_is_reported(self) -> None:
        image = self.made()

        self.run_with(
            f"vsc image community {image}",
            lost("PATCH", RECORD),
            Fault(method="GET", path=RECORD, reset=True, nth=2),
            status=1,
            says=[
                "does not answer",
                f"What was changed could not be checked. See the image with: openstack vsc image show {image}",
            ],
        )

    def test_the_part_that_was_done_is_reported(self) -> None:
        image = self.made()

        self.run_with(
            f"vsc image set {image} --deactivate --name {self.image}2",
            Fault(method="PATCH", path=RECORD, status=400, message="no"),
            status=1,
            says=["Changed", "status: active → deactivated", "The Image service rejects the request: no"],
        )

    def test_a_change_that_is_answered_but_not_done_is_reported(self) -> None:
        image = self.made()
        old = json.dumps(Glance(self.cloud).request("GET", f"/{image}").json())
        unchanged = "its answer does not show the change of"
        believed = Fault(
            method="PATCH", path=RECORD, status=200, body=old, headers={"Content-Type": "application/json"}
        )
        for command, field in (
            (f"set {image} --property kernel=5.10", "kernel"),
            (f"unset {image} --property description", "description"),
            (f"community {image}", "visibility"),
        ):
            with self.subTest(command=command):
                self.run_with(
                    f"vsc image {command}",
                    believed,
                    status=1,
                    says=[
                        f"The Image service accepted the change, but not all of it is done: {unchanged} {field}. Ask"
                    ],
                )

        self.assertEqual([("active", "private", False)], self.state())

    def test_the_done_part_of_a_believed_change_is_reported(self) -> None:
        image = self.made()
        partial_answer = Fault(
            method="PATCH", path=RECORD, body_has="min_ram", change=lambda record: record.update(min_ram=0)
        )
        partial_read = Fault(method="GET", path=RECORD, nth=2, change=lambda record: record.update(min_ram=0))

        self.run_with(
            f"vsc image set {image} --min-ram 7 --tag a",
            partial_answer,
            partial_read,
            status=1,
            says=["Changed", "  tags: (none) → a", "does not show the change of min_ram. "],
        )

    def test_a_change_that_only_the_answer_lacks_is_done(self) -> None:
        image = self.made()
        partial_answer = Fault(method="PATCH", path=RECORD, change=lambda record: record.update(min_ram=0))

        self.run_with(f"vsc image set {image} --min-ram 7", partial_answer, says=["Changed", "  min_ram: 0 → 7"])

    def test_an_interrupted_change_is_looked_at(self) -> None:
        image = self.made()
        done = Fault(method="PATCH", path=RECORD, when=When.DONE, hang=True)

        stderr = self.interrupted(f"vsc image community {image}", done)

        self.assertIn("visibility: private → community", stderr)

    def test_an_interrupted_change_can_still_be_made(self) -> None:
        image = self.made()
        for command, path, state, number in (
            ("community {}", RECORD, ("active", "community", False), signal.SIGINT),
            ("private --yes {}", RECORD, ("active", "private", False), signal.SIGTERM),
            ("set {} --deactivate", RECORD + "/actions/deactivate", ("deactivated", "private", False), signal.SIGHUP),
        ):
            with self.subTest(command=command):
                fault = on_its_way("PATCH|POST", path)

                stderr = self.interrupted(f"vsc image {command.format(image)}", fault, number=number)

                self.assertIn(f"{self.image} ({image}) has not changed so far, {late(image)}\n", stderr)
                self.wait_for([state])

    def test_the_rest_of_an_interrupted_change_can_still_be_made(self) -> None:
        image = self.made()
        fault = on_its_way("PATCH", RECORD)

        stderr = self.interrupted(f"vsc image set {image} --deactivate --min-ram 7", fault)

        self.assertIn("  status: active → deactivated\n", stderr)
        self.assertIn(f"The rest of {self.image} ({image}) has not changed so far, {late(image)}\n", stderr)
        self.wait_for([("deactivated", "private", False)])

    def test_an_interruption_before_the_request_changes_nothing(self) -> None:
        image = self.made()
        self.openstack(f"vsc image share {image} {self.cloud.projects['VSC_00002']}", says=["Changed", "vis", "The"])

        stderr = self.interrupted(f"vsc image private --yes {image}", Fault(method="GET", path=MEMBERS))

        self.assertNotIn("may still", stderr)

    def test_a_private_image_that_is_shared_goes_on_after_a_lost_answer(self) -> None:
        image = self.made()
        bob = self.cloud.projects["VSC_00002"]

        self.run_with(
            f"vsc image share {image} {bob}",
            lost("PATCH", RECORD),
            says=["Changed", "private → shared", "The project runs: openstack image set --accept"],
        )

        self.assertEqual([("active", "shared", False)], self.state())


class TestDelete(EndingTest):
    def test_a_deletion_without_an_answer_counts_if_it_was_done(self) -> None:
        for fault in (lost("DELETE", RECORD), gave_up("DELETE", RECORD)):
            with self.subTest(fault=fault):
                self.run_with(f"vsc image delete {self.made()}", fault, says=["Deleted"])

                self.assertEqual([], self.state())

    def test_a_deletion_that_cannot_be_checked_is_reported(self) -> None:
        image = self.made()

        self.run_with(
            f"vsc image delete {image}",
            lost("DELETE", RECORD),
            Fault(method="GET", path=RECORD, reset=True, nth=2),
            status=1,
            says=[
                f"Deletion not confirmed: {self.image} ({image}): The Image service does not answer",
                f"; it may be deleted. Check with: openstack vsc image show {image}",
            ],
        )

    def test_an_interrupted_deletion_can_still_be_done(self) -> None:
        for number in (signal.SIGINT, signal.SIGHUP):
            with self.subTest(number=number):
                image = self.made()
                fault = on_its_way("DELETE", RECORD)

                stderr = self.interrupted(f"vsc image delete {image}", fault, number=number)

                check = f"Check with: openstack vsc image show {image}"
                self.assertIn(f"Interrupted at {self.image} ({image}); it may still be deleted. {check}\n", stderr)
                self.wait_for([])

    def test_an_interrupted_request_can_overtake_the_restoration_of_the_protection(self) -> None:
        for method, danger in (("PATCH", "its protection may still be removed"), ("DELETE", "it may still be deleted")):
            with self.subTest(method=method):
                image = self.made("--protected")
                fault = on_its_way(method, RECORD)

                stderr = self.interrupted(f"vsc image delete --unprotect {image}", fault)

                self.assertIn(f"; its protection was restored, but {danger}. Check with: ", stderr)
                self.openstack(f"image set --unprotected {image}")
                self.openstack(f"image delete {image}")

    def test_an_unanswered_deletion_can_still_be_done(self) -> None:
        image = self.made()

        self.run_with(
            f"vsc image delete {image}",
            Fault(method="DELETE", path=RECORD, status=504),
            status=1,
            says=[f"Not deleted: {self.image} ({image}): The Image service failed", "; it may still be deleted. Check"],
        )
        self.run_with(
            f"vsc image delete {image}",
            Fault(method="DELETE", path=RECORD, status=409, message="in use"),
            status=1,
            says=[f"Not deleted: {self.image} ({image}): The Image service reports a conflict: in use"],
        )

    def test_an_interrupted_deletion_is_looked_at(self) -> None:
        image = self.made()
        done = Fault(method="DELETE", path=RECORD, when=When.DONE, hang=True)

        stderr = self.interrupted(f"vsc image delete {image}", done)

        self.assertIn(f"Interrupted at {self.image} ({image}); it was deleted", stderr)


class TestSlowLine(EndingTest):
    def setUp(self) -> None:
        super().setUp()
        self.disk.write_bytes(os.urandom(1024**2))

    def test_a_slow_line_is_alive(self) -> None:
        """The line takes much longer than the timeout for a piece, and for what the kernel keeps at the end."""
        slow = Fault(method="PUT", path=DATA, bytes_per_s=128 * 1024)

        for options in ("", "--import"):
            with self.subTest(options=options):
                start = time.monotonic()
                created = self.create(slow, options=f"--timeout 2 -f json {options}")

                self.assertEqual("sha512", created.json()["verified"])
                self.assertGreater(time.monotonic() - start, 6)
                self.openstack(f"image delete {created.json()['id']}")

    def test_a_silent_line_ends_the_upload(self) -> None:
        self.disk.write_bytes(os.urandom(32 * 1024**2))
        start = time.monotonic()

        self.create(
            Fault(method="PUT", path=DATA, hang=True, after_bytes=64 * 1024),
            options="--timeout 2",
            status=1,
            says=["The Image service does not answer: no byte was accepted for 2 seconds", DELETED],
        )

        self.assertLess(time.monotonic() - start, 30)
        self.assertEqual([], self.state())

    def test_a_line_that_falls_silent_at_the_end_ends_the_upload(self) -> None:
        """What is left fits into the buffer of the kernel: nothing waits to be sent, but nothing arrives."""
        self.disk.write_bytes(os.urandom(3 * 1024**2))

        self.create(
            Fault(method="PUT", path=DATA, hang=True, after_bytes=64 * 1024),
            options="--timeout 2",
            status=1,
            says=[
                "The Image service does not answer: no byte was accepted for 2 seconds",
                "The image may be complete: this could not be checked.",
                "or delete it: openstack image delete ",
            ],
        )
