"""The folder in which ifupdown-ng keeps its state: without it ``ifup`` does nothing, whatever it is told.

Source: measured with Debian 12's ifupdown-ng 0.11.4~rc1: what starts it makes another folder, ``/run/ifsate``, and
nothing came up; its ``ifup`` says "could not acquire exclusive lock". tmpfiles.d(5), systemd.exec(5)
(``RuntimeDirectory=``).
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


def why_missing(machine: Machine) -> Step | None:
    """Why there is no such folder; None: there is. The script of OpenRC makes it.

    Raises:
        Unknown: What starts ifup is not known.
    """
    tree = machine.tree
    if machine.units.init_system is not InitSystem.SYSTEMD or any("ifstate" in text for text in _made_by_systemd(tree)):
        return None
    if tree.status(_STARTER) is None:
        raise Unknown(f"what makes {_FOLDER}, without which ifup does nothing, is not known")
    made = [(number, line) for number, line in lines(tree, _STARTER) if line.startswith("STATE_DIR=")]
    if not made:
        raise Unknown(f"what {_STARTER} makes for ifup is not known")
    number, line = made[-1]
    folder = line.partition("=")[2].strip(" \"'")
    if folder == _FOLDER:
        return None
    return Step(f"ifup does nothing: it is given {folder}, not {_FOLDER}", f"{_STARTER}:{number}")


def _made_by_systemd(tree: Tree) -> Iterator[str]:
    for path in list_conf_files(tree, _TMPFILES, ".conf"):
        yield from (line for _, line in lines(tree, path) if not line.startswith("#"))
    unit = UnitFiles(tree).unit("networking.service")
    for key in ("RuntimeDirectory", "ExecStartPre", "ExecStart"):
        yield from (setting.value for setting in (unit.effective_settings("Service", key) if unit else ()))
