"""The next step for facts that need a file which is too long for range requests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from guestinspect.api import UnknownReason
from guestinspect.model.fact import TOO_LONG_TO_FETCH, Fact
from guestinspect.model.inspection import unknown_inspection
from tests import base
from vscclient.images.inspection.long_files import needs_whole_image, with_hint


class TestLongFiles(base.BaseTestCase):
    def test_a_reason_with_a_long_file_names_the_download(self) -> None:
        long = UnknownReason(f"the initramfs /boot/initrd.img has 45 MiB, {TOO_LONG_TO_FETCH}")
        other = UnknownReason("it is damaged")
        facts: dict[str, Fact[Any] | UnknownReason] = {
            "boot": other,
            "os_distro": Fact("debian", "/etc/os-release"),
            "nics_at_boot": long,
        }
        inspection = replace(unknown_inspection("x"), guest=facts)

        found = with_hint(inspection)

        self.assertTrue(needs_whole_image(inspection))
        self.assertTrue(needs_whole_image(found))
        self.assertEqual(other, found.guest["boot"])
        self.assertIn(
            f"{TOO_LONG_TO_FETCH}; fetch the whole image: openstack vsc image check --download IMAGE",
            getattr(found.guest["nics_at_boot"], "unknown", ""),
        )

    def test_other_reasons_stay_as_they_are(self) -> None:
        inspection = unknown_inspection("it is damaged")

        self.assertFalse(needs_whole_image(inspection))
        self.assertEqual(inspection, with_hint(inspection))
