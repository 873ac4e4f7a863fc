"""The cache of inspections: the same data is not inspected twice."""

from __future__ import annotations

import stat
from pathlib import Path

import fixtures

from tests.functional.inspection import InspectionTest
from tests.functional.test_inspection_sources import SECRET
from tests.guest_disks import guest_disk, one_nic_guest, sound_guest


class TestInspectionCache(InspectionTest):
    def cached(self, folder: Path | None = None) -> list[Path]:
        """Return the files in the cache."""
        return [path for path in (folder or self.folder / ".cache").rglob("*") if path.is_file()]

    def test_an_image_is_inspected_once_for_its_creation_and_publication(self) -> None:
        image_id = self.create("--description 'reads RNA'")

        with self.counted() as glance:
            self.openstack(
                f"vsc image community {image_id}", environment=glance.environment, says=["Changed", "→ community"]
            )

            self.assertEqual(0, glance.count)

    def test_a_second_audit_reads_no_data(self) -> None:
        image_ids = []
        for disk in (self.disk, one_nic_guest()):
            self.image = self.name("rna")
            image_ids.append(self.create("--no-inspect --multi-nic", disk=disk))
        words = f"vsc image audit {' '.join(image_ids)} -f json"

        with self.counted() as glance:
            first = self.openstack(words, environment=glance.environment).json()
            read = glance.count
            second = self.openstack(words, environment=glance.environment).json()

            self.assertGreater(read, 0)
            self.assertEqual(read, glance.count)
        self.assertEqual(first, second)
        self.assertEqual(["all", "first"], sorted(row["NICs At Boot"] for row in first))

    def test_another_image_of_the_same_data_is_not_inspected(self) -> None:
        self.create("")
        self.image = self.name("copy")
        other = self.create()

        self.assertEqual((0, "all"), tuple(self.inspect(other)[key] for key in ("requests", "nics_at_boot")))

    def test_the_record_of_one_image_does_not_count_for_another_image_of_the_same_data(self) -> None:
        disk = sound_guest(virtual_size_gib=3)
        declared_raw, other = (
            self.openstack(
                f"image create {self.image} --disk-format {disk_format} --min-disk 1 --file {disk} -f value -c id"
            ).stdout.strip()
            for disk_format in ("raw", "qcow2")
        )
        self.openstack(f"vsc image audit {declared_raw} -f json", status=3, says=[""])

        audited = self.openstack(f"vsc image audit {other} -f json", status=3, says=[""]).json()

        self.assertIn("D305: the minimum disk is 1 GiB, but the disk needs 3 GiB", audited[0]["Why"])

    def test_no_cache_inspects_an_image_again(self) -> None:
        image_id = self.create("")

        with self.counted() as glance:
            self.openstack(f"vsc image audit {image_id} --no-cache -f json", environment=glance.environment)
            self.assertGreater(glance.count, 0)

    def test_the_cache_is_private_and_has_no_secret(self) -> None:
        leaky = guest_disk(self.folder / "leaky.qcow2", files=SECRET)
        folder = self.folder / "elsewhere"
        self.useFixture(fixtures.EnvironmentVariable("XDG_CACHE_HOME", str(folder)))

        self.create("", disk=leaky, says=["warning H506", "virt-", "1 warning"])

        (file,) = self.cached(folder)
        self.assertEqual(0o600, stat.S_IMODE(file.stat().st_mode))
        self.assertEqual(0o700, stat.S_IMODE(file.parent.stat().st_mode))
        self.assertIn("/root/.aws/credentials", file.read_text())
        self.assertNotIn("hunter2", file.read_text())
        self.assertEqual([], self.cached())

    def test_no_cache_stores_nothing(self) -> None:
        image_id = self.create()

        self.inspect(f"{image_id} --no-cache")

        self.assertEqual([], self.cached())

    def test_a_cache_folder_that_cannot_be_written_is_reported_once(self) -> None:
        blocked = self.folder / "blocked"
        blocked.write_text("a file")
        self.useFixture(fixtures.EnvironmentVariable("XDG_CACHE_HOME", str(blocked)))
        reason = f"The cache of inspections is not used: {blocked}/vscclient: not a directory"

        image_id = self.create("", says=[reason])
        inspected = self.openstack(f"vsc image inspect {image_id} -f json", says=[reason])

        self.assertEqual("all", inspected.json()["nics_at_boot"])
        self.assertEqual(1, inspected.stderr.count("not used"))

    def test_a_cache_that_others_can_write_is_not_believed(self) -> None:
        image_id = self.create("")
        (file,) = self.cached()
        file.write_text(file.read_text().replace('"all"', '"first"'))
        for path in (file, file.parent, file.parent.parent):
            mode = path.stat().st_mode
            path.chmod(mode | 0o022)
            with self.subTest(path=path):
                inspected = self.openstack(
                    f"vsc image inspect {image_id} -f json",
                    says=[
                        f"The cache of inspections is not used: others can write to {path}. Withdraw that: chmod go-w"
                    ],
                )

                self.assertEqual("all", inspected.json()["nics_at_boot"])
                self.assertEqual(1, inspected.stderr.count("not used"))
            path.chmod(mode)
            if path is file:  # it was replaced
                file.write_text(file.read_text().replace('"all"', '"first"'))

    def test_a_link_to_another_disk_is_followed(self) -> None:
        scratch = self.folder / "scratch"
        self.folder.joinpath(".cache").symlink_to(scratch / "cache")
        scratch.mkdir(mode=0o700)

        image_id = self.create("")

        self.assertEqual(0, self.inspect(image_id)["requests"])
        self.assertEqual(1, len(list(scratch.rglob("*.json"))))

    def test_a_damaged_cache_file_is_ignored(self) -> None:
        image_id = self.create("")
        (file,) = self.cached()
        good = file.read_text()

        for damaged in ("", "{", "[]", "null", '{"image": 1}', good.replace('"all"', '"none of them"'), good[:-50]):
            with self.subTest(damaged=damaged):
                file.write_text(damaged)

                found = self.inspect(image_id)

                self.assertEqual("all", found["nics_at_boot"], damaged[:50])
                self.assertGreater(found["requests"], 0)
