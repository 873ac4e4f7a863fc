"""Flaws of the standard commands, and the same commands of ours: one test for each, in order.

The docstrings describe the standard client (python-openstackclient 10.5); newer versions may be better.
"""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import time

from tests import disks
from tests.functional.faults import Fault, faulty_glance
from tests.functional.login import environment_at
from tests.functional.sharing import FRIEND, MINE, SharingTest

DATA = r"/v2/images/[^/]+/file"
RECORD = r"/v2/images/[^/]+"
DELETED = "The unfinished image was deleted."


class TestFlaws(SharingTest):
    def run_with_faults(self, *faults: Fault, command: str, status: int, says: list[str]) -> str:
        """Run a command of alice on a Glance with these faults; return its standard error."""
        with faulty_glance(self.cloud.image_url, *faults) as address:
            environment = environment_at(self.cloud, "alice", address, self.folder)
            return self.openstack(command, status=status, says=says, environment=environment).stderr

    def test_01_a_project_name_is_never_stored_as_a_member(self) -> None:
        """``image add project IMAGE NAME`` by an ordinary user stores the name: exit status 0, nobody gets access."""
        image = self.create("--shared")

        self.openstack(
            f"vsc image add project {image} {FRIEND}",
            status=3,
            says=[f"error V106: '{FRIEND}' is not one", "openstack token issue", "1 error", "Refused by V106"],
        )

        self.assertEqual({}, self.members(image))

    def test_02_an_image_is_not_given_to_an_unknown_project(self) -> None:
        """``image set --project NAME`` reports a 403, but the name owns the image now: it is lost."""
        image = self.create()
        refused = ["is not one of your projects", "Nothing was changed"]

        self.openstack(f"vsc image set --project {FRIEND} {image}", status=3, says=refused)
        self.openstack(
            f"vsc image set --project nosuch {image}", user="admin", status=3, says=["is not", "Nothing was"]
        )

        self.assertEqual(self.id_of(MINE), self.show(image)["owner"])

    def test_02_an_image_is_given_to_an_existing_project_without_an_error(self) -> None:
        """``image set --project ID`` reports a 403, although it has worked."""
        image = self.create(user="dave")

        self.openstack(f"vsc image set --project {FRIEND} {image}", user="dave", says=["Changed", "owner: "])
        self.assertEqual(self.id_of(FRIEND), self.show(image, user="bob")["owner"])

        self.openstack(f"vsc image set --project {MINE} {image}", user="admin", says=["Changed", "owner: "])
        self.assertEqual(self.id_of(MINE), self.show(image)["owner"])

    def test_03_no_empty_image_is_created_without_a_terminal(self) -> None:
        """Without ``--file``, ``image create`` in a script reads standard input: an active image of zero bytes."""
        self.openstack(f"vsc image create {self.image}", status=2, says=["Specify the data: --file FILE"])

        self.assert_nothing_left(self.image)

    def test_04_a_file_with_the_name_of_the_image_is_not_sent(self) -> None:
        """On a terminal, ``image create NAME`` silently sends a file called NAME in the current folder."""
        (self.folder / self.image).write_bytes(b"my diary")
        terminal, end = pty.openpty()

        process = self.process(f"vsc image create {self.image}", stdin=end, stderr=subprocess.PIPE, cwd=self.folder)
        _, stderr = process.communicate(timeout=60)
        os.close(end)
        os.close(terminal)

        self.assertIn(b"Specify the data", stderr)
        self.assertEqual(2, process.returncode)
        self.assert_nothing_left(self.image)

    def test_05_a_qcow2_is_not_declared_raw(self) -> None:
        """The default of ``--disk-format`` is raw; a qcow2 declared raw does not boot."""
        disk = self.folder / "rna.qcow2"
        disks.qcow2(disk)

        made = self.openstack(f"vsc image create {self.image} --file {disk} -f json").json()
        self.openstack(
            f"vsc image create {self.image} --file {disk} --disk-format raw",
            status=3,
            says=["D307", "omit", "1 error"],
        )

        self.assertEqual("qcow2", made["disk_format"])
        self.assertEqual([made["id"]], [image["ID"] for image in self.images_named(self.image)])

    def test_06_a_failed_upload_leaves_no_protected_record(self) -> None:
        """With ``--protected`` a record is left that cannot be deleted, and the reported error is not the cause."""
        self.run_with_faults(
            Fault(method="PUT", path=DATA, status=503, message="come back later"),
            command=f"vsc image create {self.image} --protected --file {self.disk}",
            status=1,
            says=["The Image service failed: 503 Service Unavailable: come back later", DELETED],
        )

        self.assert_nothing_left(self.image)

    def test_07_ctrl_c_leaves_no_record(self) -> None:
        """A queued record is left."""
        never_answered = Fault(method="PUT", path=DATA, hang=True)
        with faulty_glance(self.cloud.image_url, never_answered) as address:
            process = self.process(
                f"vsc image create {self.image} --file {self.disk}",
                environment=environment_at(self.cloud, "alice", address, self.folder),
                stderr=subprocess.PIPE,
            )
            while not never_answered.count:  # the upload has begun, and cannot end
                self.assertIsNone(process.poll(), "the command ended before it was interrupted")
                time.sleep(0.1)

            process.send_signal(signal.SIGINT)
            _, stderr = process.communicate(timeout=300)

        self.assertIn(b"Stopped. The unfinished image was deleted.", stderr)
        self.assertEqual(130, process.returncode)
        self.assert_nothing_left(self.image)

    def test_08_an_image_has_no_properties_that_were_not_requested(self) -> None:
        """Each image gets ``owner_specified.openstack.md5`` and others, which are empty or useless."""
        image = self.openstack(f"vsc image create {self.image} --file {self.disk} -f json").json()

        self.assertNotIn("owner_specified", str(image))

    def test_09_the_other_images_are_deleted_after_an_unknown_name(self) -> None:
        """``image delete nosuch OTHER`` prints a wrong message, and does not delete OTHER."""
        self.create()

        self.openstack(
            f"vsc image delete nosuch {self.image}",
            status=1,
            says=["Not deleted: No image has the name or ID 'nosuch'", f"Deleted {self.image}"],
        )

        self.assert_nothing_left(self.image)

    def test_10_a_pending_image_is_accepted_by_its_name(self) -> None:
        """``image set --accept NAME`` does not find the image; only its ID works."""
        friend = self.id_of(FRIEND)
        image = self.create(f"--share-with {friend}", says=["The image appears in a project's list"])

        self.openstack(f"vsc image set --accept {self.image}", user="bob", says=["Accepted"])

        self.assertEqual({friend: "accepted"}, self.members(image))

    def test_11_a_minimum_disk_of_zero_is_kept_and_a_folder_is_reported(self) -> None:
        """``--min-disk 0`` is dropped; ``--file FOLDER`` prints an error number."""
        zero = f"--file {self.disk} --min-disk 0 -f json"

        filled_in = self.openstack(f"vsc image create {self.image} {zero}").json()
        explicit = self.openstack(
            f"vsc image create {self.image}-0 {zero} --waive D305", says=["warning D305 (waived)", "1 warning"]
        ).json()
        self.openstack(
            f"vsc image create x --file {self.folder}", status=1, says=["it is a folder; name the image file"]
        )

        self.assertEqual((1, 0), (filled_in["min_disk"], explicit["min_disk"]))

    def test_12_an_upload_is_verified(self) -> None:
        """Glance computes a hash, and the client does not compare it."""
        sent = f"--file {self.disk} -f value -c verified"

        verified = self.openstack(f"vsc image create {self.image} {sent}").stdout.strip()
        self.run_with_faults(
            Fault(method="GET", path=RECORD, change=lambda record: record.update(os_hash_value="0" * 128)),
            command=f"vsc image create {self.image}-2 {sent}",
            status=1,
            says=["The received data differs from the data that was sent: its sha512 is 0000", DELETED],
        )

        self.assertEqual("sha512", verified)
        self.assert_nothing_left(f"{self.image}-2")

    def test_13_errors_of_the_cloud_are_plain_text(self) -> None:
        """Errors are shown as HTML, after the address."""
        stderr = self.run_with_faults(
            Fault(method="POST", path="/v2/images", status=403, message="It&#x27;s &lt;closed&gt; today."),
            command=f"vsc image create {self.image} --file {self.disk}",
            status=1,
            says=["The Image service does not allow this: It's <closed> today"],
        )

        for markup in ("&", "h1>", "http"):
            with self.subTest(markup=markup):
                self.assertNotIn(markup, stderr)

    def test_14_a_field_of_the_image_is_not_set_as_a_property(self) -> None:
        """``image set --property visibility=community`` publishes an image, ``--property name=x`` renames it."""
        image = self.create()

        for field, option in (("visibility=community", "--community"), ("name=x", "--name")):
            self.openstack(
                f"vsc image set --property {field} {image}",
                status=3,
                says=["error M403", option, "1 error", "Refused by M403; nothing was changed."],
            )

        shown = self.show(image)
        self.assertEqual(("private", self.image), (shown["visibility"], shown["name"]))
