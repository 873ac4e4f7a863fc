"""dhcpcd: it configures all NICs, or those for which it is started.

Source: dhcpcd(8), dhcpcd.conf(5); dhcpcd's if.c, if_discover; Debian's units and init script.
"""

from __future__ import annotations

import re
from functools import cached_property

from guestinspect.disk.globs import fnmatchcase
from guestinspect.disk.tree import is_file, lines
from guestinspect.guest.files.ini import Entry
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Pin, Step
from guestinspect.network.nic import Nic
from guestinspect.network.stack import Answer, Machine, Method, ServiceStack, Stack
from guestinspect.network.stacks import dhcpcd_conf
from guestinspect.network.stacks.dhcpcd_conf import CONFIGURATION, entries_for, require_harmless
from guestinspect.network.stacks.ifcfg.file import is_ethernet_name
from guestinspect.network.stacks.service_words import CommandWord, OptionSyntax, read_command_words

_SERVICES = ("dhcpcd", "dhcpcd5")
_INSTANCE = "dhcpcd@"
_NO_IPV4 = frozenset({"noipv4", "ipv6only"})
_ALLOW = ("allowinterfaces", "-z", "--allowinterfaces")
_DENY = ("denyinterfaces", "-Z", "--denyinterfaces")
_HARMLESS = frozenset(
    """-4 -b -B -d -q -w -L -K -M -A -G -p -J -E -f --config -t --timeout -m -j --logfile --nobackground --noipv6
    --noipv6rs --noipv4ll --noarp --nolink --nogateway --nodev --nodelay --nodhcp6 --nohook --nooption
    --noalias""".split()
) | {""}
"""Options that keep no NIC from getting an address; the empty one stands for the name of a NIC."""
_SYNTAX = OptionSyntax(
    "cefhijlmorstuvyzCFIOQSWXZ",
    frozenset(
        """script env config logfile leasetime metric option timeout userclass vendor allowinterfaces reboot nohook
        nooption require static whitelist blacklist denyinterfaces arping fallback""".split()
    ),
)
_STANZA_WITH_DHCP = re.compile(r"\s*iface\s.*\sinet\s+dhcp")
_INIT_SCRIPT = "/etc/init.d/dhcpcd"
_INTERFACES = "/etc/network/interfaces"


def find_active(machine: Machine) -> Stack | None:
    """Return dhcpcd if this guest starts it, for all NICs or for some."""
    names = (*_SERVICES, *(f"{_INSTANCE}{nic.name}" for nic in machine.nics))
    started = {name: start.why for name in names if (start := machine.units.starts(name).require_known()).is_started}
    if not started:
        return None
    return Dhcpcd(machine, tuple(started.values()), next((name for name in _SERVICES if name in started), ""))


