"""Records of Glance as images."""

from __future__ import annotations

from tests import base
from vscclient.glance.record import fields_of, image_of


class TestNull(base.BaseTestCase):
    def test_a_property_that_is_null_is_not_set(self) -> None:
        for name in ("kernel_id", "ramdisk_id", "os_version", "lab"):
            with self.subTest(name=name):
                image = image_of({"id": "6a2e", name: None, "os_distro": "debian"})

                self.assertEqual({"os_distro": "debian"}, image.properties)
                self.assertNotIn(name, fields_of(image))

    def test_null_stays_in_the_record_for_output(self) -> None:
        self.assertIsNone(image_of({"id": "6a2e", "kernel_id": None}).record["kernel_id"])

    def test_an_empty_text_and_the_word_none_are_values(self) -> None:
        image = image_of({"id": "6a2e", "lab": "", "cell": "None"})

        self.assertEqual({"lab": "", "cell": "None"}, image.properties)
