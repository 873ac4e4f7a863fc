"""NetworkManager: which NICs it leaves alone, and what its profiles, or the want of one, do with the others.

Source: NetworkManager(8), NetworkManager.conf(5); NetworkManager's nm-device.c and nm-settings.c, device_realized.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from guestinspect.disk.tree import lines
from guestinspect.guest.files.ini import read_key_file
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Pin, Step
from guestinspect.network.nic import Nic
from guestinspect.network.stack import Answer, Machine, Method, Service, Stack
from guestinspect.network.stacks.managed_by import ManagedBy, Program
from guestinspect.network.stacks.networkmanager import configuration as networkmanager_conf
from guestinspect.network.stacks.networkmanager import device_spec, ifcfg_rh, keyfile
from guestinspect.network.stacks.networkmanager import interfaces as networkmanager_interfaces
from guestinspect.network.stacks.networkmanager import udev as networkmanager_udev
from guestinspect.network.stacks.networkmanager.choice import choose
from guestinspect.network.stacks.networkmanager.configuration import Configuration, is_no, is_yes
from guestinspect.network.stacks.networkmanager.plugins import IFCFG_RH, IFUPDOWN, plugins
from guestinspect.network.stacks.networkmanager.profile import Profile
from guestinspect.network.udev_rules import Rule

_SERVICES = ("NetworkManager", "network-manager", "networkmanager")
"""systemd's and Gentoo's name, that of Debian's scripts, and Alpine's."""
_STATE = "/var/lib/NetworkManager/no-auto-default.state"
_SWITCHES = "/var/lib/NetworkManager/NetworkManager.state"
"""What ``nmcli networking off`` writes; it lasts longer than a boot. Source: NetworkManager's nm-config.c."""
_LAST_USED = "/var/lib/NetworkManager/timestamps"
_LONGEST_NUMBER = 20


def active(machine: Machine) -> Stack | None:
    """NetworkManager, if this guest starts it."""
    answers = (machine.units.starts(service) for service in _SERVICES)
    enabled = next((answer for answer in answers if answer.is_started), None)
    return None if enabled is None else NetworkManager(machine, (enabled.why,))


