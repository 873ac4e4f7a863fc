"""Creating an image."""

from __future__ import annotations

import os
from typing import Any

from tests import disks
from tests.functional.creation import MIB, CreateTest


class TestUsers(CreateTest):
    def assert_creates(self, user: str) -> dict[str, Any]:
        name = self.name("rna")

        created = self.openstack(f"vsc image create {name} --file {self.disk} -f json", user=user).json()

        self.assertEqual(
            ("active", "private", "sha512"), (created["status"], created["visibility"], created["verified"])
        )
        self.assertEqual(self.cloud.users[user].project_id, created["owner"])
        self.assertEqual(self.disk.read_bytes(), self.download(created["id"], user=user))
        return dict(created)

    def test_an_ordinary_user_creates_an_image(self) -> None:
        self.assert_creates("alice")

    def test_an_application_credential_creates_an_image(self) -> None:
        self.assert_creates("alice_appcred")

    def test_a_user_creates_an_image_in_each_own_project(self) -> None:
        owners = {self.assert_creates(user)["owner"] for user in ("dave", "dave_2")}

        self.assertEqual(2, len(owners))

    def test_an_entry_of_clouds_yaml_creates_an_image(self) -> None:
        environment = {"OS_CLIENT_CONFIG_FILE": str(self.cloud.clouds_yaml), "OS_CLOUD": "bob"}

        created = self.openstack(
            f"vsc image create {self.name('rna')} --file {self.disk} -f json", environment=environment
        ).json()

        self.assertEqual(self.cloud.users["bob"].project_id, created["owner"])

    def test_a_reader_cannot_create_an_image(self) -> None:
        name = self.name("rna")

        self.openstack(
            f"vsc image create {name} --file {self.disk}",
            user="rita",
            status=1,
            says=["The Image service does not allow this: You are not authorized to complete add_image action."],
        )

        self.assert_nothing_left(name, user="rita")


class TestEndpoints(CreateTest):
    def test_every_kind_of_endpoint_works(self) -> None:
        for region in self.cloud.regions:
            with self.subTest(region=region):
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

    def test_an_active_image_is_shown_as_by_the_standard_command(self) -> None:
        name = self.name("rna")
        made = f"vsc image create {name} --file {self.disk} --tag b --tag a --property x=y --os-distro debian"
        created = self.openstack(f"{made} -f json").json()

        self.assert_like_standard(created["id"])
        self.assert_like_standard(name)

    def test_a_queued_image_is_shown_as_by_the_standard_command(self) -> None:
        created = self.openstack(f"vsc image create {self.name('rna')} --no-data -f json").json()

        self.assert_like_standard(created["id"])

    def test_a_shared_image_is_shown_as_by_the_standard_command(self) -> None:
        created = self.openstack(f"vsc image create {self.name('rna')} --file {self.disk} --shared -f json").json()
        self.openstack(f"image add project {created['id']} {self.cloud.projects['VSC_00002']}")

        self.assert_like_standard(created["id"])

    def test_an_image_is_shown_with_human_readable_sizes(self) -> None:
        created = self.openstack(f"vsc image create {self.name('rna')} --file {self.disk} -f json").json()
        command = f"image show --human-readable {created['id']} -f json"

        self.assertEqual(self.openstack(command).stdout, self.openstack(f"vsc {command}").stdout)

    def test_a_new_image_has_the_standard_columns_then_ours(self) -> None:
        ours = self.openstack(f"vsc image create {self.name('rna')} --file {self.disk} -f json").json()
        standard = self.openstack(f"image show {ours['id']} -f json").json()

        self.assertEqual([*standard, "verified", "warnings"], list(ours))
        self.assertEqual(standard, {key: ours[key] for key in standard})

    def test_a_new_queued_image_has_the_standard_columns(self) -> None:
        ours = self.openstack(f"vsc image create {self.name('rna')} --no-data -f json").json()
        standard = self.openstack(f"image show {ours['id']} -f json").json()

        self.assertEqual([*standard, "verified", "warnings"], list(ours))


