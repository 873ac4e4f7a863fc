"""The commands in crontabs, if the guest starts cron.

Source: crontab(5) of Vixie cron and cronie; cron(8); anacrontab(5); BusyBox's crond.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from guestinspect.disk.tree import Tree, is_file, lines
from guestinspect.guest.services.units import Units
from guestinspect.guest.startup.command import StartupCommand

_SERVICES = ("cron", "crond", "cronie", "dcron", "bcron-sched", "fcron", "busybox-crond")
_OF_SYSTEM = "/etc/crontab"
_FOLDER_OF_SYSTEM = "/etc/cron.d"
_OF_USERS = ("/var/spool/cron/crontabs", "/var/spool/cron/tabs", "/var/spool/cron", "/etc/crontabs")
"""The folders of Debian and BusyBox, of SUSE, of RHEL, and of Alpine."""
_ANACRONTAB = "/etc/anacrontab"
_LIMIT_BYTES = 128 * 1024
_MOST_FILES = 200
_ENVIRONMENT = re.compile(r"\s*[A-Za-z_][\w.-]{0,99}\s*=")
_AT_BOOT = "@reboot"
_TIME_FIELDS = 5
_ANACRON_FIELDS = 3


def list_cron_commands(tree: Tree, units: Units) -> Iterator[StartupCommand]:
    """Yield the commands that cron runs at boot or later; none if cron is not started.

    Raises:
        Unreadable: A crontab could not be read.
    """
    if any(units.may_start(service) for service in _SERVICES):
        if is_file(tree, _OF_SYSTEM):
            yield from _parse(tree, _OF_SYSTEM, has_user=True)
        for name in tree.names(_FOLDER_OF_SYSTEM)[:_MOST_FILES]:
            yield from _parse(tree, f"{_FOLDER_OF_SYSTEM}/{name}", has_user=True)
        for folder in _OF_USERS:
            for name in tree.names(folder)[:_MOST_FILES]:
                yield from _parse(tree, f"{folder}/{name}", has_user=False)
    if units.may_start("anacron"):
        for number, line in lines(tree, _ANACRONTAB, _LIMIT_BYTES):
            words = line.split(None, _ANACRON_FIELDS)
            if len(words) > _ANACRON_FIELDS and not line.lstrip().startswith("#"):
                yield StartupCommand(words[_ANACRON_FIELDS], f"{_ANACRONTAB}:{number}", is_repeated=True)


def _parse(tree: Tree, path: str, *, has_user: bool) -> Iterator[StartupCommand]:
    """Yield the commands of a crontab.

    Args:
        tree: The guest's files.
        path: The crontab.
        has_user: True for a crontab of the system, in which the name of a user stands before the command.
    """
    if not is_file(tree, path):
        return
    for number, line in lines(tree, path, _LIMIT_BYTES):
        bare = line.strip()
        if not bare or bare.startswith("#") or _ENVIRONMENT.match(bare):
            continue
        fields = (1 if bare.startswith("@") else _TIME_FIELDS) + has_user
        words = bare.split(None, fields)
        if len(words) > fields:
            yield StartupCommand(words[fields], f"{path}:{number}", not bare.startswith(_AT_BOOT))