class NetworkManager(Service):
    """NetworkManager in a guest that starts it."""

    name = "NetworkManager"

    def answer(self, nic: Nic) -> Answer:
        """What it does with a NIC.

        Raises:
            Unknown: It cannot be foreseen.
        """
        if self._switched_off is not None:
            return Answer(Method.NONE, (self._switched_off,))
        left_alone = self._left_alone(nic)
        if left_alone is not None:
            return Answer(Method.NONE, (left_alone,))
        self._check_that_it_stays(nic)
        if not self._fitting(nic):
            return self._without_a_profile(nic)
        profile = choose(nic, self._managed, self._profiles, self._last_used)
        if profile is None:
            return Answer(Method.NONE, tuple(self._why_none_is_left(nic)))
        if profile.unforeseeable:
            raise Unknown(profile.unforeseeable)
        return Answer(profile.method, (profile.step(),), has_default_route=profile.has_default_route)

    def pins(self) -> tuple[Pin, ...]:
        """The MAC addresses and names in its profiles that no NIC here has."""
        names = self._machine.names
        macs = self._machine.macs
        found = (pin for profile in self._profiles for pin in profile.pins(names, macs))
        return tuple(dict.fromkeys(found))

    @cached_property
    def _switched_off(self) -> Step | None:
        """What switched it off as a whole, by hand; None: nothing did."""
        said = read_key_file(self._tree, _SWITCHES).last("main", "NetworkingEnabled")
        if said is None or not is_no(said.value):
            return None
        return Step("NetworkManager was switched off", said.location)

    @cached_property
    def _configuration(self) -> Configuration:
        return networkmanager_conf.read(self._tree)

    @cached_property
    def _plugins(self) -> frozenset[str]:
        return plugins(self._tree, self._configuration)

    @cached_property
    def _keyfiles(self) -> keyfile.Profiles:
        said = self._configuration.entry("keyfile", "path")
        folder = keyfile.FOLDER if said is None or (said.value and not said.value.startswith("/")) else said.value
        return keyfile.profiles(self._tree, folder.rstrip("/"))

    @cached_property
    def _ifcfg(self) -> ifcfg_rh.IfcfgRh:
        return ifcfg_rh.of_files(self._tree) if IFCFG_RH in self._plugins else ifcfg_rh.IfcfgRh((), ())

    @cached_property
    def _profiles(self) -> tuple[Profile, ...]:
        """All of them; of those with the same UUID that of the key file."""
        taken = {profile.uuid for profile in self._keyfiles.found}
        return (*self._keyfiles.found, *(profile for profile in self._ifcfg.profiles if profile.uuid not in taken))

    @cached_property
    def _managed(self) -> Machine:
        """The guest with those of its NICs that are not left alone."""
        nics = tuple(nic for nic in self._machine.nics if self._left_alone(nic) is None)
        return replace(self._machine, nics=nics)

    @cached_property
    def _last_used(self) -> Mapping[str, int]:
        entries = read_key_file(self._tree, _LAST_USED).sections
        return {
            entry.key: int(entry.value)
            for section in entries
            for entry in section.entries
            if entry.value.isascii() and entry.value.isdigit() and len(entry.value) < _LONGEST_NUMBER
        }

    def _fitting(self, nic: Nic) -> list[Profile]:
        return [profile for profile in self._profiles if profile.fits(nic, self._machine.command_line)]

    def _left_alone(self, nic: Nic) -> Step | None:
        """What keeps it away from a NIC: a list of devices, a section ``[device]``, a udev rule."""
        if device_spec.matches([spec for spec, _ in self._specs], nic):
            location = next(place for spec, place in self._specs if device_spec.matches([spec], nic))
            return Step(f"NetworkManager is told to leave {nic.name} alone", location)
        managed = self._configuration.for_device("managed", nic)
        if managed is None:
            return self._left_alone_by_udev(nic)
        if is_no(managed.value):
            return Step(f"NetworkManager is told to leave {nic.name} alone", managed.location)
        return None

    def _left_alone_by_udev(self, nic: Nic) -> Step | None:
        unmanaged = networkmanager_udev.unmanaged(self._udev_rules, nic)
        if unmanaged is None:
            self._managed_by.check(nic)
        return unmanaged

    @cached_property
    def _managed_by(self) -> ManagedBy:
        return ManagedBy(self._machine, Program.NETWORK_MANAGER)

    @cached_property
    def _udev_rules(self) -> tuple[Rule, ...]:
        return networkmanager_udev.rules(self._tree)

    @cached_property
    def _specs(self) -> tuple[tuple[str, str], ...]:
        """Devices to be left alone, each with its place: of the configuration, ifcfg files, Debian's interfaces."""
        said = self._configuration.entry("keyfile", "unmanaged-devices")
        managed = self._configuration.entry("ifupdown", "managed")
        is_left = IFUPDOWN in self._plugins and (managed is None or not is_yes(managed.value))
        stanzas = networkmanager_interfaces.named_devices(self._tree) if is_left else {}
        listed = () if said is None else tuple((spec, said.location) for spec in device_spec.split(said.value))
        return (
            *listed,
            *self._ifcfg.left_alone,
            *((f"interface-name:={name}", location) for name, location in stanzas.items()),
        )

    def _check_that_it_stays(self, nic: Nic) -> None:
        """It can be told to end when the NICs are up, or to read Debian's stanzas: what then comes is not foreseen."""
        ends = self._configuration.entry("main", "configure-and-quit")
        if nic.is_hotplugged and ends is not None and not is_no(ends.value):
            raise Unknown(f"{ends.location}: NetworkManager may end before {nic.name} is attached")
        for mac in self._configuration.for_connections("ethernet.cloned-mac-address"):
            if mac.value.lower() not in keyfile.OWN_MAC:
                raise Unknown(f"{mac.location} gives NICs another MAC address than the cloud knows")
        allowed = self._configuration.for_device("allowed-connections", nic)
        if allowed is not None:
            raise Unknown(f"{allowed.location}: NetworkManager takes only some profiles for {nic.name}")
        managed = self._configuration.entry("ifupdown", "managed")
        is_read = IFUPDOWN in self._plugins and managed is not None and is_yes(managed.value)
        if managed is not None and is_read and nic.name in networkmanager_interfaces.named_devices(self._tree):
            raise Unknown(f"{managed.location}: NetworkManager makes a profile of ifupdown's stanza for {nic.name}")

    def _without_a_profile(self, nic: Nic) -> Answer:
        """It makes a profile for a NIC that none fits, unless it is told not to."""
        forbidden = self._no_profile_is_made(nic)
        if forbidden is not None:
            return Answer(Method.NONE, (forbidden, *self._keyfiles.passed_over))
        why = Step(f"no profile fits {nic.name}: NetworkManager makes one, with DHCP", keyfile.FOLDER)
        return Answer(Method.DHCP, (why, *self._keyfiles.passed_over), has_default_route=True)

    def _no_profile_is_made(self, nic: Nic) -> Step | None:
        said = self._configuration.entry("main", "no-auto-default")
        if said is not None and device_spec.matches(device_spec.split(said.value), nic):
            return Step(f"no profile fits {nic.name}, and NetworkManager is told to make none", said.location)
        for number, line in lines(self._tree, _STATE):
            spec = line.strip()
            if spec.lower() == nic.mac.lower() or spec == f"interface-name:={nic.name}":
                return Step(f"no profile fits {nic.name}, and NetworkManager makes none any more", f"{_STATE}:{number}")
        return None

    def _why_none_is_left(self, nic: Nic) -> Iterator[Step]:
        for profile in self._fitting(nic):
            if profile.autoconnect:
                yield Step(f"the profile {profile.name!r} fits {nic.name}, but another NIC has it", profile.location)
            else:
                yield Step(f"the profile {profile.name!r} fits {nic.name}, but is not for boot", profile.location)
