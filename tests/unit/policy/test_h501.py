from __future__ import annotations

from dataclasses import replace

from guestinspect.model.fact import Unknown
from guestinspect.model.guest import CloudInit
from guestinspect.model.leftover import Kind, Leftover
from tests.unit.policy.leftovers import AnyHygieneRule, HygieneTest
from vscclient.model.finding import Outcome, Severity
from vscclient.model.fix import Advice, Fix, GuestAction, InGuest
from vscclient.model.settings import Settings
from vscclient.model.visibility import Visibility
from vscclient.policy.engine import check_image
from vscclient.policy.example import case, left

NOTE, WARNING, ERROR = Severity.NOTE, Severity.WARNING, Severity.ERROR
MAKES_NEW_ONES = CloudInit(version="22.4.2", datasources=(), disabled_by="", makes_host_keys=True)
DAMAGE = Unknown("/etc/cloud could not be read: it is damaged")


class TestH501(AnyHygieneRule, HygieneTest):
    code, kind = "H501", Kind.HOST_KEY

    def test_the_severity_grows_with_the_audience(self) -> None:
        self.assert_severities(NOTE, WARNING, ERROR, ERROR, guest={"cloud_init": None})

    def test_host_keys_are_a_warning_at_most_where_cloud_init_makes_new_ones(self) -> None:
        self.assert_severities(NOTE, WARNING, WARNING, WARNING, guest={"cloud_init": MAKES_NEW_ONES})

    def test_host_keys_that_cloud_init_replaces_stay_a_warning_at_a_strict_site(self) -> None:
        example = case(guest=left(self.kind, "/x", "x") | {"cloud_init": MAKES_NEW_ONES})
        worse = Settings(severities={("H501", Visibility.PRIVATE): ERROR})

        (found,) = (one for one in check_image(example.plan, example.facts, worse).findings if one.code == "H501")

        self.assertIs(WARNING, found.severity)

    def test_host_keys_have_full_severity_where_cloud_init_keeps_them_or_does_not_run(self) -> None:
        for otherwise in ({"makes_host_keys": False}, {"disabled_by": "/etc/cloud/cloud-init.disabled"}):
            with self.subTest(otherwise=otherwise):
                cloud_init = replace(MAKES_NEW_ONES, **otherwise)

                self.assert_severities(NOTE, WARNING, ERROR, ERROR, guest={"cloud_init": cloud_init})

    def test_host_keys_are_unknown_where_cloud_init_is_unknown(self) -> None:
        found = self.finding("/x", "x", guest={"cloud_init": DAMAGE}, image={"visibility": Visibility.COMMUNITY})

        self.assertEqual((Outcome.UNKNOWN, WARNING), (found.outcome, found.severity))

    def test_a_clean_guest_does_not_need_cloud_init(self) -> None:
        self.assertEqual([], self.found(guest={"cloud_init": DAMAGE}))

    def test_the_fix_removes_all_host_keys(self) -> None:
        found = self.finding("/etc/ssh/ssh_host_rsa_key", "SSH host key")

        self.assertEqual("an SSH host key is in the guest", found.message)
        self.assertEqual("/etc/ssh/ssh_host_rsa_key", found.location)
        self.assertEqual(Fix.by(InGuest(GuestAction.DELETE, "/etc/ssh/ssh_host_*key*")), found.fix)

    def test_a_host_key_in_another_folder_is_removed_by_its_path(self) -> None:
        self.assertEqual(
            Fix.by(InGuest(GuestAction.DELETE, "/srv/host")), self.finding("/srv/host", "SSH host key").fix
        )

    def test_several_host_keys_are_one_finding(self) -> None:
        paths = [f"/etc/ssh/ssh_host_{kind}_key" for kind in ("dsa", "ecdsa", "ed25519", "rsa")]

        (found,) = self.found(*(Leftover(self.kind, path, "SSH host key", "root") for path in paths))

        self.assertEqual("SSH host keys are in the guest", found.message)
        self.assertEqual(f"{', '.join(paths[:3])} and {paths[3]}", found.location)
        self.assertEqual(Fix.by(InGuest(GuestAction.DELETE, "/etc/ssh/ssh_host_*key*")), found.fix)

    def test_debian_needs_a_service_that_makes_host_keys(self) -> None:
        for distro, steps in (("debian", 2), ("ubuntu", 2), ("rocky", 1), ("alpine", 1), (DAMAGE, 2)):
            with self.subTest(distro=distro):
                guest = {"cloud_init": None, "os_distro": distro}

                found = self.finding("/etc/ssh/ssh_host_rsa_key", "SSH host key", guest=guest)

                self.assertEqual(steps, len(found.fix.alternatives[0]))

    def test_dropbear_makes_host_keys_only_with_an_option(self) -> None:
        found = self.finding("/etc/dropbear/dropbear_rsa_host_key", "SSH host key")

        self.assertEqual(Advice("let dropbear make new keys (its option -R)"), found.fix.alternatives[0][-1])
