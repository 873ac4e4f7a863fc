"""What a stanza of ifupdown does with a NIC: whether it has an IPv4 address in the end.

Source: ifupdown's inet.defn; ifupdown2's addons; ifupdown-ng's executors.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Interface

from vscclient.facts.guest.network.nic import Nic
from vscclient.facts.guest.network.stack import Answer, Method
from vscclient.facts.guest.network.stacks.ifupdown_choice import Program
from vscclient.facts.guest.network.stacks.interfaces import Line, Stanza
from vscclient.facts.guest.tree import Tree
from vscclient.model.fact import Unknown
from vscclient.model.guest import Step

_FOLDERS = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
_CLIENTS = {
    Program.IFUPDOWN: ("dhclient", "udhcpc", "dhcpcd", "pump"),
    Program.IFUPDOWN2: ("dhclient",),
    Program.IFUPDOWN_NG: ("dhcpcd", "dhclient", "udhcpc"),
    Program.BUSYBOX: ("dhcpcd", "dhclient", "pump", "udhcpc"),
}

_HARMLESS = re.compile(
    r"(/(usr/)?s?bin/)?(true|:|echo|sleep|logger|ip|ifconfig|ethtool|sysctl|modprobe|iptables-restore|ip6tables-restore|nft)\b"
)
_ADDRESSES = re.compile(r"\b(dhclient|dhcpcd|udhcpc|pump|ifconfig|ifup|systemctl|addr(ess)?|a(dd)? add)\b|\.sh\b")


def answer(stanzas: tuple[Stanza, ...], nic: Nic, tree: Tree, program: Program) -> Answer:
    """What the stanzas of a NIC do with it, one after the other.

    Raises:
        Unknown: A command of the guest's own decides, or another MAC address.
    """
    why: list[Step] = []
    for stanza in stanzas:
        _refuse_the_unforeseen(stanza, program)
        if stanza.family == "inet6":
            continue
        method = _method(stanza)
        step = Step(f"{nic.name}: {method or 'no method'} by {program}", stanza.seen_at)
        if method == "dhcp":
            return _by_dhcp(nic, tree, program, step)
        if method == "static":
            return _by_address(stanza, step)
        why.append(_without_address(stanza, step))
    return Answer(Method.NONE, tuple(why))


def _method(stanza: Stanza) -> str:
    """The method; without one, the options tell: ``use dhcp``, ``address``."""
    if any("dhcp" in value.text.split() for value in stanza.values("use", "address")):
        return "dhcp"
    if stanza.method in ("", "static"):
        return "static" if stanza.method or stanza.values("address") else ""
    return stanza.method


def _refuse_the_unforeseen(stanza: Stanza, program: Program) -> None:
    if program in (Program.IFUPDOWN2, Program.IFUPDOWN_NG) and (stanza.parent or stanza.values("inherit", "template")):
        raise Unknown(f"{stanza.seen_at}: it has a template")
    if stanza.family == "inet6" and stanza.method == "dhcp":
        raise Unknown(f"{stanza.seen_at}: what follows is done only if DHCPv6 answers")
    for address in stanza.values("hwaddress"):
        raise Unknown(f"{address.seen_at}: it takes another MAC address, which a cloud may not let through")
    for command in stanza.values("pre-up"):
        if not _HARMLESS.match(command.text) and not re.search(r"\|\|\s{0,9}(true|:)$", command.text):
            raise Unknown(f"{command.seen_at}: it comes up only if a command of the guest's own succeeds")


def _by_dhcp(nic: Nic, tree: Tree, program: Program, step: Step) -> Answer:
    for client in _CLIENTS[program]:
        if any(tree.status(f"{folder}/{client}") is not None for folder in _FOLDERS):
            return Answer(Method.DHCP, (step,), has_default_route=True)
    return Answer(Method.NONE, (step, Step(f"{nic.name} gets no address: no DHCP client of {program} is installed")))


def _by_address(stanza: Stanza, step: Step) -> Answer:
    for line in stanza.values("address"):
        if _is_ipv4(line):
            has_default_route = bool(stanza.values("gateway"))
            return Answer(Method.STATIC, (step, Step("its address is given", line.seen_at)), has_default_route)
    return Answer(Method.NONE, (step, Step("it has no valid address", stanza.seen_at)))


def _is_ipv4(line: Line) -> bool:
    try:
        IPv4Interface(line.text.split()[0])
    except ValueError:
        return False
    return True


def _without_address(stanza: Stanza, step: Step) -> Step:
    """A method that gives no address by itself."""
    if stanza.method in ("bootp", "ipv4ll", "ppp", "wvdial"):
        raise Unknown(f"{stanza.seen_at}: whether the method {stanza.method} gives an address is not known")
    for command in stanza.values("up", "post-up", "pre-up"):
        if _ADDRESSES.search(command.text):
            raise Unknown(f"{command.seen_at}: a command of the guest's own may give an address")
    return step
