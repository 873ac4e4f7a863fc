"""NetworkManager: the NICs that it ignores, and the effect of its profiles, or of their absence, on the others.

Source: NetworkManager(8), NetworkManager.conf(5); NetworkManager's nm-device.c and nm-settings.c, device_realized.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from guestinspect.disk.tree import lines
from guestinspect.guest.files.ini import read_key_file
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Pin, Step
from guestinspect.network.nic import Nic
from guestinspect.network.stack import Answer, Machine, Method, ServiceStack, Stack
from guestinspect.network.stacks.managed_by import ManagedBy, Manager
from guestinspect.network.stacks.networkmanager import device_spec, ifcfg_rh, keyfile
from guestinspect.network.stacks.networkmanager import interfaces as networkmanager_interfaces
from guestinspect.network.stacks.networkmanager import udev as networkmanager_udev
from guestinspect.network.stacks.networkmanager.choice import choose_profile, read_last_used
from guestinspect.network.stacks.networkmanager.configuration import Configuration, is_no, is_yes, read_configuration
from guestinspect.network.stacks.networkmanager.plugins import IFCFG_RH, IFUPDOWN, list_plugins
from guestinspect.network.stacks.networkmanager.profile import Profile
from guestinspect.network.udev_rules import Rule

_SERVICES = ("NetworkManager", "network-manager", "networkmanager")
"""The name in systemd and Gentoo, in Debian's scripts, and in Alpine."""
_STATE = "/var/lib/NetworkManager/no-auto-default.state"
_SWITCHES = "/var/lib/NetworkManager/NetworkManager.state"
"""The file of ``nmcli networking off``, which outlasts a boot. Source: NetworkManager's nm-config.c."""


def find_active(machine: Machine) -> Stack | None:
    """Return NetworkManager if this guest starts it."""
    starts = (machine.units.starts(service).require_known() for service in _SERVICES)
    start = next((start for start in starts if start.is_started), None)
    return None if start is None else NetworkManager(machine, (start.why,))


