"""No trick, interruption or fault gives access that the policy did not check."""

from __future__ import annotations

import gzip
import os
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Sequence

import fixtures

from tests import disks
from tests.functional.faults import Fault, faulty_glance
from tests.functional.login import environment_at
from tests.functional.sharing import ANOTHER, FRIEND, UNDECLARED, SharingTest
from tests.guest_disks import guest_disk, one_nic_guest
from vscclient.glance.images import ImageService
from vscclient.model.image import Image

ACCEPT = "The image appears in a project's list"


class TestProperties(SharingTest):
    def test_spaces_around_a_name_do_not_hide_a_field_of_the_image(self) -> None:
        image = self.create()

        for key in (" visibility=community", "\tvisibility =community", " owner=nosuch", "visibility\x1f=community"):
            command = f"vsc image set {image} --property {shlex.quote(key)}"
            self.openstack(command, status=2, says=["has surrounding spaces or control characters"])

        self.assertEqual("private", self.show(image)["visibility"])

    def test_spaces_around_a_name_do_not_hide_a_field_of_a_new_image(self) -> None:
        self.openstack(
            f"vsc image create {self.image} --no-data --property ' visibility=community'",
            status=2,
            says=["has surrounding spaces or control characters"],
        )

    def test_a_name_that_looks_like_a_field_of_the_image_changes_no_field(self) -> None:
        image = self.create()
        names = ("Visibility", "\uff56isibility", "visib\u0456lity", "is_public", "OS_HIDDEN", "member_status")

        options = " ".join(f"--property {name}=public" for name in names)
        self.openstack(f"vsc image set {image} {options}", says=["Changed", ""])

        shown = self.show(image)
        self.assertEqual("private", shown["visibility"])
        self.assertEqual({"public"}, {shown["properties"][name] for name in ("Visibility", "OS_HIDDEN")})

    def test_a_community_image_is_not_renamed_like_a_public_one(self) -> None:
        public = self.openstack(
            f"image create {self.image}-1.0 --public --file {self.disk} -f value -c id", user="admin"
        ).stdout.strip()
        self.addCleanup(self.openstack, f"image delete {public}", user="admin")
        self.openstack(f"image set --hidden {public}", user="admin")
        name, self.image = self.image, self.name("harmless")
        image = self.create("--community")

        for other in (f"{name}-1.0", f"{name.upper()} 1.0", f"{name}-1,0", f"{name}\u200b-1.0"):
            self.openstack(f"vsc image set --name {shlex.quote(other)} {image}", status=3, says=["error V103", ""])

    def test_a_waiver_of_a_broken_rule_is_not_removed(self) -> None:
        image = self.create("--community --min-disk 0 --waive D305", says=["warning D305 (waived)", "1 warning"])
        hidden = ["error M403: vsc_waived cannot lose D305", "fix the problem", "1 error", "Refused by M403"]

        for command in ("unset --property vsc_waived", "set --property vsc_waived=N201"):
            self.openstack(f"vsc image {command} {image}", status=3, says=[*hidden, "warning D305", "--min-disk 1"])

        self.assertEqual("D305", self.show(image)["properties"]["vsc_waived"])
        self.openstack(f"vsc image set --min-disk 1 {image}", says=["Changed", "min_disk: 0 → 1", "vsc_waived: D305"])

    def test_a_waiver_of_a_rule_about_the_guest_is_not_removed_with_an_empty_cache(self) -> None:
        options = f"--file {one_nic_guest()} --community --waive N202 --multi-nic --description d -f value -c id"
        image = self.openstack(f"vsc image create {self.image} {options}", says=[""]).stdout.strip()
        environment = self.cloud.users["alice"].environment | {"XDG_CACHE_HOME": str(self.folder / "empty")}

        refused = self.openstack(
            f"vsc image unset --property vsc_waived {image}", status=3, says=[""], environment=environment
        )

        self.assertIn(
            "error M403: vsc_waived cannot lose N202 while others see the image: the image still", refused.stderr
        )


