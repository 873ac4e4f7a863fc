"""Audits: checks of many images."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from tests.functional.base import FunctionalTest
from tests.guest_disks import one_nic_guest, sound_guest

COLUMNS = ["ID", "Name", "Owner", "Visibility", "NICs At Boot", "Errors", "Warnings", "Unknown", "Why"]
UNFIT = "1 of 2 images has errors"


class TestAudit(FunctionalTest):
    def setUp(self) -> None:
        super().setUp()
        self.sound = self.create(sound_guest())
        self.first = self.create(one_nic_guest())
        self.openstack(f"image set --property vsc_multi_nic=true --community {self.first}")

    def create(self, disk: Path) -> str:
        """An image of this disk; returns its ID."""
        command = f"vsc image create {self.name('guest')} --file {disk} --no-inspect -f value -c id"
        said = "--multi-nic" if "sound" in disk.name else "--single-nic"
        return self.openstack(f"{command} {said}").stdout.strip()

    def audit(self, words: str, **how: Any) -> list[dict[str, Any]]:
        """The rows of an audit."""
        rows: list[dict[str, Any]] = self.openstack(f"vsc image audit {words} -f json", **how).json()
        return rows

    def test_each_image_has_a_row_in_the_order_of_the_ids(self) -> None:
        rows = self.audit(f"{self.sound} {self.first}", status=3, says=[UNFIT])

        self.assertEqual(sorted([self.sound, self.first]), [row["ID"] for row in rows])
        self.assertEqual(COLUMNS, list(rows[0]))
        by_id = {row["ID"]: row for row in rows}
        self.assertEqual(("all", 0), tuple(by_id[self.sound][key] for key in ("NICs At Boot", "Errors")))
        self.assertEqual("first", by_id[self.first]["NICs At Boot"])
        self.assertIn("N202: only the first", by_id[self.first]["Why"])

    def test_two_audits_have_the_same_result(self) -> None:
        words = f"{self.sound} {self.first} --jobs 3"

        self.assertEqual(self.audit(words, status=3, says=[UNFIT]), self.audit(words, status=3, says=[UNFIT]))

    def test_findings_have_rows_of_their_own(self) -> None:
        rows = self.audit(f"{self.first} --findings", status=3, says=["1 of 1 images has errors"])

        (found,) = (row for row in rows if row["Code"] == "N202")
        self.assertEqual(
            ("error", "broken", "community"), tuple(found[key] for key in ("Severity", "Outcome", "Visibility"))
        )

    def test_only_new_findings_are_reported_with_a_baseline(self) -> None:
        old = self.folder / "old.json"
        words = f"{self.sound} {self.first} --findings"
        old.write_text(json.dumps(self.audit(words, status=3, says=[UNFIT])))

        self.assertEqual([], self.audit(f"{words} --baseline {old}"))
        self.openstack(f"image set --property vsc_multi_nic=false {self.first}")
        fixed = self.audit(f"{words} --baseline {old}")
        self.assertEqual({"gone"}, {row["Change"] for row in fixed})
        self.assertIn("N202", {row["Code"] for row in fixed})

        old.write_text(json.dumps(self.audit(words, status=3, says=[UNFIT])))
        self.openstack(f"image set --property vsc_multi_nic=true {self.first}")
        worse = self.audit(
            f"{words} --baseline {old}",
            status=3,
            says=["1 of 2 images has new errors since the baseline"],
        )
        self.assertIn(("new", "N202"), {(row["Change"], row["Code"]) for row in worse})

    def test_the_other_images_are_checked_after_an_unknown_one(self) -> None:
        rows = self.audit(f"nosuch {self.sound}", status=1, says=["1 of 2 images could not be checked"])

        self.assertEqual([self.sound, None], [row["ID"] for row in rows])
        self.assertEqual("nosuch", rows[1]["Name"])
        self.assertIn("nosuch", rows[1]["Why"])

    def test_own_images_are_checked_by_default(self) -> None:
        made = f"vsc image create {self.name('guest')} --file {sound_guest()} -f value -c id"
        mine = self.openstack(made, user="carol").stdout.strip()  # alice has an image of every other test

        unfit = f"image create {self.name('std')} --disk-format qcow2 --file {sound_guest()} -f value -c id"
        std = self.openstack(unfit, user="carol").stdout.strip()

        rows = {row["ID"]: row for row in self.audit("", user="carol", status=3, says=["errors"])}

        self.assertEqual(("all", 0), (rows[mine]["NICs At Boot"], rows[mine]["Errors"]))
        self.assertEqual(1, rows[std]["Errors"])
        self.assertNotIn(self.sound, rows)

    def test_hidden_images_are_checked(self) -> None:
        self.openstack(f"image set --hidden {self.first}")
        made = f"vsc image create {self.name('rna')} --file {sound_guest()} --single-nic --description d -f value -c id"
        sharing = f"{made} --share-with {self.cloud.projects['VSC_00002']}"
        shared = self.openstack(sharing, user="carol", says=["The image appears in a project's list"]).stdout.strip()
        self.openstack(f"image set --accept {shared}", user="bob")
        self.openstack(f"image set --hidden {shared}", user="carol")

        for words, user, image in (
            ("--mine", "carol", shared),
            ("", "carol", shared),
            ("--all-community", "bob", self.first),
            ("--shared-with-me", "bob", shared),
        ):
            with self.subTest(words=words, user=user):
                audited = self.openstack_of(user, f"vsc image audit {words} -f json")

                self.assertEqual(1, [row["ID"] for row in json.loads(audited.stdout)].count(image))
                self.assertRegex(audited.stderr, r"Audited \d+ images?, \d+ of them hidden: .+")

    def test_an_image_that_is_hidden_later_is_not_gone(self) -> None:
        made = f"vsc image create {self.name('guest')} --file {sound_guest()} --single-nic -f value -c id"
        image = self.openstack(made, user="carol").stdout.strip()
        old = self.folder / "old.json"
        old.write_text(self.openstack_of("carol", "vsc image audit -f json").stdout)

        self.openstack(f"image set --hidden {image}", user="carol")
        changed = json.loads(self.openstack_of("carol", f"vsc image audit --baseline {old} -f json").stdout)

        self.assertNotIn(image, [row["ID"] for row in changed])

    def test_images_of_the_baseline_that_are_gone_are_counted(self) -> None:
        old = self.folder / "old.json"
        old.write_text(json.dumps(self.audit(f"{self.sound} {self.first}", status=3, says=[UNFIT])))

        gone = self.openstack(f"vsc image audit {self.sound} --baseline {old} -f json", says=["Audited"])

        self.assertIn("Audited 1 image: 1 checked completely. 1 image of the baseline was not found.", gone.stderr)
        self.assertEqual([("gone", self.first)], [(row["Change"], row["ID"]) for row in gone.json()])

    def openstack_of(self, user: str, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command whose status depends on the images of other tests; it reads the records alone."""
        environment = self.cloud.users[user].environment | {"OS_REGION_NAME": "no-ranges"}
        process = self.process(command, environment=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        stdout, stderr = process.communicate(timeout=300)
        self.assertIn(process.returncode, (0, 1, 3), stderr.decode())
        return subprocess.CompletedProcess(command, process.returncode, stdout.decode(), stderr.decode())

    def test_staff_can_check_all_community_images(self) -> None:
        environment = self.cloud.users["admin"].environment | {"OS_REGION_NAME": "no-ranges"}

        rows = self.audit("--all-community", environment=environment, status=3, says=["errors"])

        self.assertIn(self.first, {row["ID"] for row in rows})
        self.assertNotIn(self.sound, {row["ID"] for row in rows})

    def test_an_audit_without_range_requests_checks_the_records(self) -> None:
        environment = self.cloud.users["alice"].environment | {"OS_REGION_NAME": "no-ranges"}

        (row,) = self.audit(self.sound, environment=environment)

        self.assertEqual(("unknown", 0), (row["NICs At Boot"], row["Errors"]))
        self.assertIn("could not be checked: this cloud does not support range requests", row["Why"])

    def test_a_baseline_with_other_rows_is_refused(self) -> None:
        old = self.folder / "old.json"
        old.write_text(json.dumps(self.audit(self.sound)))

        self.openstack(f"vsc image audit --findings --baseline {old}", status=1, says=["write both with --findings"])
        self.openstack("vsc image audit --jobs 0", status=2, says=["--jobs needs a number of 1 or more"])
