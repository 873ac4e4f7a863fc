"""Range requests, on a cloud that supports them and on one that does not."""

from __future__ import annotations

import os
import random
from unittest import mock

import openstack

from guestinspect.api import inspect_blocks
from guestinspect.model.fact import Unknown
from tests.functional.base import FunctionalTest
from vscclient import errors
from vscclient.glance.ranges import RangedImage
from vscclient.images.cloud import Cloud, Connection

MIB = 1024**2


class TestRanges(FunctionalTest):
    def setUp(self) -> None:
        super().setUp()
        self.data = random.Random(1).randbytes(20 * MIB)
        file = self.folder / "rna.raw"
        file.write_bytes(self.data)
        created = self.openstack(f"image create {self.name('rna')} --file {file} --disk-format raw -f json")
        self.image_id = created.json()["id"]

    def opened(self, region: str) -> RangedImage:
        """Return the image in a region of the cloud."""
        with mock.patch.dict(os.environ, {"OS_CLIENT_CONFIG_FILE": str(self.cloud.clouds_yaml)}):
            session = openstack.connect(cloud="alice").session
        cloud = Cloud(lambda: Connection(session=session, region_name=region))
        return RangedImage(cloud.image_service, cloud.images.get(self.image_id))

    def test_each_range_has_the_bytes_that_were_sent(self) -> None:
        for region in ("devcloud", "versioned"):
            with self.subTest(region=region):
                image = self.opened(region)
                chance = random.Random(2)

                for _ in range(30):
                    offset, length = chance.randrange(len(self.data)), chance.choice((1, 512, 4096, MIB))
                    self.assertEqual(self.data[offset : offset + length], image.read_at(offset, length))

                self.assertLess(image.bytes_read, len(self.data))

    def test_the_whole_image_needs_few_requests(self) -> None:
        image = self.opened("devcloud")

        read = b"".join(image.read_at(offset, 4096) for offset in range(0, image.size_bytes, 4096))

        self.assertEqual(self.data, read)
        self.assertEqual(len(self.data), image.bytes_read)
        self.assertLess(image.requests, 30)

    def test_a_cloud_without_range_requests_is_an_error_of_its_own(self) -> None:
        image = self.opened("no-ranges")

        failure = self.assertRaises(errors.NoRanges, image.read_at, 0, 512)

        self.assertIn("Getting images randomly from this store is not supported", str(failure))
        self.assertEqual(0, image.bytes_read)

    def test_an_inspection_without_a_guest_fetches_little(self) -> None:
        image = self.opened("devcloud")

        found = inspect_blocks(image)

        self.assertRaises(Unknown, found.as_guest().nics_at_boot)
        self.assertEqual(image.bytes_read, found.bytes_read)
        self.assertLess(image.bytes_read, len(self.data) / 2)

    def test_an_inspection_without_range_requests_is_an_error(self) -> None:
        self.assertRaises(errors.NoRanges, inspect_blocks, self.opened("no-ranges"))

    def test_a_changed_image_is_detected(self) -> None:
        image = self.opened("devcloud")
        image.read_at(0, 512)
        self.assertFalse(image.has_changed())

        self.openstack(f"image set --deactivate {self.image_id}")

        self.assertTrue(image.has_changed())
