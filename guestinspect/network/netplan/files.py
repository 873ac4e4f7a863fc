"""The files that netplan generates from the definition of one Ethernet interface.

Source: netplan's networkd.c (``append_match_section``, ``write_network_file``) and nm.c (``write_nm_conf``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from guestinspect.guest.files.yaml_file import below
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Pin

_YES = frozenset({"true", "yes", "on", "y"})
_NO = frozenset({"false", "no", "off", "n"})
_ANYWHERE = ("default", "0.0.0.0/0")
_STAYS_DOWN = {"manual": "manual", "off": "always-down"}
_LINE_ENDS = frozenset("\n\r\0")


@dataclass(frozen=True)
class Ethernet:
    """A definition under ``ethernets``.

    Args:
        name: The ID, which is the name of the interface if nothing else is matched.
        settings: The settings of the ethernet.
        is_for_network_manager: True if NetworkManager configures the interface, False if systemd-networkd does.
        location: The file and the line.
        master: The interface of which it is a part: ``Bond`` or ``Bridge``, and the name.
    """

    name: str
    settings: Mapping[str, object]
    is_for_network_manager: bool
    location: str
    master: tuple[str, str] | None = None

    @property
    def mac(self) -> str:
        """Return the MAC address that it matches; empty if it matches any."""
        return self.text("match", "macaddress").lower()

    @property
    def final_name(self) -> str:
        """Return the name or pattern of the interface after it is renamed; empty if it matches any."""
        return self.text("set-name") or (self.text("match", "name") if "match" in self.settings else self.name)

    @property
    def pin(self) -> tuple[str, Pin] | None:
        """Return the MAC address or the name that it matches, with the pin that it may be; None if it matches any."""
        if self.mac:
            return self.mac, Pin(f"MAC address {self.mac}", self.location)
        return (self.final_name, Pin(f"name {self.final_name}", self.location)) if self.final_name else None

    def text(self, *keys: str) -> str:
        """Return a value of one line; empty if there is none."""
        value = below(self.settings, *keys)
        if not isinstance(value or "", str) or _LINE_ENDS & set(str(value)):
            raise Unknown(f"netplan would refuse {'.'.join(keys)} of {self.location}: it is not a text of one line")
        return str(value or "")

    def is_on(self, *keys: str) -> bool:
        """Return True if a switch is on."""
        return str(below(self.settings, *keys)).lower() in _YES

    def addresses(self) -> tuple[str, ...]:
        """Return the fixed IPv4 addresses."""
        listed = below(self.settings, "addresses")
        names = [next(iter(each), "") if isinstance(each, Mapping) else each for each in _list(listed)]
        return tuple(str(each) for each in names if "." in str(each) and ":" not in str(each))

    def gateway(self) -> str:
        """Return the gateway of the default route of IPv4; empty if there is none."""
        routes = [route for route in _list(below(self.settings, "routes")) if below(route, "to") in _ANYWHERE]
        return self.text("gateway4") or next((str(below(route, "via")) for route in routes), "")

    @property
    def main_path(self) -> str:
        """Return the path of the file that configures it."""
        if self.is_for_network_manager:
            return f"/run/NetworkManager/system-connections/netplan-{self.name}.nmconnection"
        return f"/run/systemd/network/10-netplan-{self.name}.network"

    def render(self) -> dict[str, str]:
        """Return the files that netplan generates for it: content by path."""
        lines = self.key_file() if self.is_for_network_manager else self.network_file()
        files = {self.main_path: "\n".join((*lines, ""))}
        if self.text("set-name"):
            files[f"/run/systemd/network/10-netplan-{self.name}.link"] = "\n".join((*self.link_file(), ""))
        return files

    def network_file(self) -> Iterator[str]:
        """Yield the lines of a .network file for systemd-networkd."""
        yield "[Match]"
        yield from self.match_lines()
        if self.final_name:
            yield f"Name={self.final_name}"
        mode = _STAYS_DOWN.get(self.text("activation-mode"))
        yield from ("[Link]", f"ActivationPolicy={mode}") if mode else ()
        yield "[Network]"
        if self.is_on("dhcp4"):
            yield "DHCP=ipv4"
        if "ipv4" in _list(below(self.settings, "link-local")):
            yield "LinkLocalAddressing=ipv4"
        yield from (f"Address={address}" for address in self.addresses())
        if self.gateway():
            yield f"Gateway={self.gateway()}"
        if self.master:
            yield "=".join(self.master)
        if self.text("dhcp4-overrides", "use-routes").lower() in _NO:
            yield from ("[DHCPv4]", "UseRoutes=false")

    def link_file(self) -> Iterator[str]:
        """Yield the lines of a .link file, by which udev renames the NIC.

        Raises:
            Unknown: The NIC is matched by its name before it is renamed.
        """
        name = self.text("match", "name")
        if name and name != self.text("set-name"):
            raise Unknown(
                f"{self.location} renames a NIC that it matches by name: the result depends on when the NIC is found"
            )
        yield "[Match]"
        yield from self.match_lines()
        if name:
            yield f"OriginalName={name}"
        yield from ("[Link]", f"Name={self.text('set-name')}")

    def match_lines(self) -> Iterator[str]:
        """Yield the lines of a section ``[Match]``, without the name."""
        drivers = below(self.settings, "match", "driver")
        if drivers:
            yield f"Driver={' '.join(map(str, _list(drivers) or [drivers]))}"
        if self.mac:
            yield f"PermanentMACAddress={self.mac}"

    def key_file(self) -> Iterator[str]:
        """Yield the lines of a key file for NetworkManager.

        Raises:
            Unknown: The NIC is a part of another interface, or it is matched by its driver.
        """
        if self.master or below(self.settings, "match", "driver"):
            raise Unknown(
                f"{self.location} is for NetworkManager and a part of another interface or matched by its driver, "
                "which is not supported here"
            )
        name = self.final_name
        # A pattern goes to [match]: NetworkManager then has one profile for many NICs. Source: netplan's nm.c.
        is_pattern = bool(set(name) & set("*?["))
        yield from ("[connection]", f"id=netplan-{self.name}", "type=ethernet")
        if name and not is_pattern:
            yield f"interface-name={name}"
        if self.text("activation-mode"):
            yield "autoconnect=false"
        yield "[ethernet]"
        if self.mac:
            yield f"mac-address={self.mac}"
        if is_pattern:
            yield from ("[match]", f"interface-name={name};")
        yield "[ipv4]"
        addresses = self.addresses()
        yield f"method={'auto' if self.is_on('dhcp4') else 'manual' if addresses else 'disabled'}"
        yield from (f"address{number}={address}" for number, address in enumerate(addresses, 1))
        if self.gateway():
            yield f"gateway={self.gateway()}"


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
