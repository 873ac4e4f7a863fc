"""Checks of an image, or of a file before it is uploaded."""

from __future__ import annotations

import csv
import json
import os
import shlex
import shutil
from pathlib import Path
from typing import Any

import fixtures
import yaml

from tests import disks
from tests.functional.base import FunctionalTest
from tests.functional.sharing import FRIEND, MINE, SharingTest
from tests.guest_disks import guest_disk, sound_guest

KEYS = ["Code", "Severity", "Outcome", "Message", "Location", "Fix", "Fix Data", "Waived"]
GIB = 1024**3
ASKS = "Details: openstack vsc image rule show"


class CheckTest(FunctionalTest):
    """Tests of findings."""

    def check(self, words: str, **how: Any) -> dict[str, dict[str, Any]]:
        """The findings of a check, by the codes of their rules; a rule has one here."""
        found = self.openstack(f"vsc image check {words} -f json", **how).json()
        return {row["Code"]: row for row in found}


class TestImage(SharingTest, CheckTest):
    def test_an_own_image_is_checked_for_its_audience(self) -> None:
        image_id = self.create_as_the_standard_client_does()

        found = self.check(image_id, status=3, says=[f"as a private image: 1 error, 3 notes. {ASKS} D305"])

        self.assertEqual(["D305", "M404", "M405", "N201"], list(found))
        self.assertEqual(
            ("error", "broken", False), tuple(found["D305"][key] for key in ("Severity", "Outcome", "Waived"))
        )
        self.assertIn("--os-distro debian --os-version 12", found["M405"]["Fix"])

    def test_an_own_image_is_checked_for_others_without_a_change(self) -> None:
        image_id = self.create_as_the_standard_client_does()
        before = self.show(image_id)

        shared = self.check(f"{image_id} --for shared", status=3, says=["as a shared image: 1 error, 3 warnings"])
        community = self.check(f"{image_id} --for community", status=3, says=["as a community image: 5 errors"])
        public = self.check(f"{image_id} --for public", status=3, says=["as a public image: 5 errors"])

        self.assertEqual(["warning", "error"], [found["N201"]["Severity"] for found in (shared, community)])
        self.assertNotIn("V106", shared)
        self.assertEqual("forbidden", public["V101"]["Severity"])
        self.assertEqual(before, self.show(image_id))

    def test_the_options_override_the_values_of_the_image(self) -> None:
        image_id = self.create_as_the_standard_client_does()

        found = self.check(
            f"{image_id} --for community --description 'reads RNA' --single-nic --min-disk 2 --name other "
            "--os-distro debian --os-version 12 --architecture x86_64",
            says=["other as a community image: 1 note."],
        )

        self.assertEqual({"V109"}, set(found))

    def test_an_image_shared_with_own_projects_is_checked_for_others(self) -> None:
        invitation = ["openstack image set --accept", "your own projects do not count"]
        image_id = self.create(f"--share-with {self.id_of(FRIEND)}", user="dave", says=invitation)

        self.assertNotIn("V109", self.check(image_id, user="dave", says=["as a private image", "your own projects"]))
        self.assertIn("V109", self.check(f"{image_id} --for shared", user="dave", says=["as a shared image"]))

    def test_a_shared_image_is_checked_for_other_projects(self) -> None:
        image_id = self.create(f"--share-with {self.id_of(FRIEND)}", says=["openstack image set --accept"])

        self.assertIn("V109", self.check(image_id, says=["as a shared image"]))
        self.assertNotIn("V109", self.check(f"{image_id} --for private", says=["as a private image"]))

    def test_a_member_checks_a_shared_image(self) -> None:
        image_id = self.create(f"--share-with {self.id_of(FRIEND)}", says=["openstack image set --accept"])

        found = self.check(image_id, user="bob", says=["as a shared image"])
        published = self.check(
            f"{image_id} --for community", user="bob", status=3, says=["as a community image: 1 error"]
        )

        self.assertNotIn("V102", found)
        self.assertIn("V109", found)
        self.assertIn(f"belongs to project {self.id_of(MINE)}", published["V102"]["Message"])

    def test_anybody_checks_a_community_image(self) -> None:
        image_id = self.create("--community")

        for user in ("bob", "rita", "admin", "alice_appcred"):
            with self.subTest(user=user):
                found = self.check(image_id, user=user, says=["as a community image: 1 note."])
                self.assertNotIn("V102", found)

    def test_a_public_image_has_no_error_for_the_user_who_checks_it(self) -> None:
        image_id = self.create("--public", user="admin")

        for user in ("bob", "admin"):
            with self.subTest(user=user):
                found = self.check(image_id, user=user, says=["as a public image: 1 note."])
                self.assertNotIn("V101", found)

    def test_staff_check_an_image_of_others_for_its_publication(self) -> None:
        image_id = self.create("--community")

        found = self.check(f"{image_id} --for public", user="admin", says=["as a public image: 1 note"])

        self.assertEqual(set(), {"V101", "V102"} & set(found))

    def test_an_image_has_the_findings_that_were_waived(self) -> None:
        image_id = self._waived()

        found = self.check(image_id, status=3, says=["as a community image: 1 error"])
        again = self.check(f"{image_id} --waive d305", says=["as a community image: 1 warning"])

        self.assertEqual([True, True], [row["D305"]["Waived"] for row in (found, again)])
        table = self.openstack(f"vsc image check {image_id}", status=3, says=[ASKS]).stdout
        self.assertIn(
            "the disk needs 2 GiB (header at byte 0) (waived). Fix: openstack vsc image set --min-disk 2", table
        )

    def test_an_unknown_image_is_reported(self) -> None:
        self.openstack("vsc image check nonesuch", status=1, says=["No image has the name or ID 'nonesuch'"])

    def test_control_characters_in_a_name_are_escaped(self) -> None:
        name = self.name("rna\x1b[31m\u202e")
        self.openstack(f"image create {shlex.quote(name)} --disk-format raw --file {self.disk}")

        checked = self.openstack(f"vsc image check {shlex.quote(name)}", status=3, says=["rna\\x1b[31m\\u202e-"])

        self.assertNotIn("\x1b", checked.stdout + checked.stderr)

    def test_an_image_without_a_name_has_its_id(self) -> None:
        image_id = self.create_as_the_standard_client_does()
        self.openstack(f"image set --name '' {image_id}")

        self.check(image_id, status=3, says=[f"{image_id} as a private image"])

    def _waived(self) -> str:
        image_id = self.create_as_the_standard_client_does()
        said = "--community --description x --single-nic --os-distro debian --os-version 12 --architecture x86_64"
        self.openstack(
            f"vsc image set {image_id} {said} --waive D305", says=["D305 (waived)", "1 warning", "Changed", "→"]
        )
        return image_id


