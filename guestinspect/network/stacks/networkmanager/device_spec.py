"""NetworkManager's lists of devices: ``*,except:interface-name:ens3,mac:52:54:00:12:34:56``.

Source: NetworkManager.conf(5), "Device List Format"; NetworkManager's nm-core-utils.c, nm_match_spec_device.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from guestinspect.disk.globs import fnmatchcase
from guestinspect.model.fact import Unknown
from guestinspect.network.nic import Nic

_PIECE = re.compile(r"(?:[^,;\\]|\\.|\\$)+", re.DOTALL)
_ESCAPE = re.compile(r"\\([sntr\\,;])")
_ESCAPES = {"s": " ", "n": "\n", "t": "\t", "r": "\r"}
_EXCEPT = "except:"


def split(value: str) -> tuple[str, ...]:
    """Return the entries of a list, separated by commas or semicolons; a backslash escapes them."""
    pieces = (piece.strip() for piece in _PIECE.findall(value))
    return tuple(_ESCAPE.sub(lambda escape: _ESCAPES.get(escape[1], escape[1]), piece) for piece in pieces if piece)


def matches(specs: Collection[str], nic: Nic) -> bool:
    """Return True if a list matches this NIC.

    A matching ``except:`` takes precedence. A list with nothing but ``except:`` matches all other NICs.
    """
    excepted = [spec[len(_EXCEPT) :] for spec in specs if _is_except(spec)]
    wanted = [spec for spec in specs if not _is_except(spec)]
    if any(_fits(spec, nic) for spec in excepted):
        return False
    if not wanted:
        return bool(excepted)
    # The old form is a name or a MAC address without its tag.
    return any(_fits(spec, nic) or spec == nic.name or _has_mac(spec, nic) for spec in wanted)


def is_glob_match(pattern: str, text: str) -> bool:
    """Return True if a pattern of GLib matches: with ``*`` and ``?``, without brackets."""
    return fnmatchcase(text, pattern.replace("[", "[[]"))


def _is_except(spec: str) -> bool:
    return spec[: len(_EXCEPT)].lower() == _EXCEPT


def _fits(spec: str, nic: Nic) -> bool:
    if spec == "*":
        return True
    tag, colon, value = spec.partition(":")
    match tag.lower() if colon else "":
        case "interface-name" if value.startswith("="):
            return value[1:] == nic.name
        case "interface-name":
            return is_glob_match(value.removeprefix("~"), nic.name)
        case "mac":
            return _has_mac(value, nic)
        case "type":
            return value == "ethernet"
        case "driver":
            return _has_driver(value, nic)
        case "dhcp-plugin":
            raise Unknown(f"whether NetworkManager's dhcp-plugin:{value} matches {nic.name} is known only at boot")
    return False


def _has_mac(value: str, nic: Nic) -> bool:
    return value.lower().replace("-", ":") == nic.mac.lower()


def _has_driver(value: str, nic: Nic) -> bool:
    driver, slash, version = value.rpartition("/")
    if not slash:
        return value == nic.driver
    if driver != nic.driver or version == "*":
        return driver == nic.driver
    raise Unknown(f"whether NetworkManager's driver:{value} matches {nic.name} is known only at boot")
