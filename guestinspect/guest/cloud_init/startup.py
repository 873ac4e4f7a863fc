"""Whether the services of cloud-init are started, and what keeps them from it.

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

PROGRAMS = ("/usr/bin/cloud-init", "/bin/cloud-init", "/usr/local/bin/cloud-init")

_DISABLED = "/etc/cloud/cloud-init.disabled"
_PARAMETER = "cloud-init=disabled"
_GENERATOR = "cloud-init-generator"
_GENERATORS = tuple(
    f"{folder}/systemd/system-generators" for folder in ("/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib")
)
_STARTED_BY_GENERATOR = "/run/systemd/generator.early/multi-user.target.wants/cloud-init.target"


def find_off_switch(tree: Tree, command_line: tuple[str, ...] | None) -> Step | None:
    """What tells cloud-init not to run; None: nothing.

    Args:
        command_line: The kernel's parameters; None: nobody knows them.

    Raises:
        Unknown: They may, and nobody knows them.
    """
    if tree.status(_DISABLED) is not None:
        return Step("cloud-init is disabled", _DISABLED)
    if command_line is None:
        raise Unknown("whether a parameter of the kernel disables cloud-init is not known")
    if any(_PARAMETER in word for word in command_line):
        return Step(f"cloud-init is disabled by the kernel parameter {_PARAMETER}")
    return None


def generate_links(tree: Tree) -> dict[str, bytes]:
    """What its generator writes when it runs: the link that starts its target, and with that what its units want."""
    return {_STARTED_BY_GENERATOR: b"[Unit]\n"} if list_conf_files(tree, _GENERATORS, _GENERATOR) else {}


def find_service_obstacle(tree: Tree, command_line: tuple[str, ...], services: Iterable[str]) -> Step | None:
    """What keeps one of its services from being started; None: they all are."""
    units = Units(Overlay(tree, generate_links(tree)), command_line)
    main = (
        ["cloud-init-main"]
        if units.init_system is InitSystem.SYSTEMD and _has_unit(tree, "cloud-init-main.service")
        else []
    )
    return next((state.why for state in map(units.starts, (*services, *main)) if not state.is_started), None)


def _has_unit(tree: Tree, name: str) -> bool:
    return any(is_file(tree, f"{folder}/{name}") for folder in ("/usr/lib/systemd/system", "/lib/systemd/system"))
