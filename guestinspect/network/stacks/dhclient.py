"""dhclient's own files: the settings and hooks that may keep a NIC from getting an address that the cloud offers.

Source: dhclient.conf(5), dhclient-script(8); Debian's dhclient-script.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
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
"""The hooks of packages of Debian and Ubuntu, which do not keep an address away."""

_STOPS = re.compile(r"\bexit_status=|(?:^|[;&|{(]|\b(?:then|else|do))\s{0,99}exit\b(?!\s{1,99}0\s{0,99}(?:$|[;}#]))")
"""The commands that make dhclient-script fail: dhclient then returns the address."""
_CHANGES = re.compile(r"(?:^|[\s;&|{(])(?:exit\b|(?:new_ip_address|new_subnet_mask|interface|reason)=)")
"""The commands that end the script before it sets the address, or that change the address."""

_WORD = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?$)|[{};]|[^\s{};"#]+|(#)')
_ENDS = frozenset("{};")
_ALWAYS_OFFERED = frozenset({"subnet-mask", "dhcp-server-identifier", "dhcp-lease-time", "dhcp-message-type"})
_OTHER_BLOCKS = frozenset({"lease", "alias", "pseudo"})
"""Blocks of old leases and of second addresses."""
_UNSUPPORTED = frozenset({"reject", "interface", "script", "include"})


@dataclass(frozen=True)
class _Statement:
    """A statement of dhclient.conf.

    Args:
        words: The words up to its ``;`` or ``{``, in lower case.
        location: The file and the line.
    """

    words: list[str]
    location: str

    @property
    def may_refuse_offers(self) -> bool:
        """Return True if it may make dhclient refuse the cloud's offer, or leave the NIC alone.

        ``require subnet-mask, routers`` and ``also require …`` do, unless a server offers the options in any case;
        ``also request …`` does not. Source: dhclient.conf(5), "require" and "also require".
        """
        match self.words:
            case ["require", *rest] | ["also", "require", *rest]:
                options = {option for word in rest for option in word.split(",") if option}
                return not options <= _ALWAYS_OFFERED
        return self.words[0] in _UNSUPPORTED


def require_harmless(tree: Tree, nic: Nic) -> None:
    """Raise Unknown if its configuration or one of its hooks may keep a NIC from getting an address."""
    for statement in _statements(tree):
        if statement.may_refuse_offers:
            raise Unknown(f"{statement.location}: {statement.words[0]} may keep {nic.name} from getting an address")
    for hooks, pattern in ((_ENTER, _STOPS), (_ENTER, _CHANGES), (_EXIT, _STOPS)):
        for path in _list_hooks(tree, hooks):
            for number, line in lines(tree, path):
                if not line.lstrip().startswith("#") and pattern.search(line):
                    raise Unknown(f"{path}:{number}: this hook of dhclient may keep {nic.name} from getting an address")


def _list_hooks(tree: Tree, path: str) -> Iterator[str]:
    """Yield the hook itself, and those in its folder that are not from a package."""
    folder = f"{path}.d"
    inner = (f"{folder}/{name}" for name in tree.names(folder) if _NAME.fullmatch(name) and name not in _OF_PACKAGES)
    return (hook for hook in chain([path], inner) if is_file(tree, hook))


def _statements(tree: Tree) -> Iterator[_Statement]:
    """Yield each statement, except those of old leases.

    A statement may go over several lines, and a line may have several: dhclient.conf(5) has the grammar of C.
    """
    statement: list[str] = []
    location, depth = "", 0  # depth: of the blocks inside an old lease
    for number, line in lines(tree, CONFIGURATION):
        for piece in _WORD.finditer(line):
            word = piece[0].lower()
            if piece[1]:  # a comment up to the end of the line
                break
            if word not in _ENDS:
                location = location if statement else f"{CONFIGURATION}:{number}"
                statement.append(word)
                continue
            if statement and not depth:
                yield _Statement(statement, location)
            if word == "{" and (depth or (statement and statement[0] in _OTHER_BLOCKS)):
                depth += 1
            elif word == "}" and depth:
                depth -= 1
            statement = []
    if statement and not depth:
        yield _Statement(statement, location)