class Dhcpcd(ServiceStack):
    """dhcpcd in a guest that starts it.

    Args:
        machine: The instance.
        why_active: The steps by which it starts.
        service: The service for all NICs; empty if it is started for some of them only.
    """

    name = "dhcpcd"

    def __init__(self, machine: Machine, why_active: tuple[Step, ...], service: str) -> None:
        super().__init__(machine, why_active)
        self._service = service

    def answer(self, nic: Nic) -> Answer:
        """Return the outcome for a NIC.

        Raises:
            Unknown: The outcome cannot be forecast.
        """
        own = self._machine.units.starts(f"{_INSTANCE}{nic.name}")
        if own.is_started and nic.is_hotplugged:
            raise Unknown(f"{own.why.location}: whether dhcpcd starts when {nic.name} appears is unknown")
        obstacle = None if own.is_started else self._obstacle(nic)
        if obstacle is not None:
            return Answer(Method.NONE, (obstacle,))
        entries = list(entries_for(nic, self._entries))
        for entry in entries:
            require_harmless(entry)
            if entry.key in _NO_IPV4:
                return Answer(Method.NONE, (Step(f"dhcpcd gives {nic.name} no IPv4 address", entry.location),))
        # nogateway refuses every default route, that of a lease and that of static routers=. Source: dhcpcd.conf(5).
        has_route = not any(entry.key == "nogateway" for entry in entries)
        static = [entry for entry in entries if entry.key == "static"]
        fixed = [entry for entry in static if entry.value.startswith("ip_address=")]
        if fixed:
            step = Step(f"dhcpcd gives {nic.name} a fixed address", fixed[-1].location)
            has_gateway = any(entry.value.startswith("routers=") for entry in static)
            return Answer(Method.STATIC, (step,), has_default_route=has_route and has_gateway)
        location = self._words[0].location if self._words else CONFIGURATION
        step = Step(f"dhcpcd requests an address for {nic.name}", location)
        return Answer(Method.DHCP, (step,), has_default_route=has_route)

    def pins(self) -> tuple[Pin, ...]:
        """Return the names of NICs in its configuration and services that no NIC of an instance has."""
        names = self._machine.names
        blocks = [entry for entry in self._entries if entry.key == "interface" and is_ethernet_name(entry.value)]
        instances = self._machine.units.instances(_INSTANCE)
        started = [(_unescape(unit.removeprefix(_INSTANCE).removesuffix(".service")), unit) for unit in instances]
        return (
            *(Pin(f"name {entry.value}", entry.location) for entry in blocks if entry.value not in names),
            *(Pin(f"name {name}", unit) for name, unit in started if name not in names and is_ethernet_name(name)),
        )

    @cached_property
    def _entries(self) -> tuple[Entry, ...]:
        files = [word.value for word in self._words if word.option in ("-f", "--config")]
        return tuple(dhcpcd_conf.entries(self._tree, files[-1] if files else CONFIGURATION))

    @cached_property
    def _words(self) -> tuple[CommandWord, ...]:
        return read_command_words(self._tree, self._service, _SYNTAX) if self._service else ()

    def _obstacle(self, nic: Nic) -> Step | None:
        """Return the reason why it ignores a NIC; None if it does not."""
        if not self._service:
            return Step(f"dhcpcd is not started for {nic.name}")
        self._require_known_start()
        named = [word for word in self._words if not word.option]
        if named and nic.name not in [word.value for word in named]:
            return Step(f"dhcpcd is started for {', '.join(word.value for word in named)} only", named[0].location)
        denied = [entry for entry in self._patterns(_DENY, nic) if _matches(nic, entry.value)]
        if denied:
            return Step(f"dhcpcd is configured to ignore {nic.name}", denied[0].location)
        allowed = self._patterns(_ALLOW, nic)
        if allowed and not any(_matches(nic, entry.value) for entry in allowed):
            return Step(f"dhcpcd is configured for other NICs than {nic.name}", allowed[0].location)
        return None

    def _require_known_start(self) -> None:
        """Raise Unknown if it starts with an option that is not known, or may refuse to start.

        Debian's init script refuses if the file of ifupdown has a stanza with DHCP.
        """
        known = {*_HARMLESS, *_ALLOW, *_DENY}
        for word in self._words:
            if word.option not in known:
                raise Unknown(f"{word.location}: the effect of {word.option} on dhcpcd is unknown")
        if not self._words and is_file(self._tree, _INIT_SCRIPT):
            for number, line in lines(self._tree, _INTERFACES):
                if _STANZA_WITH_DHCP.match(line):
                    raise Unknown(f"{_INTERFACES}:{number}: dhcpcd may refuse to start because of this line")

    def _patterns(self, keys: tuple[str, ...], nic: Nic) -> list[Entry]:
        by_words = [Entry(word.option, word.value, word.location) for word in self._words if word.option in keys]
        return [*by_words, *(entry for entry in entries_for(nic, self._entries) if entry.key in keys)]


def _unescape(name: str) -> str:
    r"""Return a name without the escapes of systemd-escape(1): ``\\x2d`` is a dash."""
    return re.sub(r"\\x([0-9a-f]{2})", lambda code: chr(int(code[1], 16)), name)


def _matches(nic: Nic, patterns: str) -> bool:
    return any(fnmatchcase(nic.name, pattern) for pattern in re.split(r"[,\s]+", patterns) if pattern)
