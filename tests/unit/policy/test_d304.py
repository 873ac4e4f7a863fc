from __future__ import annotations

from guestinspect.model.disk import Content
from tests import base
from tests.unit.policy.checking import findings
from vscclient.model.fix import FileAction, Fix, OnFile


class TestD304(base.BaseTestCase):
    def test_a_compressed_file_names_its_unpacker(self) -> None:
        (found,) = findings("D304", disk={"archive_format": "xz"})

        self.assertEqual("the data is a xz file, not a disk", found.message)
        self.assertEqual(Fix.by(OnFile(FileAction.UNPACK, "xz")), found.fix)

    def test_an_archive_without_a_known_unpacker_has_advice_too(self) -> None:
        (found,) = findings("D304", disk={"archive_format": "arj"})

        self.assertTrue(found.fix)

    def test_an_archive_where_no_archive_fits_is_reported(self) -> None:
        for word in ("bare", "ovf", "ami", "aki", "ari"):
            with self.subTest(word):
                archive = {"archive_format": "zip", "content": Content.ARCHIVE}

                (found,) = findings("D304", image={"container_format": word}, disk=archive)

                self.assertTrue(found.stops)

    def test_a_compressed_kernel_or_ramdisk_is_fine(self) -> None:
        for word, content in (("aki", Content.KERNEL), ("ari", Content.RAMDISK)):
            with self.subTest(word):
                part = {"archive_format": "gzip", "content": content}

                self.assertEqual([], findings("D304", image={"container_format": word}, disk=part))

    def test_the_container_formats_of_archives_are_checked_by_d301(self) -> None:
        for word in ("ova", "docker", "compressed"):
            with self.subTest(word):
                archive = {"archive_format": "zip", "content": Content.ARCHIVE}

                self.assertEqual([], findings("D304", image={"container_format": word}, disk=archive))
