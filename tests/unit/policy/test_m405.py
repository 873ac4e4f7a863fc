from __future__ import annotations

from typing import Any

from guestinspect.model.fact import Unknown
from tests import base
from tests.unit.policy.checking import KERNEL, findings
from vscclient.model.finding import Finding, Outcome
from vscclient.model.fix import Fix, SetField
from vscclient.model.visibility import Visibility


def found(distro: str, version: str, **guest: Any) -> list[Finding]:
    """Return the findings about an image with these properties; its guest is a Debian 12 unless given."""
    properties = {"os_distro": distro, "os_version": version}
    return findings(
        "M405", image={"properties": {key: value for key, value in properties.items() if value}}, guest=guest
    )


class TestM405(base.BaseTestCase):
    def test_one_command_sets_everything_that_is_missing(self) -> None:
        (one,) = findings("M405", image={"visibility": Visibility.COMMUNITY, "properties": {}})

        self.assertTrue(one.stops)
        self.assertEqual("the image does not declare the operating system of its guest", one.message)
        self.assertEqual(Fix.by(SetField("os_distro", "debian"), SetField("os_version", "12")), one.fix)

    def test_a_version_alone_may_be_missing(self) -> None:
        (one,) = found("debian", "")

        self.assertEqual("the image does not declare the version of its guest's operating system", one.message)
        self.assertEqual(Fix.by(SetField("os_version", "12")), one.fix)

    def test_an_unknown_operating_system_must_be_declared(self) -> None:
        blind = Unknown("the guest was not inspected")

        (one,) = found("", "", os_distro=blind, os_version=blind)

        self.assertEqual(Outcome.BROKEN, one.outcome)

    def test_another_operating_system_is_wrong(self) -> None:
        (one,) = found("ubuntu", "12")

        self.assertEqual("os_distro would be ubuntu, but the guest has debian", one.message)
        self.assertEqual(Fix.by(SetField("os_distro", "debian")), one.fix)

    def test_a_related_distribution_is_wrong(self) -> None:
        self.assertEqual(1, len(found("rhel", "9", os_distro="rocky", os_version="9.4")))

    def test_other_names_of_a_distribution_are_fine(self) -> None:
        self.assertEqual([], found("Debian", "12"))
        self.assertEqual([], found("alpinelinux", "3.20", os_distro="alpine", os_version="3.20.1"))

    def test_a_version_may_have_more_numbers_or_fewer(self) -> None:
        for version in ("12", "12.7", "v12", "bookworm", "12 (bookworm)"):
            with self.subTest(version=version):
                self.assertEqual([], found("debian", version))
        self.assertEqual([], found("rocky", "9", os_distro="rocky", os_version="9.4"))

    def test_another_version_is_wrong(self) -> None:
        for version in ("11", "1", "bullseye", "stable"):
            with self.subTest(version=version):
                (one,) = found("debian", version)

                self.assertEqual(f"os_version would be {version}, but the guest has 12", one.message)
        self.assertEqual(1, len(found("rocky", "9.5", os_distro="rocky", os_version="9.4")))

    def test_a_distribution_without_versions_needs_none(self) -> None:
        self.assertEqual([], found("arch", "", os_distro="arch", os_version=Unknown("nothing has it")))

    def test_a_version_that_cannot_be_compared_is_unknown(self) -> None:
        (one,) = found("debian", "13", os_version=Unknown("nothing in the guest has it"))

        self.assertEqual(Outcome.UNKNOWN, one.outcome)

    def test_a_kernel_is_not_checked(self) -> None:
        kernel = {"disk_format": "aki", "container_format": "aki", "properties": {}}

        self.assertEqual([], findings("M405", image=kernel, disk=KERNEL))
