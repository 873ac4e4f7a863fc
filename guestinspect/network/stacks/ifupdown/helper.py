"""The helper of Debian's cloud images (up to Debian 11): a udev rule that writes a stanza for each NIC without one.

The rule (``75-cloud-ifupdown.rules``) starts ``/etc/network/cloud-ifupdown-helper``, which fills in a template and
writes it below ``/run``; ``/etc/network/interfaces`` includes that folder, and ifupdown's own rule brings the NIC up.
Others have written helpers of the same kind: any script that a rule starts and that writes there is taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import basename

from guestinspect.disk.overlay import Overlay
from guestinspect.disk.tree import Tree, Type
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Step
from guestinspect.network.nic import Nic
from guestinspect.network.udev_rules import Rule, is_matched, rules_of

_RULES_FOLDER = "/etc/udev/rules.d"
_SHIPPED_RULES = "75-cloud-ifupdown.rules"
_TEMPLATE = "/etc/network/cloud-interfaces-template"
_RENAMED_BY = "80-net-setup-link.rules"
_MADE = "/run/network/interfaces.d"
_SCRIPT_LIMIT_BYTES = 64 * 1024
"""Debian's has 2 KiB."""

_VARIABLE = re.compile(r"\$(?:\w+|\{\w+\})")
_FORMAT = re.compile(r"printf\s+(['\"])([^'\"]{1,2000})\1")
_STANZA_LINE = re.compile(r"[\s'\"]*(?:echo\s+['\"]?)?((?:auto|allow-hotplug|iface)\s+\$\{?\w+\}?[^'\"<>|;&]{0,200})")


@dataclass(frozen=True)
class Helper:
    """A script that writes stanzas, and the rule that starts it."""

    rule: Rule
    script: str
    text: str

    def names(self, nic: Nic) -> bool:
        """Whether the script is told the NIC's name, not the one that the kernel gave it.

        What a rule hands over is filled in where the rule stands, before a new NIC is renamed; those that are there
        at boot have been renamed by the initramfs. The environment has the name in the end. Both were measured.
        """
        is_early = basename(self.rule.location.rpartition(":")[0]) < _RENAMED_BY
        is_handed = any(sign in part.value for part in self.rule.parts if part.key.startswith("RUN") for sign in "$%")
        return not (nic.is_hotplugged and is_early and is_handed) or nic.name == f"eth{nic.position}"


def helpers(tree: Tree) -> tuple[Helper, ...]:
    """The helpers of this kind that udev starts.

    Raises:
        Unreadable: A rule or a script could not be read.
    """
    return tuple(_helpers(tree))


def with_made_stanza(tree: Tree, found: tuple[Helper, ...], nic: Nic) -> tuple[Tree, Step] | None:
    """The guest's files with the stanza that a helper writes for a NIC; None: none does.

    Raises:
        Unknown: What the helper writes cannot be told from its text.
    """
    for helper in found:
        if helper.names(nic) and is_matched(helper.rule, _properties(nic)):
            text = _VARIABLE.sub(nic.name, _stanza(tree, helper))
            files = {f"{_MADE}/{nic.name}": text.encode("utf-8", "surrogateescape")}
            return Overlay(tree, files), Step(f"a udev rule makes a stanza for {nic.name}", helper.rule.location)
    return None


def _helpers(tree: Tree) -> Iterator[Helper]:
    for rule in rules_of(tree, {_SHIPPED_RULES, *tree.names(_RULES_FOLDER)}):
        for script in _programs(rule):
            text = _text(tree, script)
            if _MADE in text:
                yield Helper(rule, script, text)


def _programs(rule: Rule) -> Iterator[str]:
    for part in rule.parts:
        words = part.value.split() if part.key in ("RUN", "RUN{program}") else []
        if words and words[0].startswith("/") and basename(words[0]):
            yield words[0]


def _text(tree: Tree, script: str) -> str:
    status = tree.status(script)
    if status is None or status.type is not Type.FILE or status.size_bytes > _SCRIPT_LIMIT_BYTES:
        return ""
    return (tree.read(script, _SCRIPT_LIMIT_BYTES) or b"").decode("utf-8", "surrogateescape")


def _properties(nic: Nic) -> dict[str, tuple[str, ...]]:
    return {
        "SUBSYSTEM": ("net",),
        "ACTION": ("add",),
        "KERNEL": (nic.name,),
        "NAME": (nic.name,),
        "ENV{INTERFACE}": (nic.name,),
        "ATTR{type}": ("1",),
        "DRIVERS": (nic.driver, "virtio-pci"),
        "SUBSYSTEMS": ("virtio", "pci"),
    }


def _stanza(tree: Tree, helper: Helper) -> str:
    """The stanza, with a variable for the NIC's name in it: the template's, or one that stands in the script."""
    template = tree.read(_TEMPLATE) if _TEMPLATE in helper.text else None
    if template is not None:
        return template.decode("utf-8", "surrogateescape")
    formats = (found[2].replace("%s", "$name").replace("\\n", "\n") for found in _FORMAT.finditer(helper.text))
    lines = "\n".join((*formats, helper.text)).split("\n")
    found = [match[1].rstrip() for line in lines if (match := _STANZA_LINE.match(line)) is not None]
    if not any(line.startswith("iface") for line in found):
        raise Unknown(f"which stanza {helper.script} writes cannot be told from its text")
    return "\n".join(found) + "\n"
