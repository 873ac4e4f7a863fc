"""Inspections, on a cloud with range requests and on one without."""

from __future__ import annotations

import json
import os
from pathlib import Path
from subprocess import PIPE
from typing import Any

from tests.functional.base import FunctionalTest
from tests.functional.faults import Fault, faulty_glance
from tests.functional.login import environment_at
from tests.guest_disks import guest_disk, one_nic_guest, sound_guest, unreachable_guest

KEYS = [
    "disk_format",
    "virtual_size",
    "os_distro",
    "os_version",
    "architecture",
    "firmware",
    "cloud_init",
    "network_stack",
    "machine_type",
    "nics_at_boot",
    "nic_hotplug",
    "evidence",
    "hygiene",
    "bytes_read",
    "requests",
    "seconds",
]


class InspectTest(FunctionalTest):
    """Tests with guests of alice."""

    def setUp(self) -> None:
        super().setUp()
        self.disk = sound_guest()

    def create(self, disk: Path, options: str = "--no-inspect --single-nic", **how: Any) -> str:
        """An image of this disk; returns its ID."""
        command = f"vsc image create {self.name('guest')} --file {disk} {options} -f value -c id"
        return self.openstack(command, **how).stdout.strip()

    def inspect(self, words: str, **how: Any) -> dict[str, Any]:
        """Inspect an image; return the facts."""
        found: dict[str, Any] = self.openstack(f"vsc image inspect {words} -f json", **how).json()
        return found


class TestFile(InspectTest):
    def test_a_file_is_inspected_without_a_cloud(self) -> None:
        found = self.inspect(f"--file {self.disk}", environment={})

        self.assertEqual(KEYS, list(found))
        self.assertEqual(("qcow2", "debian", "12", "x86_64"), tuple(found[key] for key in (KEYS[0], *KEYS[2:5])))
        self.assertEqual(["bios"], found["firmware"])
        self.assertEqual(["systemd-networkd"], found["network_stack"])
        self.assertEqual(("all", "yes"), (found["nics_at_boot"], found["nic_hotplug"]))
        self.assertEqual(["ens3", "ens4", "ens5"], found["evidence"]["names"])
        self.assertEqual([], found["hygiene"])
        self.assertEqual({}, found["evidence"]["unknown"])
        self.assertEqual(0, found["requests"])
        self.assertGreater(found["bytes_read"], 0)

    def test_a_guest_with_one_nic_is_explained(self) -> None:
        first = one_nic_guest()

        found = self.inspect(f"--file {first}", environment={})

        self.assertEqual(("first", "no"), (found["nics_at_boot"], found["nic_hotplug"]))
        location = [step["location"] for step in found["evidence"]["nics_at_boot"]]
        self.assertIn("/etc/systemd/network/20-dhcp.network:2", location)

    def test_the_names_of_nics_are_those_of_the_machine(self) -> None:
        sound = self.inspect(f"--file {self.disk} --machine q35", environment={})
        first = self.inspect(f"--file {one_nic_guest()} --machine pc-q35-6.2", environment={})

        self.assertEqual(["enp1s0", "enp2s0", "enp3s0"], sound["evidence"]["names"])
        self.assertEqual(("q35", "all"), (sound["machine_type"], sound["nics_at_boot"]))
        self.assertEqual(("q35", "none"), (first["machine_type"], first["nics_at_boot"]))

    def test_the_policy_file_names_the_machine_type(self) -> None:
        policy = self.folder / "policy.yaml"
        policy.write_text("machine_type: q35\n", encoding="utf-8")

        found = self.inspect(f"--file {one_nic_guest()}", environment={"VSCCLIENT_POLICY": str(policy)})

        self.assertEqual(("q35", "none"), (found["machine_type"], found["nics_at_boot"]))

    def test_a_file_without_a_guest_has_unknown_facts(self) -> None:
        noise = self.folder / "noise.raw"
        noise.write_bytes(os.urandom(1024**2))

        found = self.inspect(f"--file {noise}", environment={})

        self.assertEqual(
            ("unknown", "unknown", None), (found["nics_at_boot"], found["nic_hotplug"], found["os_distro"])
        )
        self.assertEqual(1, len({why for key, why in found["evidence"]["unknown"].items() if key != "firmware"}))

    def test_control_characters_in_a_guest_are_escaped(self) -> None:
        odd = guest_disk(
            self.folder / "odd.qcow2", files={"/root/.ssh/id_\x1b[2Jrsa": "-----BEGIN RSA PRIVATE KEY-----\n"}
        )

        table = self.openstack(f"vsc image inspect --file {odd}", environment={}).stdout

        self.assertIn("RSA", table)
        self.assertNotIn("\x1b", table)

    def test_a_missing_file_is_reported(self) -> None:
        self.openstack(
            "vsc image inspect --file nosuch", environment={}, status=1, says=["nosuch: there is no such file"]
        )

    def test_an_image_or_a_file_is_required(self) -> None:
        self.openstack("vsc image inspect", environment={}, status=2, says=["Name an image, or a file with --file"])


