"""dhcpcd: all NICs, or those that it is started for.

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
from guestinspect.network.stack import Answer, Machine, Method, Service, Stack
from guestinspect.network.stacks import dhcpcd_conf
from guestinspect.network.stacks.dhcpcd_conf import CONFIGURATION, refuse_hindrance, said_of
from guestinspect.network.stacks.ifcfg.file import is_ethernet_name
from guestinspect.network.stacks.service_words import Grammar, Word, started_with

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
"""Options that keep no NIC from getting an address, and the names of NICs."""
_GRAMMAR = Grammar(
    "cefhijlmorstuvyzCFIOQSWXZ",
    frozenset(
        """script env config logfile leasetime metric option timeout userclass vendor allowinterfaces reboot nohook
        nooption require static whitelist blacklist denyinterfaces arping fallback""".split()
    ),
)
_STANZA_WITH_DHCP = re.compile(r"\s*iface\s.*\sinet\s+dhcp")
_INIT_SCRIPT = "/etc/init.d/dhcpcd"
_INTERFACES = "/etc/network/interfaces"


def active(machine: Machine) -> Stack | None:
    """dhcpcd, if this guest starts it, for all NICs or for some."""
    whole = [service for service in _SERVICES if machine.units.starts(service).is_started]
    each = [
        f"{_INSTANCE}{nic.name}" for nic in machine.nics if machine.units.starts(f"{_INSTANCE}{nic.name}").is_started
    ]
    if not whole and not each:
        return None
    why = tuple(machine.units.starts(service).why for service in (*whole, *each))
    return Dhcpcd(machine, why, whole[0] if whole else "")


class Dhcpcd(Service):
    """dhcpcd in a guest that starts it.

    Args:
        machine: The guest.
        why_active: Why it is started.
        service: The one for all NICs; empty: it is started for some of them only.
    """

    name = "dhcpcd"

    def __init__(self, machine: Machine, why_active: tuple[Step, ...], service: str) -> None:
        super().__init__(machine, why_active)
        self._service = service

    def answer(self, nic: Nic) -> Answer:
        """What it does with a NIC.

        Raises:
            Unknown: It cannot be foreseen.
        """
        own = self._machine.units.starts(f"{_INSTANCE}{nic.name}")
        if own.is_started and nic.is_hotplugged:
            raise Unknown(f"{own.why.location}: whether dhcpcd is started when {nic.name} appears is not known")
        passed_over = None if own.is_started else self._passed_over(nic)
        return self._configured(nic) if passed_over is None else Answer(Method.NONE, (passed_over,))

    def pins(self) -> tuple[Pin, ...]:
        """The names in its configuration, and of its services, that no NIC here has."""
        names = self._machine.names
        said = [entry for entry in self._entries if entry.key == "interface" and is_ethernet_name(entry.value)]
        instances = self._machine.units.instances(_INSTANCE)
        started = [(_unescaped(unit.removeprefix(_INSTANCE).removesuffix(".service")), unit) for unit in instances]
        return (
            *(Pin(f"name {entry.value}", entry.location) for entry in said if entry.value not in names),
            *(Pin(f"name {name}", unit) for name, unit in started if name not in names and is_ethernet_name(name)),
        )

    @cached_property
    def _entries(self) -> tuple[Entry, ...]:
        files = [word.value for word in self._words if word.option in ("-f", "--config")]
        return tuple(dhcpcd_conf.entries(self._tree, files[-1] if files else CONFIGURATION))

    @cached_property
    def _words(self) -> tuple[Word, ...]:
        return started_with(self._tree, self._service, _GRAMMAR) if self._service else ()

    def _passed_over(self, nic: Nic) -> Step | None:
        """Why it does not look at a NIC; None: it does."""
        if not self._service:
            return Step(f"dhcpcd is not started for {nic.name}")
        self._check_the_start()
        named = [word for word in self._words if not word.option]
        if named and nic.name not in [word.value for word in named]:
            return Step(f"dhcpcd is started for {', '.join(word.value for word in named)} only", named[0].location)
        denied = [entry for entry in self._patterns(_DENY, nic) if _is_in(nic, entry.value)]
        if denied:
            return Step(f"dhcpcd is told to leave {nic.name} alone", denied[0].location)
        allowed = self._patterns(_ALLOW, nic)
        if allowed and not any(_is_in(nic, entry.value) for entry in allowed):
            return Step(f"dhcpcd is told to take other NICs than {nic.name}", allowed[0].location)
        return None

    def _check_the_start(self) -> None:
        """Raises Unknown if it is started in a way that is not understood, or may refuse to start."""
        known = {*_HARMLESS, *_ALLOW, *_DENY}
        for word in self._words:
            if word.option not in known:
                raise Unknown(f"{word.location}: it cannot be told what {word.option} does to dhcpcd")
        if not self._words and is_file(self._tree, _INIT_SCRIPT):
            for number, line in lines(self._tree, _INTERFACES):
                if _STANZA_WITH_DHCP.match(line):
                    raise Unknown(f"{_INTERFACES}:{number}: dhcpcd may refuse to start because of this line")

    def _patterns(self, keys: tuple[str, ...], nic: Nic) -> list[Entry]:
        by_words = [Entry(word.option, word.value, word.location) for word in self._words if word.option in keys]
        return [*by_words, *(entry for entry in said_of(nic, self._entries) if entry.key in keys)]

    def _configured(self, nic: Nic) -> Answer:
        """What the configuration does with a NIC that it looks at."""
        said = list(said_of(nic, self._entries))
        for entry in said:
            refuse_hindrance(entry)
            if entry.key in _NO_IPV4:
                return Answer(Method.NONE, (Step(f"dhcpcd gives {nic.name} no IPv4 address", entry.location),))
        has_route = not any(entry.key == "nogateway" for entry in said)
        fixed = [entry for entry in said if entry.key == "static" and entry.value.startswith("ip_address=")]
        if fixed:
            step = Step(f"dhcpcd gives {nic.name} a fixed address", fixed[-1].location)
            is_routed = any(entry.key == "static" and entry.value.startswith("routers=") for entry in said)
            return Answer(Method.STATIC, (step,), has_default_route=has_route and is_routed)
        step = Step(
            f"dhcpcd asks for an address of {nic.name}", self._words[0].location if self._words else CONFIGURATION
        )
        return Answer(Method.DHCP, (step,), has_default_route=has_route)


def _unescaped(name: str) -> str:
    r"""As systemd-escape(1) turns it back: ``\\x2d`` is a dash."""
    return re.sub(r"\\x([0-9a-f]{2})", lambda found: chr(int(found[1], 16)), name)


def _is_in(nic: Nic, patterns: str) -> bool:
    return any(fnmatchcase(nic.name, pattern) for pattern in re.split(r"[,\s]+", patterns) if pattern)
