"""H509."""

from __future__ import annotations

from guestinspect.model.leftover import Kind
from vscclient.policy.example import Example, case, left
from vscclient.policy.rule import NOTE, WARNING, LeftoverRule, by_visibility


class NoLogsOrMail(LeftoverRule):
    """No logs and no mail are in the guest.

    Logs of programs that install packages (dpkg, apt, apk, dnf, zypper, pacman, debootstrap and others) do not count,
    unless they name a user.

    Why: they show who used the machine, and from where; in an instance they mislead everybody who looks for a fault.
    Fix: delete the files below ``/var/log`` and ``/var/mail``, in the guest as the last step before the snapshot.
    """

    code = "H509"
    severity = by_visibility(private=NOTE, shared=NOTE, community=WARNING, public=WARNING)
    kind = Kind.LOG
    message = "logs or mail are in the guest: {what}"
    message_of_several = "logs or mail are in {count} places of the guest"

    @staticmethod
    def good() -> Example:
        return case(guest={"leftovers": ()})

    @staticmethod
    def bad() -> Example:
        return case(guest=left(Kind.LOG, "/var/log", "12 logs"))
