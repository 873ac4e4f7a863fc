"""H504."""

from __future__ import annotations

from guestinspect.model.leftover import Kind
from vscclient.policy.example import Example, case, left
from vscclient.policy.rule import ERROR, NOTE, WARNING, LeftoverRule, by_visibility


class NoPasswords(LeftoverRule):
    """No user, not even root, can log in with a password; nor does an account have an empty password.

    Why: the password is the same in every instance, and can be guessed from the hash in the image.
    Fix: lock the password of the user; remove passwords from the configuration of cloud-init. In the guest, lock a
    password with ``usermod -p '*' USER``. Users log in with their SSH keys.
    """

    code = "H504"
    severity = by_visibility(private=NOTE, shared=WARNING, community=ERROR, public=ERROR)
    kind = Kind.PASSWORD
    message = "a user can log in with a password: {what}"

    @staticmethod
    def good() -> Example:
        return case(guest={"leftovers": ()})

    @staticmethod
    def bad() -> Example:
        return case(guest=left(Kind.PASSWORD, "/etc/shadow", "password of root"))
