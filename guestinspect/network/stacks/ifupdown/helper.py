"""The helper of Debian's cloud images (up to Debian 11): it writes a stanza for each NIC that has none.

A udev rule (``75-cloud-ifupdown.rules``) starts ``/etc/network/cloud-ifupdown-helper``, which copies a template to a
folder below ``/run``; ``/etc/network/interfaces`` includes that folder, and ifupdown's own rule brings the NIC up.
There are other helpers of this kind: any script that a rule starts and that writes there is treated as one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from posixpath import basename

from guestinspect.disk.overlay import Overlay
from guestinspect.disk.tree import Tree, Type
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Step
from guestinspect.network.nic import Nic
from guestinspect.network.stacks.ifupdown.stanza_text import find_stanza
from guestinspect.network.udev_rules import Rule, rules_in_files

_RULES_FOLDER = "/etc/udev/rules.d"
_SHIPPED_RULES = "75-cloud-ifupdown.rules"
_TEMPLATE = "/etc/network/cloud-interfaces-template"
_RENAMED_BY = "80-net-setup-link.rules"
_MADE = "/run/network/interfaces.d"
_SCRIPT_LIMIT_BYTES = 64 * 1024
"""Debian's has 2 KiB."""

_VARIABLE = re.compile(r"\$(?:\w+|\{\w+\})")


@dataclass(frozen=True)
class Helper:
    """A script that writes stanzas, with the rule that starts it."""

    rule: Rule
    script: str
    text: str

    def gets_final_name(self, nic: Nic) -> bool:
        """Return True if the script gets the final name of the NIC, not the kernel's.

        udev replaces ``%k`` and ``$name`` when it reads the rule, before a later rule renames a new NIC; a NIC that is
        there at boot was renamed by the initramfs before. The environment has the final name. Both were measured.
        """
        is_early = basename(self.rule.location.rpartition(":")[0]) < _RENAMED_BY
        is_argument = any(sign in part.value for part in self.rule.parts if part.key.startswith("RUN") for sign in "$%")
        return not (nic.is_hotplugged and is_early and is_argument) or nic.name == f"eth{nic.position}"

    def stanza(self, tree: Tree) -> str:
        """Return the stanza with a variable for the NIC's name: that of the template, or one in the script.

        Raises:
            Unknown: The script has no such stanza.
        """
        template = tree.read(_TEMPLATE) if _TEMPLATE in self.text else None
        if template is not None:
            return template.decode("utf-8", "surrogateescape")
        stanza = find_stanza(self.text)
        if stanza is None:
            raise Unknown(f"the stanza that {self.script} writes cannot be derived from its text")
        return stanza


def find_helpers(tree: Tree) -> tuple[Helper, ...]:
    """Return the helpers of this kind that udev starts.

    Raises:
        Unreadable: A rule or a script could not be read.
    """
    helpers = list[Helper]()
    for rule in rules_in_files(tree, {_SHIPPED_RULES, *tree.names(_RULES_FOLDER)}):
        for part in rule.parts:
            # A name without a path is a program in udev's own folder. Source: udev(7), "RUN{type}".
            words = part.value.split() if part.key in ("RUN", "RUN{program}") else []
            if not words or not words[0].startswith("/") or not basename(words[0]):
                continue
            script = words[0]
            status = tree.status(script)
            if status is None or status.type is not Type.FILE or status.size_bytes > _SCRIPT_LIMIT_BYTES:
                continue
            text = (tree.read(script, _SCRIPT_LIMIT_BYTES) or b"").decode("utf-8", "surrogateescape")
            if _MADE in text:
                helpers.append(Helper(rule, script, text))
    return tuple(helpers)


def add_stanza(tree: Tree, helpers: tuple[Helper, ...], nic: Nic) -> tuple[Tree, Step] | None:
    """Return the guest's files with the stanza that a helper writes for a NIC, and the step; None if none does.

    Raises:
        Unknown: The stanza cannot be derived from the text of the helper.
    """
    properties = {
        "SUBSYSTEM": ("net",),
        "ACTION": ("add",),
        "KERNEL": (nic.name,),
        "NAME": (nic.name,),
        "ENV{INTERFACE}": (nic.name,),
        "ATTR{type}": ("1",),
        "DRIVERS": (nic.driver, "virtio-pci"),
        "SUBSYSTEMS": ("virtio", "pci"),
    }
    for helper in helpers:
        if helper.gets_final_name(nic) and helper.rule.applies(properties):
            text = _VARIABLE.sub(nic.name, helper.stanza(tree))
            files = {f"{_MADE}/{nic.name}": text.encode("utf-8", "surrogateescape")}
            return Overlay(tree, files), Step(f"a udev rule writes a stanza for {nic.name}", helper.rule.location)
    return None
