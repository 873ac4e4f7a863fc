"""H502."""

from __future__ import annotations

from guestinspect.model.leftover import Kind
from vscclient.policy.example import Example, case, left
from vscclient.policy.rule import ERROR, NOTE, WARNING, LeftoverRule, by_visibility


class NoAuthorizedKeys(LeftoverRule):
    """No SSH key is authorized in the guest, for any user.

    Why: the owner of the key can log in to all instances that anybody starts from the image.
    Fix: delete the file. In the guest, delete ``~/.ssh/authorized_keys`` of every user as the last step before the
    snapshot. cloud-init installs the key of the user who starts an instance.
    """

    code = "H502"
    severity = by_visibility(private=NOTE, shared=WARNING, community=ERROR, public=ERROR)
    kind = Kind.AUTHORIZED_KEY
    message = "an SSH key is authorized: {what}, in a file of {owner}"

    @staticmethod
    def good() -> Example:
        return case(guest={"leftovers": ()})

    @staticmethod
    def bad() -> Example:
        return case(guest=left(Kind.AUTHORIZED_KEY, "/root/.ssh/authorized_keys", "1 authorized key"))
