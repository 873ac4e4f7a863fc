"""The defaults of ifupdown's service: /etc/default/networking.

Source: Debian's networking.service and its script; ifup(8), ``--read-environment``.
"""

from __future__ import annotations

from dataclasses import dataclass

from guestinspect.disk.tree import Tree, lines

_DEFAULTS = "/etc/default/networking"


@dataclass(frozen=True)
class Defaults:
    """The defaults of the service.

    Args:
        is_off: True if it brings up nothing.
        excluded: The patterns of interfaces that it ignores.
    """

    is_off: bool = False
    excluded: tuple[str, ...] = ()


def read_defaults(tree: Tree) -> Defaults:
    """Return the defaults; without the file, no interface is excluded."""
    values: dict[str, str] = {}
    for _, line in lines(tree, _DEFAULTS):
        key, equals, value = line.strip().partition("=")
        if equals and not key.startswith("#"):
            values[key] = value.strip().strip("\"'")
    return Defaults(values.get("CONFIGURE_INTERFACES") == "no", tuple(values.get("EXCLUDE_INTERFACES", "").split()))
