from __future__ import annotations

from guestinspect.model.leftover import Kind
from tests.unit.policy.leftovers import AnyHygieneRule, HygieneTest
from vscclient.model.finding import Severity
from vscclient.model.fix import Fix, GuestAction, InGuest

NOTE, WARNING = Severity.NOTE, Severity.WARNING


class TestH508(AnyHygieneRule, HygieneTest):
    code, kind = "H508", Kind.OPEN_SSHD

    def test_the_severity_grows_with_the_audience(self) -> None:
        self.assert_severities(NOTE, NOTE, WARNING, WARNING)

    def test_the_fix_writes_the_first_lines_of_the_configuration(self) -> None:
        found = self.finding("/etc/ssh/sshd_config", "PermitRootLogin yes (line 3)")

        self.assertEqual("the SSH server accepts passwords or root: PermitRootLogin yes (line 3)", found.message)
        self.assertEqual(Fix.by(InGuest(GuestAction.REFUSE_PASSWORDS, "/etc/ssh/sshd_config")), found.fix)

    def test_the_configuration_of_cloud_init_is_edited(self) -> None:
        found = self.finding("/etc/cloud/cloud.cfg", "cloud-init's ssh_pwauth: true")

        self.assertEqual(Fix.by(InGuest(GuestAction.EDIT, "/etc/cloud/cloud.cfg")), found.fix)
