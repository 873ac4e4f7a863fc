"""ifupdown and its kin: Debian's, ifupdown2, ifupdown-ng and busybox's ``ifup``.

Source: interfaces(5), ifup(8); Debian's networking.service, ifup@.service, 80-ifupdown.rules and ifupdown-hotplug.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from posixpath import basename

from guestinspect.disk.globs import fnmatchcase
from guestinspect.disk.tree import Tree, is_file
from guestinspect.guest.services.init_system import InitSystem
from guestinspect.guest.services.service_start import ServiceStart
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Pin, Step
from guestinspect.network.nic import Nic
from guestinspect.network.stack import Answer, Machine, Method
from guestinspect.network.stacks.ifupdown import state
from guestinspect.network.stacks.ifupdown.choice import Choice, Program, chosen, is_named
from guestinspect.network.stacks.ifupdown.defaults import Defaults, read_defaults
from guestinspect.network.stacks.ifupdown.helper import helpers, with_made_stanza
from guestinspect.network.stacks.ifupdown.interfaces import INTERFACES, Grammar, Interfaces, Stanza, read_interfaces
from guestinspect.network.stacks.ifupdown.method import answer as answer_of
from guestinspect.network.stacks.ifupdown.pins import pins_of
from guestinspect.network.stacks.ifupdown.scripts import refuse_others
from guestinspect.network.udev_rules import is_there

_PROGRAMS = ("/sbin/ifup", "/usr/sbin/ifup")
_RULES = ("80-ifupdown.rules", "80-networking.rules")
"""Of Debian 9 and later, and of Debian 7 and 8."""
_SCRIPTS = ("/usr/lib/udev/ifupdown-hotplug", "/lib/udev/ifupdown-hotplug")
_AUTO = re.compile(r"--allow[ =]auto\b")
_GRAMMARS = {
    Program.IFUPDOWN: Grammar.STRICT,
    Program.BUSYBOX: Grammar.STRICT,
    Program.IFUPDOWN2: Grammar.FILES_ONLY,
    Program.IFUPDOWN_NG: Grammar.LENIENT,
}


@dataclass(frozen=True)
class Starters:
    """What calls ``ifup``.

    Args:
        networking: Whether the service does, at boot, for the class ``auto``.
        by_udev: The classes for which udev does, whenever a NIC appears.
    """

    networking: ServiceStart
    by_udev: tuple[str, ...]


def active(machine: Machine) -> Ifupdown | None:
    """ifupdown, if it is installed and started, and has more to do than the loopback interface.

    Raises:
        Unknown: Whether it is started cannot be told from the disk.
    """
    program = _program(machine.tree)
    if program is None or not is_file(machine.tree, INTERFACES):
        return None
    by_udev = _classes_of_udev(machine.tree) if program is Program.IFUPDOWN else ()
    starters = Starters(machine.units.starts("networking"), by_udev)
    if not starters.networking.is_started and not starters.by_udev:
        return None
    stack = Ifupdown(machine, program, starters)
    return stack if stack.has_work else None


class Ifupdown:
    """One of the programs that read /etc/network/interfaces."""

    def __init__(self, machine: Machine, program: Program, starters: Starters) -> None:
        self.name = str(program)
        self.why_active: tuple[Step, ...] = (_why(starters),)
        self._machine = machine
        self._program = program
        self._starters = starters
        self._defaults: Defaults = read_defaults(machine.tree)
        self._helpers = helpers(machine.tree) if program is Program.IFUPDOWN else ()
        self._interfaces = self._read(machine.tree)

    @property
    def has_work(self) -> bool:
        """Whether it brings anything up but ``lo``, or would if its file were valid."""
        names = (line.text for found in self._interfaces.classes.values() for line in found)
        return self._interfaces.invalid is not None or bool(self._helpers) or any(name != "lo" for name in names)

    def answer(self, nic: Nic) -> Answer:
        """What it does with a NIC."""
        interfaces, made = self._with_helper(nic)
        if interfaces.invalid is not None:
            refused = Step(f"{self.name} refuses {INTERFACES} and brings nothing up", interfaces.invalid.location)
            return Answer(Method.NONE, (interfaces.invalid, refused))
        self._refuse_other_names(interfaces, nic)
        choice = self._choice(interfaces, nic)
        if choice is None:
            return Answer(Method.NONE, (Step(f"no line of {self.name} brings {nic.name} up", INTERFACES),))
        why = (*made, Step(f"{self.name} is told to bring {nic.name} up", choice.location))
        self._refuse_scripts(interfaces, choice, nic)
        stanzas = self._stanzas(interfaces, choice, nic)
        if not stanzas:
            return Answer(Method.NONE, (*why, Step(f"{choice.stanza} has no iface line", choice.location)))
        found = answer_of(stanzas, nic, self._machine.tree, self._program)
        if found.comes_up and self._program is Program.IFUPDOWN_NG:
            hindrance = state.why_missing(self._machine)
            if hindrance is not None:
                return Answer(Method.NONE, (*why, hindrance))
        if found.comes_up:
            refuse_others(self._machine.tree, nic)
        return replace(found, why=(*why, *found.why))

    def pins(self) -> tuple[Pin, ...]:
        """MAC addresses, and names that no NIC has."""
        return pins_of(self._interfaces, self._machine.nics)

    def _read(self, tree: Tree) -> Interfaces:
        found = read_interfaces(tree, _GRAMMARS[self._program])
        if self._program is Program.IFUPDOWN2 and found.odd is not None:
            raise Unknown(f"{found.odd.location}: it may be a template, which only ifupdown2 can fill in")
        return found

    def _with_helper(self, nic: Nic) -> tuple[Interfaces, tuple[Step, ...]]:
        """The files as they are once the helper of Debian's cloud images has seen the NIC."""
        is_known = bool(self._interfaces.of_name(nic.name)) or self._interfaces.invalid is not None
        helped = None if is_known else with_made_stanza(self._machine.tree, self._helpers, nic)
        if helped is None:
            return self._interfaces, ()
        tree, step = helped
        return self._read(tree), (step,)

    def _choice(self, interfaces: Interfaces, nic: Nic) -> Choice | None:
        """The line that brings a NIC up: at boot by its class, later only by udev."""
        if not nic.is_hotplugged and self._starters.networking.is_started:
            found = self._choice_at_boot(interfaces, nic)
            if found is not None:
                return found
        if self._machine.units.mask(f"ifup@{nic.name}.service") is not None:
            return None
        by_udev = (self._chosen(interfaces, nic, name) for name in self._starters.by_udev)
        found = next((choice for choice in by_udev if choice is not None), None)
        if found is None:
            self._refuse_upstart(interfaces, nic)
            return None
        # ifupdown-hotplug asks for the NIC's own name, so a line with another stanza's name has no effect
        return Choice(nic.name, found.location)

    def _refuse_upstart(self, interfaces: Interfaces, nic: Nic) -> None:
        """The job network-interface of Ubuntu's upstart brings up the class ``auto`` as NICs appear."""
        if self._machine.units.init_system is InitSystem.UPSTART and self._chosen(interfaces, nic, "auto") is not None:
            raise Unknown(f"what upstart does with {nic.name} when it appears is not looked at")

    def _choice_at_boot(self, interfaces: Interfaces, nic: Nic) -> Choice | None:
        if self._defaults.is_off or any(fnmatchcase(nic.name, pattern) for pattern in self._defaults.excluded):
            return None
        found = self._chosen(interfaces, nic, "auto")
        if found is None and self._brings_hotplug_class_at_boot:
            hotplug = self._chosen(interfaces, nic, "hotplug")
            return Choice(nic.name, hotplug.location) if hotplug is not None else None
        return found

    @property
    def _brings_hotplug_class_at_boot(self) -> bool:
        """The script of System V does so, too, and that of ifupdown2."""
        if self._program is Program.IFUPDOWN:
            return self._machine.units.init_system is not InitSystem.SYSTEMD
        return self._program is Program.IFUPDOWN2

    def _chosen(self, interfaces: Interfaces, nic: Nic, name: str) -> Choice | None:
        there = tuple(one for one in self._machine.nics if nic.is_hotplugged or not one.is_hotplugged)
        names = interfaces.of_class(name)
        if name == "hotplug":  # of which udev asks for the NIC's own name only
            names = tuple(line for line in names if line.text not in nic.alternative_names)
        return chosen(names, nic, there, self._program)

    def _refuse_scripts(self, interfaces: Interfaces, choice: Choice, nic: Nic) -> None:
        for pattern, _ in interfaces.mappings:
            if fnmatchcase(choice.stanza, pattern.text):
                raise Unknown(f"{pattern.location}: a script chooses what is done with {nic.name}")

    def _refuse_other_names(self, interfaces: Interfaces, nic: Nic) -> None:
        for renamed in interfaces.renamed:
            old, _, new = renamed.text.partition("=")
            if "/" in renamed.text or nic.name in (old, new):
                raise Unknown(f"{renamed.location}: ifupdown gives NICs other names")

    def _stanzas(self, interfaces: Interfaces, choice: Choice, nic: Nic) -> tuple[Stanza, ...]:
        if choice.is_renamed or self._program is not Program.IFUPDOWN2:
            return interfaces.of_name(choice.stanza)
        stanzas = tuple(stanza for stanza in interfaces.stanzas if is_named(stanza.name, nic, self._program))
        for stanza in stanzas:
            file, _, line = stanza.location.rpartition(":")
            chosen_in, _, chosen_at = choice.location.rpartition(":")
            if file == chosen_in and int(line) < int(chosen_at):
                raise Unknown(f"{choice.location}: ifupdown2 reads it too late for the stanza above")
        return stanzas


