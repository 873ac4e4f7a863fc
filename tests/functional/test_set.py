"""Changing an image."""

from __future__ import annotations

from tests import disks
from tests.functional.faults import Fault, faulty_glance
from tests.functional.login import environment_at
from tests.functional.sharing import FRIEND, MINE, SharingTest

OLD_FLAW = ["warning D305", "--min-disk 2", "1 warning."]
"""The findings for an image of the standard client at each change that does not fix them."""


class TestSet(SharingTest):
    def create_kernel(self) -> str:
        """Create the image of a kernel; return its ID."""
        file = self.folder / "vmlinuz"
        disks.kernel(file)
        command = f"vsc image create {self.image}-kernel --container-format aki --file {file} -f value -c id"
        return self.openstack(command).stdout.strip()

    def test_each_change_is_reported(self) -> None:
        image = self.create()

        said = self.openstack(
            f"vsc image set {self.image} --name {self.image}x --tag b --tag a --property k=v --min-ram 512 --protected "
            "--description new",
            says=[
                f"Changed {self.image} ({image}):",
                f"name: {self.image} → {self.image}x",
                "tags: (none) → a, b",
                "k: (none) → v",
                "min_ram: 0 → 512",
                "protected: False → True",
                "description: reads RNA → new",
            ],
        )

        self.assertEqual("", said.stdout)
        shown = self.show(image)
        self.assertEqual([f"{self.image}x", 512, True], [shown[key] for key in ("name", "min_ram", "protected")])
        self.assertEqual(["a", "b"], sorted(shown["tags"]))
        self.assertEqual("v", shown["properties"]["k"])

    def test_nothing_to_change_is_reported_and_asks_neither_for_members_nor_for_rules(self) -> None:
        image = self.create(f"--share-with {self.id_of(FRIEND)}", says=["The image appears in a project's list"])
        members = Fault(method="GET", path=".*/members", status=500)
        policy = self.folder / "policy.yaml"
        policy.write_text("rules: {D999: {}}")
        command = f"vsc image set {image} --single-nic --shared --min-disk 1 --tag x"
        self.openstack(command, says=["Changed", "tags: (none) → x"])

        with faulty_glance(self.cloud.image_url, members) as address:
            environment = environment_at(self.cloud, "alice", address, self.folder)
            self.openstack(
                command,
                says=[f"Nothing to change: {self.image} ({image}) already has these values."],
                environment=environment,
            )
        self.openstack(f"{command} --policy {policy}", status=2, says=["policy.yaml, line 1"])
        self.openstack(f"{command} --waive D302", status=2, says=["D302 cannot be waived"])

    def test_a_dry_run_changes_nothing(self) -> None:
        image = self.create()

        self.openstack(f"vsc image set --dry-run {image} --tag x", says=["Would change", "tags: (none) → x"])

        self.assertEqual([], self.show(image)["tags"])

    def test_a_refused_publication_sends_no_change(self) -> None:
        image = self.create()
        nothing_changes = Fault(method="PATCH", path=".*", status=500)

        with faulty_glance(self.cloud.image_url, nothing_changes) as address:
            self.openstack(
                f"vsc image set --public {image} --tag x",
                status=3,
                says=["error V101", "--community", "1 error", "Refused by V101; nothing was changed."],
                environment=environment_at(self.cloud, "alice", address, self.folder),
            )

    def test_a_change_of_the_formats_of_an_active_image_is_refused(self) -> None:
        image = self.create()

        self.openstack(
            f"vsc image set --disk-format vmdk {image}",
            status=3,
            says=["error M407", "openstack vsc image create", "error D301", "2 errors", "Refused by M407, D301"],
        )

    def test_a_kernel_is_found_by_its_name(self) -> None:
        image, kernel = self.create(), self.create_kernel()

        self.openstack(
            f"vsc image set --kernel {self.image}-kernel {image}", says=["Changed", f"kernel_id: (none) → {kernel}"]
        )
        self.openstack(f"vsc image set --ramdisk-id {kernel} {image}", says=["Changed", "ramdisk_id"])

        self.assertEqual(kernel, self.show(image)["properties"]["ramdisk_id"])

    def test_a_kernel_that_others_cannot_see_is_refused(self) -> None:
        image, kernel = self.create(), self.create_kernel()

        self.openstack(
            f"vsc image set --community --kernel {kernel} {image}",
            status=3,
            says=["error M406", f"openstack vsc image community {kernel}", "1 error", "Refused by M406"],
        )

    def test_an_image_of_others_is_not_changed(self) -> None:
        image = self.create("--community")

        self.openstack(f"vsc image set --tag x {image}", user="bob", status=1, says=["does not allow this"])


