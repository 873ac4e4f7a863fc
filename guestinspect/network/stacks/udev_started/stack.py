"""The programs that udev's rules start for each NIC: a unit of systemd for it, or a command.

A NIC that is attached later causes the same events as one of the boot, and comes up the same way.

Source: udev(7): rules must not start programs that run on or use the network: udev's sandbox stops them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from posixpath import basename

from guestinspect.guest.files.ini import split_words
from guestinspect.guest.startup.command import Effect, StartupCommand
from guestinspect.guest.startup.scripts import ScriptReader
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Pin, Step
from guestinspect.network.nic import Nic
from guestinspect.network.stack import Answer, Machine, Method, Stack
from guestinspect.network.stacks.ifupdown.helper import find_helpers
from guestinspect.network.stacks.udev_started.unit_commands import UnitCommands
from guestinspect.network.udev_events import UdevStart, list_starts
from guestinspect.network.udev_rules import Rule

_FOLDERS = ("/usr/lib/udev", "/lib/udev")
_KNOWN = frozenset(
    """ifupdown-hotplug hook-hotplug systemd-sysctl systemd-udevd ethtool ata_id scsi_id cdrom_id mtp-probe v4l_id
    dmi_memory_id fido_id collect usb_id path_id net_id input_id biosdevname rename_device write_net_rules hwdb kmod
    modprobe udevadm logger touch echo true mkdir chmod chown ln rm test sysctl snappy-app-dev snap-device-helper
    udev-configure-printer bluetooth alsactl hdparm mdadm multipath multipathd kpartx lvm pvscan dmsetup blkid tc nft
    iptables ip6tables cat cut sed grep awk head tr vmtoolsd nvme ifrename nameif systemd-run-generator
    cloud-ifupdown-helper readlink basename sleep""".split()
)
"""The programs of packages that configure no NIC, and those whose effect belongs to a network stack."""
_HOSTS = frozenset({"sh", "bash", "dash", "env", "ip", "systemctl", "systemd-run", "nohup", "busybox"})
"""Programs whose arguments decide what they do."""
_OF_HARDWARE = frozenset(f"{name}.target" for name in ("bluetooth", "printer", "smartcard", "sound", "usb-gadget"))
"""Targets that systemd's own rules want for other devices, by properties that no NIC has.

Source: systemd.special(7); systemd's 99-systemd.rules.
"""
_SYSTEMCTL = re.compile(r"(?:^|/)systemctl$")
_STARTS = frozenset({"start", "restart", "try-restart", "reload-or-restart"})
_NO_BLOCK = "--no-block"


def find_active(machine: Machine) -> Stack | None:
    """Return the programs that udev starts for NICs; None if it starts none that may configure one."""
    stack = UdevStarted(machine)
    return stack if stack.has_starts else None


class UdevStarted:
    """The programs that udev starts for NICs.

    Args:
        machine: The instance.
    """

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._helpers = {helper.script for helper in find_helpers(machine.tree)}
        self._starts = {nic.position: tuple(self._list_relevant(nic)) for nic in machine.nics}
        first = next((start for starts in self._starts.values() for start, _ in starts), None)
        self.has_starts = first is not None
        text = first.text if first is not None else ""
        self.name = (re.split(r"[@.\s]", basename(text.split(" ")[0])) or [""])[0] or "udev"
        location = first.rule.location if first is not None else ""
        self.why_active: tuple[Step, ...] = (Step("a udev rule starts a program for each NIC", location),)

    def answer(self, nic: Nic) -> Answer:
        """Return the outcome for a NIC.

        Raises:
            Unknown: A rule may start something that configures it.
        """
        why: list[Step] = []
        first_unknown: Unknown | None = None
        for start, units in self._starts[nic.position]:
            try:
                answer = self._apply(start, units, nic)
            except Unknown as unknown:
                first_unknown = first_unknown or unknown
                continue
            if answer.comes_up:
                return answer
            why += answer.why
        if first_unknown is not None:
            raise first_unknown
        return Answer(Method.NONE, tuple(why))

    def pins(self) -> tuple[Pin, ...]:
        """Return nothing: the rules apply to any NIC."""
        return ()

    def _list_relevant(self, nic: Nic) -> Iterator[tuple[UdevStart, tuple[str, ...]]]:
        """Yield what udev starts for a NIC and may configure it, with the units; without units, it is a command."""
        for start in list_starts(self._machine.tree, nic):
            if start.is_unit and _OF_HARDWARE.issuperset(start.text.split()):
                continue
            units = tuple(start.text.split()) if start.is_unit else self._units_of(start)
            if units or self._find_effect(start) is not None:
                yield start, units
        systemd = self._machine.units.systemd
        device = f"sys-subsystem-net-devices-{nic.name}.device"
        for name, path in systemd.wanted_by(device) if systemd is not None else ():
            yield UdevStart(name, is_unit=True, rule=Rule(path, ()), is_certain=True), (name,)

    def _units_of(self, start: UdevStart) -> tuple[str, ...]:
        """Return the units that a command ``systemctl start`` names; none for another command."""
        words = split_words(start.text)
        if not words or not _SYSTEMCTL.search(words[0]) or not _STARTS & set(words):
            return ()
        names = [word for word in words[1:] if not word.startswith("-") and word not in _STARTS]
        return tuple(name if "." in name else f"{name}.service" for name in names)

    def _find_effect(self, start: UdevStart) -> Effect | None:
        """Return the effect of a command that a rule runs; None if it certainly configures no NIC."""
        words = split_words(start.text)
        if not words or words[0] in self._helpers:
            return None
        program = words[0]
        if basename(program) in _KNOWN:
            return None
        if not program.startswith("/"):
            paths = (f"{folder}/{program}" for folder in _FOLDERS)
            program = next((path for path in paths if self._machine.tree.status(path) is not None), program)
        is_host = basename(program) in _HOSTS
        command = StartupCommand(start.text, start.rule.location, program="" if is_host else program)
        return next(ScriptReader(self._machine.tree).effects(command), None)

    def _apply(self, start: UdevStart, units: tuple[str, ...], nic: Nic) -> Answer:
        """Return the outcome of one start for a NIC."""
        location = start.rule.location
        if not units:
            effect = self._find_effect(start)
            what = effect.what if effect is not None else start.text
            raise Unknown(
                f"a udev rule runs a command when {nic.name} appears, and {what} may configure it ({location})"
            )
        systemd = self._machine.units.systemd
        why: list[Step] = []
        for name in units:
            unit = systemd.unit(name) if systemd is not None else None
            if systemd is None or unit is None:
                why.append(Step(f"a udev rule wants {name}, which does not exist", location))
                continue
            request = systemd.starts_on_request(name)
            if not request.is_started:
                why.append(request.why)
                continue
            answer = UnitCommands(self._machine.tree, unit, nic).answer()
            if answer.comes_up and not (start.is_certain and (start.is_unit or _NO_BLOCK in start.text)):
                raise Unknown(f"whether the udev rule {location} starts {name} for {nic.name} is known only at boot")
            starter = "a udev rule" if start.rule.parts else "systemd"
            step = Step(f"{starter} starts {unit.template} when {nic.name} appears", location)
            if answer.comes_up:
                return replace(answer, why=(step, *answer.why))
            why += answer.why
        return Answer(Method.NONE, tuple(why))
