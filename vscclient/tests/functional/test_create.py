"""Making an image."""

from __future__ import annotations

import gzip
import os
import shlex
import subprocess
from pathlib import Path
from typing import Any

from vscclient.tests import disks
from vscclient.tests.functional.base import FunctionalTest

MIB = 1024**2


class CreateTest(FunctionalTest):
    """Tests that make images of a small raw disk."""

    def setUp(self) -> None:
        super().setUp()
        self.disk = self.folder / "rna.raw"
        self.disk.write_bytes(os.urandom(3 * MIB))

    def show(self, image: str, user: str = "alice") -> dict[str, Any]:
        """The image as the standard client shows it."""
        shown: dict[str, Any] = self.openstack(f"image show {image} -f json", user=user).json()
        return shown

    def download(self, image_id: str, user: str = "alice") -> bytes:
        """The image's data, by the standard client."""
        file = self.folder / image_id
        self.openstack(f"image save --file {file} {image_id}", user=user)
        return file.read_bytes()


class TestWhoCreates(CreateTest):
    def assert_creates(self, user: str) -> dict[str, Any]:
        name = self.name("rna")

        created = self.openstack(f"vsc image create {name} --file {self.disk} -f json", user=user).json()

        self.assertEqual(
            ("active", "private", "sha512"), (created["status"], created["visibility"], created["verified"])
        )
        self.assertEqual(self.cloud.users[user].project_id, created["owner"])
        self.assertEqual(self.disk.read_bytes(), self.download(created["id"], user=user))
        return dict(created)

    def test_an_ordinary_user(self) -> None:
        self.assert_creates("alice")

    def test_an_application_credential(self) -> None:
        self.assert_creates("alice_appcred")

    def test_a_user_in_two_projects_in_each_of_them(self) -> None:
        owners = {self.assert_creates(user)["owner"] for user in ("dave", "dave_2")}

        self.assertEqual(2, len(owners))

    def test_an_entry_of_a_clouds_yaml(self) -> None:
        environment = {"OS_CLIENT_CONFIG_FILE": str(self.cloud.clouds_yaml), "OS_CLOUD": "bob"}

        created = self.openstack(
            f"vsc image create {self.name('rna')} --file {self.disk} -f json", environment=environment
        ).json()

        self.assertEqual(self.cloud.users["bob"].project_id, created["owner"])

    def test_a_reader_may_not_and_is_told_so(self) -> None:
        name = self.name("rna")

        self.openstack(
            f"vsc image create {name} --file {self.disk}",
            user="rita",
            status=1,
            says=["The Image service does not allow it: You are not authorized to complete add_image action."],
        )

        self.assert_nothing_left(name, user="rita")


class TestWhereTheImageServiceIs(CreateTest):
    def test_every_kind_of_endpoint_works(self) -> None:
        for region in self.cloud.regions:
            environment = self.cloud.users["alice"].environment | {"OS_REGION_NAME": region}

            created = self.openstack(
                f"vsc image create {self.name('rna')} --file {self.disk} -f json", environment=environment
            ).json()

            self.assertEqual("sha512", created["verified"], region)


class TestColumns(CreateTest):
    def assert_like_standard(self, image_id: str) -> None:
        standard = self.openstack(f"image show {image_id} -f json").stdout
        ours = self.openstack(f"vsc image show {image_id} -f json").stdout

        self.assertEqual(standard, ours)

    def test_show_is_the_standard_one_for_an_active_image(self) -> None:
        name = self.name("rna")
        made = f"vsc image create {name} --file {self.disk} --tag b --tag a --property x=y --os-distro debian"
        created = self.openstack(f"{made} -f json").json()

        self.assert_like_standard(created["id"])
        self.assert_like_standard(name)

    def test_show_is_the_standard_one_for_a_queued_image(self) -> None:
        created = self.openstack(f"vsc image create {self.name('rna')} --no-data -f json").json()

        self.assert_like_standard(created["id"])

    def test_show_is_the_standard_one_for_a_shared_image(self) -> None:
        created = self.openstack(f"vsc image create {self.name('rna')} --file {self.disk} --shared -f json").json()
        self.openstack(f"image add project {created['id']} {self.cloud.projects['VSC_00002']}")

        self.assert_like_standard(created["id"])

    def test_show_can_be_read_by_humans(self) -> None:
        created = self.openstack(f"vsc image create {self.name('rna')} --file {self.disk} -f json").json()
        command = f"image show --human-readable {created['id']} -f json"

        self.assertEqual(self.openstack(command).stdout, self.openstack(f"vsc {command}").stdout)

    def test_create_has_the_standard_columns_then_ours(self) -> None:
        ours = self.openstack(f"vsc image create {self.name('rna')} --file {self.disk} -f json").json()
        standard = self.openstack(f"image show {ours['id']} -f json").json()

        self.assertEqual([*standard, "verified", "warnings"], list(ours))
        self.assertEqual(standard, {key: ours[key] for key in standard})

    def test_create_has_them_for_a_queued_image_too(self) -> None:
        ours = self.openstack(f"vsc image create {self.name('rna')} --no-data -f json").json()
        standard = self.openstack(f"image show {ours['id']} -f json").json()

        self.assertEqual([*standard, "verified", "warnings"], list(ours))


