"""Properties with names and values that programs mistake for something else."""

from __future__ import annotations

import os
from unittest import mock

import openstack

from tests.functional.sharing import FRIEND, SharingTest


class TestNull(SharingTest):
    """``null`` as the kernel and the ramdisk: Nova writes it into each snapshot of an instance."""

    def setUp(self) -> None:
        super().setUp()
        self.snapshot = self.create("--architecture x86_64")
        with mock.patch.dict(os.environ, {"OS_CLIENT_CONFIG_FILE": str(self.cloud.clouds_yaml)}):
            session = openstack.connect(cloud="alice").session
        session.patch(
            f"{self.cloud.image_url}/v2/images/{self.snapshot}",
            json=[{"op": "add", "path": f"/{part}_id", "value": None} for part in ("kernel", "ramdisk")],
            headers={"Content-Type": "application/openstack-images-v2.1-json-patch"},
        )
        record = session.get(f"{self.cloud.image_url}/v2/images/{self.snapshot}").json()
        self.assertEqual((None, None), (record["kernel_id"], record["ramdisk_id"]))

    def test_a_snapshot_is_shared_and_published(self) -> None:
        changed = ["Changed", "visibility: private → shared", "The image appears in a project's list"]
        self.openstack(f"vsc image share {self.snapshot} {self.id_of(FRIEND)}", says=changed)
        self.openstack(f"vsc image community {self.snapshot}", says=["Changed", "visibility: shared → community"])

        self.assertEqual("community", self.show(self.snapshot)["visibility"])

    def test_a_snapshot_is_checked(self) -> None:
        rows = self.rows(f"vsc image check {self.snapshot} --for community", says=["as a community image"])

        self.assertNotIn("M406", [row[0] for row in rows])

    def test_a_kernel_is_set_where_none_was(self) -> None:
        name = self.name("vmlinuz")
        kernel = self.openstack(
            f"image create {name} --container-format aki --disk-format aki -f value -c id"
        ).stdout.strip()

        self.openstack(
            f"vsc image set {self.snapshot} --kernel {name}", says=["Changed", f"kernel_id: (none) → {kernel}"]
        )

        self.assertEqual(kernel, self.show(self.snapshot)["properties"]["kernel_id"])


class TestNames(SharingTest):
    """Names of properties that openstacksdk uses for itself.

    The image is not alice's: the standard ``image list`` of other tests would break on it.
    """

    def test_no_name_of_a_property_ends_a_command_after_its_work(self) -> None:
        names = ("properties", "metadata", "cls", "connection", "needs_secure_boot", "items", "data")
        options = " ".join(f"--property {name}=odd" for name in names)

        created = self.openstack(
            f"vsc image create {self.image} --file {self.disk} --single-nic --min-disk 1 -f json {options}",
            user="carol",
        ).json()
        shown = self.openstack(f"vsc image show {created['id']} -f json", user="carol").json()
        listed = self.openstack("vsc image list --mine --long -f value -c ID", user="carol").stdout

        self.assertIn(created["id"], listed)
        for name in names:
            with self.subTest(name=name):
                self.assertEqual("odd", created["properties"][name])
                self.assertEqual("odd", shown["properties"][name])
