"""H501."""

from __future__ import annotations

from guestinspect.model.guest import CloudInit, Guest
from guestinspect.model.leftover import Kind
from vscclient.model.finding import Severity
from vscclient.model.fix import Advice, GuestAction, InGuest, Step
from vscclient.policy.example import Example, case, left
from vscclient.policy.hygiene.removal import HOST_KEYS, Removal
from vscclient.policy.rule import ERROR, FORBIDDEN, NOTE, WARNING, LeftoverRule, by_visibility, suggestion

_MAKE_HOST_KEYS = frozenset(
    ("almalinux", "alpine", "arch", "centos", "fedora", "opensuse", "oraclelinux", "rhel", "rocky", "sled", "sles")
)
"""Distributions whose SSH service makes the keys that are missing: ``sshd-keygen@.service`` (RHEL family),
``sshd-gen-keys-start`` (SUSE), ``sshdgenkeys.service`` (Arch), ``/etc/init.d/sshd`` (Alpine)."""

_DROP_IN = "/etc/systemd/system/ssh.service.d"
_MAKE_AT_BOOT = (
    f'mkdir -p {_DROP_IN} && printf "%s\\n" "[Service]" "ExecStartPre=" "ExecStartPre=/usr/bin/ssh-keygen -A" '
    f'"ExecStartPre=/usr/sbin/sshd -t" > {_DROP_IN}/host-keys.conf'
)
"""Debian's ssh.service tests the configuration first, which fails without keys: an empty assignment removes that test,
so that the keys are made before it. Source: ssh-keygen(1), ``-A``; systemd.service(5), «ExecStartPre=»."""


class NoHostKeys(LeftoverRule):
    """No SSH host key is in the guest.

    A finding is at most a warning where cloud-init makes new keys at the first boot.

    Why: all instances would have the same key: a user who starts one of them can impersonate all others.
    Fix: delete the keys. In the guest, delete ``/etc/ssh/ssh_host_*key*`` as the last step before the snapshot.
    cloud-init makes new keys, and so does the SSH service of the RHEL family, SUSE, Arch and Alpine. In a Debian or
    Ubuntu guest without cloud-init, ``ssh-keygen -A`` has to run at boot, before the SSH service: without keys it does
    not start.
    """

    code = "H501"
    severity = by_visibility(private=NOTE, shared=WARNING, community=ERROR, public=ERROR)
    kind = Kind.HOST_KEY
    message = "an SSH host key is in the guest"
    message_of_several = "SSH host keys are in the guest"

    @staticmethod
    def good() -> Example:
        return case(guest={"leftovers": ()})

    @staticmethod
    def bad() -> Example:
        return case(guest=left(Kind.HOST_KEY, "/etc/ssh/ssh_host_rsa_key", "SSH host key"))

    def at_most(self, guest: Guest) -> Severity:
        return WARNING if _makes_new_ones(guest.cloud_init().value) else FORBIDDEN

    def steps_of(self, removal: Removal, guest: Guest) -> tuple[Step, ...]:
        steps = super().steps_of(removal, guest)
        is_made_anew = _makes_new_ones(guest.cloud_init().value) or suggestion(guest.os_distro, "") in _MAKE_HOST_KEYS
        if InGuest(GuestAction.DELETE, HOST_KEYS) in steps and not is_made_anew:
            return (*steps, InGuest(GuestAction.RUN, _MAKE_AT_BOOT))
        if any(isinstance(step, InGuest) and "dropbear" in step.target for step in steps):
            return (*steps, Advice("let dropbear make new keys (its option -R)"))
        return steps


def _makes_new_ones(cloud_init: CloudInit | None) -> bool:
    return cloud_init is not None and not cloud_init.disabled_by and cloud_init.makes_host_keys
