"""Commands in scripts and units that may configure a NIC.

Source: the manual pages of the programs: dhclient(8), dhcpcd(8), ifup(8), ifconfig(8), ip-address(8), nmcli(1),
networkctl(1), netplan-apply(8), wicked(8), systemctl(1), service(8), rc-service(8).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from guestinspect.disk.tree import join_continued
from guestinspect.guest.services.known_services import is_harmless_service
from guestinspect.guest.startup.command import Effect

_LONGEST_LINE = 4096
"""In characters. A longer line is searched up to here: no line of a common script is as long."""

_WORD = r"(?<![\w.$-])"
_END = r"(?![\w.=/-])"
_ONCE = re.compile(
    rf"{_WORD}(?:dhclient|dhclient-script|dhcpcd5?|udhcpc|pump|ifup|ifreload){_END}"
    rf"|{_WORD}ifconfig\s{{1,9}}\S{{1,64}}\s{{1,9}}(?:inet\s{{1,9}})?[\d$]"
    rf"|{_WORD}ip\s{{1,9}}(?:-[\w-]{{1,9}}\s{{1,9}}){{0,4}}a(?:d|dd|ddr|ddress)?\s{{1,9}}"
    rf"(?:a|add|append|r|repl|replace|c|change|chg){_END}"
    rf"|{_WORD}ip\s{{1,9}}(?:-[\w-]{{1,9}}\s{{1,9}}){{0,4}}-b(?:atch)?{_END}"
)
"""Commands that configure the NICs that are there."""

_OTHER_INTERFACE = re.compile(
    rf"\b(?:dev|ifup|ifconfig)\s{{1,9}}(?:lo|docker\d|br\d|br-\w{{1,15}}|virbr\d|dummy\d|wg\d|tun\d|tap\d){_END}"
)
"""A command for an interface that is no NIC of the instance."""

_LASTING = re.compile(
    rf"{_WORD}(?:nmcli|nmtui|connmanctl|connmand|NetworkManager|systemd-networkd|wpa_cli|ifplugd|netplugd){_END}"
    rf"|{_WORD}(?:networkctl|netplan|netctl|cloud-init|wicked)\s{{1,9}}[a-z]|{_WORD}glean(?:\s|$)"
    r"|org\.freedesktop\.(?:NetworkManager|network1)\b"
    r"|/etc/network/interfaces|/netplan/|/systemd/network/|/network-scripts/|/sysconfig/network/|>\s{0,9}/etc/sysconfig/network|/system-connections"
    r"|/NetworkManager/conf\.d|/etc/dhcpcd\.conf|/etc/conf\.d/net\b|/var/lib/connman|/etc/cloud/cloud\.cfg"
    rf"|\bpyroute2\b|{_WORD}(?:ansible-pull|ansible-playbook|puppet|chef-client|chef-solo|salt-call|cfn-init){_END}"
    r"|\b(?:curl|wget)\s[^|]{1,999}\|\s{0,9}(?:sudo\s{1,9})?(?:\S{0,64}/)?(?:ba|da|a|k|z)?sh\b"
    r"|\b(?:ba|da|a|k|z)?sh\s{1,9}<\("
)
"""Commands that start a network service, files that configure one, and programs that run what is not on the disk."""

_VERBS = r"(?:start|restart|try-restart|reload|force-reload|reload-or-restart|try-reload-or-restart|isolate)"
_SYSTEMCTL = re.compile(rf"{_WORD}systemctl\s[^;&|]{{0,200}}?\b(?:{_VERBS}|enable){_END}\s{{0,9}}([^;&|]{{0,999}})")
_SERVICE = re.compile(
    rf"{_WORD}(?:service|rc-service|invoke-rc\.d)\s{{1,9}}(?:-\S{{1,32}}\s{{1,9}}){{0,4}}(\S{{1,255}})\s{{1,9}}{_VERBS}\b"
    rf"|/etc/(?:rc\.d/)?init\.d/([\w.$@{{}}-]{{1,255}})\s{{1,9}}{_VERBS}\b"
    rf"|{_WORD}(?:initctl\s{{1,9}}(?:re)?start|sv\s{{1,9}}(?:up|start|restart))\s{{1,9}}(\S{{1,255}})"
)
_REDIRECTION = re.compile(r"\d?[<>]{1,2}\s{0,9}[^\s;&|]{0,255}")
_PUNCTUATION = str.maketrans("\"',[]()", "       ")
"""In other languages a command is a list of strings: ``["ip", "addr", "add"]``."""

_ENDLESS = re.compile(
    r"\bwhile\s{1,9}(?:true|:|True|1|\[\s{0,9}1)|\buntil\s{1,9}false\b|\bfor\s{0,9}\(\(\s{0,9};\s{0,9};"
    r"|\b(?:ip|udevadm)\s{1,9}(?:-\S{1,9}\s{1,9}){0,4}mon\w{0,5}\b|\binotifywait\b|\bpyudev\b"
)
"""Loops without an end, and programs that wait for events."""


def find_effects(text: str, path: str = "", first_line: int = 1) -> Iterator[Effect]:
    """Yield the commands in a script, or in a command line, that may configure a NIC.

    Args:
        text: The script, or the command line.
        path: The path of the script for the locations; or a location that already has a line, for a command line.
        first_line: The number of the first line; 0 if the path is a location.
    """
    is_endless = any(_ENDLESS.search(line[:_LONGEST_LINE]) for line in text.split("\n") if not _is_comment(line))
    numbered = ((number, line) for number, line in enumerate(text.split("\n"), first_line) if not _is_comment(line))
    for number, line in join_continued(numbered):
        location = f"{path}:{number}" if first_line else path
        bare = line[:_LONGEST_LINE].translate(_PUNCTUATION)
        once = _ONCE.search(bare)
        if once is not None and _OTHER_INTERFACE.search(bare) is None:
            yield Effect(once[0].strip(), location, is_endless)
        lasting = _LASTING.search(line[:_LONGEST_LINE]) or _LASTING.search(bare)
        if lasting is not None:
            yield Effect(lasting[0].strip()[:80], location, is_lasting=True)
        for name in _list_started_services(bare):
            if not is_harmless_service(name):
                yield Effect(f"the start of {name}", location, is_lasting=True)


def _list_started_services(line: str) -> Iterator[str]:
    """Yield the services that a line starts."""
    for command in _SYSTEMCTL.finditer(line):
        words = _REDIRECTION.sub(" ", command[1]).split()
        yield from (word for word in words if not word.startswith(("-", ">", "#")))
    for command in _SERVICE.finditer(line):
        yield next(name for name in command.groups() if name)


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")