class TestWhatTheImageIs(CreateTest):
    def test_it_has_no_properties_that_nobody_asked_for(self) -> None:
        created = self.openstack(f"vsc image create {self.name('rna')} --file {self.disk} -f json").json()

        self.assertFalse([key for key in created["properties"] if key.startswith("owner_specified")])

    def test_the_form_becomes_properties(self) -> None:
        form = "--description 'RNA tools' --architecture x86_64 --os-distro debian --os-version 12 --multi-nic"

        created = self.openstack(f"vsc image create {self.name('rna')} --file {self.disk} {form} -f json").json()

        expected = {
            "description": "RNA tools",
            "architecture": "x86_64",
            "os_distro": "debian",
            "os_version": "12",
            "vsc_multi_nic": "true",
        }
        self.assertEqual(expected, {key: created["properties"].get(key) for key in expected})

    def test_kernel_and_ramdisk_are_found_by_name(self) -> None:
        kernel, ramdisk = self.name("vmlinuz"), self.name("initrd")
        ids = {}
        for name, kind in ((kernel, "aki"), (ramdisk, "ari")):
            made = f"vsc image create {name} --file {self.disk} --container-format {kind} -f json"
            created = self.openstack(made).json()
            self.assertEqual((kind, 0), (created["disk_format"], created["min_disk"]))
            ids[name] = created["id"]

        booted = self.openstack(
            f"vsc image create {self.name('rna')} --file {self.disk} --kernel {kernel} --ramdisk {ids[ramdisk]} -f json"
        ).json()

        self.assertEqual(ids[kernel], booted["properties"]["kernel_id"])
        self.assertEqual(ids[ramdisk], booted["properties"]["ramdisk_id"])

    def test_a_kernel_that_is_not_there_is_refused_before_anything_is_made(self) -> None:
        name = self.name("rna")

        self.openstack(
            f"vsc image create {name} --file {self.disk} --kernel nosuch",
            status=1,
            says=["No image has the name or ID 'nosuch'"],
        )

        self.assert_nothing_left(name)

    def test_visibility_and_protection_are_there_in_the_end(self) -> None:
        name = self.name("rna")
        made = (
            f"vsc image create {name} --file {self.disk} --community --protected --single-nic --description d -f json"
        )

        created = self.openstack(made).json()

        self.assertEqual(("community", True), (created["visibility"], created["protected"]))
        self.openstack(f"image set --unprotected {created['id']}")

    def test_a_chosen_id_is_kept(self) -> None:
        chosen = "0f1cfbb6-0c6c-4d4b-9a55-" + os.urandom(6).hex()

        created = self.openstack(f"vsc image create {self.name('rna')} --file {self.disk} --id {chosen} -f json").json()

        self.assertEqual(chosen, created["id"])

    def test_an_id_that_is_taken_leaves_its_image_alone(self) -> None:
        taken = self.openstack(f"vsc image create {self.name('rna')} --file {self.disk} -f json").json()["id"]

        self.openstack(
            f"vsc image create {self.name('rna')} --file {self.disk} --id {taken}",
            status=1,
            says=["The Image service sees a conflict"],
        )

        self.assertEqual("active", self.show(taken)["status"])

    def test_an_own_project_can_own_it(self) -> None:
        project = self.cloud.users["admin"].project_name

        created = self.openstack(
            f"vsc image create {self.name('rna')} --file {self.disk} --project {project} -f json", user="admin"
        ).json()

        self.assertEqual(self.cloud.users["admin"].project_id, created["owner"])

    def test_staff_make_one_for_a_project_by_its_name(self) -> None:
        created = self.openstack(
            f"vsc image create {self.name('rna')} --file {self.disk} --project VSC_00002 -f json", user="admin"
        ).json()

        self.assertEqual(self.cloud.projects["VSC_00002"], created["owner"])

    def test_a_project_that_nobody_can_resolve_is_refused(self) -> None:
        name = self.name("rna")

        self.openstack(
            f"vsc image create {name} --file {self.disk} --project VSC_00002",
            status=1,
            says=["'VSC_00002' is not one of your projects, and no project ID"],
        )

        self.assert_nothing_left(name)

    def test_staff_publish(self) -> None:
        made = f"vsc image create {self.name('rna')} --file {self.disk} --public --single-nic -f json"

        self.assertEqual("public", self.openstack(made, user="admin").json()["visibility"])

    def test_a_name_that_i_use_already_is_told(self) -> None:
        name = self.name("rna")
        first = self.openstack(f"vsc image create {name} --file {self.disk} -f json").json()["id"]

        self.openstack(
            f"vsc image create {name} --file {self.disk}",
            says=[f"You have an image with this name already: {name} ({first})"],
        )

        self.openstack(f"vsc image show {name}", status=1, says=["Several images have the name", first, "mine"])


