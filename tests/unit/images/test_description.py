"""Names, properties and tags that no image can have: they are refused before the first request."""

from __future__ import annotations

from tests import base
from vscclient import errors
from vscclient.images.options.description import reject_description, reject_name
from vscclient.images.options.groups import Description


class TestTexts(base.BaseTestCase):
    def refusal_of(self, description: Description) -> str:
        return str(self.assertRaises(errors.UsageError, reject_description, description))

    def test_the_longest_texts_are_accepted(self) -> None:
        longest = {"x" * 255: "v", "k": "v" * 65535, "\uffee": "é" * 32767}

        reject_name("ü" * 255)
        reject_description(Description(description="中" * 21845, properties=longest, tags=("t" * 255,)))

    def test_longer_texts_are_refused(self) -> None:
        for description, reason in (
            (
                Description(properties={"x" * 256: "v"}),
                "The name of property x{255} has 256 characters; 255 are allowed",
            ),
            (Description(tags=("ok", "t" * 256)), "Tag t{255} has 256 characters; 255 are allowed"),
            (Description(properties={"k": "v" * 65536}), "The value of k has 65536 bytes; 65535 are allowed"),
            (Description(properties={"k": "é" * 32768}), "The value of k has 65536 bytes; 65535 are allowed"),
            (Description(description="中" * 21846), "The value of description has 65538 bytes; 65535 are allowed"),
        ):
            with self.subTest(reason=reason):
                self.assertRegex(self.refusal_of(description), f"^{reason}$")

    def test_characters_that_the_service_cannot_store_are_refused(self) -> None:
        reason = "contains '😀' (U+1F600); the Image service stores characters up to U+FFFF only"
        for description, subject in (
            (Description(tags=("a", "x😀")), "Tag x😀"),
            (Description(properties={"k": "😀"}), "The value of k"),
            (Description(properties={"k😀": "v"}), "The name of property k😀"),
            (Description(description="😀"), "The value of description"),
            (Description(os_version="😀"), "The value of os_version"),
        ):
            with self.subTest(subject=subject):
                self.assertEqual(f"{subject} {reason}", self.refusal_of(description))

        self.assertEqual(f"The name {reason}", str(self.assertRaises(errors.UsageError, reject_name, "😀")))
