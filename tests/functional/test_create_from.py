"""The sources and formats of the data of a new image."""

from __future__ import annotations

import gzip
import os
import shlex
import subprocess
from pathlib import Path

from tests import disks
from tests.functional.creation import MIB, CreateTest

SAID = "--single-nic --description d --os-distro debian --os-version 12 --architecture x86_64"
"""Options that describe a guest, after which only its disk has findings."""


class TestStandardInput(CreateTest):
    def test_a_long_pipe_is_read_to_its_end(self) -> None:
        data = os.urandom(9 * MIB)

        created = self.openstack(f"vsc image create {self.name('rna')} --file - -f json", stdin=data).json()

        self.assertEqual((9 * MIB, "sha512", 1), (created["size"], created["verified"], created["min_disk"]))
        self.assertEqual(data, self.download(created["id"]))

    def test_a_short_pipe_is_read_to_its_end(self) -> None:
        created = self.openstack(
            f"vsc image create {self.name('rna')} --file - -f json", stdin=self.disk.read_bytes()
        ).json()

        self.assertEqual((3 * MIB, "sha512", 1), (created["size"], created["verified"], created["min_disk"]))
        self.assertEqual(self.disk.read_bytes(), self.download(created["id"]))

    def test_a_redirected_file_is_inspected(self) -> None:
        created = self.openstack(f"vsc image create {self.name('rna')} --file - -f json", stdin=self.disk).json()

        self.assertEqual((3 * MIB, "sha512", 1), (created["size"], created["verified"], created["min_disk"]))

    def test_a_named_pipe_is_read(self) -> None:
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        name = self.name("rna")
        with subprocess.Popen(["cp", str(self.disk), str(fifo)]):
            created = self.openstack(f"vsc image create {name} --file {fifo} -f json").json()

        self.assertEqual(3 * MIB, created["size"])

    def test_a_flaw_at_the_end_of_a_pipe_deletes_the_image(self) -> None:
        name, vhd = self.name("rna"), self.folder / "fixed.vhd"
        disks.fixed_vhd(vhd, size_bytes=8 * MIB)

        self.openstack(
            f"vsc image create {name} --file - --community {SAID}",
            stdin=vhd.read_bytes(),
            status=3,
            says=[
                "error D301: the disk format would be raw, but the file is vhd",
                "--disk-format vhd",
                "1 error",
                "could not be checked: no known file system was found on partition 1",
                "Refused by D301. The unfinished image was deleted.",
            ],
        )

        self.assert_nothing_left(name)

    def test_a_flaw_at_the_beginning_of_a_pipe_is_refused_before_the_upload(self) -> None:
        name, qcow2 = self.name("rna"), self.folder / "disk.qcow2"
        disks.qcow2(qcow2)

        self.openstack(
            f"vsc image create {name} --file - --disk-format raw",
            stdin=qcow2.read_bytes(),
            status=3,
            says=["error D307", "omit --disk-format", "1 error", "Refused by D307; nothing was changed."],
        )

    def test_an_empty_pipe_is_refused(self) -> None:
        self.openstack(
            f"vsc image create {self.name('rna')} --file -",
            status=3,
            says=["error D303: it is empty", "copy or download the file again", "1 error", "Refused by D303;"],
        )

    def test_standard_input_is_read_only_on_request(self) -> None:
        name = self.name("rna")

        self.openstack(
            f"vsc image create {name}",
            stdin=self.disk.read_bytes(),
            status=2,
            says=["Specify the data: --file FILE, --file - for standard input, or --no-data"],
        )

        self.assert_nothing_left(name)


class TestSource(CreateTest):
    def test_a_file_with_the_name_of_the_image_is_not_sent(self) -> None:
        name = self.name("rna")
        (self.folder / name).write_bytes(self.disk.read_bytes())
        before = Path.cwd()
        os.chdir(self.folder)
        self.addCleanup(os.chdir, before)

        self.openstack(f"vsc image create {name}", status=2, says=["Specify the data"])

        self.assert_nothing_left(name)

    def test_a_size_that_differs_from_the_file_is_refused(self) -> None:
        self.openstack(
            f"vsc image create {self.name('rna')} --file {self.disk} --size 5",
            status=2,
            says=[f"--size says 5 bytes, but {self.disk} has {3 * MIB}"],
        )

    def test_a_size_that_differs_from_standard_input_is_refused(self) -> None:
        name = self.name("rna")

        self.openstack(
            f"vsc image create {name} --file - --size {4 * MIB}",
            stdin=self.disk.read_bytes(),
            status=2,
            says=["--size says 4194304 bytes, but standard input has 3145728"],
        )
        self.openstack(
            f"vsc image create {name} --file - --size {4 * MIB}",
            stdin=self.disk.read_bytes() * 2,
            status=1,
            says=["--size says 4194304 bytes, but standard input had 6291456", "The unfinished image was deleted."],
        )

        self.assert_nothing_left(name)

    def test_a_block_device_is_uploaded(self) -> None:
        device = disks.block_device(self.disk, self.addCleanup)
        if device is None:
            self.skipTest("no loop device can be made here (needs root, and losetup of the package mount)")

        created = self.openstack(f"vsc image create {self.name('rna')} --file {device} -f json").json()

        self.assertEqual((3 * MIB, "sha512", 1), (created["size"], created["verified"], created["min_disk"]))