def _program(tree: Tree) -> Program | None:
    """Which of them ``ifup`` is; None: none, or another distribution's program of that name."""
    path = next((path for path in _PROGRAMS if tree.status(path) is not None), None)
    if path is None:
        return None
    if tree.status("/usr/share/ifupdown2") is not None:
        return Program.IFUPDOWN2
    if tree.status("/usr/libexec/ifupdown-ng") is not None or tree.status("/etc/network/ifupdown-ng.conf") is not None:
        return Program.IFUPDOWN_NG
    target = basename(tree.link(path) or "")
    if target in ("busybox", "bbsuid"):
        return Program.BUSYBOX
    return Program.IFUPDOWN if target in ("", "ifup") else None


def _classes_of_udev(tree: Tree) -> tuple[str, ...]:
    """The classes whose interfaces udev brings up; Ubuntu's script takes those of ``auto``, too."""
    if not any(is_there(tree, name) for name in _RULES):
        return ()
    scripts = ((tree.read(path) or b"").decode("utf-8", "surrogateescape") for path in _SCRIPTS)
    code = "\n".join(line for script in scripts for line in script.split("\n") if not line.lstrip().startswith("#"))
    return ("hotplug", "auto") if _AUTO.search(code) else ("hotplug",)


def _why(starters: Starters) -> Step:
    if starters.networking.is_started:
        return starters.networking.why
    return Step("udev brings up the interfaces of allow-hotplug lines")
