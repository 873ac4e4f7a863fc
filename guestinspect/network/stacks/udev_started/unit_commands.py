"""The units that udev starts for a NIC, as far as their effect on it is understood.

Understood are: a DHCP client for the NIC; ``ifup``; a script that writes a stanza or an ifcfg file for the NIC, with
``ifup`` after it. These are, among others, the unit ``dhcp-interface@.service`` of diskimage-builder's element
dhcp-all-interfaces, and ``glean@.service`` of its element simple-init.

Source: diskimage-builder 3.43, elements/dhcp-all-interfaces; glean 1.25, glean/install.py, glean/cmd.py and its
units; systemd.device(5); ifup(8).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from posixpath import basename

from guestinspect.disk.overlay import Overlay
from guestinspect.disk.tree import Tree, Type, is_file
from guestinspect.guest import distribution
from guestinspect.guest.files.ini import split_words
from guestinspect.guest.services.unit_files import Unit
from guestinspect.guest.startup.command import StartupCommand
from guestinspect.guest.startup.scripts import ScriptReader
from guestinspect.guest.startup.systemd_services import list_unit_commands
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Step
from guestinspect.network.nic import Nic
from guestinspect.network.stack import Answer, Method
from guestinspect.network.stacks import dhclient, dhcpcd_conf
from guestinspect.network.stacks.ifupdown.interfaces import INTERFACES, Syntax, read_interfaces
from guestinspect.network.stacks.ifupdown.method import apply_stanzas
from guestinspect.network.stacks.ifupdown.program import IfupProgram, find_program
from guestinspect.network.stacks.ifupdown.stanza_text import find_stanza

_SCRIPT_BYTES = 64 * 1024
_CLIENTS = frozenset({"dhclient", "dhcpcd", "udhcpc"})
_IFUP = "ifup"
_SHELLS = frozenset({"sh", "bash", "dash", "env"})
_PREFIXES = "@-:+!|"
_GLEAN = re.compile(r"-m\s{1,9}glean\b|\bglean\.cmd\b")
_NO_FALLBACK = "--no-dhcp-fallback"
_LIKE_DEBIAN = frozenset({"debian", "ubuntu"})
"""The distributions for which glean writes a file for ifupdown. Source: glean/cmd.py, write_static_network_info."""
_GLEAN_INTERFACES = "auto lo\niface lo inet loopback\nsource /etc/network/interfaces.d/*.cfg\n"
_GLEAN_STANZA = "auto {name}\niface {name} inet dhcp\n"
_WRITES_IFCFG = re.compile(r"BOOTPROTO=.{0,2}dhcp")
_IFUP_OF_NETWORK_SCRIPTS = "/etc/sysconfig/network-scripts/ifup-eth"


@dataclass(frozen=True)
class UnitCommands:
    """The commands of a unit that udev starts for a NIC.

    Args:
        tree: The guest's files.
        unit: The unit.
        nic: The NIC.
    """

    tree: Tree
    unit: Unit
    nic: Nic

    def answer(self) -> Answer:
        """Return the outcome for the NIC.

        Raises:
            Unknown: A command of the unit is not understood.
        """
        tree = self.tree
        has_ifcfg = False
        answer = Answer(Method.NONE, (Step(f"{self.unit.template} gives {self.nic.name} no address", self.unit.path),))
        for command in list_unit_commands(self.unit):
            words = split_words(command.text.lstrip(_PREFIXES))
            name = basename(words[0]) if words else ""
            if name in _CLIENTS and self.nic.name in words[1:]:
                answer = self._by_client(name, command)
            elif name == _IFUP and self.nic.name in words[1:]:
                answer = self._by_ifup(tree, command, has_ifcfg=has_ifcfg)
            elif (name in _CLIENTS or name == _IFUP) and self.unit.instance in words[1:]:
                continue  # the rule has given the unit another name, which the NIC no longer has
            else:
                files, writes_ifcfg = self._files_by_script(tree, command)
                tree, has_ifcfg = Overlay(tree, files), has_ifcfg or writes_ifcfg
        return answer

    def _by_client(self, client: str, command: StartupCommand) -> Answer:
        if client == "dhclient":
            dhclient.require_harmless(self.tree, self.nic)
        if client == "dhcpcd":
            dhcpcd_conf.require_all_harmless(self.tree, self.nic)
        step = Step(f"{client} requests an address for {self.nic.name}", command.location)
        return Answer(Method.DHCP, (step,), has_default_route=True, has_metric=client == "dhcpcd")

    def _by_ifup(self, tree: Tree, command: StartupCommand, *, has_ifcfg: bool) -> Answer:
        """Return the outcome of ``ifup``, for the file of ifupdown or for an ifcfg file."""
        if is_file(self.tree, _IFUP_OF_NETWORK_SCRIPTS):
            if not has_ifcfg:
                raise Unknown(f"whether an ifcfg file lets {command.location} bring {self.nic.name} up is unknown")
            step = Step(f"ifup requests an address for {self.nic.name}", command.location)
            return Answer(Method.DHCP, (step,), has_default_route=True, has_metric=False)
        program = find_program(self.tree)
        if program not in (IfupProgram.IFUPDOWN, IfupProgram.BUSYBOX):
            raise Unknown(f"the effect of this ifup on {self.nic.name} is not supported here ({command.location})")
        interfaces = read_interfaces(tree, Syntax.STRICT)
        if interfaces.invalid is not None:
            return Answer(Method.NONE, (interfaces.invalid,))
        if interfaces.mappings or interfaces.renamed:
            raise Unknown(f"{INTERFACES} maps or renames interfaces, and {command.location} brings {self.nic.name} up")
        stanzas = interfaces.of_name(self.nic.name)
        if not stanzas:
            step = Step(f"there is no iface line for {self.nic.name}, which {self.unit.template} brings up", INTERFACES)
            return Answer(Method.NONE, (step,))
        answer = apply_stanzas(stanzas, self.nic, tree, program)
        return replace(
            answer, why=(Step(f"{self.unit.template} brings {self.nic.name} up", command.location), *answer.why)
        )

    def _files_by_script(self, tree: Tree, command: StartupCommand) -> tuple[dict[str, bytes], bool]:
        """Return the files that a script writes for the NIC, and True if an ifcfg file is among them.

        Raises:
            Unknown: The script may do something else that configures a NIC.
        """
        text = self._script_text(command)
        name = self.nic.name
        if _GLEAN.search(text):
            return self._files_by_glean(tree, command, text)
        stanza = find_stanza(text)
        if stanza is not None and name in split_words(command.text)[1:]:
            if read_interfaces(tree, Syntax.STRICT).of_name(name):
                return {}, False  # such scripts keep a configuration that exists
            below = tree.read(INTERFACES) or b""
            written = re.sub(r"\$(?:\w+|\{\w+\})", name, stanza).encode("utf-8", "surrogateescape")
            return {INTERFACES: below + b"\n" + written}, _WRITES_IFCFG.search(text) is not None
        effect = next(ScriptReader(self.tree).effects(command), None)
        if effect is not None:
            raise Unknown(
                f"{self.unit.name} starts when {name} appears, and {effect.what} may configure it ({effect.location})"
            )
        return {}, False

    def _files_by_glean(self, tree: Tree, command: StartupCommand, text: str) -> tuple[dict[str, bytes], bool]:
        """Return the files that glean writes: DHCP, or the address that the config drive has for the NIC."""
        if _NO_FALLBACK in command.text + text:
            raise Unknown(f"glean configures {self.nic.name} only if the config drive does ({command.location})")
        if is_file(self.tree, _IFUP_OF_NETWORK_SCRIPTS):
            return {}, True
        if distribution.find_distro(self.tree).value not in _LIKE_DEBIAN:
            raise Unknown(
                f"the files that glean writes for {self.nic.name} are not supported here ({command.location})"
            )
        path = f"/etc/network/interfaces.d/{self.nic.name}.cfg"
        files = {INTERFACES: _GLEAN_INTERFACES.encode()}
        if not is_file(tree, path):
            files[path] = _GLEAN_STANZA.format(name=self.nic.name).encode()
        return files, False

    def _script_text(self, command: StartupCommand) -> str:
        """Return the text of the script that a command runs; empty if it runs none."""
        words = split_words(command.text.lstrip(_PREFIXES))
        scripts = [word for word in words[:3] if word.startswith("/") and basename(word) not in _SHELLS]
        status = self.tree.status(scripts[0]) if scripts else None
        if status is None or status.type is not Type.FILE or status.size_bytes > _SCRIPT_BYTES:
            return ""
        return (self.tree.read(scripts[0], _SCRIPT_BYTES) or b"").decode("utf-8", "surrogateescape")