class TestFormats(CreateTest):
    def assert_found(self, file: Path, disk_format: str, min_disk: int) -> None:
        created = self.openstack(f"vsc image create {self.name('rna')} --file {file} -f json").json()

        self.assertEqual(
            (disk_format, min_disk, "sha512"), tuple(created[key] for key in ("disk_format", "min_disk", "verified"))
        )

    def test_a_qcow2_is_detected(self) -> None:
        disks.qcow2(self.disk, virtual_size_bytes=2048 * MIB)
        self.assert_found(self.disk, "qcow2", 2)

    def test_a_fixed_vhd_that_the_cloud_refuses_is_reported_with_a_fix(self) -> None:
        name = self.name("rna")
        disks.fixed_vhd(self.disk)

        self.openstack(
            f"vsc image create {name} --file {self.disk}",
            status=1,
            says=[
                "vhd, 1 MiB disk",
                "does not recognize the format of the data: Image disk_format vhd does not match stream data",
                "qemu-img convert -O qcow2 FILE NEW_FILE",
                "The unfinished image was deleted.",
            ],
        )

        self.assert_nothing_left(name)

    def test_a_hybrid_installer_is_an_iso(self) -> None:
        disks.isohybrid(self.disk)
        self.assert_found(self.disk, "iso", 1)

    def test_a_partitioned_disk_is_raw(self) -> None:
        disks.raw_with_gpt(self.disk)
        self.assert_found(self.disk, "raw", 1)


class TestRefusedFiles(CreateTest):
    def assert_refused(self, file: Path, *says: str, options: str = "") -> None:
        name = self.name("rna")
        command = f"vsc image create {name} --file {shlex.quote(str(file))} {options}"

        self.openstack(command, status=3, says=[*says, "1 error", "nothing was changed."])

        self.assert_nothing_left(name)

    def test_an_empty_file_is_refused(self) -> None:
        self.disk.write_bytes(b"")

        self.assert_refused(self.disk, "error D303: it is empty", "copy or download the file again")

    def test_a_truncated_qcow2_is_refused(self) -> None:
        file = self.folder / "t.qcow2"
        disks.truncated_qcow2(file)

        self.assert_refused(file, "error D303: it is truncated", "copy or download the file again")

    def test_a_backing_file_is_refused(self) -> None:
        file = self.folder / "b.qcow2"
        disks.qcow2_with_backing_file(file)

        self.assert_refused(
            file, "error D302: the disk needs another file, which would not be uploaded", "qemu-img convert"
        )

    def test_a_compressed_file_is_refused(self) -> None:
        file = self.folder / "rna.qcow2.gz"
        with gzip.open(file, "wb") as zipped:
            zipped.write(self.disk.read_bytes())

        self.assert_refused(file, "error D304: the data is a gzip file, not a disk", f"gunzip {file}")

    def test_a_compressed_file_with_a_declared_format_is_refused(self) -> None:
        file = self.folder / "rna.qcow2.gz"
        with gzip.open(file, "wb") as zipped:
            zipped.write(self.disk.read_bytes())

        self.assert_refused(file, "error D304", f"gunzip {file}", options="--disk-format qcow2")

    def test_a_wrong_format_is_refused(self) -> None:
        self.assert_refused(
            self.disk,
            "error D301: the disk format would be vmdk, but the file is raw",
            "omit --disk-format, or use --disk-format raw",
            options="--disk-format vmdk",
        )

    def test_a_qcow2_declared_raw_is_refused(self) -> None:
        file = self.folder / "d.qcow2"
        disks.qcow2(file)

        self.assert_refused(file, "error D307", "omit --disk-format", options="--disk-format raw")

    def test_a_reserved_property_is_refused(self) -> None:
        for key, fix in (("visibility", "--community"), ("owner", "--project"), ("os_glance_x", "omit")):
            with self.subTest(key=key, fix=fix):
                self.assert_refused(
                    self.disk,
                    f"error M403: {key} cannot be set as a property",
                    fix,
                    options=f"--property {key}=community",
                )