class TestMinimumDisk(CreateTest):
    def setUp(self) -> None:
        super().setUp()
        self.qcow2 = self.folder / "disk.qcow2"
        disks.qcow2(self.qcow2, virtual_size_bytes=3 * 1024 * MIB + 512)

    def min_disk(self, options: str, says: list[str] | None = None) -> int:
        created = self.openstack(
            f"vsc image create {self.name('rna')} --file {self.qcow2} {options} -f json", says=says or []
        ).json()
        return int(created["min_disk"])

    def test_is_the_virtual_size_in_whole_gib(self) -> None:
        self.assertEqual(4, self.min_disk(""))

    def test_zero_counts_as_not_said(self) -> None:
        self.assertEqual(4, self.min_disk("--min-disk 0"))

    def test_more_is_fine(self) -> None:
        self.assertEqual(80, self.min_disk("--min-disk 80"))

    def test_less_is_refused(self) -> None:
        self.openstack(
            f"vsc image create {self.name('rna')} --file {self.qcow2} --min-disk 3",
            status=3,
            says=["error D305: the minimum disk would be 3 GiB, but the disk needs 4 GiB", "--min-disk 4", "1 error"]
            + ["Refused by D305. Nothing was changed. If it is meant: --waive D305"],
        )

    def test_less_is_taken_as_given_when_it_is_waived(self) -> None:
        says = ["warning D305 (waived)", "1 warning."]

        self.assertEqual(3, self.min_disk("--min-disk 3 --waive D305", says))
        self.assertEqual(0, self.min_disk("--min-disk 0 --waive D305", says))

    def test_waiving_alone_changes_nothing(self) -> None:
        self.assertEqual(4, self.min_disk("--waive D305"))


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

    def test_a_file_is_looked_at_as_a_file(self) -> None:
        created = self.openstack(f"vsc image create {self.name('rna')} --file - -f json", stdin=self.disk).json()

        self.assertEqual((3 * MIB, "sha512", 1), (created["size"], created["verified"], created["min_disk"]))

    def test_a_pipe_with_a_name_works_too(self) -> None:
        fifo = self.folder / "fifo"
        os.mkfifo(fifo)
        name = self.name("rna")
        with subprocess.Popen(["cp", str(self.disk), str(fifo)]):
            created = self.openstack(f"vsc image create {name} --file {fifo} -f json").json()

        self.assertEqual(3 * MIB, created["size"])

    def test_what_only_the_end_shows_deletes_it_before_anybody_sees_it(self) -> None:
        name, vhd = self.name("rna"), self.folder / "fixed.vhd"
        disks.fixed_vhd(vhd, size_bytes=8 * MIB)

        self.openstack(
            f"vsc image create {name} --file - --community --single-nic",
            stdin=vhd.read_bytes(),
            status=3,
            says=["error D301: the disk format would be raw, but the file is vhd", "--disk-format vhd", "1 error"]
            + ["Refused by D301. The unfinished image was deleted."],
        )

        self.assert_nothing_left(name)

    def test_what_the_head_shows_is_refused_before_the_first_byte(self) -> None:
        name, qcow2 = self.name("rna"), self.folder / "disk.qcow2"
        disks.qcow2(qcow2)

        self.openstack(
            f"vsc image create {name} --file - --disk-format raw",
            stdin=qcow2.read_bytes(),
            status=3,
            says=["error D307", "leave --disk-format out", "1 error", "Refused by D307. Nothing was changed."],
        )

    def test_an_empty_pipe_is_refused(self) -> None:
        self.openstack(
            f"vsc image create {self.name('rna')} --file -",
            status=3,
            says=["error D303: it is empty", "copy or download it again", "1 error.", "Refused by D303."],
        )

    def test_nothing_is_read_without_being_asked_for(self) -> None:
        name = self.name("rna")

        self.openstack(
            f"vsc image create {name}",
            stdin=self.disk.read_bytes(),
            status=2,
            says=["Say where the data is: --file FILE, --file - (standard input), or --no-data"],
        )

        self.assert_nothing_left(name)


