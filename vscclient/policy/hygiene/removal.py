"""The removal of leftovers from a guest: one fix for each thing to do, which breaks no program of the guest."""

from __future__ import annotations

import posixpath
import re
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from guestinspect.model.leftover import Kind, Leftover
from vscclient.model.fix import Advice, GuestAction, InGuest

_BACKUPS = frozenset(
    ("/etc/passwd-", "/etc/shadow-", "/etc/gshadow-", "/etc/security/opasswd", "/etc/security/opasswd.old")
)
"""Backups with old passwords, which no program needs. Source: passwd(5), pam_pwhistory(8)."""

HOST_KEYS = "/etc/ssh/ssh_host_*key*"
_USER = re.compile(r"[A-Za-z_][\w-]{0,31}", re.ASCII)
"""A name that a shell does not take for code. Tools that lock a password change only ``/etc/shadow``."""

_SSHD_CONFIG = "/etc/ssh/sshd_config"
_SSHD_DROP_IN = "/etc/ssh/sshd_config.d/00-no-passwords.conf"
_OF_VENDOR = "/usr/etc/"
_MACHINE_ID = "/etc/machine-id"
_HOST_ID = "/etc/hostid"
_INITIATOR = "/etc/iscsi/initiatorname.iscsi"

_REMOVED_TOGETHER = (
    HOST_KEYS,
    "/etc/ssh/keys/ssh_host_*_key",
    "/etc/dropbear/dropbear_*_host_key",
    "/etc/dropbear/initramfs/dropbear_*_host_key",
    "/etc/dropbear-initramfs/dropbear_*_host_key",
    "/var/lib/cloud/instances/*",
    "/var/lib/dhcp/*.lease*",
    "/var/lib/dhclient/*.lease*",
    "/var/lib/dhcpcd/*",
    "/var/lib/dhcpcd5/*",
    "/var/lib/NetworkManager/*.lease",
    "/var/lib/seedrng/*",
    "/var/lib/wicked/*.xml",
)
"""Files that are removed by one pattern. The programs that write them do so anew."""

_LOG_FOLDERS = (
    "/var/log",
    "/var/crash",
    "/var/lib/systemd/coredump",
    "/var/spool/abrt",
    "/var/mail",
    "/var/spool/mail",
)
"""Folders whose files are removed by one command."""

_HOLD_MORE = (
    "/etc/netplan/*",
    "/var/lib/cloud/seed/*",
    *("*/.bashrc", "*/.profile", "*/.bash_profile", "*/.zshrc", "*/.gitconfig", "*/.npmrc", "*/.yarnrc.yml"),
    *("*/.condarc", "*/pip.conf", "*/.aws/config", "*/.m2/settings.xml", "*/.docker/config.json", "*.sh"),
)
"""Files that hold settings beside the secret: without them a NIC stays down, or a user has no shell settings."""

_OF_DEBIAN = frozenset(("debian", "devuan", "kali", "linuxmint", "raspbian", "ubuntu"))

_WITHOUT_SYSTEMD = frozenset(("alpine", "artix", "devuan", "void"))
"""Distributions with dbus, but without systemd: dbus-uuidgen makes a machine ID that is missing, and fails on an empty
one. Source: dbus, ``dbus-sysdeps-unix.c``, ``_dbus_read_local_machine_uuid``; dbus-uuidgen(1)."""


@dataclass(frozen=True)
class Removal:
    """The leftovers that are one thing to do.

    Args:
        leftovers: The leftovers.
        steps: The steps that remove all of them.
    """

    leftovers: tuple[Leftover, ...]
    steps: tuple[InGuest | Advice, ...]


def list_removals(leftovers: Iterable[Leftover], distro: str = "") -> Iterator[Removal]:
    """Yield the leftovers, those with the same fix together.

    Args:
        leftovers: Leftovers of one kind.
        distro: The distribution of the guest; empty if it is unknown.
    """
    groups: dict[object, dict[Leftover, InGuest | Advice]] = {}
    for leftover in leftovers:
        step = _step(leftover, distro)
        is_one_thing = leftover.kind is Kind.IDENTITY and isinstance(step, InGuest)  # its words name what to remove
        groups.setdefault(leftover.what if is_one_thing else step, {})[leftover] = step
    for group in groups.values():
        number = Counter(group.values())
        steps = dict.fromkeys(step if number[step] > 1 else _narrowed(step, left.path) for left, step in group.items())
        # machine-id comes last: a later virt-customize would make a new one
        yield Removal(tuple(group), tuple(sorted(steps, key=_is_emptying)))


def _narrowed(step: InGuest | Advice, path: str) -> InGuest | Advice:
    """Return the step for one leftover, without what else its pattern or its folder may hold."""
    if not isinstance(step, InGuest) or step.target == HOST_KEYS:
        return step
    if step.action is GuestAction.DELETE:
        return InGuest(GuestAction.DELETE, path)
    folder = next((folder for folder in _LOG_FOLDERS if step == _emptied(folder)), None)
    if folder is None:
        return step
    return InGuest(GuestAction.DELETE, path) if "mail" in folder else _emptied(path)


def _emptied(folder: str) -> InGuest:
    return InGuest(GuestAction.RUN, f"find {shlex.quote(folder)} -type f -delete")