class NetworkManager(ServiceStack):
    """NetworkManager in a guest that starts it."""

    name = "NetworkManager"

    def answer(self, nic: Nic) -> Answer:
        """Return the outcome for a NIC.

        Raises:
            Unknown: The outcome cannot be forecast.
        """
        networking = read_key_file(self._tree, _SWITCHES).last("main", "NetworkingEnabled")
        if networking is not None and is_no(networking.value):
            return Answer(Method.NONE, (Step("networking is switched off in NetworkManager", networking.location),))
        obstacle = self._obstacle(nic)
        if obstacle is not None:
            return Answer(Method.NONE, (obstacle,))
        self._require_known_settings(nic)
        fitting = [profile for profile in self._profiles if profile.fits(nic, self._machine.command_line)]
        if not fitting:
            return self._make_profile(nic)
        profile = choose_profile(nic, self._managed, self._profiles, read_last_used(self._tree))
        if profile is None:
            why = {True: "but another NIC has it", False: "but not automatically"}
            steps = (Step(f"the profile {p.name!r} fits {nic.name}, {why[p.autoconnect]}", p.location) for p in fitting)
            return Answer(Method.NONE, tuple(steps))
        if profile.unknown_reason:
            raise Unknown(profile.unknown_reason)
        return Answer(profile.method, (profile.step(nic),), has_default_route=profile.has_default_route)

    def pins(self) -> tuple[Pin, ...]:
        """Return the MAC addresses and names in its profiles that no NIC of an instance has."""
        names, macs = self._machine.names, self._machine.macs
        return tuple(dict.fromkeys(pin for profile in self._profiles for pin in profile.pins(names, macs)))

    @cached_property
    def _configuration(self) -> Configuration:
        return read_configuration(self._tree)

    @cached_property
    def _plugins(self) -> frozenset[str]:
        return list_plugins(self._tree, self._configuration)

    @cached_property
    def _key_files(self) -> keyfile.KeyFiles:
        entry = self._configuration.entry("keyfile", "path")
        folder = keyfile.FOLDER if entry is None or (entry.value and not entry.value.startswith("/")) else entry.value
        return keyfile.read_key_files(self._tree, folder.rstrip("/"))

    @cached_property
    def _ifcfg(self) -> ifcfg_rh.IfcfgProfiles:
        return ifcfg_rh.read_profiles(self._tree) if IFCFG_RH in self._plugins else ifcfg_rh.IfcfgProfiles((), ())

    @cached_property
    def _profiles(self) -> tuple[Profile, ...]:
        """All profiles; of those with one UUID that of the key file."""
        taken = {profile.uuid for profile in self._key_files.profiles}
        return (*self._key_files.profiles, *(each for each in self._ifcfg.profiles if each.uuid not in taken))

    @cached_property
    def _managed(self) -> Machine:
        """The instance with those of its NICs that NetworkManager manages."""
        nics = tuple(nic for nic in self._machine.nics if self._obstacle(nic) is None)
        return replace(self._machine, nics=nics)

    def _obstacle(self, nic: Nic) -> Step | None:
        """Return the reason why it ignores a NIC: a list of devices, a section ``[device]``, a udev rule.

        Source: NetworkManager.conf(5), "managed" and "unmanaged-devices": the section decides before udev does.
        """
        if device_spec.matches([spec for spec, _ in self._unmanaged], nic):
            location = next(place for spec, place in self._unmanaged if device_spec.matches([spec], nic))
            return Step(f"NetworkManager is configured to ignore {nic.name}", location)
        managed = self._configuration.for_device("managed", nic)
        if managed is not None and is_no(managed.value):
            return Step(f"NetworkManager is configured to ignore {nic.name}", managed.location)
        if managed is not None:
            return None
        by_udev = networkmanager_udev.find_obstacle(self._udev_rules, nic)
        if by_udev is None:
            self._managed_by.require_own(nic)
        return by_udev

    @cached_property
    def _managed_by(self) -> ManagedBy:
        return ManagedBy(self._machine, Manager.NETWORK_MANAGER)

    @cached_property
    def _udev_rules(self) -> tuple[Rule, ...]:
        return networkmanager_udev.list_rules(self._tree)

    @cached_property
    def _unmanaged(self) -> tuple[tuple[str, str], ...]:
        """The devices to ignore, each with its location: of the configuration, ifcfg files, Debian's interfaces."""
        listed = self._configuration.entry("keyfile", "unmanaged-devices")
        managed = self._configuration.entry("ifupdown", "managed")
        is_ifupdowns = IFUPDOWN in self._plugins and (managed is None or not is_yes(managed.value))
        devices = networkmanager_interfaces.list_devices(self._tree) if is_ifupdowns else {}
        return (
            *(() if listed is None else ((spec, listed.location) for spec in device_spec.split(listed.value))),
            *self._ifcfg.unmanaged,
            *((f"interface-name:={name}", location) for name, location in devices.items()),
        )

    def _require_known_settings(self, nic: Nic) -> None:
        """Raise Unknown if a setting makes it end, changes a MAC address, or limits the profiles for a NIC."""
        ends = self._configuration.entry("main", "configure-and-quit")
        if nic.is_hotplugged and ends is not None and not is_no(ends.value):
            raise Unknown(f"{ends.location}: NetworkManager may end before {nic.name} is attached")
        for mac in self._configuration.for_connections("ethernet.cloned-mac-address"):
            if mac.value.lower() not in keyfile.OWN_MAC:
                raise Unknown(f"{mac.location} sets a MAC address that differs from the one the cloud assigned")
        allowed = self._configuration.for_device("allowed-connections", nic)
        if allowed is not None:
            raise Unknown(f"{allowed.location} limits the profiles that NetworkManager uses for {nic.name}")
        managed = self._configuration.entry("ifupdown", "managed")
        is_read = IFUPDOWN in self._plugins and managed is not None and is_yes(managed.value)
        if managed is not None and is_read and nic.name in networkmanager_interfaces.list_devices(self._tree):
            raise Unknown(f"{managed.location}: NetworkManager makes a profile for {nic.name} from ifupdown's stanza")

    def _make_profile(self, nic: Nic) -> Answer:
        """Return the outcome for a NIC that no profile fits: NetworkManager makes one, unless that is forbidden."""
        locations: list[str] = []
        setting = self._configuration.entry("main", "no-auto-default")
        if setting is not None and device_spec.matches(device_spec.split(setting.value), nic):
            locations.append(setting.location)
        for number, line in lines(self._tree, _STATE):  # NetworkManager adds a NIC whose profile somebody deleted
            spec = line.strip()
            if spec.lower() == nic.mac.lower() or spec == f"interface-name:={nic.name}":
                locations.append(f"{_STATE}:{number}")
        if locations:
            why = Step(f"no profile fits {nic.name}, and NetworkManager is configured to make none", locations[0])
            return Answer(Method.NONE, (why, *self._key_files.ignored))
        why = Step(f"no profile fits {nic.name}: NetworkManager makes one with DHCP", keyfile.FOLDER)
        return Answer(Method.DHCP, (why, *self._key_files.ignored), has_default_route=True)