class TestOwner(SharingTest):
    def test_an_unknown_owner_is_refused_before_the_request(self) -> None:
        image = self.create()
        nothing_changes = Fault(method="PATCH", path=".*", status=500)

        with faulty_glance(self.cloud.image_url, nothing_changes) as address:
            for project in (FRIEND, self.id_of(FRIEND), "f" * 32):
                self.openstack(
                    f"vsc image set --project {project} {image}",
                    status=3,
                    says=[f"'{project}' is not one of your projects", "Nothing was changed"],
                    environment=environment_at(self.cloud, "alice", address, self.folder),
                )

        self.assertEqual(self.id_of(MINE), self.show(image)["owner"])

    def test_another_own_project_becomes_the_owner_despite_an_error_answer(self) -> None:
        image = self.create(user="dave")

        self.openstack(f"vsc image set --project {FRIEND} {image}", user="dave", says=["Changed", "owner: "])

        self.assertEqual(self.id_of(FRIEND), self.show(image, user="dave_2")["owner"])

    def test_staff_change_the_owner_to_an_existing_project(self) -> None:
        image = self.create()

        self.openstack(
            f"vsc image set --project {'f' * 32} {image}",
            user="admin",
            status=3,
            says=["is not", "Nothing was changed"],
        )
        self.openstack(f"vsc image set --project {FRIEND} {image}", user="admin", says=["Changed", "owner: "])

        self.assertEqual(self.id_of(FRIEND), self.show(image, user="bob")["owner"])


class TestUnset(SharingTest):
    def test_properties_and_tags_are_removed(self) -> None:
        image = self.create("--property k=v --tag a --tag b")

        self.openstack(
            f"vsc image unset --property k --property vsc_multi_nic --tag a {image}",
            says=["Changed", "k: v → (none)", "vsc_multi_nic: false → (none)", "tags: a, b → b"],
        )

        shown = self.show(image)
        self.assertEqual(["b"], shown["tags"])
        self.assertEqual(set(), {"k", "vsc_multi_nic"} & set(shown["properties"]))

    def test_missing_properties_are_reported_and_the_others_removed(self) -> None:
        image = self.create("--tag a")

        self.openstack(
            f"vsc image unset --property nosuch --tag a --tag b {image}",
            status=1,
            says=["Changed", "tags: a → (none)", "does not have the property 'nosuch', the tag 'b'"],
        )

        self.assertEqual([], self.show(image)["tags"])

    def test_the_description_of_a_community_image_is_not_removed(self) -> None:
        image = self.create("--community")

        self.openstack(
            f"vsc image unset --property description {image}",
            status=3,
            says=["error V104", "--description", "1 error", "Refused by V104"],
        )


class TestStandardImage(SharingTest):
    """Tests with an image of the standard client: shared without members, a minimum disk of 0, no description."""

    def setUp(self) -> None:
        super().setUp()
        self.image_id = self.create_as_the_standard_client_does()

    def test_an_image_with_flaws_can_be_changed_and_deleted(self) -> None:
        for options in ("--tag x", f"--name {self.image}-old", "--hidden", "--deactivate", "--activate"):
            hidden = ["no longer appears in the lists of its own project"] if options == "--hidden" else []
            self.openstack(f"vsc image set {options} {self.image_id}", says=[*OLD_FLAW, "Changed", " → ", *hidden])
        self.openstack(f"vsc image set --private {self.image_id}", says=["Changed", "shared → private"])
        self.openstack(f"vsc image delete {self.image_id}", says=["Deleted"])

    def test_an_image_with_flaws_becomes_private(self) -> None:
        self.openstack(f"vsc image private {self.image_id}", says=["Changed", "shared → private"])

    def test_flaws_are_fixed_one_at_a_time(self) -> None:
        self.openstack(
            f"vsc image set --multi-nic {self.image_id}", says=[*OLD_FLAW, "Changed", "vsc_multi_nic: (none) → true"]
        )
        self.openstack(f"vsc image set --min-disk 2 {self.image_id}", says=["Changed", "min_disk: 0 → 2"])

    def test_a_fixed_image_is_shared(self) -> None:
        self.openstack(
            f"vsc image set --min-disk 2 --multi-nic --architecture x86_64 --os-distro debian --os-version 12 "
            f"{self.image_id}",
            says=["Changed", "min_disk", "vsc_multi_nic", "architecture", "os_distro", "os_version"],
        )

        self.openstack(
            f"vsc image share {self.image_id} {self.id_of(FRIEND)}", says=["The image appears in a project's list"]
        )

    def test_a_new_flaw_stops_the_change(self) -> None:
        self.openstack(f"vsc image set --min-disk 2 {self.image_id}", says=["Changed", "min_disk"])

        self.openstack(
            f"vsc image set --min-disk 1 {self.image_id}",
            status=3,
            says=["error D305", "--min-disk 2", "1 error", "Refused by D305"],
        )


class TestPublication(SharingTest):
    def test_an_image_is_published_in_the_steps_of_a_publisher(self) -> None:
        """Make ``NAME-test``, try it, set it public under its name, deactivate the old one."""
        old = self.create("--public", user="admin")
        new = self.openstack(
            f"vsc image create {self.image}-test --file {self.disk} --description new --multi-nic -f value -c id",
            user="admin",
        ).stdout.strip()

        self.openstack(
            f"vsc image set --public --name {self.image} {new}",
            user="admin",
            says=["Changed", "visibility: private → public", "name: "],
        )
        self.openstack(
            f"vsc image set --deactivate {old} --yes",
            user="admin",
            says=["Everybody loses access to the data", "Changed", "status: active → deactivated"],
        )
        self.openstack(
            f"vsc image set --hidden {old}",
            user="admin",
            says=["Changed", "os_hidden: False → True", "no longer appears"],
        )

        self.openstack(
            f"vsc image set --private --yes {old}",
            user="admin",
            says=["Everybody else loses access", "Changed", "public → private"],
        )
        self.assertEqual("public", self.show(new, user="bob")["visibility"])
        self.openstack(f"vsc image delete --yes {new}", user="admin", says=["it is a public image", "Deleted"])
