"""Fixes in neutral words."""

from __future__ import annotations

from tests import base
from vscclient.model.fix import (
    Advice,
    FileAction,
    Fix,
    GrantAccess,
    GuestAction,
    InGuest,
    OnFile,
    Recreate,
    Reference,
    SetField,
    Step,
    UnsetField,
)
from vscclient.policy.engine import rules
from vscclient.policy.wording import sentence

CLAUSES: tuple[tuple[Step, str], ...] = (
    (SetField("min_disk", 10), "set min_disk to 10"),
    (SetField("protected", value=True), "set protected to true"),
    (SetField("description"), "set description"),
    (UnsetField("disk_format"), "do not set disk_format"),
    (GrantAccess("k1"), "give everybody access to the image k1"),
    (GrantAccess("k1", ("p1", "p2")), "give the projects p1, p2 access to the image k1"),
    (InGuest(GuestAction.DELETE, "/root/x"), "delete /root/x in the guest"),
    (InGuest(GuestAction.INSTALL_BOOT_LOADER, "bios"), "install a boot loader for a BIOS in the guest"),
    (InGuest(GuestAction.RUN, "find /var/log -delete"), "run in the guest: find /var/log -delete"),
    (OnFile(FileAction.CONVERT, "qcow2"), "convert the file to qcow2"),
    (OnFile(FileAction.UNPACK, "gzip"), "unpack the gzip file"),
    (Recreate(), "make a new image"),
    (Advice("wait"), "wait"),
    (Advice("do it", Reference.RULE), "do it (see rule N202)"),
)


class TestSentence(base.BaseTestCase):
    def test_each_step_is_a_clause(self) -> None:
        for step, clause in CLAUSES:
            with self.subTest(clause=clause):
                self.assertEqual(clause, sentence(Fix.by(step), "N202"))

    def test_each_action_in_the_guest_has_its_words(self) -> None:
        for action in GuestAction:
            with self.subTest(action=action):
                self.assertIn("/x", sentence(Fix.by(InGuest(action, "/x"))))

    def test_steps_and_alternatives_are_joined(self) -> None:
        fix = Fix.by(OnFile(FileAction.CONVERT, "qcow2"), Recreate()) | Fix.by(UnsetField("disk_format"))

        self.assertEqual("convert the file to qcow2, then make a new image; or do not set disk_format", sentence(fix))

    def test_no_fix_is_empty(self) -> None:
        self.assertEqual("", sentence(Fix()))

    def test_the_fix_of_each_bad_example_is_neutral(self) -> None:
        for rule in rules():
            with self.subTest(rule=rule.code):
                bad = rule.bad()
                for flaw in rule.check(bad.plan, bad.facts):
                    self.assertRegex(sentence(Fix.of(flaw.fix), rule.code), r"^[a-z]")
                    self.assertNotRegex(sentence(Fix.of(flaw.fix), rule.code), r"openstack vsc|--[a-z]|virt-|FILE")