class TestImageWithFile(SharingTest, CheckTest):
    def test_an_image_is_checked_with_its_file(self) -> None:
        image_id = self.create()

        found = self.check(f"{image_id} --file {self.disk}", says=["as a private image: fine."])

        self.assertEqual({}, found)

    def test_an_image_is_checked_with_a_pipe(self) -> None:
        image_id = self.create()

        found = self.check(f"{image_id} --file -", stdin=self.disk.read_bytes(), says=["fine."])

        self.assertEqual({}, found)

    def test_an_image_is_not_checked_with_another_file(self) -> None:
        image_id, other = self.create(), self.folder / "other.raw"

        for content, why in ((os.urandom(self.disk.stat().st_size), "its sha512 differs"), (b"x", "it has 1 bytes")):
            other.write_bytes(content)
            self.openstack(
                f"vsc image check {image_id} --file {other}",
                status=1,
                says=[f"{other} could not be verified as the data of {self.image}: {why}"],
            )
            self.openstack(
                f"vsc image check {image_id} --file -",
                stdin=content,
                status=1,
                says=[f"standard input could not be verified as the data of {self.image}: {why}"],
            )

    def test_a_missing_file_is_reported(self) -> None:
        image_id = self.create()

        self.openstack(f"vsc image check {image_id} --file none", status=1, says=["none: there is no such file"])

    def test_an_image_without_data_cannot_be_compared(self) -> None:
        self.openstack(f"vsc image create {self.image} --no-data", says=["without data"])

        self.openstack(f"vsc image check {self.image} --file {self.disk}", status=1, says=["the image has no data yet"])

    def test_a_file_shows_a_flaw_that_the_record_does_not_show(self) -> None:
        disks.qcow2(self.disk)
        self.openstack(f"image create {self.image} --disk-format raw --min-disk 1 --file {self.disk}")

        record = self.check(self.image, environment=self.without_ranges(), says=["could not be checked"])
        by_parts = self.check(self.image, status=3, says=["1 error"])
        found = self.check(
            f"{self.image} --file {self.disk}", environment=self.without_ranges(), status=3, says=["1 error"]
        )

        outcomes = [row["D307"]["Outcome"] for row in (record, by_parts, found)]
        self.assertEqual(["unknown", "broken", "broken"], outcomes)


