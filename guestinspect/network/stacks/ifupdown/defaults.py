"""What /etc/default/networking says of bringing NICs up at boot.

Source: Debian's networking.service and its script; ifup(8), ``--read-environment``.
"""

from __future__ import annotations

from dataclasses import dataclass

from guestinspect.disk.tree import Tree, lines

_DEFAULTS = "/etc/default/networking"


@dataclass(frozen=True)
class Defaults:
    """What the service is told.

    Args:
        is_off: It brings up nothing.
        excluded: Patterns of interfaces that it leaves alone.
    """

    is_off: bool = False
    excluded: tuple[str, ...] = ()


def read_defaults(tree: Tree) -> Defaults:
    """Read the file; without one, nothing is left out."""
    said: dict[str, str] = {}
    for _, line in lines(tree, _DEFAULTS):
        key, equals, value = line.strip().partition("=")
        if equals and not key.startswith("#"):
            said[key] = value.strip().strip("\"'")
    return Defaults(said.get("CONFIGURE_INTERFACES") == "no", tuple(said.get("EXCLUDE_INTERFACES", "").split()))
