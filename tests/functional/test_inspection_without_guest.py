"""Inspections of data without a guest, or with one that cannot be inspected."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

from guestinspect.process import modules
from tests import disks
from tests.functional.inspection import InspectionTest

GUEST_CODES = {"D306", "N201", "N202", "N203", "N204", "N205", "N206", *(f"H50{number}" for number in range(1, 10))}


class TestNoGuest(InspectionTest):
    def test_a_kernel_is_not_inspected(self) -> None:
        kernel = self.folder / "vmlinuz"
        disks.kernel(kernel)

        with self.counted() as glance:
            made = f"vsc image create {self.image} --file {kernel} --container-format aki -f json"
            created = self.openstack(made, environment=glance.environment)
            image_id = created.json()["id"]
            codes = self.codes(
                f"{image_id} --for community", status=3, says=["1 error"], environment=glance.environment
            )

            self.assertEqual(0, glance.count)
        self.assertEqual(set(), GUEST_CODES & codes)
        self.assertNotIn("judged", created.stderr)

    def test_an_installer_has_no_guest(self) -> None:
        disks.iso(self.disk)
        image_id = self.create(
            "--description 'installs Debian'", says=["Installer image: the system it will install cannot be checked"]
        )

        codes = self.codes(f"{image_id} --for community", says=["as a community image"])

        self.assertEqual(set(), GUEST_CODES & codes)

    def test_an_unknown_disk_is_one_finding(self) -> None:
        for write, why in (
            (_ntfs, "the guest is Windows, which cannot be checked"),
            (disks.luks, "it is encrypted (LUKS)"),
            (disks.isohybrid, "the disk is an installer, not a guest"),
            (_zeros, "no guest was found on the disk"),
        ):
            with self.subTest(write=write, why=why):
                write(self.disk)
                words = f"vsc image create {self.image} --file {self.disk} --disk-format raw --waive D301 --dry-run"

                stderr = self.openstack(words, says=[why, "", "could not be checked. Details"]).stderr

                self.assertEqual(1, sum("could not be checked: " in line for line in stderr.splitlines()), stderr)

    def test_without_its_libraries_the_package_to_install_is_named(self) -> None:
        folder = self.folder / "packages"
        folder.mkdir()
        (folder / "guestinspect").symlink_to(modules._OURS)

        with mock.patch.object(modules, "folders", return_value=[str(folder)]):
            found = self.inspect(f"--file {self.disk}", environment={})

        (why,) = self.unknown_for(found)
        self.assertIn("pip install fs-explorer", why)


def _ntfs(path: Path) -> None:
    """Write a disk without partitions, with the boot sector of an NTFS."""
    path.write_bytes((b"\xeb\x52\x90NTFS    ".ljust(510, b"\0") + b"\x55\xaa").ljust(disks.GUEST_BYTES, b"."))


def _zeros(path: Path) -> None:
    path.write_bytes(bytes(disks.GUEST_BYTES))