class TestFile(CheckTest):
    """Checks of a file alone, without a cloud."""

    def setUp(self) -> None:
        super().setUp()
        self.disk = self.folder / "rna.qcow2"
        shutil.copyfile(sound_guest(), self.disk)

    def test_a_file_is_checked_without_a_cloud(self) -> None:
        dead = self.cloud.users["alice"].environment | {"OS_AUTH_URL": "http://127.0.0.1:9/v3"}

        for environment in ({}, dead):
            with self.subTest(environment=environment):
                found = self.check(
                    f"--file {self.disk}",
                    environment=environment,
                    says=["rna as a private image: 1 rule could not be checked."],
                )
                self.assertEqual(["V103"], list(found))
                self.assertIn("does not contact the cloud", found["V103"]["Message"])

    def test_a_file_is_checked_for_each_audience(self) -> None:
        how: dict[str, Any] = {"environment": {}}

        shared = self.check(
            f"--file {self.disk} --for shared",
            says=["as a shared image: 2 notes; 2 rules could not be checked."],
            **how,
        )
        self.check(
            f"--file {self.disk} --for community",
            status=3,
            says=[f"1 error, 1 note; 1 rule could not be checked. {ASKS}"],
            **how,
        )
        public = self.check(f"--file {self.disk} --for public", says=["as a public image: 1 warning"], **how)

        self.assertEqual(("warning", "unknown"), (shared["V106"]["Severity"], shared["V106"]["Outcome"]))
        self.assertEqual(("warning", "unknown"), (public["V101"]["Severity"], public["V101"]["Outcome"]))

    def test_a_file_is_described_by_options(self) -> None:
        said = "--description 'reads RNA' --single-nic --kernel K --ramdisk R --tag a --name reader --os-distro debian"

        found = self.check(f"--file {self.disk} --for community {said}", environment={}, says=["reader as a community"])

        self.assertIn("does not contact the cloud", found["M406"]["Message"])
        self.assertEqual({"D306", "M406", "V103", "V109"}, set(found))

    def test_a_short_pipe_is_checked(self) -> None:
        for stdin in (self.disk, self.disk.read_bytes()):
            with self.subTest(stdin=stdin):
                found = self.check("--file -", environment={}, stdin=stdin, says=["standard input as a private"])
                self.assertEqual({"V103"}, set(found))

    def test_a_long_pipe_is_checked(self) -> None:
        disks.iso(self.disk, size_bytes=6 * 1024**2, blocks=8 * 512)

        found = self.check("--file -", environment={}, stdin=self.disk.read_bytes(), status=3, says=["1 error"])

        self.assertIn("D303", found)

    def test_a_damaged_or_hostile_file_is_an_error(self) -> None:
        for write, code in (
            (disks.qcow2_with_backing_file, "D302"),
            (disks.truncated_qcow2, "D303"),
            (disks.vmdk_described, "D302"),
            (disks.qed, "D301"),
        ):
            with self.subTest(write=write, code=code):
                write(self.disk)
                found = self.check(f"--file {self.disk}", environment={}, status=3, says=["error"])
                self.assertIn(code, found)

    def test_a_hostile_file_does_not_take_long(self) -> None:
        disks.qcow2_with_header(self.disk, disks.qcow2_header(l1_at=2**62, l1_entries=2**32 - 1))
        self.useFixture(fixtures.Timeout(60, gentle=True))

        self.check(f"--file {self.disk}", environment={}, status=3, says=["error"])

    def test_a_large_sparse_file_is_not_read_completely(self) -> None:
        self.useFixture(fixtures.Timeout(60, gentle=True))
        disks.qcow2(self.disk, virtual_size_bytes=40 * GIB)
        os.truncate(self.disk, 40 * GIB)

        self.check(f"--file {self.disk}", environment={}, says=["3 notes"])

    def test_an_unreadable_file_is_reported(self) -> None:
        for file, why in ((self.folder / "none", "there is no such file"), (Path("/"), "it is a folder")):
            self.openstack(f"vsc image check --file {file}", environment={}, status=1, says=[f"{file}: {why}"])

    def test_a_file_whose_name_is_not_text_is_checked(self) -> None:
        odd = Path(os.fsdecode(bytes(self.folder) + b"/\xff\x1b.qcow2"))
        disks.qcow2(odd)

        process = self.process(f"vsc image check --file {shlex.quote(str(odd))}", environment={}, stdout=-1, stderr=-1)
        stdout, stderr = process.communicate(timeout=60)

        self.assertEqual((0, False), (process.returncode, b"\x1b" in stdout + stderr))
        self.assertIn(b"\\udcff\\x1b as a private image: ", stderr)


