"""H506."""

from __future__ import annotations

from guestinspect.model.leftover import Kind
from vscclient.policy.example import Example, case
from vscclient.policy.hygiene.leftover_rule import LeftoverRule, left
from vscclient.policy.rule import ERROR, WARNING, by_visibility


class NoCredentials(LeftoverRule):
    """No credentials of clouds and services are in the guest: openrc files, clouds.yaml, AWS, Docker, Git, netrc,
    kubeconfig, rclone, pgpass and the like.

    Only the files are looked at in which programs keep them: a password in a script of your own is not found.

    Why: whoever starts an instance can use them.
    Fix: ``virt-customize -a FILE --delete PATH``, or ``virt-edit -a FILE PATH`` where the file holds more than that;
    or remove them in the guest before the snapshot. If anybody else could see the image, withdraw them, too.
    """

    code = "H506"
    severity = by_visibility(private=WARNING, shared=ERROR, community=ERROR, public=ERROR)
    kind = Kind.CREDENTIAL
    says = "credentials of {owner} are in the guest: {what}"

    @staticmethod
    def good() -> Example:
        return case(guest={"leftovers": ()})

    @staticmethod
    def bad() -> Example:
        return case(guest=left(Kind.CREDENTIAL, "/root/.aws/credentials", "AWS credentials"))
