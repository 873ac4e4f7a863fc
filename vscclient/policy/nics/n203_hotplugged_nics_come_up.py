"""N203."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.model.guest import Guest, NicHotplug, Step
from vscclient.model.fix import Advice, Reference, then_recreate
from vscclient.model.image import MACHINE_TYPE, MULTI_NIC, VIF_MODEL
from vscclient.model.plan import Plan
from vscclient.policy.example import Example, case
from vscclient.policy.rule import NOTE, WARNING, Flaw, GuestRule, by_visibility, reason_suffix

_SEVERAL = {"properties": {MULTI_NIC: "true"}}
_STAYS_DOWN = NicHotplug(comes_up=False, explanation=(Step("nothing configures ens6", "/etc/network/interfaces"),))


class HotpluggedNicsComeUp(GuestRule):
    """A guest that is declared to use several NICs also brings up a network interface (NIC) that is attached later.

    Why: the network of the shared storage is attached to a running instance. Until somebody reboots it, or brings the
    interface up by hand, the storage cannot be mounted.
    Fix: let the guest configure every interface by a pattern. cloud-init configures the interfaces that it finds at
    boot, by name; a file of your own with a pattern includes later ones. systemd-networkd: ``Name=en* eth*``. netplan:
    ``match: {name: "en*"}``. NetworkManager does it by default. ifupdown: ``allow-hotplug`` and ``iface … inet dhcp``
    for each of ens3 to ens10 (on a q35 machine: enp1s0 to enp10s0).
    """

    code = "N203"
    claims = frozenset((MULTI_NIC, MACHINE_TYPE, VIF_MODEL))
    severity = by_visibility(private=NOTE, shared=NOTE, community=WARNING, public=WARNING)

    @staticmethod
    def good() -> Example:
        return case(image=_SEVERAL)

    @staticmethod
    def bad() -> Example:
        return case(image=_SEVERAL, guest={"nic_hotplug": _STAYS_DOWN})

    def check_guest(self, plan: Plan, guest: Guest) -> Iterator[Flaw]:
        if not plan.image.multi_nic:
            return
        found = guest.nic_hotplug()
        if not found.value.comes_up:
            yield Flaw(
                message="a network interface that is attached to a running instance stays down"
                + reason_suffix(found.value.explanation, 2),
                location=found.location,
                fix=then_recreate(plan, Advice("let the guest configure every interface by a pattern", Reference.RULE)),
            )