def _is_emptying(step: InGuest | Advice) -> bool:
    return isinstance(step, InGuest) and step.action is GuestAction.EMPTY


def _step(leftover: Leftover, distro: str) -> InGuest | Advice:
    """Return the step that removes a leftover from its guest.

    A file of the system that has other content too is edited. ``/etc/machine-id`` has to stay, empty: systemd takes a
    missing file for a first boot, and enables all services of the presets. Source: machine-id(5).
    """
    path = leftover.path
    if not path.startswith("/"):  # the name of a volume: the tools that change a guest refuse a disk with two systems
        return Advice("delete the other system, or this in it")
    match leftover.kind:
        case Kind.IDENTITY:
            return _step_for_identity(path, distro)
        case Kind.PASSWORD if path == "/etc/shadow":
            return InGuest(GuestAction.LOCK_PASSWORD, leftover.owner)
        case Kind.PASSWORD if path == "/etc/passwd" and _USER.fullmatch(leftover.owner):
            return InGuest(GuestAction.RUN, f'sed -i "s/^{leftover.owner}:[^:]*:/{leftover.owner}:*:/" {path}')
        case Kind.OPEN_SSHD if not path.startswith("/etc/cloud/"):
            drop_in = path.startswith(_OF_VENDOR)  # the file of the vendor is read only if there is none in /etc
            return InGuest(GuestAction.REFUSE_PASSWORDS, _SSHD_DROP_IN if drop_in else _SSHD_CONFIG)
        case Kind.PASSWORD if path in _BACKUPS:
            return InGuest(GuestAction.DELETE, path)
        case Kind.PASSWORD | Kind.CREDENTIAL | Kind.OPEN_SSHD if path.startswith("/etc/"):
            return InGuest(GuestAction.EDIT, path)
        case Kind.PASSWORD | Kind.CREDENTIAL | Kind.PRIVATE_KEY if _holds_more(path):
            return InGuest(GuestAction.EDIT, path)
        case Kind.LOG:
            folder = next((each for each in _LOG_FOLDERS if f"{path}/".startswith(f"{each}/")), "")
            return _emptied(folder) if folder else _delete(path)
    return _delete(path)


def _step_for_identity(path: str, distro: str) -> InGuest | Advice:
    if path == _MACHINE_ID and distro not in _WITHOUT_SYSTEMD:
        return InGuest(GuestAction.EMPTY, path)
    if path == _HOST_ID:
        return Advice(f"delete {path}, unless the guest has ZFS pools, which are tied to it")
    if path == _INITIATOR and distro != "alpine":  # whose init script makes a missing name: aports, iscsid.initd
        return _step_for_initiator(distro)
    return _delete(path)


def _step_for_initiator(distro: str) -> InGuest | Advice:
    """Return the step after which the iSCSI service has a new name: it does not start without one."""
    if distro in _OF_DEBIAN:
        return InGuest(GuestAction.RUN, _LET_DEBIAN_NAME_INITIATOR)
    if distro in _WITH_ISCSID:
        return InGuest(GuestAction.RUN, _LET_ISCSID_NAME_INITIATOR)
    return Advice(f"let the iSCSI service of the guest make a new name at boot, and delete {_INITIATOR}")


_LET_DEBIAN_NAME_INITIATOR = f'sed -i "s/^InitiatorName=.*/GenerateName=yes/" {_INITIATOR}'
"""Debian's iscsid makes a name where the file asks for it, and does not start without the file. Source: Debian's
open-iscsi, ``startup-checks.sh``."""

_WITH_ISCSID = frozenset("almalinux arch centos fedora ol opensuse oraclelinux rhel rocky scientific sled sles".split())
"""Distributions whose iSCSI service is ``iscsid.service`` of systemd. Source: iscsi-initiator-utils.spec of RHEL 7,
open-iscsi.spec of SUSE."""

_DROP_IN = "/etc/systemd/system/iscsid.service.d"
_LET_ISCSID_NAME_INITIATOR = (
    f"test -e /usr/lib/systemd/system/iscsi-init.service || {{ mkdir -p {_DROP_IN} && "
    'printf "%s\\n" "[Service]" "ExecStartPre=/bin/sh -c '
    f'\\"test -s {_INITIATOR} || echo InitiatorName=\\`iscsi-iname\\` > {_INITIATOR}\\"" '
    f"> {_DROP_IN}/initiator-name.conf; }} && rm -f {_INITIATOR}"
)
"""Newer packages have a unit that makes a missing name. Older ones (RHEL 7, SUSE 12) make it only when they are
installed: there a drop-in of the service does. Source: open-iscsi, ``iscsi-init.service``; ``%post`` of the packages of
RHEL 7 and SUSE 12; systemd.service(5), «ExecStartPre=»."""


def _holds_more(path: str) -> bool:
    return "openrc" not in path and any(fnmatchcase(path, pattern) for pattern in _HOLD_MORE)


def _delete(path: str) -> InGuest:
    pattern = next((each for each in _REMOVED_TOGETHER if _is_in(path, each)), path)
    return InGuest(GuestAction.DELETE, pattern)


def _is_in(path: str, pattern: str) -> bool:
    return posixpath.dirname(path) == posixpath.dirname(pattern) and fnmatchcase(path, pattern)
