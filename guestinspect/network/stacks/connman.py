"""ConnMan: all wired NICs by DHCP, unless it is told otherwise.

Source: connman.conf(5), connman-service.config(5); ConnMan's device.c, service.c and config.c.
"""

from __future__ import annotations

import re
from functools import cached_property

from guestinspect.guest.files.ini import Entry, Ini, Section, read_key_file
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Pin, Step
from guestinspect.network.nic import Nic
from guestinspect.network.stack import Answer, Machine, Method, Service, Stack
from guestinspect.network.stacks.ifcfg.file import is_ethernet_name
from guestinspect.network.stacks.networkmanager.device_spec import is_glob_match
from guestinspect.network.stacks.service_words import Grammar, Word, started_with

CONFIGURATION = "/etc/connman/main.conf"

_STATE = "/var/lib/connman"
_LEFT_ALONE = "vmnet,vboxnet,virbr,ifb,ve-,vb-"
"""What it leaves alone by itself: names that begin so. Source: ConnMan's main.c."""
_KERNELS_NAME = "eth0"
"""What a NIC that is attached is called at first: with its later name in the list, one of a booted guest came up."""

_PROVISION = re.compile(r"[A-Za-z0-9_-]{1,64}\.config")
_GRAMMAR = Grammar("ciIpPW", frozenset({"config", "device", "nodevice", "plugin", "noplugin", "wifi"}))
_HARMLESS = frozenset({"-n", "--nodaemon", "-r", "--nodnsproxy", "-d", "--debug", "--nobacktrace"})


def active(machine: Machine) -> Stack | None:
    """ConnMan, if this guest starts it."""
    enabled = machine.units.starts("connman")
    return Connman(machine, (enabled.why,)) if enabled.is_started else None


class Connman(Service):
    """ConnMan in a guest that starts it."""

    name = "connman"

    def answer(self, nic: Nic) -> Answer:
        """What it does with a NIC.

        Raises:
            Unknown: It cannot be foreseen.
        """
        left_alone = self._left_alone(nic)
        if left_alone is not None:
            return Answer(Method.NONE, (left_alone,))
        self._check_that_all_connect()
        for section in self._provisions:
            if _is_for(section, nic):
                return _provisioned(section, nic)
        step = Step(f"connman asks for an address of every wired NIC, {nic.name} too", self._configuration.path)
        return Answer(Method.DHCP, (step,), has_default_route=True)

    def pins(self) -> tuple[Pin, ...]:
        """The MAC addresses and names in its files that no NIC here has."""
        names = self._machine.names
        macs = self._machine.macs
        said = [entry for section in self._provisions for entry in section.entries]
        return (
            *(
                Pin(f"MAC address {at.value}", at.location)
                for at in said
                if at.key == "MAC" and at.value.lower() not in macs
            ),
            *(Pin(f"name {at.value}", at.location) for at in said if _is_foreign_name(at, names)),
        )

    @cached_property
    def _configuration(self) -> Ini:
        files = [word.value for word in self._words if word.option in ("-c", "--config")]
        return read_key_file(self._tree, files[-1] if files else CONFIGURATION)

    @cached_property
    def _words(self) -> tuple[Word, ...]:
        return started_with(self._tree, "connman", _GRAMMAR)

    @cached_property
    def _provisions(self) -> tuple[Section, ...]:
        """What is written down for wired NICs."""
        names = [name for name in self._tree.names(_STATE) if _PROVISION.fullmatch(name)]
        sections = [part for name in names for part in read_key_file(self._tree, f"{_STATE}/{name}").sections]
        return tuple(
            part for part in sections if part.name.startswith("service_") and _value(part, "Type") == "ethernet"
        )

    def _left_alone(self, nic: Nic) -> Step | None:
        """Why it does not look at a NIC; None: it does."""
        for word in self._words:
            is_named = any(is_glob_match(pattern, nic.name) for pattern in word.value.split(","))
            if word.option in ("-i", "--device") and not is_named:
                return Step(f"connman is started for {word.value} only", word.location)
            if word.option in ("-I", "--nodevice") and is_named:
                return Step(f"connman is told to leave {nic.name} alone", word.location)
        said = self._configuration.last("General", "NetworkInterfaceBlacklist")
        prefixes = (_LEFT_ALONE if said is None else said.value).split(",")
        if any(prefix.strip() and nic.name.startswith(prefix.strip()) for prefix in prefixes):
            location = self._configuration.path if said is None else said.location
            if nic.is_hotplugged and not any(_KERNELS_NAME.startswith(prefix.strip() or "/") for prefix in prefixes):
                raise Unknown(f"{location}: connman may see {nic.name} before it is called so")
            return Step(f"connman is told to leave {nic.name} alone", location)
        return self._switched_off()

    def _switched_off(self) -> Step | None:
        """What switched wired NICs off by hand."""
        state = read_key_file(self._tree, f"{_STATE}/settings")
        wired = state.last("Wired", "Enable")
        offline = state.last("global", "OfflineMode")
        if offline is not None and offline.value.lower() == "true":
            raise Unknown(f"{offline.location}: connman was told to be offline")
        if wired is not None and wired.value.lower() == "false":
            return Step("wired NICs were switched off in connman", wired.location)
        return None

    def _check_that_all_connect(self) -> None:
        """Raises Unknown if it may not take every wired NIC, or is started in a way that is not understood."""
        known = {*_HARMLESS, "-c", "--config", "-i", "--device", "-I", "--nodevice"}
        for word in self._words:
            if word.option not in known:
                raise Unknown(f"{word.location}: it cannot be told what {word.option or word.value} does to connman")
        single = self._configuration.last("General", "SingleConnectedTechnology")
        if single is not None and single.value.lower() == "true":
            raise Unknown(f"{single.location}: connman keeps one connection at a time")
        for key in ("DefaultAutoConnectTechnologies", "DefaultFavoriteTechnologies"):
            said = self._configuration.last("General", key)
            if said is not None and "ethernet" not in [word.strip() for word in said.value.split(",")]:
                raise Unknown(f"{said.location}: connman does not connect every wired NIC by itself")


def _is_for(section: Section, nic: Nic) -> bool:
    mac, name = _value(section, "MAC"), _value(section, "DeviceName")
    if not mac and not name:
        raise Unknown(f"{section.location} is for the wired NIC that connman finds first")
    return mac.lower() == nic.mac.lower() if mac else name.lower() == nic.name.lower()


def _provisioned(section: Section, nic: Nic) -> Answer:
    address = _value(section, "IPv4").lower()
    if address == "off":
        return Answer(Method.NONE, (Step(f"connman gives {nic.name} no IPv4 address", section.location),))
    if address in ("", "dhcp", "auto"):
        step = Step(f"connman asks for an address of {nic.name}", section.location)
        return Answer(Method.DHCP, (step,), has_default_route=True)
    step = Step(f"connman gives {nic.name} a fixed address", section.location)
    return Answer(Method.STATIC, (step,), has_default_route=address.count("/") > 1)


def _value(section: Section, key: str) -> str:
    return next((entry.value for entry in reversed(section.entries) if entry.key == key), "")


def _is_foreign_name(entry: Entry, names: frozenset[str]) -> bool:
    return entry.key == "DeviceName" and entry.value not in names and is_ethernet_name(entry.value)
