"""The commands of the services that systemd starts, except those of known services.

Source: systemd.service(5), "Options" and "Command lines"; systemd.timer(5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from guestinspect.disk.tree import Tree
from guestinspect.guest.files.ini import split_words
from guestinspect.guest.services.known_services import is_harmless_service, is_network_service
from guestinspect.guest.services.systemd import Systemd
from guestinspect.guest.services.unit_files import Unit, UnitSetting
from guestinspect.guest.startup.command import StartupCommand
from guestinspect.model.fact import Unknown

_KEYS = ("ExecCondition", "ExecStartPre", "ExecStart", "ExecStartPost", "ExecStopPost")
_FOLLOWERS = ("OnFailure", "OnSuccess")
"""The units that systemd starts when a unit has ended. Source: systemd.unit(5)."""
_LOCAL = "/etc/systemd/system"
_PREFIXES = "@-:+!|"
_HARMLESS_PROGRAMS = frozenset(
    """systemctl busybox service systemd-run true false echo printf touch mkdir rm chmod chown cp mv ln cat tee
    sleep test logger sed grep awk ethtool sysctl mount umount modprobe swapon swapoff systemd-tmpfiles
    systemd-notify udevadm setfont loadkeys hostnamectl timedatectl localectl restorecon chattr find xargs date
    install dd growpart resize2fs xfs_growfs ssh-keygen java tc iptables ip6tables iptables-restore
    ip6tables-restore nft ipset nvidia-smi sync runuser setpriv flock env timeout nice ionice stdbuf nohup sh
    bash dash ash zsh python python2 python3 perl ruby node su sudo systemd-cat chronyc kill pkill""".split()
)
"""Programs that configure no NIC, and those that run the script or the command among their arguments."""
_IP = "ip"
_NOT_AGAIN = frozenset({"", "no", "on-failure", "on-abnormal", "on-abort", "on-watchdog"})


def list_service_commands(tree: Tree, systemd: Systemd) -> Iterator[StartupCommand]:
    """Yield the commands of all services that start at boot, or later by a timer, a path or a socket.

    Of a known service, only the commands that local settings add are yielded.

    Raises:
        Unreadable: A unit could not be read.
    """
    local = {name.removesuffix(".d") for name in tree.names(_LOCAL) if tree.link(f"{_LOCAL}/{name}") is None}
    for name in systemd.wanted_units(lambda name: _is_known(name) and name not in local):
        if name.endswith(".service") and (name in local or not _is_known(name)):
            yield from _list_commands(systemd, name)
            yield from _list_followers(systemd, name)


def _list_followers(systemd: Systemd, name: str) -> Iterator[StartupCommand]:
    """Yield the commands of the units that start when a service fails, or has ended."""
    unit = systemd.unit(name)
    settings = (setting for key in _FOLLOWERS for setting in (unit.all_settings("Unit", key) if unit else ()))
    for setting in settings:
        for follower in unit.named_units(setting) if unit is not None else ():
            started = None if _is_known(follower) else systemd.unit(follower)
            if started is not None and not started.is_masked:
                yield from list_unit_commands(started)


def list_unit_commands(unit: Unit) -> Iterator[StartupCommand]:
    """Yield the commands of a service, whether it starts or not."""
    is_repeated = _runs_again(unit)
    for setting in (setting for key in _KEYS for setting in unit.effective_settings("Service", key)):
        yield _parse(unit, setting, is_repeated=is_repeated)


def _list_commands(systemd: Systemd, name: str) -> Iterator[StartupCommand]:
    """Yield the commands of a service, if it may start."""
    unit = systemd.unit(name)
    if unit is None or unit.is_masked:
        return
    try:
        is_refused = systemd.find_refusal(unit) is not None
        is_repeated = systemd.starts(name).activation is not None
    except Unknown:  # then it may start
        is_refused = is_repeated = False
    is_known = _is_known(unit.name)
    for command in () if is_refused else list_unit_commands(unit):
        if not is_known or command.location.startswith(f"{_LOCAL}/"):
            yield replace(command, is_repeated=command.is_repeated or is_repeated)


def _parse(unit: Unit, setting: UnitSetting, *, is_repeated: bool) -> StartupCommand:
    line = unit.expand(setting.value.lstrip(_PREFIXES))
    program = (*split_words(line), "")[0].removeprefix(":")
    name = program.rpartition("/")[2]
    is_script_host = name in _HARMLESS_PROGRAMS or name == _IP or is_harmless_service(name)
    return StartupCommand(line, setting.location, is_repeated, "" if is_script_host else program)


def _runs_again(unit: Unit) -> bool:
    """Return True if the service is started again after it has ended by itself."""
    restarts = unit.effective_settings("Service", "Restart")
    return bool(restarts) and restarts[-1].value not in _NOT_AGAIN


def _is_known(name: str) -> bool:
    return is_harmless_service(name) or is_network_service(name)
