"""The base of the tests of the rules about hygiene: a guest with leftovers, and the findings about them."""

from __future__ import annotations

from typing import Any

from guestinspect.model.fact import Unknown
from guestinspect.model.leftover import Kind, Leftover
from tests import base
from tests.unit.policy.checking import INSTALLER, ISO, KERNEL, findings
from vscclient.model.finding import Finding, Outcome, Severity
from vscclient.model.visibility import Visibility
from vscclient.policy.example import project

_MEMBERS = (project(),)


class HygieneTest(base.BaseTestCase):
    """A test of one rule.

    Args:
        code: Code of the rule.
        kind: The kind of its leftovers.
    """

    code: str
    kind: Kind

    def finding(self, path: str, what: str, owner: str = "root", **about: Any) -> Finding:
        """Return the finding about one leftover."""
        (found,) = self.found(Leftover(self.kind, path, what, owner), **about)
        return found

    def found(self, *leftovers: Leftover, guest: dict[str, Any] | None = None, **about: Any) -> list[Finding]:
        """Return the findings about these leftovers."""
        return findings(self.code, guest={**(guest or {}), "leftovers": leftovers}, **about)

    def assert_severities(self, *expected: Severity, **about: Any) -> None:
        """Fail unless a leftover has these severities for a private, shared, community and public image."""
        severities = [
            self.finding("/x", "x", image={"visibility": visibility}, plan={"members": _MEMBERS}, **about).severity
            for visibility in (Visibility.PRIVATE, Visibility.SHARED, Visibility.COMMUNITY, Visibility.PUBLIC)
        ]
        self.assertEqual(list(expected), severities)


class AnyHygieneRule:
    """The tests of all these rules."""

    code: str
    kind: Kind

    def test_a_clean_guest_is_fine(self: Any) -> None:
        self.assertEqual([], self.found())

    def test_a_leftover_of_another_kind_is_not_reported(self: Any) -> None:
        other = next(kind for kind in Kind if kind is not self.kind)

        self.assertEqual([], self.found(Leftover(other, "/x", "x", "root")))

    def test_a_kernel_or_an_installer_has_no_guest(self: Any) -> None:
        kernel = findings(self.code, image={"disk_format": "aki", "container_format": "aki"}, disk=KERNEL)
        installer = findings(self.code, image={"disk_format": "iso"}, disk=ISO, guest=INSTALLER)

        self.assertEqual([], kernel + installer)

    def test_a_guest_is_checked_whatever_the_image_is_declared_as(self: Any) -> None:
        left = Leftover(self.kind, "/x", "x", "root")
        for declared in (
            *({"container_format": word} for word in ("aki", "ari", "ami", "ovf", "ova", "docker", "compressed")),
            *({"disk_format": word} for word in ("iso", "aki", "ari", "ami", "ploop", "raw")),
        ):
            with self.subTest(declared=declared):
                self.assertEqual(["/x"], [one.location for one in self.found(left, image=declared)])

    def test_a_guest_is_checked_although_the_disk_is_also_an_iso(self: Any) -> None:
        left = Leftover(self.kind, "/x", "x", "root")

        self.assertEqual(1, len(self.found(left, image={"disk_format": "iso"}, disk=ISO)))

    def test_an_unreadable_guest_is_unknown(self: Any) -> None:
        damage = Unknown("/root could not be read: it is damaged")

        (found,) = findings(self.code, image={"visibility": Visibility.COMMUNITY}, guest={"leftovers": damage})

        self.assertEqual((Outcome.UNKNOWN, Severity.WARNING), (found.outcome, found.severity))
        self.assertIn("/root could not be read", found.message)