class TestFormats(SharingTest):
    """A declared format does not decide what is checked: the data does."""

    def checked(self, words: str) -> list[list[str]]:
        """Return the code of each finding as a row."""
        return self.rows(f"vsc image check {words} --for community -c Code", status=3, says=[""])

    def test_another_container_format_does_not_hide_a_private_key(self) -> None:
        guest = guest_disk(self.folder / "keys", files={"/root/.ssh/id_rsa": "-----BEGIN RSA PRIVATE KEY-----\n"})
        packed = self.folder / "keys.gz"
        packed.write_bytes(gzip.compress(guest.read_bytes()))
        for options in (
            f"--file {guest} --container-format ovf",
            f"--file {guest} --container-format aki --waive D301",
            f"--file {guest} --container-format ova --disk-format vmdk --waive D301",
            f"--file {guest} --disk-format iso --waive D301",
            f"--file {guest} --disk-format ploop --waive D301",
            f"--file {packed} --container-format compressed",
        ):
            with self.subTest(options):
                self.openstack(
                    f"vsc image create {self.image} {options} --community --description d",
                    status=3,
                    says=["error H503", "/root/.ssh/id_rsa", "Refused by", ""],
                )
                self.assertIn(["H503"], self.checked(options))

    def test_another_container_format_does_not_hide_a_backing_file(self) -> None:
        disks.qcow2_with_backing_file(self.disk)
        packed = self.folder / "backed.gz"
        packed.write_bytes(gzip.compress(self.disk.read_bytes()))
        for options in (
            f"--file {self.disk} --container-format ovf --disk-format raw",
            f"--file {self.disk} --container-format docker --disk-format raw --waive D301",
            f"--file {packed} --container-format compressed",
        ):
            with self.subTest(options):
                self.openstack(
                    f"vsc image create {self.image} {options}", status=3, says=["error D302", "base.qcow2", ""]
                )

    def test_an_image_of_the_standard_client_is_checked_in_another_container_format(self) -> None:
        guest = guest_disk(self.folder / "keys", files={"/root/.ssh/id_rsa": "-----BEGIN RSA PRIVATE KEY-----\n"})
        options = f"--file {guest} --disk-format qcow2 --container-format ovf -f value -c id"
        image = self.openstack(f"image create {self.image} {options}").stdout.strip()

        self.openstack(f"vsc image community {image}", status=3, says=["error H503", "/root/.ssh/id_rsa", ""])
        self.assertIn(["H503"], self.checked(image))

    def test_data_that_fits_its_formats_is_accepted(self) -> None:
        file = self.folder / "data"
        for write, formats in (
            (disks.kernel, "aki aki"),
            (disks.ramdisk, "ari ari"),
            (disks.raw_with_mbr, "ami ami"),
            (disks.qcow2, "ovf qcow2"),
            (disks.ova, "ova vmdk"),
            (lambda path: disks.tar(path, "manifest.json", "layer.tar"), "docker raw"),
            (lambda path: path.write_bytes(gzip.compress(disks.kernel_bytes())), "aki aki"),
            (lambda path: path.write_bytes(gzip.compress(self.disk.read_bytes())), "compressed qcow2"),
        ):
            with self.subTest(formats, write=write):
                write(file)
                container_format, disk_format = formats.split()

                created = self.openstack(
                    f"vsc image create {self.image} --file {file} --container-format {container_format} "
                    f"--disk-format {disk_format} -f json",
                    says=["Created", ""],
                ).json()

                self.assertEqual(
                    [container_format, disk_format], [created[key] for key in ("container_format", "disk_format")]
                )


