"""Creating an image: dry runs, waivers and imports."""

from __future__ import annotations

from tests import disks
from tests.functional.creation import MIB, CreateTest


class TestDryRun(CreateTest):
    def test_a_dry_run_shows_the_image_and_creates_nothing(self) -> None:
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

    def test_a_dry_run_reads_a_pipe_to_its_end(self) -> None:
        vhd = self.folder / "fixed.vhd"
        disks.fixed_vhd(vhd, size_bytes=8 * MIB)
        name = self.name("rna")

        self.openstack(
            f"vsc image create {name} --file - --dry-run",
            stdin=vhd.read_bytes(),
            status=3,
            says=[
                "reading",
                "error D301: the disk format would be raw, but the file is vhd",
                "--disk-format vhd",
                "could not be checked: standard input cannot be inspected; name a file",
                "1 error",
                "Refused by D301; nothing",
            ],
        )

        self.assert_nothing_left(name)

    def test_a_dry_run_that_would_be_refused_ends_with_3(self) -> None:
        self.openstack(
            f"vsc image create {self.name('rna')} --file {self.guest} --public --dry-run --description d",
            status=3,
            says=[
                "error V101",
                "use --community",
                "1 error",
                "Refused by V101;",
            ],
        )


class TestWaiver(CreateTest):
    def test_a_waiver_is_stored_on_an_image_for_others(self) -> None:
        made = f"vsc image create {self.name('rna')} --file {self.guest} --community --waive V104 -f json"

        created = self.openstack(made, says=["warning V104 (waived)", "1 warning"]).json()

        self.assertEqual("V104", created["properties"]["vsc_waived"])
        self.assertEqual(["V104"], created["warnings"])

    def test_a_waiver_of_a_forbidden_rule_is_refused(self) -> None:
        self.openstack(
            f"vsc image create {self.name('rna')} --file {self.disk} --waive d307",
            status=2,
            says=["D307 cannot be waived"],
        )

    def test_a_waiver_of_an_unknown_rule_is_refused(self) -> None:
        self.openstack(
            f"vsc image create {self.name('rna')} --file {self.disk} --waive X999",
            status=2,
            says=["No rule has the code X999; there are: D301"],
        )


class TestImport(CreateTest):
    def test_an_import_is_waited_for_and_verified(self) -> None:
        options = "--import --community --single-nic --description d"
        created = self.openstack(f"vsc image create {self.name('rna')} --file {self.guest} {options} -f json").json()

        self.assertEqual(
            ("active", "community", "sha512"), (created["status"], created["visibility"], created["verified"])
        )
        self.assertEqual(self.guest.read_bytes(), self.download(created["id"]))

    def test_a_failed_import_gives_its_reason_and_leaves_nothing(self) -> None:
        name = self.name("rna")

        self.openstack(
            f"vsc image create {name} --file {self.disk} --import --disk-format vmdk --waive D301",
            status=1,
            says=[
                "warning D301 (waived)",
                "1 warning",
                "The cloud could not import the image: Task failed",
                "The unfinished image was deleted.",
            ],
        )

        self.assert_nothing_left(name)
