"""dhclient's own files: what in them may keep a NIC from getting an address that the cloud offers.

Source: dhclient.conf(5), dhclient-script(8); Debian's dhclient-script.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

from guestinspect.disk.tree import Tree, is_file, lines
from guestinspect.model.fact import Unknown
from guestinspect.network.nic import Nic

CONFIGURATION = "/etc/dhcp/dhclient.conf"

_ENTER = "/etc/dhcp/dhclient-enter-hooks"
_EXIT = "/etc/dhcp/dhclient-exit-hooks"
_NAME = re.compile(r"[A-Za-z0-9_-]+")
_OF_PACKAGES = frozenset(
    {
        "chrony",
        "debug",
        "ntp",
        "ntpdate",
        "ntpsec",
        "resolvconf",
        "resolved",
        "resolved-enter",
        "rfc3442-classless-routes",
        "samba",
        "squid",
        "timesyncd",
        "zzz_avahi-autoipd",
    }
)
"""What the packages of Debian and Ubuntu put there: nothing that keeps an address away."""

_STOPS = re.compile(r"\bexit_status=|(?:^|[;&|{(]|\b(?:then|else|do))\s{0,99}exit\b(?!\s{1,99}0\s{0,99}(?:$|[;}#]))")
"""What makes dhclient-script fail, so that the address is given back."""
_CHANGES = re.compile(r"(?:^|[\s;&|{(])(?:exit\b|(?:new_ip_address|new_subnet_mask|interface|reason)=)")
"""What ends the script before it gives the address, or makes it another one."""

_WORD = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?$)|[{};]|[^\s{};"#]+|(#)')
_ENDS = frozenset("{};")
_ALWAYS_OFFERED = frozenset({"subnet-mask", "dhcp-server-identifier", "dhcp-lease-time", "dhcp-message-type"})
_ELSEWHERE = frozenset({"lease", "alias", "pseudo"})
"""Blocks about old leases and second addresses."""
_UNFORESEEABLE = frozenset({"reject", "interface", "script", "include"})


def refuse_hindrances(tree: Tree, nic: Nic) -> None:
    """Raises Unknown if its configuration or one of its hooks may keep a NIC from getting an address."""
    _refuse_statements(tree, nic)
    for hooks, sign in ((_ENTER, _STOPS), (_ENTER, _CHANGES), (_EXIT, _STOPS)):
        for path in _hooks(tree, hooks):
            _refuse_lines(tree, path, sign, nic)


def _hooks(tree: Tree, path: str) -> Iterator[str]:
    """The script itself, and those of the folder beside it that are not of a package."""
    folder = f"{path}.d"
    inner = (f"{folder}/{name}" for name in tree.names(folder) if _NAME.fullmatch(name) and name not in _OF_PACKAGES)
    return (found for found in chain([path], inner) if is_file(tree, found))


def _refuse_lines(tree: Tree, path: str, sign: re.Pattern[str], nic: Nic) -> None:
    for number, line in lines(tree, path):
        if not line.lstrip().startswith("#") and sign.search(line):
            raise Unknown(f"{path}:{number}: this script of dhclient's may keep {nic.name} from getting an address")


def _refuse_statements(tree: Tree, nic: Nic) -> None:
    for words, location in _statements(tree):
        is_needed = words[0] in ("require", "also") and not _ALWAYS_OFFERED.issuperset(_required(words))
        if words[0] in _UNFORESEEABLE or is_needed:
            raise Unknown(f"{location}: {words[0]} may keep {nic.name} from getting an address")


def _required(words: list[str]) -> list[str]:
    """The options of ``require subnet-mask, routers`` and of ``also require …``; none of ``also request …``."""
    rest = words[1:] if words[0] == "require" else words[2:] if words[1:2] == ["require"] else []
    return [option for word in rest for option in word.lower().split(",") if option]


def _statements(tree: Tree) -> Iterator[tuple[list[str], str]]:
    """The words of each statement up to its ``;`` or ``{``, outside of old leases, and where it begins."""
    said: list[str] = []
    begun_at, depth = "", 0
    for number, line in lines(tree, CONFIGURATION):
        for word in _words(line):
            if word not in _ENDS:
                begun_at = begun_at if said else f"{CONFIGURATION}:{number}"
                said.append(word)
                continue
            if said and not depth:
                yield said, begun_at
            if word == "{" and (depth or (said and said[0] in _ELSEWHERE)):
                depth += 1
            elif word == "}" and depth:
                depth -= 1
            said = []
    if said and not depth:
        yield said, begun_at


def _words(line: str) -> Iterator[str]:
    for found in _WORD.finditer(line):
        if found[1]:
            return
        yield found[0].lower()
