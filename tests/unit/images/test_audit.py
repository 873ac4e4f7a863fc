"""Rows of an audit, and what is new beside an earlier one."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any
from unittest import mock

import fixtures

from tests import base
from vscclient import errors
from vscclient.images import audit
from vscclient.images.audit_rows import baseline, coverage, rows
from vscclient.images.audit_rows.audited import Audited
from vscclient.images.check import Checked
from vscclient.model.finding import Finding, Outcome, Report, Severity
from vscclient.model.image import Image
from vscclient.model.terminal import SilentTerminal
from vscclient.model.visibility import Visibility

ERROR = Finding(code="N202", severity=Severity.ERROR, message="only the first comes up", location="/etc/a:1")
WARNING = Finding(code="M402", severity=Severity.WARNING, message="odd")
NOTE = Finding(code="V104", severity=Severity.NOTE, message="no description")
UNKNOWN = Finding(code="H503", severity=Severity.WARNING, outcome=Outcome.UNKNOWN, message="it is damaged")


def audited(*findings: Finding, image_id: str = "1", name: str = "rna") -> Audited:
    image = Image(name=name, id=image_id, visibility=Visibility.COMMUNITY)
    return Audited(
        name=image_id, image=image, checked=Checked(image, Visibility.COMMUNITY, Report(findings)), nics_at_boot="first"
    )


class TestRows(base.BaseTestCase):
    def test_the_row_of_an_image_counts_its_findings(self) -> None:
        (row,) = rows.rows_of_images([audited(ERROR, WARNING, NOTE, UNKNOWN)])

        self.assertEqual(
            {
                "ID": "1",
                "Name": "rna",
                "Owner": None,
                "Visibility": "community",
                "NICs At Boot": "first",
                "Errors": 1,
                "Warnings": 1,
                "Unknown": 1,
                "Why": "N202: only the first comes up; could not be checked: it is damaged",
            },
            row,
        )

    def test_an_image_that_cannot_be_checked_has_a_row(self) -> None:
        (row,) = rows.rows_of_images([Audited(name="nosuch", failure="There is no image 'nosuch'")])

        self.assertEqual(("nosuch", None, "There is no image 'nosuch'"), (row["Name"], row["Errors"], row["Why"]))

    def test_findings_have_a_row_each(self) -> None:
        found = rows.rows_of_findings([audited(ERROR, UNKNOWN), Audited(name="nosuch", failure="no")])

        self.assertEqual(["N202", "H503", None], [row["Code"] for row in found])
        self.assertEqual(["broken", "unknown", "not checked"], [row["Outcome"] for row in found])


class TestCoverage(base.BaseTestCase):
    def test_the_images_are_counted_by_what_was_checked(self) -> None:
        hidden = replace(audited(image_id="2"), image=Image(name="old", id="2", hidden=True))
        missing = Audited(name="nosuch", failure="There is no image 'nosuch'")

        self.assertEqual(
            "Audited 4 images, 1 of them hidden: 2 checked completely, 1 checked in part, 1 not checked.",
            coverage.summary([audited(ERROR), hidden, audited(UNKNOWN, image_id="3"), missing], ()),
        )

    def test_no_image_is_counted(self) -> None:
        self.assertEqual("Audited no images.", coverage.summary([], ()))

    def test_images_of_the_baseline_that_are_gone_are_counted(self) -> None:
        before = rows.rows_of_findings([audited(ERROR, WARNING), audited(ERROR, image_id="2"), Audited(name="nosuch")])

        self.assertEqual(
            "Audited 1 image: 1 checked completely. 1 image of the baseline was not found.",
            coverage.summary([audited(ERROR)], before),
        )


class TestBaseline(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.path = Path(self.useFixture(fixtures.TempDir()).path) / "old.json"

    def kept(self, of: Any, *before: Audited) -> tuple[rows.Row, ...]:
        layout = rows.FINDINGS if of is rows.rows_of_findings else rows.IMAGES
        self.path.write_text(json.dumps(of(before)))
        return baseline.read_rows(str(self.path), layout)

    def test_an_unchanged_finding_is_not_reported(self) -> None:
        before = self.kept(rows.rows_of_findings, audited(ERROR))

        changes = list(
            baseline.changed_rows(before, rows.rows_of_findings([audited(ERROR, name="renamed")]), rows.FINDINGS)
        )

        self.assertEqual([], changes)
        self.assertFalse(baseline.has_new_errors(audited(ERROR), before))

    def test_new_and_gone_findings_are_reported(self) -> None:
        before = self.kept(rows.rows_of_findings, audited(WARNING))

        changes = list(baseline.changed_rows(before, rows.rows_of_findings([audited(ERROR)]), rows.FINDINGS))

        self.assertEqual([("new", "N202"), ("gone", "M402")], [(row["Change"], row["Code"]) for row in changes])
        self.assertTrue(baseline.has_new_errors(audited(ERROR), before))

    def test_rows_of_images_can_be_compared_too(self) -> None:
        before = self.kept(rows.rows_of_images, audited(ERROR))
        worse = Finding(code="H503", severity=Severity.ERROR, message="a private key is in the guest")

        self.assertFalse(baseline.has_new_errors(audited(ERROR, WARNING), before))
        self.assertTrue(baseline.has_new_errors(audited(worse), before))
        self.assertTrue(baseline.has_new_errors(audited(ERROR, image_id="2"), before))

    def test_a_text_of_the_owner_does_not_look_like_an_error_that_was_reported(self) -> None:
        text = "os_distro is x; H503: a private key is in the guest, but the guest has debian"
        planted = Finding(code="M405", severity=Severity.ERROR, message=text)
        unknown = replace(UNKNOWN, message="it is x; H503: a private key is in the guest")
        worse = Finding(code="H503", severity=Severity.ERROR, message="a private key is in the guest")

        for earlier in (audited(planted), audited(ERROR, unknown), audited(unknown)):
            with self.subTest(why=earlier.why):
                before = self.kept(rows.rows_of_images, earlier)

                self.assertTrue(baseline.has_new_errors(audited(worse), before))
                self.assertFalse(baseline.has_new_errors(earlier, before))

    def test_a_warning_for_fewer_people_is_not_an_error_that_was_reported(self) -> None:
        before = self.kept(rows.rows_of_findings, audited(replace(ERROR, severity=Severity.WARNING)))

        self.assertTrue(baseline.has_new_errors(audited(ERROR), before))

    def test_a_file_that_is_not_an_audit_is_refused(self) -> None:
        for text in ("", "{}", "[1]", '[{"ID": 1}]', "[" * 100000):
            with self.subTest(text=text):
                self.path.write_text(text)

                self.assertRaises(errors.UnusableFile, baseline.read_rows, str(self.path), rows.IMAGES)
        self.assertRaises(errors.UnusableFile, baseline.read_rows, str(self.path.with_name("missing")), rows.IMAGES)

    def test_rows_of_findings_are_not_a_baseline_of_images(self) -> None:
        self.path.write_text(json.dumps(rows.rows_of_findings([audited(ERROR)])))

        failure = self.assertRaises(errors.UnusableFile, baseline.read_rows, str(self.path), rows.IMAGES)

        self.assertIn("--findings", str(failure))


class TestCheckImages(base.BaseTestCase):
    def test_an_unexpected_error_does_not_stop_the_other_images(self) -> None:
        def opened_data(cloud: object, image: Image, *_: object) -> object:
            if image.id == "1":
                raise RuntimeError("a mistake")
            raise errors.NotFound("Image service", "gone")

        def find(cloud: object, image_id: str) -> Image:
            return Image(name=image_id, id=image_id)

        self.useFixture(fixtures.MockPatch("vscclient.images.audit.find_image", find))
        self.useFixture(fixtures.MockPatch("vscclient.images.audit.in_cloud.opened_data", opened_data))

        first, second = audit.check_images(mock.Mock(), audit.Options(images=("2", "1")), SilentTerminal())

        self.assertEqual(("1", "RuntimeError: a mistake"), (first.name, first.failure))
        self.assertIn("gone", second.failure)

    def test_stopping_the_audit_stops_a_download(self) -> None:
        stopping = Event()
        with audit._WorkerTerminal(stopping).progress("fetching", 10) as progress:
            progress.advance(1)

            stopping.set()

            self.assertRaises(KeyboardInterrupt, progress.advance, 1)
