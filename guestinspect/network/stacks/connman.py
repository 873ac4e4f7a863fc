"""ConnMan: it configures all wired NICs by DHCP, unless its files say otherwise.

Source: connman.conf(5), connman-service.config(5); ConnMan's device.c, service.c and config.c.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from guestinspect.guest.files.ini import Ini, Section, read_key_file
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Pin, Step
from guestinspect.network.nic import Nic
from guestinspect.network.stack import Answer, Machine, Method, ServiceStack, Stack
from guestinspect.network.stacks.ifcfg.file import is_ethernet_name
from guestinspect.network.stacks.networkmanager.device_spec import is_glob_match
from guestinspect.network.stacks.service_words import CommandWord, OptionSyntax, read_command_words

CONFIGURATION = "/etc/connman/main.conf"

_STATE = "/var/lib/connman"
_IGNORED = "vmnet,vboxnet,virbr,ifb,ve-,vb-"
"""The beginnings of names that it ignores by default. Source: ConnMan's main.c."""
_KERNEL_NAME = "eth0"
"""The first name of a NIC that is attached. In a booted guest, such a NIC came up though its later name was ignored."""

_PROVISION = re.compile(r"[A-Za-z0-9_-]{1,64}\.config")
_SYNTAX = OptionSyntax("ciIpPW", frozenset({"config", "device", "nodevice", "plugin", "noplugin", "wifi"}))
_HARMLESS = frozenset({"-n", "--nodaemon", "-r", "--nodnsproxy", "-d", "--debug", "--nobacktrace"})


@dataclass(frozen=True)
class _Provision:
    """A section ``[service_…]`` of a provisioning file, which configures the NICs that it names.

    Args:
        section: The section.
    """

    section: Section

    def value(self, key: str) -> str:
        """Return the value of a key; empty if there is none."""
        return next((entry.value for entry in reversed(self.section.entries) if entry.key == key), "")

    def applies(self, nic: Nic) -> bool:
        """Return True if it configures this NIC.

        Raises:
            Unknown: It names no NIC.
        """
        mac, name = self.value("MAC"), self.value("DeviceName")
        if not mac and not name:
            raise Unknown(f"{self.section.location} applies to the wired NIC that connman finds first")
        return mac.lower() == nic.mac.lower() if mac else name.lower() == nic.name.lower()

    def answer(self, nic: Nic) -> Answer:
        """Return the outcome for a NIC to which it applies."""
        address, location = self.value("IPv4").lower(), self.section.location
        if address == "off":
            return Answer(Method.NONE, (Step(f"connman gives {nic.name} no IPv4 address", location),))
        if address in ("", "dhcp", "auto"):
            step = Step(f"connman requests an address for {nic.name}", location)
            return Answer(Method.DHCP, (step,), has_default_route=True)
        step = Step(f"connman gives {nic.name} a fixed address", location)
        return Answer(Method.STATIC, (step,), has_default_route=address.count("/") > 1)  # ADDRESS/NETMASK/GATEWAY


def find_active(machine: Machine) -> Stack | None:
    """Return ConnMan if this guest starts it."""
    start = machine.units.starts("connman").require_known()
    return Connman(machine, (start.why,)) if start.is_started else None


