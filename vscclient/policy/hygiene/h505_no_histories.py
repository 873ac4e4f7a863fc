"""H505."""

from __future__ import annotations

from guestinspect.model.leftover import Kind
from vscclient.policy.example import Example, case, left
from vscclient.policy.rule import ERROR, NOTE, WARNING, LeftoverRule, by_visibility


class NoHistories(LeftoverRule):
    """No history of a shell, an editor or a database client is in the guest.

    Why: a history shows what somebody typed, sometimes a password.
    Fix: delete the file. In the guest, delete ``~/.*history`` of every user as the last step before the snapshot. Enter
    ``unset HISTFILE`` first: otherwise the shell writes its history again when you exit.
    """

    code = "H505"
    severity = by_visibility(private=NOTE, shared=WARNING, community=ERROR, public=ERROR)
    kind = Kind.HISTORY
    message = "input of {owner} is in the guest: {what}"

    @staticmethod
    def good() -> Example:
        return case(guest={"leftovers": ()})

    @staticmethod
    def bad() -> Example:
        return case(guest=left(Kind.HISTORY, "/root/.bash_history", "history"))
