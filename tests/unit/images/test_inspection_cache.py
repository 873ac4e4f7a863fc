"""What was found out about the bits of an image before."""

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


class TestKnown(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.folder = Path(self.useFixture(fixtures.TempDir()).path) / "cache"
        self.cache = InspectionCache(self.folder)

    def test_what_was_found_is_known_the_next_time(self) -> None:
        self.cache.keep(IMAGE, DISK, an_inspection())

        bits = self.cache.of(IMAGE)

        assert bits
        self.assertEqual(Fact("debian", "/etc/os-release:1"), bits.guest.os_distro())
        self.assertEqual("it is an example", self.assertRaises(Unknown, bits.guest.os_version).why)
        self.assertEqual(Fact("qcow2", "header"), bits.disk.disk_format())
        self.assertEqual((), bits.disk.damage().value)
        self.assertRaises(Unknown, bits.disk.virtual_size_bytes)

    def test_it_is_known_of_another_image_with_the_same_data(self) -> None:
        self.cache.keep(IMAGE, DISK, an_inspection())

        self.assertIsNotNone(self.cache.of(replace(IMAGE, id="2", name="other")))
        self.assertIsNone(self.cache.of(replace(IMAGE, hash_value="cd" * 64)))

    def test_an_image_without_a_hash_is_never_known(self) -> None:
        for odd in (None, "", "../../etc/passwd", "AB" * 64, "ab\n" * 32):
            with self.subTest(odd=odd):
                image = replace(IMAGE, hash_value=odd)

                self.cache.keep(image, DISK, an_inspection())

                self.assertIsNone(self.cache.of(image))
        self.assertFalse(self.folder.exists())

    def test_another_version_of_a_reader_looks_again(self) -> None:
        self.cache.keep(IMAGE, DISK, an_inspection())
        path = next(self.folder.glob("*.json"))
        kept = json.loads(path.read_text())

        path.write_text(json.dumps({**kept, "readers": {**kept["readers"], "fs-explorer": "0.0"}}))

        self.assertIsNone(self.cache.of(IMAGE))

    def test_what_is_damaged_is_not_known(self) -> None:
        self.cache.keep(IMAGE, DISK, an_inspection())
        path = next(self.folder.glob("*.json"))
        whole = path.read_text()

        for text in ("", "[]", "null", "7", whole[:50], whole.replace("os_distro", "os_disco"), "[" * 100000):
            with self.subTest(text=text):
                path.write_text(text)

                self.assertIsNone(self.cache.of(IMAGE), text[:20])

    def test_what_is_no_file_is_not_known_and_keeps_nobody_waiting(self) -> None:
        self.cache.keep(IMAGE, DISK, an_inspection())
        path = next(self.folder.glob("*.json"))
        elsewhere = path.rename(self.folder / "elsewhere")

        for made in (os.mkfifo, lambda path: path.symlink_to(elsewhere), lambda path: path.symlink_to("/dev/zero")):
            with self.subTest(made=made):
                path.unlink(missing_ok=True)
                made(path)

                self.assertIsNone(self.cache.of(IMAGE))

                self.cache.keep(IMAGE, DISK, an_inspection())
                self.assertIsNotNone(self.cache.of(IMAGE))

    def test_a_folder_in_its_place_is_left_alone(self) -> None:
        self.cache.keep(IMAGE, DISK, an_inspection())
        path = next(self.folder.glob("*.json"))
        path.unlink()
        path.mkdir()

        self.cache.keep(IMAGE, DISK, an_inspection())

        self.assertIsNone(self.cache.of(IMAGE))

    def test_the_cache_may_lie_elsewhere(self) -> None:
        elsewhere = self.folder.with_name("large disk")
        elsewhere.mkdir()
        self.folder.symlink_to(elsewhere)

        self.cache.keep(IMAGE, DISK, an_inspection())

        self.assertIsNotNone(self.cache.of(IMAGE))
        self.assertEqual(1, len(list(elsewhere.glob("*.json"))))

    def test_nobody_else_may_read_it(self) -> None:
        self.cache.keep(IMAGE, DISK, an_inspection())

        self.assertEqual(0o700, self.folder.stat().st_mode & 0o777)
        self.assertEqual(0o600, next(self.folder.glob("*.json")).stat().st_mode & 0o777)

    def test_a_look_that_came_to_nothing_is_had_again(self) -> None:
        self.cache.keep(IMAGE, DISK, unknown_inspection("it took more than 60 s"))

        self.assertIsNone(self.cache.of(IMAGE))

    def test_where_nothing_can_be_written_nothing_is_lost(self) -> None:
        self.folder.write_text("a file where the folder should be")

        self.cache.keep(IMAGE, DISK, an_inspection())

        self.assertIsNone(self.cache.of(IMAGE))

    def test_the_oldest_are_forgotten(self) -> None:
        self.useFixture(fixtures.MockPatchObject(inspection_cache, "_MOST_KEPT", 2))
        images = [replace(IMAGE, hash_value=digit * 128) for digit in "123"]
        for second, image in enumerate(images):
            self.cache.keep(image, DISK, an_inspection())
            for path in self.folder.glob(f"sha512-{image.hash_value[:5] if image.hash_value else ''}*"):
                os.utime(path, (second, second))

        self.cache.keep(replace(IMAGE, hash_value="4" * 128), DISK, an_inspection())

        self.assertEqual([False, False, True], [self.cache.of(image) is not None for image in images])

    def test_who_has_no_home_folder_has_no_cache(self) -> None:
        self.useFixture(fixtures.EnvironmentVariable("XDG_CACHE_HOME"))
        self.useFixture(fixtures.MockPatch("os.path.expanduser", lambda path: path))

        inspection_cache.of_user().keep(IMAGE, DISK, an_inspection())

        self.assertIsNone(inspection_cache.of_user().of(IMAGE))

    def test_it_stands_in_the_users_cache_folder(self) -> None:
        self.useFixture(fixtures.EnvironmentVariable("HOME", str(self.folder)))
        self.useFixture(fixtures.EnvironmentVariable("XDG_CACHE_HOME", "not/absolute"))

        inspection_cache.of_user().keep(IMAGE, DISK, an_inspection())

        self.assertEqual(1, len(list((self.folder / ".cache" / "vscclient" / "inside").glob("*.json"))))
