"""Invalid input: a clear message, an exit status, and nothing is created."""

from __future__ import annotations

import os
import subprocess

from tests.functional.base import FunctionalTest


class TestBadInput(FunctionalTest):
    def setUp(self) -> None:
        super().setUp()
        self.disk = self.folder / "rna.raw"
        self.disk.write_bytes(os.urandom(65536))

    def assert_reported(self, options: str, *says: str, status: int, name: str | None = None) -> None:
        name = name or self.name("rna")

        self.openstack(f"vsc image create {name} {options}", status=status, says=says)

        self.assert_nothing_left(name)

    def test_a_missing_file_is_reported(self) -> None:
        self.assert_reported("--file nosuch.qcow2", "nosuch.qcow2: there is no such file", status=1)

    def test_a_folder_is_reported(self) -> None:
        self.assert_reported(f"--file {self.folder}", "it is a folder; name the image file in it", status=1)

    def test_an_unreadable_file_is_reported(self) -> None:
        self.disk.chmod(0)
        if os.access(self.disk, os.R_OK):  # root reads everything; the sentence has a unit test
            self.disk = self.folder / "loop"
            self.disk.symlink_to("loop")
            self.assert_reported(f"--file {self.disk}", "too many levels of symbolic links", status=1)
            return

        self.assert_reported(f"--file {self.disk}", "you do not have permission to read it", status=1)

    def test_a_device_that_is_not_a_disk_is_reported(self) -> None:
        self.assert_reported("--file /dev/zero", "it is neither a file, a block device nor a pipe", status=1)

    def test_a_property_without_a_value_is_reported(self) -> None:
        self.assert_reported(f"--file {self.disk} --property novalue", "argument --property", "", status=2)

    def test_a_property_with_two_values_is_reported(self) -> None:
        options = f"--file {self.disk} --property os_distro=debian --os-distro rocky"

        self.assert_reported(options, "os_distro is given twice, as 'rocky' and as 'debian'", status=2)

    def test_a_long_name_is_reported(self) -> None:
        self.assert_reported(
            f"--file {self.disk}", "The name has 256 characters; 255 are allowed", status=2, name="x" * 256
        )

    def test_an_empty_name_is_reported(self) -> None:
        self.openstack(f"vsc image create '' --file {self.disk}", status=2, says=["The name is empty"])

    def test_a_name_that_is_not_text_is_reported(self) -> None:
        process = self.process(f"vsc image create 'x\udcff' --file {self.disk}", stderr=subprocess.PIPE)

        _, stderr = process.communicate(timeout=60)

        self.assertEqual((2, rb"'x\udcff' is not valid text (UTF-8)"), (process.returncode, stderr.strip()))

    def test_a_file_with_a_read_error_is_reported(self) -> None:
        self.assert_reported("--file /proc/self/mem", "/proc/self/mem: ", status=1)

    def test_a_closed_standard_input_is_reported(self) -> None:
        process = self.process(
            "vsc image create x --file -",
            preexec_fn=lambda: os.close(0),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

        _, stderr = process.communicate(timeout=60)

        self.assertEqual((1, b"standard input: it is closed\n"), (process.returncode, stderr))

    def test_an_image_is_created_with_closed_output_streams(self) -> None:
        for closed in (1, 2):
            with self.subTest(closed=closed):
                name = self.name("rna")
                process = self.process(
                    f"vsc image create {name} --file {self.disk} -f value -c id",
                    preexec_fn=lambda: os.close(closed),  # noqa: B023 - it is called before the next round
                    stdin=subprocess.DEVNULL,
                )

                self.assertEqual(0, process.wait(60))
                self.assertEqual(["active"], [image["Status"] for image in self.images_named(name)])

    def test_a_full_standard_error_does_not_change_the_exit_status(self) -> None:
        with open("/dev/full", "w", encoding="utf-8") as full:
            process = self.process(
                f"vsc image create {self.name('rna')} --file {self.disk}", stderr=full, stdout=subprocess.DEVNULL
            )

            self.assertEqual(0, process.wait(60))

    def test_a_file_name_of_two_lines_is_reported_in_one_line(self) -> None:
        self.openstack("vsc image create x --file 'a\nb'", status=1, says=[r"a\nb: there is no such file"])

    def test_an_invalid_id_is_reported(self) -> None:
        self.assert_reported(f"--file {self.disk} --id 12345", "'12345' is not an ID: 32 hexadecimal digits", status=2)

    def test_an_exceeded_quota_is_reported(self) -> None:
        name = self.name("rna")
        self.disk.write_bytes(os.urandom(3 * 1024**2))
        self.openstack(f"vsc image create {self.name('full')} --file {self.disk}", user="eve")

        self.openstack(
            f"vsc image create {name} --file {self.disk}",
            user="eve",
            status=1,
            says=["This exceeds your quota or a limit of the Image service", "The unfinished image was deleted."],
        )

        self.assert_nothing_left(name, user="eve")

    def test_too_many_properties_are_reported(self) -> None:
        many = " ".join(f"--property p{number}=x" for number in range(129))

        self.assert_reported(
            f"--file {self.disk} {many}", "exceeds your quota or a limit of the Image service", status=1
        )

    def test_an_unknown_option_is_reported(self) -> None:
        self.openstack(f"vsc image create x --fiel {self.disk}", status=2, says=["--fiel", ""])

    def test_an_owner_that_the_cloud_refuses_is_reported(self) -> None:
        self.assert_reported(
            f"--file {self.disk} --project {self.cloud.projects['VSC_00002']}",
            "The Image service does not allow this: You are not permitted to create images owned by",
            status=1,
        )

    def test_an_unknown_image_is_reported(self) -> None:
        self.openstack("vsc image show nosuch", status=1, says=["No image has the name or ID 'nosuch'"])

    def test_an_unknown_id_is_reported(self) -> None:
        nobody = "00000000-0000-4000-8000-000000000000"

        self.openstack(f"vsc image show {nobody}", status=1, says=[f"No image has the name or ID '{nobody}'"])
