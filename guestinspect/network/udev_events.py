"""The programs and units that udev starts when a NIC appears, or gets its name.

Source: udev(7), "RUN{type}", "GOTO", "SYSTEMD_WANTS" in systemd.device(5); systemd's udev-rules.c.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from posixpath import basename

from guestinspect.disk.parse_cache import parse_once
from guestinspect.disk.tree import Tree
from guestinspect.guest.files.conf_files import list_conf_files
from guestinspect.network.nic import Nic
from guestinspect.network.udev_rules import RULE_FOLDERS, Part, Rule, parse_rules

_STARTING = (b"RUN", b"SYSTEMD_WANTS", b"PROGRAM", b"IMPORT{program}")
_RUNS = frozenset({"RUN", "RUN{program}", "PROGRAM", "IMPORT{program}"})
_WANTS = "ENV{SYSTEMD_WANTS}"
_ASSIGNMENTS = frozenset({"=", ":=", "+=", "=="})
_RENAMED_BY = "80-net-setup-link.rules"
_KERNEL_NAME = "eth0"
"""The kernel's name of a NIC that is attached while the other NICs have got other names."""

_PARENT = {"KERNEL": ("",), "NAME": ("",), "ENV{INTERFACE}": ("",), "ENV{ID_NET_NAME}": ("",), "ATTR{address}": ("",)}
"""The properties of a NIC that its parents, devices of the buses virtio and PCI, do not have."""
_Properties = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class UdevStart:
    """A program or a unit that a rule starts for a NIC.

    Args:
        text: The command line, or the names of units; with the values of the NIC in place of ``$name`` and others.
        is_unit: True if the text names units.
        rule: The rule.
        is_certain: True if the rule certainly applies, and nothing in the text is unknown.
    """

    text: str
    is_unit: bool
    rule: Rule
    is_certain: bool


def list_starts(tree: Tree, nic: Nic) -> Iterator[UdevStart]:
    """Yield what udev starts for a NIC at boot, or for a later one when it is attached.

    A NIC causes an event when it appears, and another when it is renamed. The initramfs renames those of the boot.

    Raises:
        Unreadable: A file of rules could not be read.
    """
    found: dict[tuple[str, str], UdevStart] = {}
    is_renamed = nic.is_hotplugged and nic.name != _KERNEL_NAME
    for path in list_conf_files(tree, RULE_FOLDERS, ".rules"):
        content = tree.read(path) or b""
        if not any(word in content for word in _STARTING):
            continue
        name = _KERNEL_NAME if is_renamed else nic.name
        is_early = basename(path) < _RENAMED_BY
        events = [_properties(nic, "add", name, name if is_early else nic.name)]
        if is_renamed:
            events.append(_properties(nic, "move", nic.name, nic.name))
        events += [{"ACTION": ("add",), "SUBSYSTEM": (bus,), **_PARENT} for bus in ("virtio", "pci")]
        for properties in events:
            for start in _list_of_file(_rules_with_effect(path, content), properties):
                key = (start.text, start.rule.location)
                if key not in found or start.is_certain:
                    found[key] = start
    yield from found.values()


def _properties(nic: Nic, action: str, kernel_name: str, name: str) -> _Properties:
    """Return the properties of a NIC in an event.

    Args:
        nic: The NIC.
        action: The kind of event.
        kernel_name: The name of the NIC for the kernel when the event began.
        name: The name that the rules so far have given it.
    """
    return {
        **nic.udev_properties,
        "ACTION": (action,),
        "KERNEL": (kernel_name,),
        "NAME": (name,),
        "ENV{INTERFACE}": (kernel_name,),
        "ATTR{addr_assign_type}": ("0",),
        # the parents of a virtio NIC are devices of PCI, not of USB
        **dict.fromkeys(("ATTRS{idVendor}", "ATTRS{idProduct}", "ATTR{idVendor}", "ATTR{idProduct}"), ("",)),
    }


@parse_once
def _rules_with_effect(path: str, content: bytes) -> tuple[Rule, ...]:
    """Return the rules that start something, or jump, or are jumped to: only their conditions have to be evaluated."""
    return tuple(
        rule
        for rule in parse_rules(path, content)
        if any(part.key in ("GOTO", "LABEL") or _is_start(part) for part in rule.parts)
    )


def _is_start(part: Part) -> bool:
    return part.operator in _ASSIGNMENTS and (part.key in _RUNS or part.key == _WANTS) and bool(part.value)


def _list_of_file(rules: tuple[Rule, ...], properties: _Properties) -> Iterator[UdevStart]:
    """Yield what the rules of one file start; a ``GOTO`` that is certainly followed skips the rules up to its label."""
    target = ""
    doubtful = set[str]()
    for rule in rules:
        labels = {part.value for part in rule.parts if part.key == "LABEL"}
        doubtful -= labels
        if target and target not in labels:
            continue
        target = ""
        holds = [part.holds(properties) for part in rule.conditions() if part.key not in _RUNS]
        is_parent = properties["SUBSYSTEM"] != ("net",)
        if False in holds or (is_parent and not any(part.key == "SUBSYSTEM" for part in rule.conditions())):
            continue
        jump = next((part.value for part in rule.parts if part.key == "GOTO"), "")
        is_certain = None not in holds and not doubtful
        if jump and is_certain:
            target = jump
        elif jump:
            doubtful.add(jump)
        for part in rule.parts:
            if _is_start(part):
                yield _start(rule, part, properties, is_certain=is_certain)


def _start(rule: Rule, part: Part, properties: _Properties, *, is_certain: bool) -> UdevStart:
    """Return what an assignment starts. Source: udev(7), the list of substitutions."""
    text = part.value
    kernel_name, name, interface = (properties[key][0] for key in ("KERNEL", "NAME", "ENV{INTERFACE}"))
    values = {
        **dict.fromkeys(("$env{INTERFACE}", "%E{INTERFACE}"), interface),
        **dict.fromkeys(("$env{ID_NET_NAME}", "%E{ID_NET_NAME}"), properties["ENV{ID_NET_NAME}"][0]),
        **dict.fromkeys(("$kernel", "%k"), kernel_name),
        **dict.fromkeys(("$name", "%D"), name),
        "$attr{address}": properties["ATTR{address}"][0],
    }
    for sign, value in values.items():
        text = text.replace(sign, value)
    is_known = not set("$%") & set(text.replace("$$", "").replace("%%", ""))
    return UdevStart(text, part.key == _WANTS, rule, is_certain and is_known)