class TestSource(CreateTest):
    def test_a_file_that_is_called_like_the_image_is_never_taken(self) -> None:
        name = self.name("rna")
        (self.folder / name).write_bytes(self.disk.read_bytes())
        before = Path.cwd()
        os.chdir(self.folder)
        self.addCleanup(os.chdir, before)

        self.openstack(f"vsc image create {name}", status=2, says=["Say where the data is"])

        self.assert_nothing_left(name)

    def test_a_size_that_is_not_the_files_is_refused(self) -> None:
        self.openstack(
            f"vsc image create {self.name('rna')} --file {self.disk} --size 5",
            status=2,
            says=[f"--size says 5 bytes, but {self.disk} has {3 * MIB}"],
        )

    def test_a_size_of_standard_input_has_to_come_true(self) -> None:
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

    def test_a_block_device_is_a_file_too(self) -> None:
        device = disks.block_device(self.disk, self.addCleanup)
        if device is None:
            self.skipTest("no loop device can be made here (needs root, and losetup of the package mount)")

        created = self.openstack(f"vsc image create {self.name('rna')} --file {device} -f json").json()

        self.assertEqual((3 * MIB, "sha512", 1), (created["size"], created["verified"], created["min_disk"]))


class TestDryRun(CreateTest):
    def test_shows_what_would_be_made_and_makes_nothing(self) -> None:
        name = self.name("rna")

        shown = self.openstack(
            f"vsc image create {name} --file {self.disk} --os-distro debian --dry-run -f json",
        ).json()

        self.assertEqual(
            (name, "raw", 1, "private", "no"),
            (shown["name"], shown["disk_format"], shown["min_disk"], shown["visibility"], shown["verified"]),
        )
        self.assertEqual({"os_distro": "debian"}, shown["properties"])
        self.assert_nothing_left(name)

    def test_reads_a_pipe_to_its_end(self) -> None:
        vhd = self.folder / "fixed.vhd"
        disks.fixed_vhd(vhd, size_bytes=8 * MIB)
        name = self.name("rna")

        self.openstack(
            f"vsc image create {name} --file - --dry-run",
            stdin=vhd.read_bytes(),
            status=3,
            says=["reading", "error D301: the disk format would be raw, but the file is vhd", "--disk-format vhd"]
            + ["1 error", "Refused by D301. Nothing was changed."],
        )

        self.assert_nothing_left(name)

    def test_ends_with_3_where_a_real_run_would_be_refused(self) -> None:
        self.openstack(
            f"vsc image create {self.name('rna')} --file {self.disk} --public --dry-run",
            status=3,
            says=[
                "error V101",
                "use --community",
                "error N201",
                "say --multi-nic",
                "2 errors",
                "Refused by V101, N201.",
            ],
        )


class TestWaiver(CreateTest):
    def test_is_kept_on_an_image_that_others_see(self) -> None:
        made = f"vsc image create {self.name('rna')} --file {self.disk} --community --waive N201 -f json"

        created = self.openstack(made, says=["warning N201 (waived)", "1 warning."]).json()

        self.assertEqual("N201", created["properties"]["vsc_waived"])
        self.assertEqual(["N201"], created["warnings"])

    def test_of_a_rule_that_nobody_may_waive_is_bad_usage(self) -> None:
        self.openstack(
            f"vsc image create {self.name('rna')} --file {self.disk} --waive d307",
            status=2,
            says=["D307 cannot be waived"],
        )

    def test_of_no_rule_is_bad_usage(self) -> None:
        self.openstack(
            f"vsc image create {self.name('rna')} --file {self.disk} --waive X999",
            status=2,
            says=["No rule has the code X999; there are: D301"],
        )


