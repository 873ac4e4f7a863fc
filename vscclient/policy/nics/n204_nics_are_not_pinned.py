"""N204."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Guest, Nics, NicsAtBoot, Pin, Step
from vscclient.model.finding import Severity
from vscclient.model.fix import Advice, Fix, Reference, then_recreate
from vscclient.model.image import MACHINE_TYPE, VIF_MODEL
from vscclient.model.plan import Plan
from vscclient.policy.example import Example, case
from vscclient.policy.rule import (
    ERROR,
    FORBIDDEN,
    NOTE,
    WARNING,
    Flaw,
    GuestRule,
    by_visibility,
)
from vscclient.policy.several import MOST_LOCATIONS, join_words

_MAC = "MAC address 52:54:00:12:34:56"
_FILE = "/etc/systemd/network/20-lan.network"
_DOWN = (Step("no .network file matches ens3, ens4 and ens5", "/etc/systemd/network"),)

_MOST_FILES = 10
_MOST_PINS = 5
"""The settings of one file that are named one by one."""


class NicsAreNotPinned(GuestRule):
    """No network interface (NIC) of the guest is tied to a MAC address or a name that another instance does not have.

    The finding is a note where the NIC comes up without this setting, because another one configures it too. It is a
    warning at most where it is not known which NICs come up.

    Why: every instance has its own MAC addresses. A configuration for the MAC address of the original machine matches
    no NIC of another instance, so that NIC stays down.
    Fix: remove the line or the file in the guest, and match interfaces by a pattern instead. MAC addresses are in
    ``/etc/udev/rules.d/70-persistent-net.rules`` (udev), and as ``mac-address=`` (NetworkManager), ``MACAddress=``
    (systemd-networkd), ``HWADDR=`` (network scripts) or ``macaddress:`` (netplan).
    """

    code = "N204"
    claims = frozenset((MACHINE_TYPE, VIF_MODEL))
    severity = by_visibility(private=WARNING, shared=WARNING, community=ERROR, public=ERROR)

    @staticmethod
    def good() -> Example:
        return case()

    @staticmethod
    def bad() -> Example:
        stays_down = NicsAtBoot(Nics.NAMED, (), _DOWN)
        return case(guest={"pins": (Pin(_MAC, f"{_FILE}:2"),), "nics_at_boot": stays_down})

    def check_guest(self, plan: Plan, guest: Guest) -> Iterator[Flaw]:
        at_most = _severity_of_effect(guest)
        by_file: dict[tuple[str, bool], list[Pin]] = {}
        for pin in guest.pins().value:
            path = pin.location.partition(":")[0]
            by_file.setdefault((path, pin.is_harmless), []).append(pin)
        for (_, is_harmless), pins in islice(by_file.items(), _MOST_FILES):
            yield Flaw(
                message=_in_words(pins),
                location=join_words([pin.location for pin in pins], MOST_LOCATIONS),
                fix=then_recreate(plan, Advice("remove this setting in the guest", Reference.RULE)),
                at_most=NOTE if is_harmless else at_most,
            )
        if more := [path for path, _ in by_file][_MOST_FILES:]:
            yield Flaw(
                message="network interfaces are tied to one machine in more files",
                location=join_words(more, MOST_LOCATIONS),
                fix=Fix.by(Advice("remove these settings in the guest, too", Reference.RULE)),
                at_most=at_most,
            )


def _in_words(pins: list[Pin]) -> str:
    what = join_words([f"the {pin.what}" for pin in pins], _MOST_PINS)
    return f"a network interface is tied to {what}" if len(pins) == 1 else f"network interfaces are tied to {what}"


def _severity_of_effect(guest: Guest) -> Severity:
    """Return the highest severity of a setting: it does harm only where a NIC stays down."""
    try:
        return NOTE if guest.nics_at_boot().value.verdict is Nics.ALL else FORBIDDEN
    except Unknown:
        return WARNING
