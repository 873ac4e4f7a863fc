"""N204."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.model.guest import Guest, Pin
from vscclient.model.fix import Advice, Fix, Reference, then_recreate
from vscclient.model.plan import Plan
from vscclient.policy.example import Example, case
from vscclient.policy.rule import ERROR, WARNING, Flaw, GuestRule, by_visibility

_MOST_PINS = 10


class NicsAreNotPinned(GuestRule):
    """No network interface (NIC) of the guest is tied to a MAC address or a name that another instance does not have.

    Why: every instance has its own MAC addresses. A configuration for the MAC address of the original machine matches
    no NIC of another instance, so that NIC stays down.
    Fix: remove the line or the file in the guest, and match interfaces by a pattern instead. MAC addresses are in
    ``/etc/udev/rules.d/70-persistent-net.rules`` (udev), and as ``mac-address=`` (NetworkManager), ``MACAddress=``
    (systemd-networkd), ``HWADDR=`` (network scripts) or ``macaddress:`` (netplan).
    """

    code = "N204"
    severity = by_visibility(private=WARNING, shared=WARNING, community=ERROR, public=ERROR)

    @staticmethod
    def good() -> Example:
        return case()

    @staticmethod
    def bad() -> Example:
        return case(guest={"pins": (Pin("MAC address 52:54:00:12:34:56", "/etc/systemd/network/20-lan.network:2"),)})

    def check_guest(self, plan: Plan, guest: Guest) -> Iterator[Flaw]:
        pins = guest.pins().value
        for pin in pins[:_MOST_PINS]:
            yield Flaw(
                message=f"a network interface is tied to the {pin.what}",
                location=pin.location,
                fix=then_recreate(plan, Advice("remove this setting in the guest", Reference.RULE)),
            )
        if (more := len(pins) - _MOST_PINS) > 0:
            yield Flaw(
                message=f"network interfaces are tied to one machine in {more} more place{'s' if more > 1 else ''}",
                fix=Fix.by(Advice("remove these settings in the guest, too", Reference.RULE)),
            )