class TestImport(CreateTest):
    def test_waits_until_it_is_over_and_verifies(self) -> None:
        created = self.openstack(
            f"vsc image create {self.name('rna')} --file {self.disk} --import --community --single-nic -f json"
        ).json()

        self.assertEqual(
            ("active", "community", "sha512"), (created["status"], created["visibility"], created["verified"])
        )
        self.assertEqual(self.disk.read_bytes(), self.download(created["id"]))

    def test_that_fails_says_why_and_leaves_nothing(self) -> None:
        name = self.name("rna")

        self.openstack(
            f"vsc image create {name} --file {self.disk} --import --disk-format vmdk --waive D301",
            status=1,
            says=["warning D301 (waived)", "1 warning.", "The cloud could not import the image: Task failed"]
            + ["The unfinished image was deleted."],
        )

        self.assert_nothing_left(name)


class TestRefusedFiles(CreateTest):
    def assert_refused(self, file: Path, *says: str, options: str = "") -> None:
        name = self.name("rna")
        command = f"vsc image create {name} --file {shlex.quote(str(file))} {options}"

        self.openstack(command, status=3, says=[*says, "1 error.", "Nothing was changed."])

        self.assert_nothing_left(name)

    def test_empty(self) -> None:
        self.disk.write_bytes(b"")

        self.assert_refused(self.disk, "error D303: it is empty", "copy or download it again")

    def test_truncated_qcow2(self) -> None:
        file = self.folder / "t.qcow2"
        disks.truncated_qcow2(file)

        self.assert_refused(file, "error D303: it is truncated", "copy or download it again")

    def test_backing_file(self) -> None:
        file = self.folder / "b.qcow2"
        disks.qcow2_with_backing_file(file)

        self.assert_refused(file, "error D302: it needs another file, which would not be uploaded", "qemu-img convert")

    def test_compressed(self) -> None:
        file = self.folder / "rna.qcow2.gz"
        with gzip.open(file, "wb") as zipped:
            zipped.write(self.disk.read_bytes())

        self.assert_refused(file, "error D304: it is a gzip file, not a disk", "gunzip FILE")

    def test_compressed_and_declared_something(self) -> None:
        file = self.folder / "rna.qcow2.gz"
        with gzip.open(file, "wb") as zipped:
            zipped.write(self.disk.read_bytes())

        self.assert_refused(file, "error D304", "gunzip FILE", options="--disk-format qcow2")

    def test_wrong_format(self) -> None:
        self.assert_refused(
            self.disk,
            "error D301: the disk format would be vmdk, but the file is raw",
            "say --disk-format raw, or leave it out",
            options="--disk-format vmdk",
        )

    def test_qcow2_declared_raw(self) -> None:
        file = self.folder / "d.qcow2"
        disks.qcow2(file)

        self.assert_refused(file, "error D307", "leave --disk-format out", options="--disk-format raw")

    def test_reserved_property(self) -> None:
        for key, mend in (("visibility", "--community"), ("owner", "--project"), ("os_glance_x", "leave")):
            self.assert_refused(
                self.disk,
                f"error M403: {key} is not a property that can be set",
                mend,
                options=f"--property {key}=community",
            )


class TestFormats(CreateTest):
    def assert_found(self, file: Path, disk_format: str, min_disk: int) -> None:
        created = self.openstack(f"vsc image create {self.name('rna')} --file {file} -f json").json()

        self.assertEqual(
            (disk_format, min_disk, "sha512"), tuple(created[key] for key in ("disk_format", "min_disk", "verified"))
        )

    def test_qcow2(self) -> None:
        disks.qcow2(self.disk, virtual_size_bytes=2048 * MIB)
        self.assert_found(self.disk, "qcow2", 2)

    def test_a_fixed_vhd_that_the_cloud_does_not_recognize_has_to_be_converted(self) -> None:
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

    def test_an_installer_that_also_boots_from_a_stick_is_an_iso(self) -> None:
        disks.isohybrid(self.disk)
        self.assert_found(self.disk, "iso", 1)

    def test_a_partitioned_disk_is_raw(self) -> None:
        disks.raw_with_gpt(self.disk)
        self.assert_found(self.disk, "raw", 1)
