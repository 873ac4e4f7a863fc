"""The local scripts that an init system runs at boot: rc.local, local.d, generators, and the lines of an inittab.

Source: systemd-rc-local-generator(8); OpenRC's service «local»; inittab(5) of System V's init and of BusyBox; the
scripts rc.local of Debian's and Red Hat's init scripts, boot.local and after.local of SUSE, and runit's stage 2.
"""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import basename

from guestinspect.disk.globs import fnmatchcase
from guestinspect.disk.tree import Status, Tree, Type, lines
from guestinspect.guest.files.conf_files import list_conf_files
from guestinspect.guest.services import openrc_runit
from guestinspect.guest.services.init_system import InitSystem
from guestinspect.guest.services.units import Units
from guestinspect.guest.startup.command import StartupCommand
from guestinspect.model.fact import Unknown

_RC_LOCAL = (
    *("/etc/rc.local", "/etc/rc.d/rc.local", "/etc/rc.d/rc.local.sh"),
    *("/etc/init.d/boot.local", "/etc/init.d/after.local", "/etc/init.d/rc.local", "/etc/init.d/rcS"),
)
_UNITS = ("rc-local.service", "rc-local.service", "rc-local.service", "rc-local.service", "after-local.service", "", "")
"""The unit of systemd that runs each of these scripts; empty: none does."""
_LOCAL_FOLDER = "/etc/local.d"
_INITTAB = "/etc/inittab"
_INITTAB_FIELDS = 3
_AT_BOOT = frozenset({"sysinit", "boot", "bootwait", "wait", "once", "respawn", "askfirst"})
_REPEATED = frozenset({"respawn", "askfirst"})
_GENERATORS = tuple(f"{folder}/systemd/system-generators" for folder in ("/etc", "/usr/local/lib", "/usr/lib", "/lib"))
"""The folders of generators, which run before any unit and write units. Source: systemd.generator(7)."""
_KNOWN_GENERATORS = tuple(
    """systemd-* cloud-init-generator netplan lvm2-* zfs-* selinux-* kdump-* rc-local-generator snapd-generator
    openvpn-generator ostree-* nfs-* rpc-pipefs-generator friendly-recovery postgresql-generator anaconda-generator
    sshd-socket-generator podman-* coreos-* ignition-* logind-* dracut-* ds-identify* tmpfiles* gpt-* mdadm-* dbus-*
    fstab-* getty-* run-* vconsole-* flatpak-* apparmor-* clevis-* bootc-* zram-generator* libvirt-* sssd-* sysv-*
    cryptsetup-* multipath-* iscsi-* trousers-* grub2-* btrfs* transactional-* health-checker* ovirt-*""".split()
)
"""The generators of common packages, which start no program that configures a NIC; netplan is checked on its own."""
_MOST_FILES = 200
_HOSTS = (
    "/etc/init.d/rc ",
    "/etc/rc.d/rc ",
    "openrc",
    "getty",
    "rc.sysinit",
    "login",
    "/sbin/rc ",
    "shutdown",
    "swapon",
)
"""Parts of the lines of every inittab, whose scripts are checked on their own."""


def list_local_commands(tree: Tree, units: Units) -> Iterator[StartupCommand]:
    """Yield the local scripts that run at boot, as commands.

    Raises:
        Unreadable: A script or a folder could not be read.
    """
    for path, unit in zip(_RC_LOCAL, _UNITS, strict=True):
        if is_executable(tree.status(path)) and _runs_rc_local(units, unit):
            yield StartupCommand(path, path, program=path)
    if units.init_system is InitSystem.OPENRC and openrc_runit.find_openrc_link(tree, "local"):
        for name in tree.names(_LOCAL_FOLDER)[:_MOST_FILES]:
            path = f"{_LOCAL_FOLDER}/{name}"
            if name.endswith(".start") and is_executable(tree.status(path)):
                yield StartupCommand(path, path, program=path)
    if units.init_system is not InitSystem.SYSTEMD:
        yield from _list_inittab_commands(tree)
        return
    for path in list_conf_files(tree, _GENERATORS, "")[:_MOST_FILES]:
        is_known = any(fnmatchcase(basename(path), known) for known in _KNOWN_GENERATORS)
        if not is_known and is_executable(tree.status(path)):
            yield StartupCommand(path, path, is_opaque=True)


def is_executable(status: Status | None) -> bool:
    """Return True for a file that root can execute."""
    return status is not None and status.type is Type.FILE and bool(status.mode & 0o111)


def _runs_rc_local(units: Units, unit: str) -> bool:
    """Return True if the init system runs a script that is executable. systemd's generator starts a unit for it."""
    if units.init_system is not InitSystem.SYSTEMD:
        return True
    if not unit:
        return False
    try:
        return units.mask(unit) is None
    except Unknown:
        return True


def _list_inittab_commands(tree: Tree) -> Iterator[StartupCommand]:
    for number, line in lines(tree, _INITTAB):
        fields = line.strip().split(":", _INITTAB_FIELDS)
        if line.lstrip().startswith("#") or len(fields) <= _INITTAB_FIELDS or fields[2] not in _AT_BOOT:
            continue
        if not any(host in f"{fields[3]} " for host in _HOSTS):
            yield StartupCommand(fields[3].lstrip("+-"), f"{_INITTAB}:{number}", fields[2] in _REPEATED)
