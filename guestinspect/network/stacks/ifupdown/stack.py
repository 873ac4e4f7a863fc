"""ifupdown and similar programs: Debian's, ifupdown2, ifupdown-ng and busybox's ``ifup``.

Source: interfaces(5), ifup(8); Debian's networking.service, ifup@.service, 80-ifupdown.rules and ifupdown-hotplug.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from guestinspect.disk.globs import fnmatchcase
from guestinspect.disk.tree import Tree, is_file
from guestinspect.guest.services.init_system import InitSystem
from guestinspect.guest.services.service_start import ServiceStart
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Pin, Step
from guestinspect.network.nic import Nic
from guestinspect.network.stack import Answer, Machine, Method
from guestinspect.network.stacks.ifupdown import ng_source
from guestinspect.network.stacks.ifupdown.choice import Choice, find_choice, is_named
from guestinspect.network.stacks.ifupdown.defaults import Defaults, read_defaults
from guestinspect.network.stacks.ifupdown.helper import add_stanza, find_helpers
from guestinspect.network.stacks.ifupdown.interfaces import INTERFACES, Interfaces, Stanza, Syntax, read_interfaces
from guestinspect.network.stacks.ifupdown.method import apply_stanzas
from guestinspect.network.stacks.ifupdown.pins import find_pins
from guestinspect.network.stacks.ifupdown.program import IfupProgram, find_program
from guestinspect.network.stacks.ifupdown.scripts import require_package_scripts
from guestinspect.network.udev_rules import has_rules_file

_RULES = ("80-ifupdown.rules", "80-networking.rules")
"""The rules of Debian 9 and later, and of Debian 7 and 8."""
_SCRIPTS = ("/usr/lib/udev/ifupdown-hotplug", "/lib/udev/ifupdown-hotplug")
_AUTO = re.compile(r"--allow[ =]auto\b")
_SYNTAX = {
    IfupProgram.IFUPDOWN: Syntax.STRICT,
    IfupProgram.BUSYBOX: Syntax.STRICT,
    IfupProgram.IFUPDOWN2: Syntax.FILES_ONLY,
    IfupProgram.IFUPDOWN_NG: Syntax.LENIENT,
}


@dataclass(frozen=True)
class Starters:
    """The callers of ``ifup``.

    Args:
        networking: The service, which calls it at boot for the class ``auto``.
        by_udev: The classes for which udev calls it when a NIC appears.
    """

    networking: ServiceStart
    by_udev: tuple[str, ...]

    @classmethod
    def find(cls, machine: Machine, program: IfupProgram) -> Starters:
        """Return the callers of a program. Only ifupdown has rules for udev.

        Ubuntu's ifupdown-hotplug also brings up the class ``auto``.
        """
        by_udev: tuple[str, ...] = ()
        if program is IfupProgram.IFUPDOWN and any(has_rules_file(machine.tree, name) for name in _RULES):
            scripts = ((machine.tree.read(path) or b"").decode("utf-8", "surrogateescape") for path in _SCRIPTS)
            code = [line for script in scripts for line in script.split("\n") if not line.lstrip().startswith("#")]
            by_udev = ("hotplug", "auto") if _AUTO.search("\n".join(code)) else ("hotplug",)
        networking = machine.units.starts("networking")
        return cls(networking if by_udev else networking.require_known(), by_udev)

    @property
    def has_any(self) -> bool:
        """Return True if there is such a caller."""
        return self.networking.is_started or bool(self.by_udev)


def find_active(machine: Machine) -> Ifupdown | None:
    """Return ifupdown if it is installed and started, and brings up more than the loopback interface.

    Raises:
        Unknown: Whether it starts is known only at boot.
    """
    program = find_program(machine.tree)
    if program is None or not is_file(machine.tree, INTERFACES):
        return None
    starters = Starters.find(machine, program)
    if not starters.has_any:
        return None
    stack = Ifupdown(machine, program, starters)
    return stack if stack.has_work else None


def find_idle_service(machine: Machine) -> Step | None:
    """Return the reason why ``networking`` brings up no NIC although it starts; None: it does not certainly start."""
    try:
        start = machine.units.starts("networking")
    except Unknown:
        return None
    if not start.is_started:
        return None
    if find_program(machine.tree) is None:
        return Step("networking is started, but there is no program ifup", start.why.location)
    if not is_file(machine.tree, INTERFACES):
        return Step(f"networking is started, but {INTERFACES} does not exist", start.why.location)
    return Step("networking is started, but its file names no interface other than lo", INTERFACES)


class Ifupdown:
    """One of the programs that read /etc/network/interfaces.

    Args:
        machine: The instance.
        program: The program.
        starters: The callers of the program.
    """

    def __init__(self, machine: Machine, program: IfupProgram, starters: Starters) -> None:
        self.name = str(program)
        by_udev = Step("udev brings up the interfaces of allow-hotplug lines")
        self.why_active: tuple[Step, ...] = (starters.networking.why if starters.networking.is_started else by_udev,)
        self._machine = machine
        self._program = program
        self._starters = starters
        self._defaults: Defaults = read_defaults(machine.tree)
        self._helpers = find_helpers(machine.tree) if program is IfupProgram.IFUPDOWN else ()
        self._interfaces = self._read(machine.tree)

    @property
    def has_work(self) -> bool:
        """Return True if it brings up more than ``lo``, or would do so if its file were valid."""
        names = (line.text for lines in self._interfaces.classes.values() for line in lines)
        return self._interfaces.invalid is not None or bool(self._helpers) or any(name != "lo" for name in names)

    def answer(self, nic: Nic) -> Answer:
        """Return the outcome for a NIC."""
        interfaces, made = self._with_helper(nic)
        # A mistake in the first file: ifupdown ends before it brings anything up. Source: ifupdown's config.c.
        if interfaces.invalid is not None:
            refused = Step(f"{self.name} refuses {INTERFACES} and brings nothing up", interfaces.invalid.location)
            return Answer(Method.NONE, (interfaces.invalid, refused))
        rename = interfaces.find_rename(nic.name)
        if rename is not None:
            raise Unknown(f"{rename.location}: ifupdown may rename {nic.name}, or another NIC to that name")
        choice = self._find_line(interfaces, nic)
        if choice is None:
            return Answer(Method.NONE, (Step(f"no line of {self.name} brings {nic.name} up", INTERFACES),))
        why = (*made, Step(f"{self.name} is configured to bring {nic.name} up", choice.location))
        # A mapping runs a script, which prints the name of the stanza to use. Source: interfaces(5), "mapping".
        for pattern, _ in interfaces.mappings:
            if fnmatchcase(choice.stanza, pattern.text):
                raise Unknown(f"{pattern.location}: a script of the guest selects the configuration of {nic.name}")
        stanzas = self._stanzas(interfaces, choice, nic)
        if not stanzas:
            return Answer(Method.NONE, (*why, Step(f"there is no iface line for {choice.stanza}", choice.location)))
        answer = apply_stanzas(stanzas, nic, self._machine.tree, self._program)
        if answer.comes_up and self._program is IfupProgram.IFUPDOWN_NG:
            obstacles = (ng_source.find_obstacle(self._machine.tree, line) for line in interfaces.patterns)
            obstacle = next((step for step in obstacles if step is not None), None)
            if obstacle is not None:
                return Answer(Method.NONE, (*why, obstacle))
        if answer.comes_up:
            require_package_scripts(self._machine.tree, nic)
        return replace(answer, why=(*why, *answer.why))

    def pins(self) -> tuple[Pin, ...]:
        """Return the MAC addresses, and the names that no NIC of an instance has."""
        return tuple(dict.fromkeys(find_pins(self._interfaces, self._machine.nics)))

    def _read(self, tree: Tree) -> Interfaces:
        interfaces = read_interfaces(tree, _SYNTAX[self._program])
        if self._program is IfupProgram.IFUPDOWN2 and interfaces.odd is not None:
            raise Unknown(f"{interfaces.odd.location}: the line may be a template, which only ifupdown2 can evaluate")
        return interfaces

    def _with_helper(self, nic: Nic) -> tuple[Interfaces, tuple[Step, ...]]:
        """Return the files after the helper of Debian's cloud images has run for the NIC, and its step."""
        is_known = bool(self._interfaces.of_name(nic.name)) or self._interfaces.invalid is not None
        helped = None if is_known else add_stanza(self._machine.tree, self._helpers, nic)
        if helped is None:
            return self._interfaces, ()
        tree, step = helped
        return self._read(tree), (step,)

    def _find_line(self, interfaces: Interfaces, nic: Nic) -> Choice | None:
        """Return the line that brings a NIC up: at boot by its class, later only by udev."""
        if not nic.is_hotplugged and self._starters.networking.is_started:
            choice = self._find_at_boot(interfaces, nic)
            if choice is not None:
                return choice
        if self._machine.units.mask(f"ifup@{nic.name}.service") is not None:
            return None
        by_udev = (self._find_in_class(interfaces, nic, name) for name in self._starters.by_udev)
        choice = next((choice for choice in by_udev if choice is not None), None)
        if choice is not None:
            # ifupdown-hotplug asks for the NIC's own name, so a line with another stanza's name has no effect
            return Choice(nic.name, choice.location)
        # The job network-interface of Ubuntu's upstart brings up the class auto when NICs appear.
        is_upstart = self._machine.units.init_system is InitSystem.UPSTART
        if is_upstart and self._find_in_class(interfaces, nic, "auto") is not None:
            raise Unknown(f"whether upstart brings {nic.name} up when it appears is unknown")
        return None

    def _find_at_boot(self, interfaces: Interfaces, nic: Nic) -> Choice | None:
        if self._defaults.is_off or any(fnmatchcase(nic.name, pattern) for pattern in self._defaults.excluded):
            return None
        choice = self._find_in_class(interfaces, nic, "auto")
        # The script of System V also brings up the class hotplug, and so does the one of ifupdown2.
        is_sysv = self._program is IfupProgram.IFUPDOWN and self._machine.units.init_system is not InitSystem.SYSTEMD
        if choice is None and (is_sysv or self._program is IfupProgram.IFUPDOWN2):
            hotplug = self._find_in_class(interfaces, nic, "hotplug")
            return Choice(nic.name, hotplug.location) if hotplug is not None else None
        return choice

    def _find_in_class(self, interfaces: Interfaces, nic: Nic, name: str) -> Choice | None:
        present = tuple(each for each in self._machine.nics if nic.is_hotplugged or not each.is_hotplugged)
        names = interfaces.of_class(name)
        if name == "hotplug":  # udev asks for the NIC's own name only
            names = tuple(line for line in names if line.text not in nic.alternative_names)
        return find_choice(names, nic, present, self._program)

    def _stanzas(self, interfaces: Interfaces, choice: Choice, nic: Nic) -> tuple[Stanza, ...]:
        if choice.is_renamed or self._program is not IfupProgram.IFUPDOWN2:
            return interfaces.of_name(choice.stanza)
        stanzas = tuple(stanza for stanza in interfaces.stanzas if is_named(stanza.name, nic, self._program))
        for stanza in stanzas:  # ifupdown2 reads the file once, from top to bottom
            file, _, line = stanza.location.rpartition(":")
            choice_file, _, choice_line = choice.location.rpartition(":")
            if file == choice_file and int(line) < int(choice_line):
                raise Unknown(f"{choice.location}: ifupdown2 reads this line too late for the stanza above it")
        return stanzas