class TestChangedFile(SharingTest):
    """The data that is sent was inspected, although the times of the file do not show a change."""

    def create_while(self, content: Callable[[], bytes], *, status: int, says: Sequence[str]) -> str:
        """Create a community image of a file with a sound guest; its content changes before the first byte is sent."""
        size_bytes = max(self.disk.stat().st_size, len(content()))
        self.disk.write_bytes(self.disk.read_bytes().ljust(size_bytes, b"\0"))
        before = self.disk.stat()
        create = ImageService.create

        def change(service: ImageService, image: Image) -> Image:
            self.disk.write_bytes(content().ljust(size_bytes, b"\0"))
            os.utime(self.disk, ns=(before.st_atime_ns, before.st_mtime_ns))
            return create(service, image)

        self.useFixture(fixtures.MonkeyPatch("vscclient.glance.images.ImageService.create", change))
        options = f"--file {self.disk} --community --single-nic --description d"
        return self.openstack(f"vsc image create {self.image} {options}", status=status, says=["", *says]).stderr

    def test_a_file_that_was_replaced_after_its_inspection_is_inspected_again(self) -> None:
        guest = guest_disk(self.folder / "keys", files={"/root/.ssh/id_rsa": "-----BEGIN RSA PRIVATE KEY-----\n"})

        self.create_while(guest.read_bytes, status=3, says=["error H503", "Refused by H503. The unfinished image was"])

        self.assert_nothing_left(self.image)

    def test_a_file_that_was_only_touched_is_sent(self) -> None:
        self.create_while(self.disk.read_bytes, status=0, says=["Created"])


class TestStatus(SharingTest):
    def test_an_image_without_data_is_not_published_by_activating_it(self) -> None:
        image = self.openstack(f"vsc image create {self.image} --no-data -f value -c id").stdout.strip()

        self.openstack(
            f"vsc image set --community --activate --single-nic --description d {image}",
            status=2,
            says=["is queued; only a deactivated image can be activated"],
        )

        self.assertEqual("private", self.show(image)["visibility"])

    def test_an_image_that_cannot_be_activated_is_not_published(self) -> None:
        image = self.create()
        self.openstack(f"image set --deactivate {image}")
        refusing = Fault(method="POST", path=".*/reactivate", status=403)

        with faulty_glance(self.cloud.image_url, refusing) as address:
            self.openstack(
                f"vsc image set --community --activate {image}",
                status=1,
                says=["does not allow this"],
                environment=environment_at(self.cloud, "alice", address, self.folder),
            )

        self.assertEqual("private", self.show(image)["visibility"])


class TestReactivation(SharingTest):
    """The data of a deactivated image cannot be read; it is checked once it can."""

    def setUp(self) -> None:
        super().setUp()
        guest = guest_disk(self.folder / "keys", files={"/root/.ssh/id_rsa": "-----BEGIN RSA PRIVATE KEY-----\n"})
        self.unfit = self.openstack(
            f"image create {self.image} --disk-format qcow2 --file {guest} --min-disk 1 -f value -c id"
        ).stdout.strip()
        self.openstack(f"image set --deactivate {self.unfit}")

    def assert_refused(self, options: str, *, says: Sequence[str] = ()) -> None:
        """Assert that the image is not activated, and stays as it was."""
        before = self.show(self.unfit)

        refused = self.openstack(f"vsc image set --activate {options} {self.unfit}", status=3, says=["", *says])

        self.assertIn("error H503", refused.stderr)
        after = self.show(self.unfit)
        for field in ("status", "visibility"):
            self.assertEqual(before[field], after[field])

    def test_an_image_that_was_shared_while_it_was_deactivated_is_checked_before_it_is_used(self) -> None:
        self.openstack(f"vsc image share {self.unfit} {self.id_of(FRIEND)}", says=["warning V105", ""])

        self.openstack(
            f"vsc image set --activate --dry-run {self.unfit}", says=["Would change", "is checked, only once", ""]
        )
        self.assert_refused("", says=["Refused by H503. The image was deactivated again. To proceed anyway"])
        waived = self.openstack(f"vsc image set --activate --waive H503 {self.unfit}", says=["Changed", "H503", ""])

        self.assertIn("vsc_waived: (none) → H503", waived.stderr)
        self.assertEqual("active", self.show(self.unfit)["status"])

    def test_an_image_is_checked_before_it_is_published_and_activated(self) -> None:
        self.assert_refused("--community --description d --single-nic --waive M404 --waive M405")

    def test_an_image_whose_earlier_members_regain_access_is_checked(self) -> None:
        self.openstack(f"image set --shared {self.unfit}")
        self.openstack(f"image add project {self.unfit} {self.id_of(FRIEND)}")
        self.openstack(f"image set --private {self.unfit}")

        self.openstack(f"vsc image set --activate --shared {self.unfit}", status=3, says=["error H503", ""])

        self.assertEqual("private", self.show(self.unfit)["visibility"])

    def test_a_private_image_is_activated_whatever_its_flaws(self) -> None:
        self.openstack(f"vsc image set --activate {self.unfit}", says=["Changed", "status: deactivated → active"])


