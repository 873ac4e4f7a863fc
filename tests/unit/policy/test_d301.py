from __future__ import annotations

from guestinspect.model.disk import Content
from tests import base
from tests.unit.policy.checking import KERNEL, findings
from vscclient.model.finding import Outcome
from vscclient.model.fix import FileAction, Fix, OnFile, Recreate, SetField, UnsetField

RAMDISK = KERNEL | {"content": Content.RAMDISK, "archive_format": "cpio"}
TAR = {"disk_format": "raw", "content": Content.ARCHIVE, "archive_format": "tar"}
OVA = TAR | {"content": Content.OVA}
GZIP = TAR | {"archive_format": "gzip"}


def declared(words: str) -> dict[str, str]:
    """Return the two formats of an image."""
    container_format, disk_format = words.split()
    return {"container_format": container_format, "disk_format": disk_format}


class TestD301(base.BaseTestCase):
    def test_a_wrong_format_names_both_and_the_option(self) -> None:
        (found,) = findings("D301", image={"disk_format": "vmdk"}, disk={"disk_format": "vhd"})

        self.assertEqual("the disk format would be vmdk, but the file is vhd", found.message)
        self.assertEqual(Fix.by(UnsetField("disk_format")) | Fix.by(SetField("disk_format", "vhd")), found.fix)

    def test_the_fix_of_an_image_in_the_cloud_is_a_new_image(self) -> None:
        (found,) = findings("D301", image={"disk_format": "vmdk"}, before={}, disk={"disk_format": "vhd"})

        self.assertEqual("the disk format is vmdk, but the file is vhd", found.message)
        self.assertEqual(Fix.by(Recreate()), found.fix)

    def test_the_format_of_an_image_without_data_can_change(self) -> None:
        queued = {"disk_format": "vmdk", "status": "queued"}

        (found,) = findings("D301", image=queued, before={}, disk={"disk_format": "vhd"})

        self.assertEqual(Fix.by(SetField("disk_format", "vhd")), found.fix)

    def test_a_format_that_glance_lacks_has_to_be_converted(self) -> None:
        (found,) = findings("D301", image={"disk_format": "raw"}, disk={"disk_format": "qed"})

        self.assertEqual(Fix.by(OnFile(FileAction.CONVERT, "qcow2")), found.fix)

    def test_a_qcow2_declared_raw_is_reported_by_d307_alone(self) -> None:
        self.assertEqual([], findings("D301", image={"disk_format": "raw"}, disk={"disk_format": "qcow2"}))

    def test_a_compressed_file_is_reported_by_d304_alone(self) -> None:
        self.assertEqual([], findings("D301", disk={"disk_format": "raw", "archive_format": "gzip"}))

    def test_each_format_accepts_the_data_that_it_is_for(self) -> None:
        for words, disk in (
            ("aki aki", KERNEL),
            ("aki raw", KERNEL),
            ("aki aki", KERNEL | {"archive_format": "gzip"}),
            ("bare aki", KERNEL),
            ("ari ari", RAMDISK),
            ("ari ari", RAMDISK | {"archive_format": "xz"}),
            ("ami ami", {"disk_format": "raw"}),
            ("ami raw", {"disk_format": "raw"}),
            ("ami qcow2", {"disk_format": "qcow2"}),
            ("ami ami", {"disk_format": "raw", "content": Content.UNRECOGNIZED}),
            ("ovf qcow2", {}),
            ("ovf raw", {"disk_format": "raw", "content": Content.UNRECOGNIZED}),
            ("bare ploop", {"disk_format": "ploop"}),
            ("compressed qcow2", {"archive_format": "gzip"}),
            ("compressed aki", KERNEL | {"archive_format": "gzip"}),
        ):
            with self.subTest(words, disk=disk):
                self.assertEqual([], findings("D301", image=declared(words), disk=disk))

    def test_the_disk_in_an_appliance_is_unknown(self) -> None:
        for words, disk in (("ova vmdk", OVA), ("docker raw", TAR), ("docker raw", OVA)):
            with self.subTest(words, disk=disk):
                (found,) = findings("D301", image=declared(words), disk=disk)

                self.assertEqual((Outcome.UNKNOWN, False), (found.outcome, found.stops))

    def test_data_that_is_not_recognized_may_be_a_kernel(self) -> None:
        for disk in (
            {"disk_format": "raw", "content": Content.UNRECOGNIZED},
            {"disk_format": "raw", "content": Content.ARCHIVE, "archive_format": "zstd"},
        ):
            with self.subTest(disk=disk):
                (found,) = findings("D301", image=declared("aki aki"), disk=disk)

                self.assertEqual((Outcome.UNKNOWN, False), (found.outcome, found.stops))

    def test_each_format_refuses_other_data(self) -> None:
        for words, disk, message in (
            ("aki aki", {}, "the container format would be aki, which is for a kernel, but the data is a qcow2 disk"),
            ("aki aki", RAMDISK, "the container format would be aki, which is for a kernel, but the data is a ramdisk"),
            ("ari ari", KERNEL, "the container format would be ari, which is for a ramdisk, but the data is a kernel"),
            ("bare aki", {}, "the disk format would be aki, which is for a kernel, but the data is a qcow2 disk"),
            ("ovf ari", {}, "the disk format would be ari, which is for a ramdisk, but the data is a qcow2 disk"),
            (
                "bare ami",
                {},
                "the disk format would be ami, which is for a file system or a raw disk, but the data is a",
            ),
            ("ami ami", KERNEL, "the container format would be ami, which is for a file system or a raw disk, but the"),
            ("ova vmdk", TAR, "the container format would be ova, which is for a tar archive that begins with an OVF"),
            ("ova qcow2", {}, "the container format would be ova, which is for a tar archive that begins with an OVF"),
            (
                "docker raw",
                {},
                "the container format would be docker, which is for a tar archive, but the data is a qcow2",
            ),
            (
                "docker raw",
                GZIP,
                "the container format would be docker, which is for a tar archive, but the data is a gzip",
            ),
            (
                "compressed raw",
                {},
                "the container format would be compressed, which is for a gzip, or a zip or lha with",
            ),
            ("compressed raw", TAR, "the container format would be compressed, which is for a gzip, or a zip or lha"),
            ("compressed raw", GZIP | {"archive_format": "xz"}, "the container format would be compressed, which is"),
            ("compressed vmdk", {"archive_format": "gzip"}, "the disk format would be vmdk, but the file is qcow2"),
            ("ovf vmdk", {}, "the disk format would be vmdk, but the file is qcow2"),
            ("aki qcow2", KERNEL, "the disk format would be qcow2, but the file is raw"),
            ("bare ploop", {}, "the disk format would be ploop, but the file is qcow2"),
        ):
            with self.subTest(words, disk=disk):
                (found,) = findings("D301", image=declared(words), disk=disk)

                self.assertIn(message, found.message)
                self.assertTrue(found.stops)

    def test_the_fix_names_the_formats_that_fit(self) -> None:
        for disk, container_format, disk_format in (
            ({}, "bare", "qcow2"),
            ({"disk_format": "qed"}, "bare", "raw"),
            (KERNEL, "aki", "aki"),
            (RAMDISK, "ari", "ari"),
            (OVA, "ova", "ova"),
        ):
            with self.subTest(disk=disk):
                (new,) = findings("D301", image=declared("compressed raw"), disk=disk)
                (old,) = findings("D301", image=declared("compressed raw"), before={}, disk=disk)

                fitting = Fix.by(SetField("container_format", container_format), SetField("disk_format", disk_format))
                self.assertEqual((fitting, Fix.by(Recreate())), (new.fix, old.fix))
