"""The effect of ifupdown's stanzas on a NIC: whether it gets an IPv4 address.

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
from guestinspect.network.stacks.ifupdown.interfaces import Stanza
from guestinspect.network.stacks.ifupdown.program import IfupProgram

_FOLDERS = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
_CLIENTS = {
    IfupProgram.IFUPDOWN: ("dhclient", "udhcpc", "dhcpcd", "pump"),
    IfupProgram.IFUPDOWN2: ("dhclient",),
    IfupProgram.IFUPDOWN_NG: ("dhcpcd", "dhclient", "udhcpc"),
    IfupProgram.BUSYBOX: ("dhcpcd", "dhclient", "pump", "udhcpc"),
}

_HOW = {"dhcp": "by DHCP", "static": "with a fixed address"}
_AUTHENTICATES = "wpa-"
"""The beginning of the options that wpa_supplicant's script in if-pre-up.d reads."""
_PREFIX = r"(?:/(?:usr/)?s?bin/)?"
_SUCCEEDS = re.compile(_PREFIX + r"(?:true|echo|sleep|logger|ip link set)(?:\s[^;&|`$()]*)?")
"""Commands that succeed."""
_ANYWAY = re.compile(r"\|\|\s{0,9}(?:/bin/)?(?:true|:)$")
_NO_ADDRESS = re.compile(
    rf"{_PREFIX}(?:true|echo|sleep|logger|ethtool|brctl|tc|sysctl|modprobe|iptables(?:-restore)?|nft"
    r"|ip (?:-\S{1,9} )?(?:link|route|rule|neigh)|ifconfig \S{1,20} (?:0\.0\.0\.0 )?(?:up|down))\b[^;&|`()]*"
)
"""Commands that give no NIC an address."""


def apply_stanzas(stanzas: tuple[Stanza, ...], nic: Nic, tree: Tree, program: IfupProgram) -> Answer:
    """Return the outcome of the stanzas of a NIC. ifup uses all of them, in order, and stops at the first that fails.

    Raises:
        Unknown: A command of the guest's own decides, or a stanza changes the MAC address.
    """
    why: list[Step] = []
    waits_for: Stanza | None = None
    for stanza in stanzas:
        _require_supported(stanza, program)
        # ifup stops at the first stanza that fails: with DHCPv6, that is a network without a DHCPv6 server.
        if stanza.family == "inet6":
            waits_for = stanza if stanza.method == "dhcp" else waits_for
            continue
        method = _method(stanza, program)
        if waits_for is not None and method in ("dhcp", "static"):
            raise Unknown(f"{stanza.location}: ifup uses this stanza only if DHCPv6 answers ({waits_for.location})")
        how = _HOW.get(method, f"with the method {method}" if method else "without a method")
        step = Step(f"{program} configures {nic.name} {how}", stanza.location)
        if method == "dhcp":
            return _by_dhcp(stanza, nic, tree, program, step)
        if method == "static":
            return _by_address(stanza, step)
        _require_no_address(stanza)
        why.append(step)
    return Answer(Method.NONE, tuple(why))


def _method(stanza: Stanza, program: IfupProgram) -> str:
    """Return the method of the line, or by the options: ``use dhcp``, ``address``."""
    uses = stanza.values("use") if program is IfupProgram.IFUPDOWN_NG else ()
    if any("dhcp" in value.text.split() for value in uses):
        return "dhcp"
    if stanza.method in ("", "static"):
        return "static" if stanza.method or stanza.values("address") else ""
    return stanza.method


def _require_supported(stanza: Stanza, program: IfupProgram) -> None:
    """Raise Unknown for a template, another MAC address, an authentication, or a command that may fail."""
    has_templates = program in (IfupProgram.IFUPDOWN2, IfupProgram.IFUPDOWN_NG)
    if has_templates and (stanza.parent or stanza.values("inherit", "template")):
        raise Unknown(f"{stanza.location}: {stanza.name} is configured by a template, which is not supported here")
    for address in stanza.values("hwaddress"):
        raise Unknown(f"{address.location} sets a MAC address that differs from the one the cloud assigned")
    for key, value in stanza.options:
        if key.startswith(_AUTHENTICATES):
            raise Unknown(
                f"{value.location}: {stanza.name} comes up only if it can authenticate to its network ({key})"
            )
    for command in stanza.values("pre-up"):
        if not _SUCCEEDS.fullmatch(command.text) and not _ANYWAY.search(command.text):
            raise Unknown(f"{command.location}: {stanza.name} comes up only if this pre-up command succeeds")


def _by_dhcp(stanza: Stanza, nic: Nic, tree: Tree, program: IfupProgram, step: Step) -> Answer:
    """Return the outcome by the first installed DHCP client of the program's list.

    Raises:
        Unknown: The client's own files may keep the NIC from getting an address.
    """
    paths = ((client, f"{folder}/{client}") for client in _CLIENTS[program] for folder in _FOLDERS)
    client = next((client for client, path in paths if tree.status(path) is not None), None)
    if client is None:
        return Answer(Method.NONE, (step, Step(f"{nic.name} gets no address: no DHCP client is installed")))
    if client == "dhclient":
        dhclient.require_harmless(tree, nic)
    if client == "dhcpcd":
        dhcpcd_conf.require_all_harmless(tree, nic)
    if stanza.name in nic.alternative_names and client != "dhclient":
        raise Unknown(f"{stanza.location}: whether {client} accepts the alternative name of {nic.name} is unknown")
    # dhcpcd numbers the metrics itself: three default routes were seen, where dhclient made one.
    has_metric = client == "dhcpcd" or bool(stanza.values("metric"))
    return Answer(Method.DHCP, (step,), has_default_route=True, has_metric=has_metric)


def _by_address(stanza: Stanza, step: Step) -> Answer:
    for line in stanza.values("address"):
        try:
            IPv4Interface(line.text.split()[0])
        except ValueError:
            continue
        has_default_route, has_metric = bool(stanza.values("gateway")), bool(stanza.values("metric"))
        return Answer(Method.STATIC, (step, Step("the address is fixed", line.location)), has_default_route, has_metric)
    return Answer(Method.NONE, (step, Step(f"the stanza of {stanza.name} has no valid IPv4 address", stanza.location)))


def _require_no_address(stanza: Stanza) -> None:
    """Raise Unknown if a stanza gives an address by another method, or by its commands."""
    if stanza.method in ("bootp", "ipv4ll", "ppp", "wvdial"):
        raise Unknown(
            f"{stanza.location}: whether the method {stanza.method} gives {stanza.name} an address is unknown"
        )
    for command in stanza.values("up", "post-up", "pre-up"):
        if not _NO_ADDRESS.fullmatch(command.text):
            raise Unknown(f"{command.location}: this command may give {stanza.name} an address")
