"""Inspecting a file on this machine."""

from __future__ import annotations

from typing import Any
from unittest import mock

from guestinspect.model.fact import AlreadyReported, Declined, Unknown
from tests import base
from vscclient.images.inspection.local import data_of_file
from vscclient.images.options.groups import InspectOptions
from vscclient.policy.example import case


def source(**disk: Any) -> mock.Mock:
    """Return a file whose disk has these facts, and whose guest cannot be inspected."""
    inspect = mock.Mock(side_effect=Unknown("it is damaged"))
    return mock.Mock(disk=mock.Mock(return_value=case(disk=disk).facts.disk), inspect=inspect)


class TestDataOfFile(base.BaseTestCase):
    def test_a_file_that_is_refused_anyway_is_not_inspected(self) -> None:
        for disk, why in (
            ({"archive_format": "gzip"}, "it is a gzip file, not a disk"),
            ({"references": ("backing file x",)}, "it needs another file: backing file x"),
            ({"damage": ("it is empty",)}, "it is empty"),
        ):
            with self.subTest(disk=disk, why=why):
                file = source(**disk)

                moot = self.assertRaises(AlreadyReported, data_of_file(file, InspectOptions()).guest.nics_at_boot)

                file.inspect.assert_not_called()
                self.assertEqual(why, moot.why)

    def test_unknown_facts_of_the_disk_do_not_matter(self) -> None:
        file = source(damage=Unknown("nobody knows"))

        unfound = self.assertRaises(Unknown, data_of_file(file, InspectOptions()).guest.nics_at_boot)

        self.assertEqual("it is damaged", unfound.why)

    def test_an_inspection_can_be_declined(self) -> None:
        file = source()

        self.assertRaises(Declined, data_of_file(file, InspectOptions(inspect=False)).guest.nics_at_boot)

        file.inspect.assert_not_called()
