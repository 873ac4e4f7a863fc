"""What the guest says of itself, where the user says nothing."""

from __future__ import annotations

from typing import Any

from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Boot, Guest, Nics, NicsAtBoot
from tests import base
from vscclient.images.inspection.telling import described
from vscclient.policy.example import case


def properties(image: dict[str, Any] | None = None, **guest: Any) -> dict[str, str]:
    example = case(image={"properties": {}, **(image or {})}, guest=guest)
    return dict(described(example.plan.image, example.facts.guest).properties)


class TestDescribed(base.BaseTestCase):
    def test_the_guest_fills_in_what_nobody_said(self) -> None:
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

    def test_the_users_word_wins(self) -> None:
        said = {"vsc_multi_nic": "false", "os_distro": "ubuntu"}

        told = properties({"properties": said})

        self.assertEqual(said | {"os_version": "12"}, {key: told[key] for key in (*said, "os_version")})

    def test_a_guest_that_brings_up_only_some_does_not_use_several(self) -> None:
        first = NicsAtBoot(Nics.FIRST, ("ens3",), ())

        self.assertEqual("false", properties(nics_at_boot=first)["vsc_multi_nic"])

    def test_what_is_unknown_is_not_said(self) -> None:
        nothing: dict[str, Any] = dict.fromkeys(Guest.__dataclass_fields__, Unknown("it is damaged"))

        self.assertEqual({}, properties(**nothing))

    def test_firmware_is_said_where_it_is_not_the_usual_one(self) -> None:
        only_uefi = Boot(firmware=("uefi",), loader="grub", kernels=())

        self.assertEqual("uefi", properties(boot=only_uefi)["hw_firmware_type"])

    def test_a_kernel_says_nothing(self) -> None:
        self.assertEqual({}, properties({"container_format": "aki", "disk_format": "aki"}))
