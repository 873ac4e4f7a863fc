"""The probe: a service in a booted guest that reports its network, and the parser of its output."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from guests.disks.files import host_path, make_link

UNIT = "/etc/systemd/system/guests-probe.service"
WANTED = "/etc/systemd/system/sysinit.target.wants/guests-probe.service"
PROGRAM = "/usr/local/sbin/guests-probe"
FILES = (UNIT, WANTED, PROGRAM)

_UNIT_TEXT = f"""[Unit]
DefaultDependencies=no
After=systemd-remount-fs.service

[Service]
ExecStart={PROGRAM}
"""
_PROGRAM_TEXT = """#!/bin/sh
exec >/dev/ttyS1 2>&1
while :; do
    read -r up rest </proc/uptime
    echo "BEGIN $up"
    ip -c=never -o link
    ip -c=never -o -4 address show scope global
    ip -c=never -4 route show default
    systemctl list-jobs --no-legend --no-pager | sed 's/^/JOB /'
    echo END
    sleep 4
done
"""


def install_probe(folder: Path) -> None:
    """Install the probe in a folder that holds a guest."""
    for path, text, mode in ((UNIT, _UNIT_TEXT, 0o644), (PROGRAM, _PROGRAM_TEXT, 0o755)):
        file = host_path(folder, path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        file.chmod(mode)
    make_link(folder, WANTED, UNIT)


@dataclass(frozen=True)
class Snapshot:
    """The state of the guest's network at one time.

    Args:
        uptime_s: The time since the start of the guest, in its seconds.
        names: The names of its NICs by MAC address.
        up: The names of the NICs with a global IPv4 address, sorted.
        default_routes: The number of default routes.
        jobs: The jobs that systemd had not finished.
    """

    uptime_s: float
    names: dict[str, str]
    up: tuple[str, ...]
    default_routes: int
    jobs: tuple[str, ...]


_LINK = re.compile(r"^\d+: ([^:@]+)[:@].*link/ether ([0-9a-f:]{17})", re.MULTILINE)
_ADDRESS = re.compile(r"^\d+: (\S+)\s+inet (\d+\.\d+)\.", re.MULTILINE)
_LINK_LOCAL = "169.254"


def parse_snapshots(text: str) -> list[Snapshot]:
    """Return all complete snapshots in the output of the probe."""
    return [_parse_snapshot(part) for part in re.findall(r"BEGIN (.*?)END\r?$", text, re.DOTALL | re.MULTILINE)]


def _parse_snapshot(text: str) -> Snapshot:
    up = {name for name, net in _ADDRESS.findall(text) if net != _LINK_LOCAL}
    return Snapshot(
        uptime_s=float(text.split()[0]),
        names={mac: name for name, mac in _LINK.findall(text)},
        up=tuple(sorted(up)),
        default_routes=len(re.findall(r"^default ", text, re.MULTILINE)),
        jobs=tuple(line.strip() for line in re.findall(r"^JOB (.*)", text, re.MULTILINE)),
    )
