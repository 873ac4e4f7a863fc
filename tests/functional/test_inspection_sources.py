"""The sources of an inspection: a local copy, range requests, a download, or none."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import Any
from unittest import mock

import fixtures

from tests import disks
from tests.functional.faults import Fault
from tests.functional.inspection import FIT, InspectionTest
from tests.guest_disks import guest_disk, one_nic_guest
from vscclient.images.data import verification
from vscclient.images.inspection import in_cloud

FRIEND = "VSC_00002"
SECRET = {"/root/.aws/credentials": "[default]\naws_secret_access_key = hunter2hunter2\n"}
NOT_INSPECTED = [
    "could not be checked: this cloud does not support range requests",
    "could not be checked. Details",
    "without inspection",
]


class TestEachCloud(InspectionTest):
    def test_an_image_is_created_checked_published_and_audited(self) -> None:
        for region in ("devcloud", "no-ranges"):
            with self.subTest(region=region):
                environment = self.cloud.users["alice"].environment | {"OS_REGION_NAME": region}
                self.image = self.name("rna")
                how: dict[str, Any] = {"environment": environment}

                image_id = self.create("--description 'reads RNA'", **how)
                found = self.codes(f"{image_id} --for community", says=["as a community image: 1 note"], **how)
                self.openstack(f"vsc image community {image_id}", says=["Changed", "private → community"], **how)
                (row,) = self.openstack(f"vsc image audit {image_id} -f json", **how).json()

                self.assertEqual({"V109"}, found)
                self.assertEqual(("all", 0, 0), tuple(row[key] for key in ("NICs At Boot", "Errors", "Unknown")))

    def test_an_image_that_was_not_inspected_before_needs_range_requests(self) -> None:
        image_id = self.create()
        shutil.rmtree(self.folder / ".cache", ignore_errors=True)
        without: dict[str, Any] = {"environment": self.without_ranges()}

        self.openstack(f"vsc image check {image_id} --for community", says=["could not be checked"], **without)
        self.openstack(f"vsc image community {image_id}", says=["Changed", "→ community", *NOT_INSPECTED], **without)
        self.openstack(f"vsc image private --yes {image_id}", says=["Everybody", "Changed", "→ private", "members"])
        self.openstack(f"vsc image community {image_id}", says=["Changed", "→ community"])

        self.assertEqual("community", self.visibility(image_id))


class TestCopy(InspectionTest):
    """``--file``, on a cloud without range requests."""

    def test_a_copy_is_inspected_by_each_command_that_publishes(self) -> None:
        friend = self.cloud.projects[FRIEND]
        for command, says in (
            (
                "vsc image share {image} {friend} --file {disk}",
                ["private → shared", "The image appears in a project's list"],
            ),
            ("vsc image community {image} --file {disk}", ["private → community"]),
            ("vsc image set --community {image} --file {disk}", ["private → community"]),
        ):
            self.image = self.name("rna")
            image_id = self.create()

            self.openstack(
                command.format(image=image_id, friend=friend, disk=self.disk),
                environment=self.without_ranges(),
                says=["Changed", *says],
            )

    def test_a_copy_with_a_secret_stops_the_publication(self) -> None:
        leaky = guest_disk(self.folder / "leaky.qcow2", files=SECRET)
        image_id = self.create(disk=leaky)

        refused = self.openstack(
            f"vsc image community {image_id} --file {leaky}",
            environment=self.without_ranges(),
            status=3,
            says=["error H506", "virt-", "1 error", "Refused by H506; nothing was changed."],
        )

        self.assertNotIn("hunter2", refused.stderr)
        self.assertEqual("private", self.visibility(image_id))

    def test_a_copy_of_another_image_changes_nothing(self) -> None:
        image_id, other = self.create(), self.folder / "other.qcow2"
        other.write_bytes(os.urandom(self.disk.stat().st_size))

        for file, why in ((one_nic_guest(), "could not be verified"), (other, "its sha512 differs"), ("none", "no")):
            for command in (f"community {image_id}", f"share {image_id} {'f' * 32}", f"set --tag x {image_id}"):
                self.openstack(f"vsc image {command} --file {file}", status=1, says=[str(file)])

            self.openstack(f"vsc image check {image_id} --file {file}", status=1, says=[why])
        self.assertEqual("private", self.visibility(image_id))

    def test_a_copy_that_changes_during_the_inspection_is_not_used(self) -> None:
        image_id = self.create()
        proved = verification.prove

        def prove_and_change(*args: Any) -> None:
            proved(*args)
            shutil.copyfile(one_nic_guest(), self.disk)

        with mock.patch.object(in_cloud, "prove", prove_and_change):
            found = self.inspect(f"{image_id} --file {self.disk}")
        second = self.inspect(image_id)

        self.assertEqual("unknown", found["nics_at_boot"])
        self.assertEqual("all", second["nics_at_boot"])

    def test_a_copy_from_a_pipe_is_verified_and_not_inspected(self) -> None:
        image_id = self.create()

        self.openstack(
            f"vsc image community {image_id} --file -",
            stdin=self.disk.read_bytes(),
            environment=self.without_ranges(),
            says=["Changed", "private → community"],
        )

    def test_a_copy_on_a_block_device_is_inspected(self) -> None:
        device = disks.block_device(self.disk, self.addCleanup)
        if device is None:
            self.skipTest("cannot create a loop device (needs root, and losetup of the package mount)")
        image_id = self.create()

        self.assertEqual("all", self.inspect(f"{image_id} --file {device}")["nics_at_boot"])


class TestDownload(InspectionTest):
    """``--download``, on a cloud without range requests."""

    def setUp(self) -> None:
        super().setUp()
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir()
        self.useFixture(fixtures.MonkeyPatch("tempfile.tempdir", str(self.temporary)))

    def test_a_download_is_inspected_and_leaves_no_file(self) -> None:
        image_id = self.create()

        self.openstack(
            f"vsc image community {image_id} --download",
            environment=self.without_ranges(),
            says=["fetching", "Changed", "private → community"],
        )

        self.assertEqual([], list(self.temporary.iterdir()))

    def test_range_requests_are_used_instead_of_a_download(self) -> None:
        image_id = self.create()

        with mock.patch.object(tempfile, "TemporaryFile") as made:
            found = self.inspect(f"{image_id} --download")

        self.assertEqual("all", found["nics_at_boot"])
        made.assert_not_called()

    def test_an_inspected_image_is_not_downloaded_again(self) -> None:
        image_id = self.create()
        with self.counted(region="no-ranges") as glance:
            self.inspect(f"{image_id} --download", environment=glance.environment, says=["fetching"])
            before = glance.count

            found = self.inspect(f"{image_id} --download", environment=glance.environment)

            self.assertEqual((before, "all"), (glance.count, found["nics_at_boot"]))

    def test_a_download_is_verified(self) -> None:
        image_id = self.create()
        other = Fault(
            method="GET",
            path=f".*/v2/images/{image_id}",
            change=lambda record: record.update(os_hash_value="0" * 128),
        )

        with self.counted(other, region="no-ranges") as glance:
            self.openstack(
                f"vsc image community {image_id} --download",
                environment=glance.environment,
                status=1,
                says=["fetching", "The received data differs from the data that was sent"],
            )

        self.assertEqual("private", self.visibility(image_id))

    def test_a_download_without_disk_space_is_one_finding(self) -> None:
        image_id = self.create()
        usage = mock.Mock(free=1024)

        with mock.patch("shutil.disk_usage", return_value=usage):
            found = self.inspect(f"{image_id} --download", environment=self.without_ranges())
            published = self.openstack(
                f"vsc image community {image_id} --download",
                environment=self.without_ranges(),
                says=[
                    "could not be checked: there is not enough space to fetch it",
                    "could not be checked. Details",
                    "Changed",
                    " → ",
                    "Published without inspection",
                ],
            )

        (why,) = self.unknown_for(found)
        self.assertIn(
            f"there is not enough space to fetch it: 896 KiB is needed in {self.temporary}, but only 1 KiB is free", why
        )
        self.assertIn("set TMPDIR to use another folder", why)
        self.assertEqual(1, sum("could not be checked: " in line for line in published.stderr.splitlines()))


class TestChangedImage(InspectionTest):
    def test_an_image_that_changes_during_the_inspection_is_unknown(self) -> None:
        image_id = self.create()
        requests: list[int] = []

        def change(record: dict[str, Any]) -> None:
            requests.append(1)
            if len(requests) > 1:
                record["os_hash_value"] = "0" * 128

        with self.counted(Fault(method="GET", path=f".*/v2/images/{image_id}", change=change)) as glance:
            found = self.inspect(image_id, environment=glance.environment)

        self.assertEqual("unknown", found["nics_at_boot"])
        self.assertIn("the image changed while it was inspected; try again", self.unknown_for(found))
        self.assertEqual("all", self.inspect(image_id)["nics_at_boot"])


class TestOtherUsers(InspectionTest):
    def test_a_member_inspects_and_audits_the_image(self) -> None:
        image_id = self.create(
            f"{FIT} --share-with {self.cloud.users['eve'].project_id}", says=["The image appears in a project's list"]
        )
        shutil.rmtree(self.folder / ".cache")
        self.openstack(f"vsc image accept {image_id}", user="eve", says=["Accepted"])

        found = self.inspect(self.image, user="eve")
        rows = self.openstack("vsc image audit --shared-with-me -f json", user="eve").json()

        self.assertEqual("all", found["nics_at_boot"])
        (row,) = (row for row in rows if row["ID"] == image_id)
        self.assertEqual(("all", "shared", 0), (row["NICs At Boot"], row["Visibility"], row["Errors"]))

    def test_the_data_of_a_deactivated_image_is_not_requested(self) -> None:
        image_id = self.create()
        self.openstack(f"image set --deactivate {image_id}")

        with self.counted() as glance:
            found = self.inspect(image_id, environment=glance.environment)
            (row,) = self.openstack(f"vsc image audit {image_id} -f json", environment=glance.environment).json()

            self.assertEqual(0, glance.count)
        self.assertIn("it is deactivated; its data cannot be read until it is reactivated", self.unknown_for(found))
        self.assertEqual(1, row["Why"].count("deactivated"))


class TestEarlierMembers(InspectionTest):
    def test_earlier_members_do_not_get_access_to_a_secret(self) -> None:
        leaky = guest_disk(self.folder / "leaky.qcow2", files=SECRET)
        image_id = self.create(disk=leaky)
        self.openstack(f"image set --shared {image_id}")
        self.openstack(f"image add project {image_id} {self.cloud.projects[FRIEND]}")
        self.openstack(f"image set --private {image_id}")

        self.openstack(
            f"vsc image set --shared {image_id}",
            status=3,
            says=["H506", "virt-", "1 error", "Refused by H506", "undone"],
        )

        self.assertEqual("private", self.visibility(image_id))
