from __future__ import annotations

from typing import Any

from guestinspect.model.fact import Unknown
from tests import base
from tests.unit.policy.checking import findings
from vscclient.model.finding import Finding, Outcome
from vscclient.model.fix import Fix, SetField
from vscclient.model.visibility import Visibility


def found(distro: str, version: str, **guest: Any) -> list[Finding]:
    """What is said of an image that says this; its guest is a Debian 12 unless said otherwise."""
    said = {"os_distro": distro, "os_version": version}
    return findings("M405", image={"properties": {key: value for key, value in said.items() if value}}, guest=guest)


class TestM405(base.BaseTestCase):
    def test_what_is_not_said_is_mended_by_one_command(self) -> None:
        (one,) = findings("M405", image={"visibility": Visibility.COMMUNITY, "properties": {}})

        self.assertTrue(one.stops)
        self.assertEqual("the image does not declare the operating system of its guest", one.message)
        self.assertEqual(Fix.by(SetField("os_distro", "debian"), SetField("os_version", "12")), one.fix)

    def test_a_version_alone_may_be_missing(self) -> None:
        (one,) = found("debian", "")

        self.assertEqual("the image does not declare the version of its guest's operating system", one.message)
        self.assertEqual(Fix.by(SetField("os_version", "12")), one.fix)

    def test_it_has_to_be_said_even_if_nobody_knows_it(self) -> None:
        blind = Unknown("the guest was not inspected")

        (one,) = found("", "", os_distro=blind, os_version=blind)

        self.assertEqual(Outcome.BROKEN, one.outcome)

    def test_another_operating_system_is_wrong(self) -> None:
        (one,) = found("ubuntu", "12")

        self.assertEqual("os_distro would be ubuntu, but the guest has debian", one.message)
        self.assertEqual(Fix.by(SetField("os_distro", "debian")), one.fix)

    def test_a_relative_is_another_one(self) -> None:
        self.assertEqual(1, len(found("rhel", "9", os_distro="rocky", os_version="9.4")))

    def test_other_words_for_the_same_do(self) -> None:
        self.assertEqual([], found("Debian", "12"))
        self.assertEqual([], found("alpinelinux", "3.20", os_distro="alpine", os_version="3.20.1"))

    def test_a_version_may_have_more_numbers_or_fewer(self) -> None:
        for said in ("12", "12.7", "v12", "bookworm", "12 (bookworm)"):
            with self.subTest(said=said):
                self.assertEqual([], found("debian", said), said)
        self.assertEqual([], found("rocky", "9", os_distro="rocky", os_version="9.4"))

    def test_but_no_other_numbers(self) -> None:
        for said in ("11", "1", "bullseye", "stable"):
            with self.subTest(said=said):
                (one,) = found("debian", said)

                self.assertEqual(f"os_version would be {said}, but the guest has 12", one.message)
        self.assertEqual(1, len(found("rocky", "9.5", os_distro="rocky", os_version="9.4")))

    def test_a_distribution_without_versions_needs_none(self) -> None:
        self.assertEqual([], found("arch", "", os_distro="arch", os_version=Unknown("nothing says it")))

    def test_what_cannot_be_compared_is_unknown(self) -> None:
        (one,) = found("debian", "13", os_version=Unknown("nothing in the guest says it"))

        self.assertEqual(Outcome.UNKNOWN, one.outcome)

    def test_a_kernel_is_not_asked(self) -> None:
        kernel = {"disk_format": "aki", "container_format": "aki", "properties": {}}

        self.assertEqual([], findings("M405", image=kernel))