class TestEarlierMembers(SharingTest):
    """Tests with an image with errors, of which bob's project was a member before."""

    def setUp(self) -> None:
        super().setUp()
        self.unfit = self.create_as_the_standard_client_does()
        self.openstack(f"image add project {self.unfit} {self.id_of(FRIEND)}")
        self.openstack(f"image set --private {self.unfit}")

    def test_an_interrupted_change_is_undone(self) -> None:
        never_answered = Fault(method="GET", path=".*/members", hang=True)

        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            with self.subTest(number=number, status=status):
                with faulty_glance(self.cloud.image_url, never_answered) as address:
                    running = self.process(
                        f"vsc image set --shared {self.unfit}",
                        environment=environment_at(self.cloud, "alice", address, self.folder),
                        stdout=subprocess.PIPE,
                        stderr=subprocess.PIPE,
                    )
                    while self.show(self.unfit)["visibility"] == "private" and running.poll() is None:
                        time.sleep(0.1)
                    running.send_signal(number)
                    running.communicate(timeout=60)

                self.assertEqual(status, running.returncode)
                self.assertEqual("private", self.show(self.unfit)["visibility"])

    def test_the_undoing_is_retried_after_a_failure(self) -> None:
        stumbling = Fault(method="PATCH", path=".*", body_has="private", status=500, left=[2])

        with faulty_glance(self.cloud.image_url, stumbling) as address:
            self.openstack(
                f"vsc image set --shared {self.unfit}",
                status=3,
                says=[
                    "D305",
                    "--min-disk",
                    *UNDECLARED,
                    "3 warnings",
                    "Refused by D305",
                    "would regain access, so the change was undone",
                ],
                environment=environment_at(self.cloud, "alice", address, self.folder),
            )

        self.assertEqual("private", self.show(self.unfit)["visibility"])

    def test_a_member_that_cannot_be_removed_does_not_regain_access(self) -> None:
        refusing = Fault(method="DELETE", path=".*/members/.*", status=403)

        with faulty_glance(self.cloud.image_url, refusing) as address:
            self.openstack(
                f"vsc image private --forget-members {self.unfit}",
                status=1,
                says=[
                    "Removed members: none",
                    "private already",
                    "1 of 1 failed",
                    "does not allow this",
                    "When the cause is fixed",
                ],
                environment=environment_at(self.cloud, "alice", address, self.folder),
            )

        self.assertEqual("private", self.show(self.unfit)["visibility"])

    def test_a_dry_run_reports_that_members_are_unknown(self) -> None:
        self.openstack(
            f"vsc image set --shared --dry-run {self.unfit}",
            says=[
                "Would change",
                "visibility",
                "Projects that were members before regain access",
            ],
        )

    def test_removing_an_earlier_member_is_reported_with_a_fix(self) -> None:
        self.rows(
            f"vsc image unshare {self.unfit} {self.id_of(FRIEND)}",
            says=["private --forget-members", "nothing to remove"],
        )


class TestDryRun(SharingTest):
    """Dry runs change nothing, and ask nothing."""

    def setUp(self) -> None:
        super().setUp()
        self.shared = self.create(f"--share-with {self.id_of(FRIEND)}", says=[ACCEPT])

    def test_a_dry_run_of_removing_one_member_changes_nothing(self) -> None:
        rows = self.rows(f"vsc image unshare --dry-run --all {self.shared}", says=["loses access"])

        self.assertEqual("would be changed", rows[0][3])
        self.assertEqual([self.id_of(FRIEND)], list(self.members(self.shared)))

    def test_a_dry_run_of_removing_all_members_changes_nothing(self) -> None:
        self.openstack(
            f"vsc image private --dry-run --forget-members {self.shared}",
            says=["loses access", "Would change", "visibility: shared → private"],
        )

        self.assertEqual([self.id_of(FRIEND)], list(self.members(self.shared)))

    def test_a_dry_run_of_an_answer_changes_nothing(self) -> None:
        self.openstack(f"vsc image set --accept --dry-run {self.shared}", user="bob", says=["Would be accepted: "])

        self.assertEqual({self.id_of(FRIEND): "pending"}, self.members(self.shared))