class TestRootFileSystem(CheckTest):
    """Tests of the root file system that the boot loader names."""

    def check_root(self, root: str, options: str = "", **how: Any) -> dict[str, dict[str, Any]]:
        """The findings of a guest whose only boot entry has this root."""
        entry = f"menuentry Debian {{\n  linux /boot/vmlinuz-6.1.0-30-amd64 root={root} ro\n}}\n"
        disk = guest_disk(self.folder / "guest.qcow2", files={"/boot/grub/grub.cfg": entry})
        return self.check(f"--file {disk} --for community --multi-nic {options}", environment={}, says=None, **how)

    def test_a_root_that_is_not_on_the_disk_is_an_error(self) -> None:
        for root in ("/dev/loop0p1", "/dev/sda1", "UUID=0815-0815", "LABEL=cloudimg-rootfs", "PARTUUID=00000000-07"):
            with self.subTest(root=root):
                found = self.check_root(root, status=3)

                self.assertEqual(("error", "broken"), tuple(found["D306"][key] for key in ("Severity", "Outcome")))
                self.assertIn(f"root={root} ", found["D306"]["Message"])
                self.assertEqual("/boot/grub/grub.cfg:2", found["D306"]["Location"])
                self.assertIn(f"sed -i '\"'\"'s|root={root}\\b|root=UUID=", found["D306"]["Fix"])
                self.assertEqual("unknown", found["N202"]["Outcome"])

    def test_the_bus_of_the_image_decides_about_the_name_of_a_disk(self) -> None:
        found = self.check_root("/dev/sda1", "--property hw_disk_bus=scsi", status=None)
        other = self.check_root("/dev/vda1", "--property hw_disk_bus=scsi", status=3)

        self.assertEqual((False, False), ("D306" in found, "N202" in found))
        self.assertEqual(("broken", "unknown"), (other["D306"]["Outcome"], other["N202"]["Outcome"]))

    def test_a_root_that_cannot_be_checked_is_unknown(self) -> None:
        found = self.check_root("ZFS=rpool/ROOT/debian", status=None)

        self.assertEqual("unknown", found["D306"]["Outcome"])
        self.assertNotIn("N202", found)


class TestOptions(CheckTest):
    def setUp(self) -> None:
        super().setUp()
        self.disk = sound_guest()

    def test_invalid_options_are_refused(self) -> None:
        for words, why in (
            ("", "Name an image, or a file with --file, or both"),
            ("--file ''", "--file is empty"),
            (f"--file {self.disk} --name ''", "The name is empty"),
            (f"--file {self.disk} --waive D999", "No rule has the code D999"),
            (f"--file {self.disk} --waive D303", "D303 cannot be waived"),
        ):
            self.openstack(f"vsc image check {words}", environment={}, status=2, says=[why])

    def test_a_waiver_counts_for_one_check(self) -> None:
        words = f"--file {self.disk} --for community"

        self.check(words, environment={}, status=3, says=["1 error, 1 note"])
        found = self.check(f"{words} --waive v104", environment={}, says=["1 warning, 1 note"])

        self.assertTrue(found["V104"]["Waived"])

    def test_the_policy_file_of_a_site_is_used(self) -> None:
        policy = self.folder / "policy.yaml"
        policy.write_text("rules: {V104: {private: error}, V103: {private: error, unknown: error}}", encoding="utf-8")

        found = self.check(
            f"--file {self.disk} --description x --policy {policy}", environment={}, status=3, says=["1 error."]
        )
        self.check(f"--file {self.disk}", environment={"VSCCLIENT_POLICY": str(policy)}, status=3, says=["2 errors."])

        self.assertEqual(("error", "unknown"), (found["V103"]["Severity"], found["V103"]["Outcome"]))


class TestOutput(CheckTest):
    def setUp(self) -> None:
        super().setUp()
        self.words = f"vsc image check --file {sound_guest()} --for community"

    def output(self, options: str) -> str:
        """Return the standard output."""
        return self.openstack(f"{self.words} {options}", environment={}, status=3, says=["1 error"]).stdout

    def test_the_output_is_the_same_for_each_format(self) -> None:
        of_json = self.openstack(f"{self.words} -f json", environment={}, status=3, says=["1 error"]).json()
        of_yaml = yaml.safe_load(self.output("-f yaml"))
        of_csv = list(csv.DictReader(self.output("-f csv").splitlines()))

        self.assertEqual([KEYS] * 3, [list(row) for row in of_json])
        self.assertEqual(of_json, of_yaml)
        texts = [row | {"Fix Data": json.dumps(row["Fix Data"]), "Waived": str(row["Waived"])} for row in of_json]
        self.assertEqual(texts, of_csv)
        self.assertEqual("V104\nV103\nV109\n", self.output("-f value -c Code"))

    def test_the_output_is_a_table_by_default(self) -> None:
        table = self.output("").splitlines()

        self.assertEqual(["Code", "Severity", "Outcome", "Message"], table[1].strip("| ").replace("|", " ").split())

    def test_quiet_prints_the_rows_only(self) -> None:
        quiet = self.openstack(f"-q {self.words} --waive V104 -f value -c Code", environment={})

        self.assertEqual("V104\nV103\nV109\n", quiet.stdout)
