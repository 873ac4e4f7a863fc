"""Snapshots of instances whose root disk is a volume: nobody but their own project can launch them."""

from __future__ import annotations

import json
import shlex

from tests.functional.sharing import FRIEND, SharingTest

MAPPING = json.dumps([{"source_type": "snapshot", "snapshot_id": "5c8f8a2e", "boot_index": 0, "volume_size": 2}])
ADVICE = "make an image of the volume: openstack image create --volume VOLUME NAME"
NOT_CHECKED = ["could not be checked: the image is a snapshot of a volume", "Details: openstack vsc image rule show"]


class TestVolumeSnapshots(SharingTest):
    def snapshot(self, user: str = "alice") -> str:
        """Create an image as Nova creates the snapshot of a volume-backed instance; return its ID."""
        empty = self.folder / "empty"
        empty.touch()
        properties = {"block_device_mapping": MAPPING, "bdm_v2": "True", "root_device_name": "/dev/vda"}
        options = " ".join(f"--property {shlex.quote(f'{key}={value}')}" for key, value in properties.items())
        options += f" --disk-format raw --min-disk 2 --file {empty}"
        return self.openstack(f"image create {self.image} {options} -f value -c id", user=user).stdout.strip()

    def test_a_snapshot_of_a_volume_is_not_shared(self) -> None:
        image, friend = self.snapshot(), self.id_of(FRIEND)

        self.openstack(
            f"vsc image share {image} {friend}",
            status=3,
            says=[
                f"error V107: project {friend} cannot launch the image: it is a snapshot of a volume-backed instance",
                ADVICE,
                "1 error",
                "Refused by V107; nothing was changed",
                "N201",
                "M404",
                "M405",
                "vsc image set",
                *NOT_CHECKED,
            ],
        )

        self.assertEqual({}, self.members(image))

    def test_a_snapshot_of_a_volume_is_not_shared_with_an_own_project(self) -> None:
        image = self.snapshot(user="dave")

        self.openstack(
            f"vsc image share {image} {FRIEND}",
            user="dave",
            status=3,
            says=[f"error V107: project {FRIEND} cannot launch", ADVICE, "1 error", "Refused by V107"],
        )

    def test_a_snapshot_of_a_volume_is_not_published(self) -> None:
        image = self.snapshot()

        refused = self.openstack(
            f"vsc image community {image} --single-nic --description d --architecture x86_64 --os-distro debian "
            "--os-version 12",
            status=3,
            says=["error V107: other projects cannot launch the image", ADVICE, "", *NOT_CHECKED],
        )

        self.assertIn("Refused by V107; nothing was changed", refused.stderr)

    def test_a_private_snapshot_of_a_volume_has_no_error(self) -> None:
        checked = self.openstack(f"vsc image check {self.snapshot()} -f json", says=["could not be checked"]).json()

        self.assertNotIn("V107", [row["Code"] for row in checked])

    def test_a_mapping_does_not_hide_the_data_of_an_image(self) -> None:
        image = self.create(f"--property {shlex.quote(f'block_device_mapping={MAPPING}')}")

        inspected = self.openstack(f"vsc image inspect {image} -f json").json()
        checked = self.openstack(f"vsc image check {image} --for community -f json", status=3, says=["1 error"]).json()

        self.assertEqual("debian", inspected["os_distro"])
        (found,) = [row for row in checked if row["Code"] == "V107"]
        self.assertEqual(f"openstack vsc image unset --property block_device_mapping {image}", found["Fix"])