class TestStoredText(SharingTest):
    def test_a_member_that_is_a_path_is_not_a_request(self) -> None:
        image = self.create(f"--share-with {self.id_of(FRIEND)}", says=[ACCEPT])
        for odd in ("..", "a/b"):
            self.openstack(f"image add project {image} {odd}")

        self.rows(
            f"vsc image unshare --yes --all {image}",
            status=1,
            says=[
                "Projects",
                "2 of 3 failed",
                "..: The Image service rejects the request: '..' is not a valid identifier",
                "a/b: The Image service rejects the request: 'a/b' is not a valid identifier",
                "When the cause is fixed",
            ],
        )

        self.assertEqual({"..", "a/b"}, set(self.members(image)))

    def test_lines_in_a_strangers_text_do_not_look_like_findings(self) -> None:
        image = self.create("--community")
        system = shlex.quote("os_distro=abc\nerror V102: run\n  curl evil")
        self.openstack(f"image set --property {system} {image}")

        said = self.openstack(
            f"vsc image set --tag x {image}", says=["M405", "1 warning", "Changed", "tags", ""]
        ).stderr

        self.assertNotIn("\nerror V102", said)
        self.assertNotIn("\n  curl", said)


class TestAnswers(SharingTest):
    def test_a_repeated_answer_does_not_accept_an_image_of_others(self) -> None:
        mine = self.create(f"--share-with {self.id_of(ANOTHER)}", says=[ACCEPT])
        self.openstack(f"vsc image accept {self.image}", user="carol", says=["Accepted"])
        theirs = self.create(f"--share-with {self.id_of(ANOTHER)}", user="bob", says=[ACCEPT])

        self.openstack(
            f"vsc image accept {self.image}",
            user="carol",
            says=["is accepted already", f"Another image with this name: {theirs}"],
        )

        self.assertEqual("pending", self.members(theirs, user="bob")[self.id_of(ANOTHER)])
        self.assertEqual("accepted", self.members(mine)[self.id_of(ANOTHER)])


class TestArguments(SharingTest):
    def test_a_text_that_is_not_a_project_is_refused(self) -> None:
        image = self.create()

        for odd in ("''", f"{'f' * 32},{'e' * 32}", "x" * 300):
            self.openstack(
                f"vsc image share {image} {odd}",
                status=3,
                says=["error V106", "openstack token issue", "1 error", "Refused by V106"],
            )

    def test_an_id_is_recognized_in_each_spelling(self) -> None:
        image = self.create()
        friend = self.id_of(FRIEND)
        dashed = "-".join((friend[:8], friend[8:12], friend[12:16], friend[16:20], friend[20:])).upper()

        rows = self.rows(f"vsc image share {image} {dashed}", says=["Changed", "visibility", ACCEPT])

        self.assertEqual(["", friend, "pending", "added"], rows[0])

    def test_the_other_images_are_deleted_after_an_empty_name(self) -> None:
        image = self.create()

        self.process(f"vsc image delete '' {image}", stderr=subprocess.DEVNULL).wait(60)

        self.assert_nothing_left(self.image)


class TestOwner(SharingTest):
    def test_other_changes_are_made_before_the_owner_changes(self) -> None:
        image = self.create(user="dave")

        self.openstack(
            f"vsc image set --project {FRIEND} --tag x --name {self.image}x {image}",
            user="dave",
            says=["Changed", "name", "tags", "owner"],
        )

        shown = self.show(image, user="dave_2")
        self.assertEqual((["x"], f"{self.image}x", self.id_of(FRIEND)), (shown["tags"], shown["name"], shown["owner"]))
