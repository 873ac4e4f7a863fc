"""NetworkManager's lists of devices: ``*,except:interface-name:ens3,mac:52:54:00:12:34:56``.

Source: NetworkManager.conf(5), "Device List Format"; NetworkManager's nm-core-utils.c, nm_match_spec_device.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from guestinspect.disk.globs import fnmatchcase
from guestinspect.model.fact import Unknown
from guestinspect.network.nic import Nic

_PIECE = re.compile(r"(?:[^,;\\]|\\.|\\$)+", re.DOTALL)
_ESCAPE = re.compile(r"\\([sntr\\,;])")
_ESCAPES = {"s": " ", "n": "\n", "t": "\t", "r": "\r"}
_EXCEPT = "except:"


def split(value: str) -> tuple[str, ...]:
    """The entries of a list: commas and semicolons part them, a backslash takes their meaning away."""
    pieces = (piece.strip() for piece in _PIECE.findall(value))
    return tuple(_ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[1]), piece) for piece in pieces if piece)


def matches(specs: Collection[str], nic: Nic) -> bool:
    """Whether a list means this NIC. An ``except:`` that fits wins; nothing but ``except:`` means all others."""
    excepted = [spec[len(_EXCEPT) :] for spec in specs if _is_except(spec)]
    wanted = [spec for spec in specs if not _is_except(spec)]
    if any(_fits(spec, nic) for spec in excepted):
        return False
    if not wanted:
        return bool(excepted)
    return any(_fits(spec, nic) or _is_bare(spec, nic) for spec in wanted)


def is_glob_match(pattern: str, text: str) -> bool:
    """As GLib matches: ``*`` and ``?``, no brackets."""
    return fnmatchcase(text, pattern.replace("[", "[[]"))


def _is_except(spec: str) -> bool:
    return spec[: len(_EXCEPT)].lower() == _EXCEPT


def _fits(spec: str, nic: Nic) -> bool:
    if spec == "*":
        return True
    tag, colon, value = spec.partition(":")
    fits = _TAGS.get(tag.lower()) if colon else None
    return fits is not None and fits(value, nic)


def _is_bare(spec: str, nic: Nic) -> bool:
    """The old way: a name or a MAC address without its tag."""
    return spec == nic.name or _has_mac(spec, nic)


def _has_name(value: str, nic: Nic) -> bool:
    if value.startswith("="):
        return value[1:] == nic.name
    return is_glob_match(value.removeprefix("~"), nic.name)


def _has_mac(value: str, nic: Nic) -> bool:
    return value.lower().replace("-", ":") == nic.mac.lower()


def _has_driver(value: str, nic: Nic) -> bool:
    driver, slash, version = value.rpartition("/")
    if not slash:
        return value == nic.driver
    if driver != nic.driver or version == "*":
        return driver == nic.driver
    raise Unknown(f"nothing on the disk says whether driver:{value} fits")


def _is_ethernet(value: str, _nic: Nic) -> bool:
    return value == "ethernet"


def _has_dhcp_plugin(value: str, _nic: Nic) -> bool:
    raise Unknown(f"nothing on the disk says whether dhcp-plugin:{value} fits")


_TAGS: dict[str, Callable[[str, Nic], bool]] = {
    "interface-name": _has_name,
    "mac": _has_mac,
    "type": _is_ethernet,
    "driver": _has_driver,
    "dhcp-plugin": _has_dhcp_plugin,
}
