"""H506."""

from __future__ import annotations

from guestinspect.model.leftover import Kind
from vscclient.policy.example import Example, case, left
from vscclient.policy.rule import ERROR, WARNING, LeftoverRule, by_visibility


class NoCredentials(LeftoverRule):
    """No credentials of clouds and services are in the guest.

    Such credentials are openrc files, clouds.yaml, AWS, Docker, Git, netrc, kubeconfig, rclone, pgpass and the like.
    Only the files where programs keep them are read: a password in a script of your own is not found.

    Why: every user who starts an instance can use the credentials.
    Fix: delete the file, or edit it if it has other content, in the guest before the snapshot. If anybody else could
    see the image, revoke the credentials, too.
    """

    code = "H506"
    severity = by_visibility(private=WARNING, shared=ERROR, community=ERROR, public=ERROR)
    kind = Kind.CREDENTIAL
    message = "credentials of {owner} are in the guest: {what}"

    @staticmethod
    def good() -> Example:
        return case(guest={"leftovers": ()})

    @staticmethod
    def bad() -> Example:
        return case(guest=left(Kind.CREDENTIAL, "/root/.aws/credentials", "AWS credentials"))
