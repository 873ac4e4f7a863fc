"""The folder in which ifupdown-ng keeps its state: without it, ``ifup`` does nothing.

Source: measured with Debian 12's ifupdown-ng 0.11.4~rc1: its script makes another folder, ``/run/ifsate``, and no NIC
came up; ``ifup`` reports "could not acquire exclusive lock". tmpfiles.d(5), systemd.exec(5) (``RuntimeDirectory=``).
"""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.disk.tree import Tree, lines
from guestinspect.guest.files.conf_files import list_conf_files
from guestinspect.guest.services.init_system import InitSystem
from guestinspect.guest.services.unit_files import UnitFiles
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Step
from guestinspect.network.stack import Machine

_FOLDER = "/run/ifstate"
_STARTER = "/usr/share/ifupdown-ng/sbin/networking"
_TMPFILES = ("/etc/tmpfiles.d", "/run/tmpfiles.d", "/usr/local/lib/tmpfiles.d", "/usr/lib/tmpfiles.d")


def find_obstacle(machine: Machine) -> Step | None:
    """Return the reason why there is no such folder; None if there is one. The script of OpenRC makes it.

    Raises:
        Unknown: The program that makes the folder is unknown.
    """
    tree = machine.tree
    if machine.units.init_system is not InitSystem.SYSTEMD or any("ifstate" in text for text in _systemd_lines(tree)):
        return None
    if tree.status(_STARTER) is None:
        raise Unknown(f"whether something makes {_FOLDER}, without which ifup does nothing, is unknown")
    assignments = [(number, line) for number, line in lines(tree, _STARTER) if line.startswith("STATE_DIR=")]
    if not assignments:
        raise Unknown(f"the folder that {_STARTER} makes for ifup is unknown")
    number, line = assignments[-1]
    folder = line.partition("=")[2].strip(" \"'")
    if folder == _FOLDER:
        return None
    return Step(f"ifup does nothing: its script makes {folder}, not {_FOLDER}", f"{_STARTER}:{number}")


def _systemd_lines(tree: Tree) -> Iterator[str]:
    for path in list_conf_files(tree, _TMPFILES, ".conf"):
        yield from (line for _, line in lines(tree, path) if not line.startswith("#"))
    unit = UnitFiles(tree).unit("networking.service")
    for key in ("RuntimeDirectory", "ExecStartPre", "ExecStart"):
        yield from (setting.value for setting in (unit.effective_settings("Service", key) if unit else ()))
