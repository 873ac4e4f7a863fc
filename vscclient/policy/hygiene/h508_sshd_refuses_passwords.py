"""H508."""

from __future__ import annotations

from guestinspect.model.leftover import Kind
from vscclient.policy.example import Example, case, left
from vscclient.policy.rule import NOTE, WARNING, LeftoverRule, by_visibility


class SshdRefusesPasswords(LeftoverRule):
    """The SSH server accepts no passwords, and root can log in with a key at most.

    Settings for certain users or hosts (``Match``) are ignored. By default, the server accepts passwords; in a guest
    with cloud-init, cloud-init decides.

    Why: machines on the internet are attacked with passwords all day.
    Fix: write ``PasswordAuthentication no`` and ``PermitRootLogin prohibit-password`` at the top of
    ``/etc/ssh/sshd_config``; for cloud-init, ``ssh_pwauth: false``.
    """

    code = "H508"
    severity = by_visibility(private=NOTE, shared=NOTE, community=WARNING, public=WARNING)
    kind = Kind.OPEN_SSHD
    message = "the SSH server accepts passwords or root: {what}"

    @staticmethod
    def good() -> Example:
        return case(guest={"leftovers": ()})

    @staticmethod
    def bad() -> Example:
        return case(guest=left(Kind.OPEN_SSHD, "/etc/ssh/sshd_config", "PasswordAuthentication yes (line 57)"))
