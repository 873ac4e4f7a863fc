from __future__ import annotations

import json
import tarfile

from guests.builders import records
from guests.builders.all_builders import BUILDERS, find_builders
from guests.builders.copied_disk import COPIES, find_copy
from guests.builders.image_copy import FILES, RECORD
from guests.errors import GuestsError
from tests import base

LARGEST_COPY_BYTES = 300 * 1024


class TestBuilders(base.BaseTestCase):
    def test_each_record_is_that_of_a_builder_as_it_is_now(self) -> None:
        for name, entry in records.read_records().items():
            with self.subTest(name):
                self.assertEqual(BUILDERS[name].fingerprint, entry["builder"])
                self.assertEqual({*BUILDERS[name].sources}, {*entry["boots"]})

    def test_images_of_at_least_four_builders_were_booted(self) -> None:
        booted = [builder for builder in BUILDERS.values() if records.find_boot(builder, builder.sources[0])]

        self.assertGreaterEqual(len({builder.packages for builder in booted}), 4)

    def test_an_unknown_builder_is_reported(self) -> None:
        error = self.assertRaises(GuestsError, find_builders, ["vmdb2", "nothing"])

        self.assertTrue(str(error).startswith("No such builder: nothing\n"))


class TestCopies(base.BaseTestCase):
    def test_each_copy_is_small_and_has_no_keys_and_no_programs(self) -> None:
        for builder in BUILDERS.values():
            if find_copy(builder).exists():
                with self.subTest(builder.name), tarfile.open(find_copy(builder)) as archive:
                    self.assertLess(find_copy(builder).stat().st_size, LARGEST_COPY_BYTES)
                    for member in archive:
                        content = archive.extractfile(member) if member.isreg() else None
                        text = content.read() if content else b""
                        self.assertNotIn(b"PRIVATE KEY", text, member.name)
                        self.assertFalse(text.startswith(b"\x7fELF"), member.name)

    def test_each_copy_describes_its_disk(self) -> None:
        for builder in BUILDERS.values():
            if find_copy(builder).exists():
                with self.subTest(builder.name), tarfile.open(find_copy(builder)) as archive:
                    content = archive.extractfile(RECORD)
                    assert content is not None

                    record = json.loads(content.read())

                    self.assertIn("systemd", record["packages"])
                    self.assertTrue(all(volume["uuid"] for volume in record["volumes"]))
                    self.assertIn(f"{FILES}/etc/passwd", archive.getnames())

    def test_each_copy_is_that_of_a_builder(self) -> None:
        copies = {path.name.removesuffix(".tar.xz") for path in COPIES.glob("*.tar.xz")}

        self.assertEqual(set(), copies - BUILDERS.keys())