class TestMachineType(InspectTest):
    def test_a_stored_inspection_answers_for_each_machine(self) -> None:
        image = self.create(one_nic_guest(), "--no-inspect --single-nic --property hw_machine_type=pc-q35-6.2")

        found = self.inspect(image)
        other = self.inspect(f"{image} --machine i440fx")

        self.assertEqual(("pc-q35-6.2", "none"), (found["machine_type"], found["nics_at_boot"]))
        self.assertEqual(("i440fx", "first"), (other["machine_type"], other["nics_at_boot"]))
        self.assertGreater(found["requests"], 0)
        self.assertEqual(0, other["requests"])

    def test_every_command_answers_for_the_machine_of_the_image(self) -> None:
        image = self.create(one_nic_guest(), "--no-inspect --single-nic")
        arguments = f"{image} --property hw_machine_type"

        says = ["as a private image"]
        before = self.openstack(f"vsc image check {image} -f json", says=says).json()
        on_q35 = self.openstack(f"vsc image check {arguments}=q35 -f json", says=says).json()
        on_virt = self.openstack(f"vsc image check {arguments}=virt -f json", says=says).json()
        on_site = self.folder / "policy.yaml"
        on_site.write_text("machine_type: q35\n", encoding="utf-8")
        (row,) = self.openstack(f"vsc image audit {image} --policy {on_site} -f json").json()

        self.assertEqual([], _outcomes("N206", before))
        self.assertEqual(["broken"], _outcomes("N206", on_q35))
        self.assertEqual(["unknown"], _outcomes("N206", on_virt))
        self.assertEqual("none", row["NICs At Boot"])


class TestImage(InspectTest):
    def test_an_image_is_inspected_by_range_requests(self) -> None:
        image_id = self.create(self.disk)

        found = self.inspect(image_id)

        self.assertEqual(("all", "yes"), (found["nics_at_boot"], found["nic_hotplug"]))
        self.assertGreater(found["requests"], 0)
        self.assertGreater(found["bytes_read"], 0)

    def test_an_inspected_image_is_not_read_again(self) -> None:
        image_id = self.create(self.disk)
        first = self.inspect(image_id)

        again = self.inspect(image_id)
        anew = self.inspect(f"{image_id} --no-cache")

        self.assertEqual((0, 0), (again["requests"], again["bytes_read"]))
        self.assertGreater(anew["requests"], 0)
        for key in set(KEYS) - {"requests", "bytes_read", "seconds"}:
            with self.subTest(key=key):
                self.assertEqual(first[key], again[key], key)

    def test_a_created_image_is_not_read_again(self) -> None:
        image_id = self.create(self.disk, "")

        found = self.inspect(image_id)

        self.assertEqual((0, 0, "all"), (found["requests"], found["bytes_read"], found["nics_at_boot"]))

    def test_a_cloud_without_range_requests_is_reported_with_a_fix(self) -> None:
        image_id = self.create(self.disk)

        found = self.inspect(image_id, environment=self.without_ranges())

        self.assertEqual("unknown", found["nics_at_boot"])
        (why,) = set(found["evidence"]["unknown"].values())
        self.assertIn("--file", why)
        self.assertIn("--download", why)

    def test_download_fetches_the_whole_image(self) -> None:
        image_id = self.create(self.disk)

        found = self.inspect(f"{image_id} --download", environment=self.without_ranges(), says=["fetching"])

        self.assertEqual("all", found["nics_at_boot"])

    def test_a_copy_is_verified_and_inspected(self) -> None:
        image_id = self.create(self.disk)

        found = self.inspect(f"{image_id} --file {self.disk}", environment=self.without_ranges())

        self.assertEqual(("all", 0), (found["nics_at_boot"], found["requests"]))

    def test_a_file_with_other_data_is_refused(self) -> None:
        image_id = self.create(self.disk)
        other = one_nic_guest()

        self.openstack(
            f"vsc image inspect {image_id} --file {other}", status=1, says=["could not be verified as the data of"]
        )

    def test_the_cost_is_printed_with_verbose(self) -> None:
        image_id = self.create(self.disk)

        with self.process(f"vsc image inspect {image_id} -v", stdout=PIPE, stderr=PIPE) as inspecting:
            _, stderr = inspecting.communicate()

        self.assertRegex(stderr.decode(), rf"{image_id}: \d+ requests, \d+ bytes read")

    def test_an_image_without_data_is_unknown(self) -> None:
        created = self.openstack(
            f"vsc image create {self.name('empty')} --no-data --single-nic -f json", says=["without data"]
        )

        found = self.inspect(created.json()["id"])

        self.assertEqual({"the image has no data yet"}, set(found["evidence"]["unknown"].values()))

    def test_an_image_that_cannot_be_read_is_unknown(self) -> None:
        image_id = self.create(self.disk)
        fault = Fault(method="GET", path=f".*{image_id}/file", status=403)
        with faulty_glance(self.cloud.image_url, fault) as image_url:
            found = self.inspect(image_id, environment=environment_at(self.cloud, "alice", image_url, self.folder))

        self.assertEqual("unknown", found["nics_at_boot"])


