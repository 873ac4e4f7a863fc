"""The start of cloud-init's services, and the switches that turn cloud-init off.

Source: cloud-init, "How to disable cloud-init", and its ``systemd/cloud-init-generator``.
"""

from __future__ import annotations

from collections.abc import Iterable

from guestinspect.disk.overlay import Overlay
from guestinspect.disk.tree import Tree, is_file
from guestinspect.guest.files.conf_files import list_conf_files
from guestinspect.guest.services.init_system import InitSystem
from guestinspect.guest.services.units import Units
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Step

_PROGRAMS = ("/usr/bin/cloud-init", "/bin/cloud-init", "/usr/local/bin/cloud-init")

_DISABLED = "/etc/cloud/cloud-init.disabled"
_PARAMETER = "cloud-init=disabled"
_GENERATOR = "cloud-init-generator"
_GENERATORS = tuple(
    f"{folder}/systemd/system-generators" for folder in ("/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib")
)
_STARTED_BY_GENERATOR = "/run/systemd/generator.early/multi-user.target.wants/cloud-init.target"
_MAIN_UNITS = ("/usr/lib/systemd/system/cloud-init-main.service", "/lib/systemd/system/cloud-init-main.service")
"""The unit that runs all stages since cloud-init 24.3; the units of the stages only wait for it."""


def find_program(tree: Tree) -> str | None:
    """Return the path of cloud-init; None: it is not installed."""
    return next((path for path in _PROGRAMS if tree.status(path) is not None), None)


def find_off_switch(tree: Tree, command_line: tuple[str, ...] | Unknown) -> Step | None:
    """Return the switch that turns cloud-init off: a file, or a kernel parameter; None: there is none.

    Args:
        tree: The guest's files.
        command_line: The kernel parameters, or the reason why they are unknown.

    Raises:
        Unknown: No file turns it off, and the kernel parameters are unknown.
    """
    if tree.status(_DISABLED) is not None:
        return Step("cloud-init is disabled", _DISABLED)
    if isinstance(command_line, Unknown):
        raise Unknown(f"a kernel parameter may disable cloud-init, and {command_line.why}") from command_line
    if any(_PARAMETER in word for word in command_line):
        return Step(f"cloud-init is disabled by the kernel parameter {_PARAMETER}")
    return None


def generate_links(tree: Tree) -> dict[str, bytes]:
    """Return the files that cloud-init's generator writes at boot, by path: the link that starts its target."""
    return {_STARTED_BY_GENERATOR: b"[Unit]\n"} if list_conf_files(tree, _GENERATORS, _GENERATOR) else {}


def find_service_obstacle(tree: Tree, command_line: tuple[str, ...], services: Iterable[str]) -> Step | None:
    """Return the reason why one of these services of cloud-init is not started; None: all are started."""
    units = Units(Overlay(tree, generate_links(tree)), command_line)
    has_main = units.init_system is InitSystem.SYSTEMD and any(is_file(tree, path) for path in _MAIN_UNITS)
    starts = map(units.starts, (*services, *(["cloud-init-main"] if has_main else [])))
    return next((start.why for start in starts if not start.is_started), None)
