"""Retiring an image that others use: deactivated, hidden, or deleted."""

from __future__ import annotations

from tests.functional.faults import Fault, faulty_glance
from tests.functional.login import environment_at
from tests.functional.sharing import FRIEND, SharingTest

OFFER = ["The image appears in a project's list"]


class TestDeactivation(SharingTest):
    def assert_asks(self, image: str, loss: str) -> None:
        """Assert that the image is deactivated only with ``--yes``."""
        command = f"vsc image set --deactivate {image}"
        refused = f"{loss} loses access to the data of {self.image} ({image}) until it is reactivated"

        self.openstack(command, status=3, says=[f"{refused}; nothing was changed. To proceed anyway, add: --yes"])
        self.assertEqual("active", self.show(image)["status"])
        self.openstack(f"{command} --dry-run", says=[refused, "Would change", "status: active → deactivated"])
        self.openstack(f"{command} --yes", says=[refused, "Changed", "status: active → deactivated"])
        self.assertEqual("deactivated", self.show(image)["status"])
        self.openstack(f"{command} --tag x", says=["Changed", "tags"])  # nobody loses it a second time

    def test_an_image_that_everybody_can_use(self) -> None:
        self.assert_asks(self.create("--community"), "Everybody")

    def test_an_image_that_is_shared(self) -> None:
        friend = self.id_of(FRIEND)

        self.assert_asks(self.create(f"--share-with {friend}", says=OFFER), f"Project {friend}")

    def test_a_private_image_is_deactivated_without_a_question(self) -> None:
        self.openstack(f"vsc image set --deactivate {self.create()}", says=["Changed", "status"])


class TestHiding(SharingTest):
    def test_who_no_longer_finds_the_image_is_reported(self) -> None:
        friend = self.id_of(FRIEND)
        for options, says, lists in (
            ("", [], "in the lists of its own project"),
            (f"--share-with {friend}", OFFER, f"in the lists of its own project and of project {friend}"),
            ("--community", [], "in any list"),
        ):
            with self.subTest(options=options):
                self.image = self.name("rna")
                image = self.create(options, says=says)
                line = f"{self.image} ({image}) no longer appears {lists}, except with --hidden. Nobody loses access"

                self.openstack(f"vsc image set --hidden --dry-run {image}", says=["Would change", "os_hidden", line])
                self.openstack(f"vsc image set --hidden {image}", says=["Changed", "os_hidden: False → True", line])
                self.openstack(f"vsc image set --hidden --tag x {image}", says=["Changed", "tags"])


class TestKernel(SharingTest):
    def setUp(self) -> None:
        super().setUp()
        self.kernel, self.ramdisk = (self.part(kind) for kind in ("aki", "ari"))

    def part(self, kind: str) -> str:
        path = self.folder / kind
        path.write_bytes(bytes(0x202) + b"HdrS" + bytes(512) if kind == "aki" else b"\x1f\x8b\x08" + bytes(512))
        options = f"--container-format {kind} --disk-format {kind} --file {path}"
        return self.openstack(f"image create {self.name(kind)} {options} -f value -c id").stdout.strip()

    def test_the_images_that_boot_with_it_are_named(self) -> None:
        image = self.create(f"--kernel {self.kernel} --ramdisk {self.ramdisk}")
        self.openstack(f"vsc image set --hidden {image}", says=["Changed", "os_hidden", "no longer appears"])
        without = f"of {self.image} ({image}): no instance can be started from this image without it."

        self.openstack(
            f"vsc image set --deactivate {self.kernel}", says=[f"is the kernel {without}", "Changed", "status"]
        )
        for part_id, part in ((self.kernel, "kernel"), (self.ramdisk, "ramdisk")):
            self.openstack(f"vsc image delete {part_id}", says=[f"({part_id}) is the {part} {without}", "Deleted"])

    def test_a_raw_image_can_be_a_kernel(self) -> None:
        kernel = self.openstack(
            f"image create {self.name('vmlinuz')} --disk-format raw --file {self.disk} -f value -c id"
        ).stdout.strip()
        self.create(f"--kernel {kernel}")

        self.openstack(f"vsc image delete {kernel}", says=["is the kernel of", "Deleted"])

    def test_images_that_are_deleted_together_are_not_named(self) -> None:
        image = self.create(f"--kernel {self.kernel} --ramdisk {self.ramdisk}")

        self.openstack(f"vsc image delete {self.kernel} {image} {self.ramdisk}", says=["Deleted"])

    def test_a_kernel_that_no_image_boots_with_is_deleted_silently(self) -> None:
        self.openstack(f"vsc image delete {self.kernel} {self.ramdisk}", says=["Deleted"])

    def run_with(self, fault: Fault, command: str, *says: str) -> None:
        with faulty_glance(self.cloud.image_url, fault) as url:
            environment = environment_at(self.cloud, "alice", url, self.folder)
            self.openstack(f"vsc image {command}", environment=environment, says=says)

    def test_images_that_cannot_be_listed_are_not_none(self) -> None:
        image = self.create(f"--kernel {self.kernel} --ramdisk {self.ramdisk}")
        unknown = "It could not be checked which images boot with "
        failing = Fault(method="GET", path="/v2/images", status=503)

        self.run_with(failing, f"set --deactivate {self.kernel}", unknown, "service failed", "Changed", "status")
        self.run_with(
            failing, f"delete {self.kernel} {self.ramdisk}", f"({self.ramdisk}): The Image service", "Deleted"
        )
        self.run_with(failing, f"delete {image}", "Deleted")

    def test_images_are_listed_once_for_a_command(self) -> None:
        others = [self.part("aki") for _ in range(3)]
        image = self.create(f"--kernel {self.kernel} --ramdisk {self.ramdisk}")
        listing = Fault(method="GET", path="/v2/images", delay_s=0.0)

        self.run_with(listing, f"delete {self.kernel} {self.ramdisk} {' '.join(others)}", "is the ", "Deleted")
        self.assertEqual(2, listing.count, "visible and hidden images")
        self.run_with(listing, f"delete {image}", "Deleted")
        self.assertEqual(2, listing.count, "a disk is not a kernel")
