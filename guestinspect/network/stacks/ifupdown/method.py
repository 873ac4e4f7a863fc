"""What a stanza of ifupdown does with a NIC: whether it has an IPv4 address in the end.

Source: ifupdown's inet.defn; ifupdown2's addons; ifupdown-ng's executors.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Interface

from guestinspect.disk.tree import Tree
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Step
from guestinspect.network.nic import Nic
from guestinspect.network.stack import Answer, Method
from guestinspect.network.stacks import dhclient, dhcpcd_conf
from guestinspect.network.stacks.ifupdown.choice import Program
from guestinspect.network.stacks.ifupdown.interfaces import Line, Stanza

_FOLDERS = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
_CLIENTS = {
    Program.IFUPDOWN: ("dhclient", "udhcpc", "dhcpcd", "pump"),
    Program.IFUPDOWN2: ("dhclient",),
    Program.IFUPDOWN_NG: ("dhcpcd", "dhclient", "udhcpc"),
    Program.BUSYBOX: ("dhcpcd", "dhclient", "pump", "udhcpc"),
}

_LOGS_IN = "wpa-"
"""How the options begin that wpa_supplicant's script in if-pre-up.d looks at."""
_PREFIX = r"(?:/(?:usr/)?s?bin/)?"
_SURE = re.compile(_PREFIX + r"(?:true|echo|sleep|logger|ip link set)(?:\s[^;&|`$()]*)?")
"""Commands that succeed."""
_ANYWAY = re.compile(r"\|\|\s{0,9}(?:/bin/)?(?:true|:)$")
_NO_ADDRESS = re.compile(
    rf"{_PREFIX}(?:true|echo|sleep|logger|ethtool|brctl|tc|sysctl|modprobe|iptables(?:-restore)?|nft"
    r"|ip (?:-\S{1,9} )?(?:link|route|rule|neigh)|ifconfig \S{1,20} (?:0\.0\.0\.0 )?(?:up|down))\b[^;&|`()]*"
)
"""Commands that give no NIC an address."""


def answer(stanzas: tuple[Stanza, ...], nic: Nic, tree: Tree, program: Program) -> Answer:
    """What the stanzas of a NIC do with it, one after the other.

    Raises:
        Unknown: A command of the guest's own decides, or another MAC address.
    """
    why: list[Step] = []
    waits_for: Stanza | None = None
    for stanza in stanzas:
        _refuse_the_unforeseen(stanza, program)
        if stanza.family == "inet6":
            waits_for = stanza if stanza.method == "dhcp" else waits_for
            continue
        method = _method(stanza, program)
        if waits_for is not None and method in ("dhcp", "static"):
            raise Unknown(f"{waits_for.location}: what follows is done only if DHCPv6 answers")
        step = Step(f"{nic.name}: {method or 'no method'} by {program}", stanza.location)
        if method == "dhcp":
            client = _client(tree, program)
            _refuse_hindrances(client, tree, nic)
            return _by_dhcp(stanza, nic, client, step)
        if method == "static":
            return _by_address(stanza, step)
        why.append(_without_address(stanza, step))
    return Answer(Method.NONE, tuple(why))


def _method(stanza: Stanza, program: Program) -> str:
    """The method; without one, the options tell: ``use dhcp``, ``address``."""
    is_used = program is Program.IFUPDOWN_NG and any("dhcp" in value.text.split() for value in stanza.values("use"))
    if is_used:
        return "dhcp"
    if stanza.method in ("", "static"):
        return "static" if stanza.method or stanza.values("address") else ""
    return stanza.method


def _refuse_the_unforeseen(stanza: Stanza, program: Program) -> None:
    if program in (Program.IFUPDOWN2, Program.IFUPDOWN_NG) and (stanza.parent or stanza.values("inherit", "template")):
        raise Unknown(f"{stanza.location}: it has a template")
    for address in stanza.values("hwaddress"):
        raise Unknown(f"{address.location}: it takes another MAC address, which a cloud may not let through")
    for key, value in stanza.options:
        if key.startswith(_LOGS_IN):
            raise Unknown(f"{value.location}: it comes up only if it can log in to its network")
    for command in stanza.values("pre-up"):
        if not _SURE.fullmatch(command.text) and not _ANYWAY.search(command.text):
            raise Unknown(f"{command.location}: it comes up only if a command of the guest's own succeeds")


def _client(tree: Tree, program: Program) -> str | None:
    """The DHCP client that it calls: the first that is installed."""
    for client in _CLIENTS[program]:
        if any(tree.status(f"{folder}/{client}") is not None for folder in _FOLDERS):
            return client
    return None


def _refuse_hindrances(client: str | None, tree: Tree, nic: Nic) -> None:
    """Raises Unknown if the client's own files may keep it from taking what the cloud offers."""
    if client == "dhclient":
        dhclient.refuse_hindrances(tree, nic)
    if client == "dhcpcd":
        dhcpcd_conf.refuse_hindrances(tree, nic)


def _by_dhcp(stanza: Stanza, nic: Nic, client: str | None, step: Step) -> Answer:
    if client is None:
        return Answer(Method.NONE, (step, Step(f"{nic.name} gets no address: no DHCP client is installed")))
    if stanza.name in nic.alternative_names and client != "dhclient":
        raise Unknown(f"{stanza.location}: whether {client} knows {nic.name} by its other name is not known")
    # dhcpcd numbers them by itself: three were seen, where dhclient gave one
    has_metric = client == "dhcpcd" or bool(stanza.values("metric"))
    return Answer(Method.DHCP, (step,), has_default_route=True, has_metric=has_metric)


def _by_address(stanza: Stanza, step: Step) -> Answer:
    for line in stanza.values("address"):
        if _is_ipv4(line):
            why = (step, Step("its address is given", line.location))
            has_default_route, has_metric = bool(stanza.values("gateway")), bool(stanza.values("metric"))
            return Answer(Method.STATIC, why, has_default_route, has_metric)
    return Answer(Method.NONE, (step, Step("it has no valid address", stanza.location)))


def _is_ipv4(line: Line) -> bool:
    try:
        IPv4Interface(line.text.split()[0])
    except ValueError:
        return False
    return True


def _without_address(stanza: Stanza, step: Step) -> Step:
    """A method that gives no address by itself."""
    if stanza.method in ("bootp", "ipv4ll", "ppp", "wvdial"):
        raise Unknown(f"{stanza.location}: whether the method {stanza.method} gives an address is not known")
    for command in stanza.values("up", "post-up", "pre-up"):
        if not _NO_ADDRESS.fullmatch(command.text):
            raise Unknown(f"{command.location}: a command of the guest's own may give an address")
    return step
