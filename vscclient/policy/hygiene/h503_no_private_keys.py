"""H503."""

from __future__ import annotations

from guestinspect.model.leftover import Kind
from vscclient.policy.example import Example, case, left
from vscclient.policy.rule import ERROR, WARNING, LeftoverRule, by_visibility


class NoPrivateKeys(LeftoverRule):
    """The usual places of private keys (SSH, TLS, VPN, Kerberos, MUNGE and similar) contain none.

    Keys that packages, Python or conda bring for their own tests do not count, nor does the snakeoil certificate.

    Why: a user who starts an instance can impersonate the owner of the key. A passphrase only delays that.
    Fix: delete the key, in the guest before the snapshot, or edit the file if it has other content. A service that
    needs the key does not start without it: let each instance make or get a new one. If anybody else could see the
    image, the key is no longer a secret: create a new key, and revoke the old one everywhere.
    """

    code = "H503"
    severity = by_visibility(private=WARNING, shared=ERROR, community=ERROR, public=ERROR)
    kind = Kind.PRIVATE_KEY
    message = "a private key of {owner} is in the guest: {what}"

    @staticmethod
    def good() -> Example:
        return case(guest={"leftovers": ()})

    @staticmethod
    def bad() -> Example:
        return case(guest=left(Kind.PRIVATE_KEY, "/root/.ssh/id_ed25519", "OpenSSH private key"))
