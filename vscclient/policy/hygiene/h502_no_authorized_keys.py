"""H502."""

from __future__ import annotations

from guestinspect.model.leftover import Kind
from vscclient.policy.example import Example, case
from vscclient.policy.hygiene.leftover_rule import LeftoverRule, left
from vscclient.policy.rule import ERROR, INFORMATION, WARNING, by_visibility


class NoAuthorizedKeys(LeftoverRule):
    """No SSH key that is authorized for anybody is in the guest.

    Why: whoever has that key gets into every instance that anybody starts from the image.
    Fix: ``virt-customize -a FILE --delete PATH``; in the guest, remove ``~/.ssh/authorized_keys`` of every user as the
    last act before the snapshot. cloud-init brings the key of whoever starts an instance.
    """

    code = "H502"
    severity = by_visibility(private=INFORMATION, shared=WARNING, community=ERROR, public=ERROR)
    kind = Kind.AUTHORIZED_KEY
    says = "who has the key gets in: {what}, in a file of {owner}"

    @staticmethod
    def good() -> Example:
        return case(guest={"leftovers": ()})

    @staticmethod
    def bad() -> Example:
        return case(guest=left(Kind.AUTHORIZED_KEY, "/root/.ssh/authorized_keys", "1 authorized key"))
