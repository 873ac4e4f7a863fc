"""The cache of inspections."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest import mock

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

    def test_nothing_is_stored_for_a_hash_that_other_data_can_have(self) -> None:
        for algorithm, is_stored in (("md5", False), ("sha1", False), ("sha256", True), ("blake2b", True)):
            with self.subTest(algorithm=algorithm):
                image = replace(IMAGE, hash_algorithm=algorithm)
                self.cache.store(image, DISK, an_inspection())

                self.assertEqual(is_stored, self.cache.load(image) is not None)

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
        target.mkdir(mode=0o700)
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

    def test_folders_on_the_way_are_private(self) -> None:
        umask = os.umask(0o002)
        self.addCleanup(os.umask, umask)
        cache = InspectionCache(self.folder / "vscclient" / "inspections")

        cache.store(IMAGE, DISK, an_inspection())

        self.assertIsNotNone(cache.load(IMAGE))
        for folder in (self.folder, self.folder / "vscclient", self.folder / "vscclient" / "inspections"):
            self.assertEqual(0o700, folder.stat().st_mode & 0o777)

    def test_a_link_may_lead_to_a_folder_that_does_not_exist_yet(self) -> None:
        self.folder.symlink_to(self.folder.with_name("scratch") / "cache")

        self.cache.store(IMAGE, DISK, an_inspection())

        self.assertIsNotNone(self.cache.load(IMAGE))


class TestForeignCache(base.BaseTestCase):
    """A cache that somebody else could have written is not believed, and the reason is shown."""

    def setUp(self) -> None:
        super().setUp()
        self.top = Path(self.useFixture(fixtures.TempDir()).path)
        self.folder = self.top / "cache" / "inspections"
        self.cache = InspectionCache(self.folder)
        self.cache.store(IMAGE, DISK, an_inspection())
        self.log = self.useFixture(fixtures.FakeLogger(level=logging.WARNING))

    def assert_not_used(self, reason: str) -> None:
        self.assertIsNone(self.cache.load(IMAGE))
        self.assertIn(f"The cache of inspections is not used: {reason}", self.log.output)

    def assert_used(self) -> None:
        self.assertIsNotNone(self.cache.load(IMAGE))
        self.assertEqual("", self.log.output)

    @contextmanager
    def owned_by_another(self, foreign: Path) -> Iterator[None]:
        """Let a path look as if another user owned it; only root could really do that."""
        lstat, fstat, inode = os.lstat, os.fstat, foreign.lstat().st_ino

        def with_owner(status: os.stat_result) -> os.stat_result:
            return os.stat_result((*status[:4], 4711, *status[5:])) if status.st_ino == inode else status

        with (
            mock.patch("os.lstat", lambda path: with_owner(lstat(path))),
            mock.patch("os.fstat", lambda file: with_owner(fstat(file))),
        ):
            yield

    def test_a_path_that_others_can_write_is_not_used(self) -> None:
        for path in (self.folder, self.folder.parent, next(self.folder.glob("*.json"))):
            for others in (0o020, 0o002):
                with self.subTest(path=path, others=oct(others)):
                    mode = path.stat().st_mode
                    path.chmod(mode | others)

                    self.assert_not_used(f"others can write to {path}. Withdraw that: chmod go-w {path}")

                    path.chmod(mode)

    def test_a_path_of_another_user_is_not_used(self) -> None:
        for path in (self.folder, self.folder.parent, next(self.folder.glob("*.json"))):
            with self.subTest(path=path), self.owned_by_another(path):
                self.assert_not_used(f"{path} belongs to another user")

    def test_nothing_is_stored_where_others_can_write(self) -> None:
        self.folder.chmod(0o777)

        self.cache.store(replace(IMAGE, hash_value="cd" * 64), DISK, an_inspection())

        self.assertEqual(1, len(list(self.folder.iterdir())))
        self.assertIn("not used: others can write to", self.log.output)

    def test_a_sticky_folder_may_be_on_the_way_but_not_at_the_end(self) -> None:
        self.top.chmod(0o1777)
        self.assert_used()

        self.folder.chmod(0o1777)
        self.assert_not_used("others can write to")

    def test_all_that_a_link_leads_to_is_checked(self) -> None:
        open_to_all = self.top / "open"
        open_to_all.mkdir()
        open_to_all.chmod(0o777)
        self.folder.parent.rename(open_to_all / "cache")
        (self.top / "cache").symlink_to(open_to_all / "cache")

        self.assert_not_used(f"others can write to {open_to_all}")

    def test_a_link_of_another_user_is_not_followed(self) -> None:
        link = self.top / "link"
        link.symlink_to(self.top / "cache")
        self.cache = InspectionCache(link / "inspections")
        self.assert_used()

        with self.owned_by_another(link):
            self.assert_not_used(f"{link} belongs to another user")

    def test_relative_links_and_links_to_links_are_followed(self) -> None:
        (self.top / "one").symlink_to("cache")
        (self.top / "two").symlink_to("./missing/../one")
        (self.top / "missing").mkdir(mode=0o700)
        self.cache = InspectionCache(self.top / "two" / "inspections")

        self.assert_used()

    def test_a_circle_of_links_is_reported(self) -> None:
        (self.top / "circle").symlink_to("circle")
        self.cache = InspectionCache(self.top / "circle" / "inspections")

        self.assert_not_used(f"{self.top}/circle/inspections has too many links")