class TestCreateAndCheck(InspectTest):
    def test_the_properties_of_the_guest_are_set_automatically(self) -> None:
        created = self.openstack(
            f"vsc image create {self.name('guest')} --file {self.disk} -f json",
            says=["Set automatically: --disk-format qcow2, --min-disk 1, --multi-nic, --os-distro debian"],
        ).json()

        properties = created["properties"]
        self.assertEqual(
            {"vsc_multi_nic": "true", "os_distro": "debian", "os_version": "12", "architecture": "x86_64"},
            {key: properties.get(key) for key in ("vsc_multi_nic", "os_distro", "os_version", "architecture")},
        )

    def test_a_guest_from_a_pipe_is_inspected_in_the_cloud(self) -> None:
        big = guest_disk(self.folder / "big.raw", disk_format="raw")
        created = self.openstack(
            f"vsc image create {self.name('guest')} --file - -f json",
            stdin=big.read_bytes(),
        ).json()

        shown = self.openstack(f"image show {created['id']} -f json").json()
        self.assertEqual("true", shown["properties"]["vsc_multi_nic"])

    def test_a_check_shows_the_automatic_nic_option(self) -> None:
        checked = self.openstack(
            f"vsc image check --file {one_nic_guest()}", environment={}, says=["as a private image"]
        )

        self.assertRegex(checked.stderr, "create would set automatically: .*--single-nic")

    def test_a_false_multi_nic_declaration_is_refused_for_others(self) -> None:
        first = one_nic_guest()
        name = self.name("guest")

        self.openstack(
            f"vsc image create {name} --file {first} --multi-nic --description d --community",
            status=3,
            says=["error N202", "let the guest", "1 error", "warning", "Refused by N202"],
        )

        self.assert_nothing_left(name)

    def test_a_guest_that_nobody_can_reach_gets_no_mark(self) -> None:
        name = self.name("guest")
        disk = unreachable_guest(self.folder / "unreachable.qcow2")
        said = ["Not set: --multi-nic or --single-nic, because the first network interface stays down at boot (N206)."]

        created = self.openstack(f"vsc image create {name} --file {disk} -f json", says=said).json()

        self.assertNotIn("vsc_multi_nic", created["properties"])
        rows = self.openstack(f"vsc image check {name} -f json", says=["as a private image"]).json()
        (found,) = (row for row in rows if row["Code"].startswith("N20"))
        self.assertEqual(("N206", "note", "broken"), (found["Code"], found["Severity"], found["Outcome"]))

    def test_a_guest_from_a_pipe_that_nobody_can_reach_gets_no_mark(self) -> None:
        disk = unreachable_guest(self.folder / "unreachable.raw", disk_format="raw")

        created = self.openstack(
            f"vsc image create {self.name('guest')} --file - -f json",
            stdin=disk.read_bytes(),
            says=["Not set: --multi-nic or --single-nic"],
        ).json()

        self.assertNotIn("vsc_multi_nic", self.openstack(f"image show {created['id']} -f json").json()["properties"])

    def test_a_guest_that_nobody_can_reach_is_refused_for_others(self) -> None:
        disk, name = unreachable_guest(self.folder / "unreachable.qcow2"), self.name("guest")
        for declared in ("--single-nic", "--multi-nic", ""):
            with self.subTest(declared=declared):
                self.openstack(
                    f"vsc image create {name} --file {disk} {declared} --description d --community",
                    status=3,
                    says=[
                        "error N206: the first network interface stays down at boot, only ens4 comes up",
                        "let the guest configure",
                        *(["warning N203"] if declared == "--multi-nic" else []),
                        "1 error",
                        "Refused by N206;",
                    ],
                )

        waived = f"vsc image create {name} --file {disk} --single-nic --description d --community --waive N206 -f json"
        created = self.openstack(
            waived, says=["warning N206 (waived): the first network interface", "1 warning"]
        ).json()
        self.assertEqual("N206", created["properties"]["vsc_waived"])

    def test_a_publication_without_an_inspection_is_reported(self) -> None:
        image_id = self.create(self.disk)
        said = "--single-nic --description d --architecture x86_64 --os-distro debian --os-version 12"

        self.openstack(
            f"vsc image community {image_id} {said}",
            environment=self.without_ranges(),
            says=[
                "could not be checked: this cloud does not support range requests",
                "could not be checked. Details",
                "Changed",
                " → ",
                "Published without inspection",
            ],
        )

    def test_a_secret_stops_the_publication(self) -> None:
        leaky = guest_disk(
            self.folder / "leaky.qcow2",
            files={"/root/.aws/credentials": "[default]\naws_secret_access_key = hunter2hunter2\n"},
        )
        image_id = self.create(leaky)
        said = "--single-nic --description d --architecture x86_64 --os-distro debian --os-version 12"

        refused = self.openstack(
            f"vsc image community {image_id} {said}",
            status=3,
            says=["error H506", "virt-", "1 error", "Refused by H506"],
        )

        self.assertNotIn("hunter2", json.dumps(refused.stderr))


def _outcomes(code: str, findings: list[dict[str, Any]]) -> list[str]:
    return [finding["Outcome"] for finding in findings if finding["Code"] == code]