class Connman(ServiceStack):
    """ConnMan in a guest that starts it."""

    name = "connman"

    def answer(self, nic: Nic) -> Answer:
        """Return the outcome for a NIC.

        Raises:
            Unknown: The outcome cannot be forecast.
        """
        obstacle = self._obstacle(nic) or self._off_switch()
        if obstacle is not None:
            return Answer(Method.NONE, (obstacle,))
        self._require_all_connect()
        for provision in self._provisions:
            if provision.applies(nic):
                return provision.answer(nic)
        step = Step(f"connman requests an address for every wired NIC, {nic.name} included", self._configuration.path)
        return Answer(Method.DHCP, (step,), has_default_route=True)

    def pins(self) -> tuple[Pin, ...]:
        """Return the MAC addresses and names in its files that no NIC of an instance has."""
        names, macs = self._machine.names, self._machine.macs
        entries = [entry for provision in self._provisions for entry in provision.section.entries]
        foreign_macs = [entry for entry in entries if entry.key == "MAC" and entry.value.lower() not in macs]
        named = [entry for entry in entries if entry.key == "DeviceName" and is_ethernet_name(entry.value)]
        return (
            *(Pin(f"MAC address {entry.value}", entry.location) for entry in foreign_macs),
            *(Pin(f"name {entry.value}", entry.location) for entry in named if entry.value not in names),
        )

    @cached_property
    def _configuration(self) -> Ini:
        files = [word.value for word in self._words if word.option in ("-c", "--config")]
        return read_key_file(self._tree, files[-1] if files else CONFIGURATION)

    @cached_property
    def _words(self) -> tuple[CommandWord, ...]:
        return read_command_words(self._tree, "connman", _SYNTAX)

    @cached_property
    def _provisions(self) -> tuple[_Provision, ...]:
        """The sections for wired NICs. Source: connman-service.config(5)."""
        names = [name for name in self._tree.names(_STATE) if _PROVISION.fullmatch(name)]
        sections = [section for name in names for section in read_key_file(self._tree, f"{_STATE}/{name}").sections]
        services = [_Provision(section) for section in sections if section.name.startswith("service_")]
        return tuple(service for service in services if service.value("Type") == "ethernet")

    def _obstacle(self, nic: Nic) -> Step | None:
        """Return the reason why it ignores a NIC; None if it does not."""
        for word in self._words:
            is_named = any(is_glob_match(pattern, nic.name) for pattern in word.value.split(","))
            if word.option in ("-i", "--device") and not is_named:
                return Step(f"connman is started for {word.value} only", word.location)
            if word.option in ("-I", "--nodevice") and is_named:
                return Step(f"connman is configured to ignore {nic.name}", word.location)
        entry = self._configuration.last("General", "NetworkInterfaceBlacklist")
        prefixes = (_IGNORED if entry is None else entry.value).split(",")
        if any(prefix.strip() and nic.name.startswith(prefix.strip()) for prefix in prefixes):
            location = self._configuration.path if entry is None else entry.location
            if nic.is_hotplugged and not any(_KERNEL_NAME.startswith(prefix.strip() or "/") for prefix in prefixes):
                raise Unknown(f"{location}: connman may configure {nic.name} before the NIC has this name")
            return Step(f"connman is configured to ignore {nic.name}", location)
        return None

    def _off_switch(self) -> Step | None:
        """Return the setting by which somebody switched wired NICs off; None if there is none."""
        state = read_key_file(self._tree, f"{_STATE}/settings")
        wired = state.last("Wired", "Enable")
        offline = state.last("global", "OfflineMode")
        if offline is not None and offline.value.lower() == "true":
            raise Unknown(f"{offline.location}: connman is in offline mode")
        if wired is not None and wired.value.lower() == "false":
            return Step("wired NICs are switched off in connman", wired.location)
        return None

    def _require_all_connect(self) -> None:
        """Raise Unknown if it may not connect every wired NIC, or starts with an option that is not known."""
        known = {*_HARMLESS, "-c", "--config", "-i", "--device", "-I", "--nodevice"}
        for word in self._words:
            if word.option not in known:
                raise Unknown(f"{word.location}: the effect of {word.option or word.value} on connman is unknown")
        single = self._configuration.last("General", "SingleConnectedTechnology")
        if single is not None and single.value.lower() == "true":
            raise Unknown(f"{single.location}: connman keeps one connection at a time")
        for key in ("DefaultAutoConnectTechnologies", "DefaultFavoriteTechnologies"):
            entry = self._configuration.last("General", key)
            if entry is not None and "ethernet" not in [word.strip() for word in entry.value.split(",")]:
                raise Unknown(f"{entry.location}: connman does not connect every wired NIC automatically")
