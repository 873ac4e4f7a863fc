"""The files that netplan makes of one interface's definition.

Source: netplan's networkd.c (``append_match_section``, ``write_network_file``) and nm.c (``write_nm_conf``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from guestinspect.guest.cloud_init.configuration import below
from guestinspect.model.fact import Unknown

_YES = frozenset({"true", "yes", "on", "y"})
_NO = frozenset({"false", "no", "off", "n"})
_ANYWHERE = ("default", "0.0.0.0/0")
_STAYS_DOWN = {"manual": "manual", "off": "always-down"}
_OUTSIDE_OF_LINES = frozenset("\n\r\0")


@dataclass(frozen=True)
class Definition:
    """An interface under ``ethernets``.

    Args:
        name: Its ID, which is the interface's name where nothing else is matched.
        said: What is said of it.
        is_for_network_manager: Whether NetworkManager configures it, or systemd-networkd.
        location: File and line.
        master: What it is a part of: ``Bond`` or ``Bridge``, and its name.
    """

    name: str
    said: Mapping[str, object]
    is_for_network_manager: bool
    location: str
    master: tuple[str, str] | None = None

    @property
    def mac(self) -> str:
        """The MAC address that it matches; empty: any."""
        return self.text("match", "macaddress").lower()

    @property
    def matched_name(self) -> str:
        """The name or pattern that it matches in the end; empty: any."""
        return self.text("set-name") or (self.text("match", "name") if "match" in self.said else self.name)

    def text(self, *keys: str) -> str:
        """A value as text of one line; empty: there is none."""
        value = below(self.said, *keys)
        if not isinstance(value or "", str) or _OUTSIDE_OF_LINES & set(str(value)):
            raise Unknown(f"netplan would refuse {'.'.join(keys)} of {self.location}")
        return str(value or "")

    def is_on(self, *keys: str) -> bool:
        """Whether a switch is on."""
        return str(below(self.said, *keys)).lower() in _YES

    def addresses(self) -> tuple[str, ...]:
        """The fixed IPv4 addresses."""
        listed = below(self.said, "addresses")
        names = [next(iter(each), "") if isinstance(each, Mapping) else each for each in _list(listed)]
        return tuple(str(each) for each in names if "." in str(each) and ":" not in str(each))

    def gateway(self) -> str:
        """Where the default route of IPv4 leads; empty: none is said."""
        routes = [route for route in _list(below(self.said, "routes")) if below(route, "to") in _ANYWHERE]
        return self.text("gateway4") or next((str(below(route, "via")) for route in routes), "")


def main_path(definition: Definition) -> str:
    """Where the file is that configures it."""
    if definition.is_for_network_manager:
        return f"/run/NetworkManager/system-connections/netplan-{definition.name}.nmconnection"
    return f"/run/systemd/network/10-netplan-{definition.name}.network"


def of(definition: Definition) -> dict[str, str]:
    """The files that netplan makes of it: content by path."""
    lines = _connection(definition) if definition.is_for_network_manager else _network_file(definition)
    files = {main_path(definition): "\n".join((*lines, ""))}
    if definition.text("set-name"):
        files[f"/run/systemd/network/10-netplan-{definition.name}.link"] = "\n".join((*_link_file(definition), ""))
    return files


def _network_file(definition: Definition) -> Iterator[str]:
    yield "[Match]"
    yield from _matches(definition)
    if definition.matched_name:
        yield f"Name={definition.matched_name}"
    mode = _STAYS_DOWN.get(definition.text("activation-mode"))
    yield from ("[Link]", f"ActivationPolicy={mode}") if mode else ()
    yield "[Network]"
    if definition.is_on("dhcp4"):
        yield "DHCP=ipv4"
    if "ipv4" in _list(below(definition.said, "link-local")):
        yield "LinkLocalAddressing=ipv4"
    yield from (f"Address={address}" for address in definition.addresses())
    if definition.gateway():
        yield f"Gateway={definition.gateway()}"
    if definition.master:
        yield "=".join(definition.master)
    if definition.text("dhcp4-overrides", "use-routes").lower() in _NO:
        yield from ("[DHCPv4]", "UseRoutes=false")


def _link_file(definition: Definition) -> Iterator[str]:
    name = definition.text("match", "name")
    if name and name != definition.text("set-name"):
        raise Unknown(f"{definition.location} renames a NIC by its name, which hangs on when it is found")
    yield "[Match]"
    yield from _matches(definition)
    if name:
        yield f"OriginalName={name}"
    yield from ("[Link]", f"Name={definition.text('set-name')}")


def _matches(definition: Definition) -> Iterator[str]:
    drivers = below(definition.said, "match", "driver")
    if drivers:
        yield f"Driver={' '.join(map(str, _list(drivers) or [drivers]))}"
    if definition.mac:
        yield f"PermanentMACAddress={definition.mac}"


def _connection(definition: Definition) -> Iterator[str]:
    """A key file of NetworkManager's."""
    if definition.master or below(definition.said, "match", "driver"):
        raise Unknown(f"{definition.location} is a part of something, or matched by its driver, in NetworkManager")
    name = definition.matched_name
    is_pattern = bool(set(name) & set("*?["))
    yield from ("[connection]", f"id=netplan-{definition.name}", "type=ethernet")
    if name and not is_pattern:
        yield f"interface-name={name}"
    if definition.text("activation-mode"):
        yield "autoconnect=false"
    yield "[ethernet]"
    if definition.mac:
        yield f"mac-address={definition.mac}"
    if is_pattern:
        yield from ("[match]", f"interface-name={name};")
    yield "[ipv4]"
    addresses = definition.addresses()
    yield f"method={'auto' if definition.is_on('dhcp4') else 'manual' if addresses else 'disabled'}"
    yield from (f"address{number}={address}" for number, address in enumerate(addresses, 1))
    if definition.gateway():
        yield f"gateway={definition.gateway()}"


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
