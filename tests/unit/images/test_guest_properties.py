"""The properties that a guest tells, where the user gives none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from guestinspect.model.disk import Content
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Boot, Guest, Nics, NicsAtBoot
from tests import base
from vscclient.images.new_image.image_with_defaults import CreateOptions, automatic_values, with_guest_properties
from vscclient.images.options.groups import Description
from vscclient.policy.example import case


def properties(image: dict[str, Any] | None = None, disk: dict[str, Any] | None = None, **guest: Any) -> dict[str, str]:
    example = case(image={"properties": {}, **(image or {})}, disk=disk, guest=guest)
    return dict(with_guest_properties(example.plan.image, example.facts.disk, example.facts.guest).properties)


class TestGuestProperties(base.BaseTestCase):
    def test_missing_properties_come_from_the_guest(self) -> None:
        self.assertEqual(
            {
                "vsc_multi_nic": "true",
                "os_distro": "debian",
                "os_version": "12",
                "architecture": "x86_64",
                "hw_qemu_guest_agent": "yes",
            },
            properties(),
        )

    def test_values_of_the_user_stay(self) -> None:
        given = {"vsc_multi_nic": "false", "os_distro": "ubuntu"}

        found = properties({"properties": given})

        self.assertEqual(given | {"os_version": "12"}, {key: found[key] for key in (*given, "os_version")})

    def test_a_guest_that_brings_up_only_some_nics_is_single_nic(self) -> None:
        first = NicsAtBoot(Nics.FIRST, ("ens3",), ())

        self.assertEqual("false", properties(nics_at_boot=first)["vsc_multi_nic"])

    def test_the_machine_type_decides_whether_it_uses_several(self) -> None:
        first = NicsAtBoot(Nics.FIRST, ("enp1s0",), ())

        q35 = properties({"properties": {"hw_machine_type": "q35"}}, q35_nics_at_boot=first)
        virt = properties({"properties": {"hw_machine_type": "virt"}}, q35_nics_at_boot=first)

        self.assertEqual("false", q35["vsc_multi_nic"])
        self.assertEqual("true", properties(q35_nics_at_boot=first)["vsc_multi_nic"])
        self.assertNotIn("vsc_multi_nic", virt)

    def test_a_guest_that_nobody_can_reach_is_neither(self) -> None:
        for found in (
            NicsAtBoot(Nics.NONE, (), ()),
            NicsAtBoot(Nics.NAMED, ("ens4",), (), first="ens3"),
            NicsAtBoot(Nics.NAMED, (), ()),
        ):
            with self.subTest(found=found):
                self.assertNotIn("vsc_multi_nic", properties(nics_at_boot=found))

    def test_a_selection_with_the_first_nic_is_single_nic(self) -> None:
        others = NicsAtBoot(Nics.NAMED, ("ens3", "ens5"), (), first="ens3")

        self.assertEqual("false", properties(nics_at_boot=others)["vsc_multi_nic"])

    def test_unknown_facts_set_nothing(self) -> None:
        nothing: dict[str, Any] = dict.fromkeys(Guest.__dataclass_fields__, Unknown("it is damaged"))

        self.assertEqual({}, properties(**nothing))

    def test_unusual_firmware_is_set(self) -> None:
        only_uefi = Boot(firmware=("uefi",), loader="grub", kernels=())

        self.assertEqual("uefi", properties(boot=only_uefi)["hw_firmware_type"])

    def test_a_kernel_gets_no_properties(self) -> None:
        kernel = {"container_format": "aki", "disk_format": "aki"}

        self.assertEqual({}, properties(kernel, {"content": Content.KERNEL}))

    def test_a_disk_that_is_declared_as_a_kernel_gets_properties(self) -> None:
        self.assertEqual("debian", properties({"container_format": "aki", "disk_format": "aki"})["os_distro"])


class TestWords(base.BaseTestCase):
    """The line about what is set automatically."""

    WHY = "Not set: --multi-nic or --single-nic, because the first network interface stays down at boot (N206)."

    def words(self, at_boot: Any, multi_nic: bool | None = None) -> str:
        example = case(image={"properties": {}}, guest={"nics_at_boot": at_boot})
        options = CreateOptions(name="rna", description=Description(multi_nic=multi_nic))
        declared = {} if multi_nic is None else {"vsc_multi_nic": str(multi_nic).lower()}
        image = replace(example.plan.image, properties=declared)
        image = with_guest_properties(image, example.facts.disk, example.facts.guest)
        return automatic_values(image, options, example.facts.guest)

    def test_the_line_explains_a_value_that_is_not_set(self) -> None:
        self.assertEqual(
            "--disk-format qcow2, --min-disk 10, --os-distro debian, --os-version 12, --architecture x86_64, "
            f"--property hw_qemu_guest_agent=yes. {self.WHY}",
            self.words(NicsAtBoot(Nics.NONE, (), ())),
        )

    def test_other_guests_need_no_explanation(self) -> None:
        for at_boot in (NicsAtBoot(Nics.FIRST, ("ens3",), ()), Unknown("it is damaged")):
            with self.subTest(at_boot=at_boot):
                self.assertNotIn("Not set", self.words(at_boot))

    def test_a_value_of_the_user_needs_no_explanation(self) -> None:
        self.assertNotIn("Not set", self.words(NicsAtBoot(Nics.NONE, (), ()), multi_nic=False))
