"""H504."""

from __future__ import annotations

from guestinspect.model.leftover import Kind
from vscclient.policy.example import Example, case
from vscclient.policy.hygiene.leftover_rule import LeftoverRule, left
from vscclient.policy.rule import ERROR, INFORMATION, WARNING, by_visibility


class NoPasswords(LeftoverRule):
    """Neither root nor another user has a password, and nobody gets in without one.

    Why: it is the same in every instance, and can be guessed from what the image holds.
    Fix: ``virt-customize -a FILE --password USER:disabled``; in the guest, ``usermod --password '*' USER``. Passwords
    in cloud-init's configuration are taken out with ``virt-edit -a FILE PATH``. Users log in with their SSH keys.
    """

    code = "H504"
    severity = by_visibility(private=INFORMATION, shared=WARNING, community=ERROR, public=ERROR)
    kind = Kind.PASSWORD
    says = "somebody may log in with a password: {what}"

    @staticmethod
    def good() -> Example:
        return case(guest={"leftovers": ()})

    @staticmethod
    def bad() -> Example:
        return case(guest=left(Kind.PASSWORD, "/etc/shadow", "password of root"))
