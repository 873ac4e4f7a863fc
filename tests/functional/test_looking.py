"""The ways to look inside an image: by what is known, by a copy, by parts of it, by all of it; and by none of them."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

import fixtures

from tests import disks
from tests.functional.faults import Fault
from tests.functional.looking import FIT, LookingTest
from tests.guest_disks import guest_disk, one_nic_guest
from vscclient.images.data import verification
from vscclient.images.inspection import in_cloud

FRIEND = "VSC_00002"
SECRET = {"/root/.aws/credentials": "[default]\naws_secret_access_key = hunter2hunter2\n"}
UNSEEN = ["not judged, this cloud gives no parts", "not judged. Details", "without inspection"]


class TestEveryDay(LookingTest):
    def test_from_create_to_the_audit_on_each_cloud(self) -> None:
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

    def test_where_the_data_was_not_seen_before_it_hangs_on_the_cloud(self) -> None:
        image_id = self.create()
        shutil.rmtree(self.folder / ".cache", ignore_errors=True)
        without: dict[str, Any] = {"environment": self.without_ranges()}

        self.openstack(f"vsc image check {image_id} --for community", says=["not judged"], **without)
        self.openstack(f"vsc image community {image_id}", says=["Changed", "→ community", *UNSEEN], **without)
        self.openstack(f"vsc image private --yes {image_id}", says=["Everybody", "Changed", "→ private", "members"])
        self.openstack(f"vsc image community {image_id}", says=["Changed", "→ community"])

        self.assertEqual("community", self.visibility(image_id))


class TestCopy(LookingTest):
    """``--file``, on a cloud that gives no parts of an image."""

    def test_is_judged_by_whatever_lets_others_in(self) -> None:
        friend = self.cloud.projects[FRIEND]
        for command, says in (
            ("vsc image share {image} {friend} --file {disk}", ["private → shared", "Each project"]),
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

    def test_with_a_secret_in_it_stops_what_would_be_published(self) -> None:
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

    def test_of_something_else_changes_nothing(self) -> None:
        image_id, other = self.create(), self.folder / "other.qcow2"
        other.write_bytes(os.urandom(self.disk.stat().st_size))

        for file, why in ((one_nic_guest(), "could not be verified"), (other, "its sha512 is another"), ("none", "no")):
            for command in (f"community {image_id}", f"share {image_id} {'f' * 32}", f"set --tag x {image_id}"):
                self.openstack(f"vsc image {command} --file {file}", status=1, says=[str(file)])

            self.openstack(f"vsc image check {image_id} --file {file}", status=1, says=[why])
        self.assertEqual("private", self.visibility(image_id))

    def test_that_changes_while_it_is_looked_at_is_not_believed(self) -> None:
        image_id = self.create()
        proved = verification.prove

        def prove_and_change(*args: Any) -> None:
            proved(*args)
            shutil.copyfile(one_nic_guest(), self.disk)

        with mock.patch.object(in_cloud, "prove", prove_and_change):
            found = self.inspect(f"{image_id} --file {self.disk}")
        again = self.inspect(image_id)

        self.assertEqual("unknown", found["nics_at_boot"])
        self.assertEqual("all", again["nics_at_boot"])

    def test_through_a_pipe_is_proved_but_nobody_can_look_inside(self) -> None:
        image_id = self.create()

        self.openstack(
            f"vsc image community {image_id} --file -",
            stdin=self.disk.read_bytes(),
            environment=self.without_ranges(),
            says=["Changed", "private → community"],
        )

    def test_that_is_a_block_device_is_a_file_too(self) -> None:
        device = disks.block_device(self.disk, self.addCleanup)
        if device is None:
            self.skipTest("no loop device can be made here (needs root, and losetup of the package mount)")
        image_id = self.create()

        self.assertEqual("all", self.inspect(f"{image_id} --file {device}")["nics_at_boot"])


class TestDownload(LookingTest):
    """``--download``, on a cloud that gives no parts of an image."""

    def setUp(self) -> None:
        super().setUp()
        self.temporary = self.folder / "tmp"
        self.temporary.mkdir()
        self.useFixture(fixtures.MonkeyPatch("tempfile.tempdir", str(self.temporary)))

    def test_shows_what_is_to_be_published_and_leaves_no_file(self) -> None:
        image_id = self.create()

        self.openstack(
            f"vsc image community {image_id} --download",
            environment=self.without_ranges(),
            says=["fetching", "Changed", "private → community"],
        )

        self.assertEqual([], list(self.temporary.iterdir()))

    def test_is_not_done_where_parts_will_do(self) -> None:
        image_id = self.create()

        with mock.patch.object(tempfile, "TemporaryFile") as made:
            found = self.inspect(f"{image_id} --download")

        self.assertEqual("all", found["nics_at_boot"])
        made.assert_not_called()

    def test_of_an_image_that_was_fetched_before_fetches_nothing(self) -> None:
        image_id = self.create()
        with self.counted(region="no-ranges") as glance:
            self.inspect(f"{image_id} --download", environment=glance.environment, says=["fetching"])
            before = glance.count

            found = self.inspect(f"{image_id} --download", environment=glance.environment)

            self.assertEqual((before, "all"), (glance.count, found["nics_at_boot"]))

    def test_is_compared_with_what_the_cloud_has(self) -> None:
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

    def test_without_room_for_it_says_so_in_a_line(self) -> None:
        image_id = self.create()
        usage = mock.Mock(free=1024)

        with mock.patch("shutil.disk_usage", return_value=usage):
            found = self.inspect(f"{image_id} --download", environment=self.without_ranges())
            published = self.openstack(
                f"vsc image community {image_id} --download",
                environment=self.without_ranges(),
                says=[
                    "not judged, there is no room to fetch it",
                    "not judged. Details",
                    "Changed",
                    " → ",
                    "Published without inspection",
                ],
            )

        (why,) = self.unknown_for(found)
        self.assertIn(f"there is no room to fetch it: 896 KiB are needed in {self.temporary}, 1 KiB are free", why)
        self.assertIn("TMPDIR names another folder", why)
        self.assertEqual(1, sum("not judged, " in line for line in published.stderr.splitlines()))


class TestKnown(LookingTest):
    """What is known of the same data is not looked for again."""

    def kept(self, folder: Path | None = None) -> list[Path]:
        """The files in the cache."""
        return [path for path in (folder or self.folder / ".cache").rglob("*") if path.is_file()]

    def test_who_made_it_publishes_it_without_another_look(self) -> None:
        image_id = self.create("--description 'reads RNA'")

        with self.counted() as glance:
            self.openstack(
                f"vsc image community {image_id}", environment=glance.environment, says=["Changed", "→ community"]
            )

            self.assertEqual(0, glance.count)

    def test_a_nightly_audit_reads_nothing_twice(self) -> None:
        image_ids = []
        for disk in (self.disk, one_nic_guest()):
            self.image = self.name("rna")
            image_ids.append(self.create("--no-inspect --multi-nic", disk=disk))
        words = f"vsc image audit {' '.join(image_ids)} -f json"

        with self.counted() as glance:
            first = self.openstack(words, environment=glance.environment).json()
            read = glance.count
            second = self.openstack(words, environment=glance.environment).json()

            self.assertGreater(read, 0)
            self.assertEqual(read, glance.count)
        self.assertEqual(first, second)
        self.assertEqual(["all", "first"], sorted(row["NICs At Boot"] for row in first))

    def test_another_image_of_the_same_data_is_known_too(self) -> None:
        self.create("")
        self.image = self.name("copy")
        other = self.create()

        self.assertEqual((0, "all"), tuple(self.inspect(other)[key] for key in ("requests", "nics_at_boot")))

    def test_it_is_looked_at_again_where_that_is_wanted(self) -> None:
        image_id = self.create("")

        with self.counted() as glance:
            self.openstack(f"vsc image audit {image_id} --no-cache -f json", environment=glance.environment)
            self.assertGreater(glance.count, 0)

    def test_it_is_private_and_holds_no_secret(self) -> None:
        leaky = guest_disk(self.folder / "leaky.qcow2", files=SECRET)
        folder = self.folder / "elsewhere"
        self.useFixture(fixtures.EnvironmentVariable("XDG_CACHE_HOME", str(folder)))

        self.create("", disk=leaky, says=["warning H506", "virt-", "1 warning"])

        (kept,) = self.kept(folder)
        self.assertEqual(0o600, stat.S_IMODE(kept.stat().st_mode))
        self.assertEqual(0o700, stat.S_IMODE(kept.parent.stat().st_mode))
        self.assertIn("/root/.aws/credentials", kept.read_text())
        self.assertNotIn("hunter2", kept.read_text())
        self.assertEqual([], self.kept())

    def test_nothing_is_kept_where_nothing_is_to_be_known(self) -> None:
        image_id = self.create()

        self.inspect(f"{image_id} --no-cache")

        self.assertEqual([], self.kept())

    def test_a_folder_that_cannot_be_written_stops_nothing(self) -> None:
        blocked = self.folder / "blocked"
        blocked.write_text("a file")
        self.useFixture(fixtures.EnvironmentVariable("XDG_CACHE_HOME", str(blocked)))
        image_id = self.create("")

        self.assertEqual("all", self.inspect(image_id)["nics_at_boot"])

    def test_what_was_damaged_there_is_found_anew(self) -> None:
        image_id = self.create("")
        (kept,) = self.kept()
        good = kept.read_text()

        for damaged in ("", "{", "[]", "null", '{"image": 1}', good.replace('"all"', '"none of them"'), good[:-50]):
            with self.subTest(damaged=damaged):
                kept.write_text(damaged)

                found = self.inspect(image_id)

                self.assertEqual("all", found["nics_at_boot"], damaged[:50])
                self.assertGreater(found["requests"], 0)


class TestChanging(LookingTest):
    def test_an_image_that_changes_while_it_is_looked_at_is_unknown(self) -> None:
        image_id = self.create()
        asked: list[int] = []

        def change(record: dict[str, Any]) -> None:
            asked.append(1)
            if len(asked) > 1:
                record["os_hash_value"] = "0" * 128

        with self.counted(Fault(method="GET", path=f".*/v2/images/{image_id}", change=change)) as glance:
            found = self.inspect(image_id, environment=glance.environment)

        self.assertEqual("unknown", found["nics_at_boot"])
        self.assertIn("the image was changed while it was looked at; try again", self.unknown_for(found))
        self.assertEqual("all", self.inspect(image_id)["nics_at_boot"])


class TestOthers(LookingTest):
    def test_who_has_it_shared_inspects_and_audits_it(self) -> None:
        image_id = self.create(f"{FIT} --share-with {self.cloud.users['eve'].project_id}", says=["Each project"])
        shutil.rmtree(self.folder / ".cache")
        self.openstack(f"vsc image accept {image_id}", user="eve", says=["Accepted"])

        found = self.inspect(self.image, user="eve")
        rows = self.openstack("vsc image audit --shared-with-me -f json", user="eve").json()

        self.assertEqual("all", found["nics_at_boot"])
        (row,) = (row for row in rows if row["ID"] == image_id)
        self.assertEqual(("all", "shared", 0), (row["NICs At Boot"], row["Visibility"], row["Errors"]))

    def test_of_a_deactivated_image_nobody_gets_the_data(self) -> None:
        image_id = self.create()
        self.openstack(f"image set --deactivate {image_id}")

        with self.counted() as glance:
            found = self.inspect(image_id, environment=glance.environment)
            (row,) = self.openstack(f"vsc image audit {image_id} -f json", environment=glance.environment).json()

            self.assertEqual(0, glance.count)
        self.assertIn("it is deactivated: nobody gets its data before it is activated", self.unknown_for(found))
        self.assertEqual(1, row["Why"].count("deactivated"))


class TestOldMembers(LookingTest):
    def test_those_who_would_have_a_secret_again_do_not_get_it(self) -> None:
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
