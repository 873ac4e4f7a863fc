"""H508."""

from __future__ import annotations

from guestinspect.model.leftover import Kind
from vscclient.policy.example import Example, case
from vscclient.policy.hygiene.leftover_rule import LeftoverRule, left
from vscclient.policy.rule import INFORMATION, WARNING, by_visibility


class SshdRefusesPasswords(LeftoverRule):
    """The SSH server lets nobody in by a password, and root not at all, or by a key only.

    A line that holds for some users or hosts only (``Match``) does not count. Where nothing is said, the server takes
    passwords; with cloud-init in the guest, that is left to it.

    Why: machines on the Internet are tried with passwords all day.
    Fix: ``PasswordAuthentication no`` and ``PermitRootLogin prohibit-password`` at the top of
    ``/etc/ssh/sshd_config``; for cloud-init, ``ssh_pwauth: false``.
    """

    code = "H508"
    severity = by_visibility(private=INFORMATION, shared=INFORMATION, community=WARNING, public=WARNING)
    kind = Kind.OPEN_SSHD
    says = "the SSH server lets passwords or root in: {what}"

    @staticmethod
    def good() -> Example:
        return case(guest={"leftovers": ()})

    @staticmethod
    def bad() -> Example:
        return case(guest=left(Kind.OPEN_SSHD, "/etc/ssh/sshd_config", "PasswordAuthentication yes (line 57)"))