class TestMetadata(CreateTest):
    def test_an_image_has_no_properties_that_were_not_requested(self) -> None:
        created = self.openstack(f"vsc image create {self.name('rna')} --file {self.disk} -f json").json()

        self.assertFalse([key for key in created["properties"] if key.startswith("owner_specified")])

    def test_the_description_options_become_properties(self) -> None:
        form = "--description 'RNA tools' --architecture x86_64 --os-distro debian --os-version 12 --multi-nic"

        created = self.openstack(f"vsc image create {self.name('rna')} --file {self.guest} {form} -f json").json()

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
        for name, kind, write in ((kernel, "aki", disks.kernel), (ramdisk, "ari", disks.ramdisk)):
            with self.subTest(name=name, kind=kind):
                write(self.disk)
                made = f"vsc image create {name} --file {self.disk} --container-format {kind} -f json"
                created = self.openstack(made).json()
                self.assertEqual((kind, 0), (created["disk_format"], created["min_disk"]))
                ids[name] = created["id"]

        booted = self.openstack(
            f"vsc image create {self.name('rna')} --file {self.guest} --kernel {kernel} --ramdisk {ids[ramdisk]} "
            "-f json"
        ).json()

        self.assertEqual(ids[kernel], booted["properties"]["kernel_id"])
        self.assertEqual(ids[ramdisk], booted["properties"]["ramdisk_id"])

    def test_an_unknown_kernel_is_refused_before_a_record_is_created(self) -> None:
        name = self.name("rna")

        self.openstack(
            f"vsc image create {name} --file {self.disk} --kernel nosuch",
            status=1,
            says=["No image has the name or ID 'nosuch'"],
        )

        self.assert_nothing_left(name)

    def test_visibility_and_protection_are_set_at_the_end(self) -> None:
        name = self.name("rna")
        made = (
            f"vsc image create {name} --file {self.guest} --community --protected --single-nic --description d -f json"
        )

        created = self.openstack(made).json()

        self.assertEqual(("community", True), (created["visibility"], created["protected"]))
        self.openstack(f"image set --unprotected {created['id']}")

    def test_a_chosen_id_is_kept(self) -> None:
        chosen = "0f1cfbb6-0c6c-4d4b-9a55-" + os.urandom(6).hex()

        created = self.openstack(f"vsc image create {self.name('rna')} --file {self.disk} --id {chosen} -f json").json()

        self.assertEqual(chosen, created["id"])

    def test_an_existing_id_is_refused_and_its_image_is_kept(self) -> None:
        taken = self.openstack(f"vsc image create {self.name('rna')} --file {self.disk} -f json").json()["id"]

        self.openstack(
            f"vsc image create {self.name('rna')} --file {self.disk} --id {taken}",
            status=1,
            says=["The Image service reports a conflict"],
        )

        self.assertEqual("active", self.show(taken)["status"])

    def test_another_own_project_can_be_the_owner(self) -> None:
        project = self.cloud.users["admin"].project_name

        created = self.openstack(
            f"vsc image create {self.name('rna')} --file {self.disk} --project {project} -f json", user="admin"
        ).json()

        self.assertEqual(self.cloud.users["admin"].project_id, created["owner"])

    def test_staff_create_an_image_for_a_project_by_its_name(self) -> None:
        created = self.openstack(
            f"vsc image create {self.name('rna')} --file {self.disk} --project VSC_00002 -f json", user="admin"
        ).json()

        self.assertEqual(self.cloud.projects["VSC_00002"], created["owner"])

    def test_an_unknown_owner_is_refused(self) -> None:
        name = self.name("rna")

        self.openstack(
            f"vsc image create {name} --file {self.disk} --project VSC_00002",
            status=1,
            says=["'VSC_00002' is neither one of your projects nor a project ID"],
        )

        self.assert_nothing_left(name)

    def test_staff_create_a_public_image(self) -> None:
        made = f"vsc image create {self.name('rna')} --file {self.guest} --public --single-nic --description d -f json"

        self.assertEqual("public", self.openstack(made, user="admin").json()["visibility"])

    def test_an_own_image_with_the_same_name_is_reported(self) -> None:
        name = self.name("rna")
        first = self.openstack(f"vsc image create {name} --file {self.disk} -f json").json()["id"]

        self.openstack(
            f"vsc image create {name} --file {self.disk}",
            says=[f"You already have an image with this name: {name} ({first})"],
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

    def test_the_minimum_disk_is_the_virtual_size_in_whole_gib(self) -> None:
        self.assertEqual(4, self.min_disk(""))

    def test_a_minimum_disk_of_zero_is_set_automatically(self) -> None:
        self.assertEqual(4, self.min_disk("--min-disk 0"))

    def test_a_larger_minimum_disk_is_kept(self) -> None:
        self.assertEqual(80, self.min_disk("--min-disk 80"))

    def test_a_smaller_minimum_disk_is_refused(self) -> None:
        self.openstack(
            f"vsc image create {self.name('rna')} --file {self.qcow2} --min-disk 3",
            status=3,
            says=[
                "error D305: the minimum disk would be 3 GiB, but the disk needs 4 GiB",
                "--min-disk 4",
                "1 error",
                "Refused by D305; nothing was changed. To proceed anyway, add: --waive D305",
            ],
        )

    def test_a_smaller_minimum_disk_is_kept_with_a_waiver(self) -> None:
        says = ["warning D305 (waived)", "1 warning"]

        self.assertEqual(3, self.min_disk("--min-disk 3 --waive D305", says))
        self.assertEqual(0, self.min_disk("--min-disk 0 --waive D305", says))

    def test_a_waiver_alone_does_not_change_the_minimum_disk(self) -> None:
        self.assertEqual(4, self.min_disk("--waive D305"))
