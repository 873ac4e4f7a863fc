"""H501."""

from __future__ import annotations

from guestinspect.model.guest import Guest
from guestinspect.model.leftover import Kind
from vscclient.model.finding import Severity
from vscclient.policy.example import Example, case, left
from vscclient.policy.rule import ERROR, FORBIDDEN, NOTE, WARNING, LeftoverRule, by_visibility


class NoHostKeys(LeftoverRule):
    """No SSH host key is in the guest.

    A finding is at most a warning where cloud-init makes new keys at the first boot.

    Why: all instances would have the same key: a user who starts one of them can impersonate all others.
    Fix: delete the keys. In the guest, delete ``/etc/ssh/ssh_host_*key*`` as the last step before the snapshot.
    cloud-init makes new keys, and so does the SSH service of the RHEL family; in a Debian guest without cloud-init,
    ``ssh-keygen -A`` has to run at boot.
    """

    code = "H501"
    severity = by_visibility(private=NOTE, shared=WARNING, community=ERROR, public=ERROR)
    kind = Kind.HOST_KEY
    message = "an SSH host key is in the guest"

    @staticmethod
    def good() -> Example:
        return case(guest={"leftovers": ()})

    @staticmethod
    def bad() -> Example:
        return case(guest=left(Kind.HOST_KEY, "/etc/ssh/ssh_host_rsa_key", "SSH host key"))

    def at_most(self, guest: Guest) -> Severity:
        cloud_init = guest.cloud_init().value
        makes_new_ones = cloud_init is not None and not cloud_init.disabled_by and cloud_init.makes_host_keys
        return WARNING if makes_new_ones else FORBIDDEN
