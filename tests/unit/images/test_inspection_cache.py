"""The cache of inspections."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import fixtures

from guestinspect.model.disk import Disk
from guestinspect.model.fact import Fact, Unknown
from guestinspect.model.fact import known_fact as fact
from guestinspect.model.inspection import Inspection, unknown_inspection
from tests import base
from vscclient.images.inspection import inspection_cache
from vscclient.images.inspection.inspection_cache import InspectionCache
from vscclient.model.image import Image

IMAGE = Image(name="rna", id="1", hash_algorithm="sha512", hash_value="ab" * 64)
DISK = Disk(disk_format=fact("qcow2", "header"), damage=fact((), "tables"))


def an_inspection(distro: str = "debian") -> Inspection:
    inspection = unknown_inspection("it is an example", kind="linux")
    return replace(inspection, guest={**inspection.guest, "os_distro": Fact(distro, "/etc/os-release:1")})


class TestInspectionCache(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.folder = Path(self.useFixture(fixtures.TempDir()).path) / "cache"
        self.cache = InspectionCache(self.folder)

    def test_a_stored_inspection_is_loaded(self) -> None:
        self.cache.store(IMAGE, DISK, an_inspection())

        data = self.cache.load(IMAGE)

        assert data
        self.assertEqual(Fact("debian", "/etc/os-release:1"), data.guest.os_distro())
        self.assertEqual("it is an example", self.assertRaises(Unknown, data.guest.os_version).why)
        self.assertEqual(Fact("qcow2", "header"), data.disk.disk_format())
        self.assertEqual((), data.disk.damage().value)
        self.assertRaises(Unknown, data.disk.virtual_size_bytes)

    def test_an_inspection_is_loaded_for_another_image_with_the_same_data(self) -> None:
        self.cache.store(IMAGE, DISK, an_inspection())

        self.assertIsNotNone(self.cache.load(replace(IMAGE, id="2", name="other")))
        self.assertIsNone(self.cache.load(replace(IMAGE, hash_value="cd" * 64)))

    def test_nothing_is_stored_for_an_image_without_a_valid_hash(self) -> None:
        for odd in (None, "", "../../etc/passwd", "AB" * 64, "ab\n" * 32):
            with self.subTest(odd=odd):
                image = replace(IMAGE, hash_value=odd)

                self.cache.store(image, DISK, an_inspection())

                self.assertIsNone(self.cache.load(image))
        self.assertFalse(self.folder.exists())

    def test_an_inspection_by_another_version_is_not_loaded(self) -> None:
        self.cache.store(IMAGE, DISK, an_inspection())
        path = next(self.folder.glob("*.json"))
        kept = json.loads(path.read_text())

        path.write_text(json.dumps({**kept, "readers": {**kept["readers"], "fs-explorer": "0.0"}}))

        self.assertIsNone(self.cache.load(IMAGE))

    def test_a_damaged_entry_is_not_loaded(self) -> None:
        self.cache.store(IMAGE, DISK, an_inspection())
        path = next(self.folder.glob("*.json"))
        whole = path.read_text()

        for text in ("", "[]", "null", "7", whole[:50], whole.replace("os_distro", "os_disco"), "[" * 100000):
            with self.subTest(text=text):
                path.write_text(text)

                self.assertIsNone(self.cache.load(IMAGE), text[:20])

    def test_an_entry_that_is_not_a_file_is_not_loaded_without_waiting(self) -> None:
        self.cache.store(IMAGE, DISK, an_inspection())
        path = next(self.folder.glob("*.json"))
        other = path.rename(self.folder / "other")

        for made in (os.mkfifo, lambda path: path.symlink_to(other), lambda path: path.symlink_to("/dev/zero")):
            with self.subTest(made=made):
                path.unlink(missing_ok=True)
                made(path)

                self.assertIsNone(self.cache.load(IMAGE))

                self.cache.store(IMAGE, DISK, an_inspection())
                self.assertIsNotNone(self.cache.load(IMAGE))

    def test_a_folder_in_place_of_an_entry_is_left_alone(self) -> None:
        self.cache.store(IMAGE, DISK, an_inspection())
        path = next(self.folder.glob("*.json"))
        path.unlink()
        path.mkdir()

        self.cache.store(IMAGE, DISK, an_inspection())

        self.assertIsNone(self.cache.load(IMAGE))

    def test_the_folder_may_be_a_link(self) -> None:
        target = self.folder.with_name("large disk")
        target.mkdir()
        self.folder.symlink_to(target)

        self.cache.store(IMAGE, DISK, an_inspection())

        self.assertIsNotNone(self.cache.load(IMAGE))
        self.assertEqual(1, len(list(target.glob("*.json"))))

    def test_the_cache_is_private(self) -> None:
        self.cache.store(IMAGE, DISK, an_inspection())

        self.assertEqual(0o700, self.folder.stat().st_mode & 0o777)
        self.assertEqual(0o600, next(self.folder.glob("*.json")).stat().st_mode & 0o777)

    def test_a_failed_inspection_is_not_stored(self) -> None:
        self.cache.store(IMAGE, DISK, unknown_inspection("it took more than 60 s"))

        self.assertIsNone(self.cache.load(IMAGE))

    def test_a_cache_that_cannot_be_written_is_ignored(self) -> None:
        self.folder.write_text("a file where the folder should be")

        self.cache.store(IMAGE, DISK, an_inspection())

        self.assertIsNone(self.cache.load(IMAGE))

    def test_the_oldest_entries_are_removed(self) -> None:
        self.useFixture(fixtures.MockPatchObject(inspection_cache, "_CAPACITY", 2))
        images = [replace(IMAGE, hash_value=digit * 128) for digit in "123"]
        for second, image in enumerate(images):
            self.cache.store(image, DISK, an_inspection())
            for path in self.folder.glob(f"sha512-{image.hash_value[:5] if image.hash_value else ''}*"):
                os.utime(path, (second, second))

        self.cache.store(replace(IMAGE, hash_value="4" * 128), DISK, an_inspection())

        self.assertEqual([False, False, True], [self.cache.load(image) is not None for image in images])

    def test_a_user_without_a_home_folder_has_no_cache(self) -> None:
        self.useFixture(fixtures.EnvironmentVariable("XDG_CACHE_HOME"))
        self.useFixture(fixtures.MockPatch("os.path.expanduser", lambda path: path))

        inspection_cache.user_cache().store(IMAGE, DISK, an_inspection())

        self.assertIsNone(inspection_cache.user_cache().load(IMAGE))

    def test_the_cache_is_in_the_users_cache_folder(self) -> None:
        self.useFixture(fixtures.EnvironmentVariable("HOME", str(self.folder)))
        self.useFixture(fixtures.EnvironmentVariable("XDG_CACHE_HOME", "not/absolute"))

        inspection_cache.user_cache().store(IMAGE, DISK, an_inspection())

        self.assertEqual(1, len(list((self.folder / ".cache" / "vscclient" / "inspections").glob("*.json"))))
