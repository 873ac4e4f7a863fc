"""N203."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.model.guest import Guest, NicHotplug, Step
from vscclient.model.plan import Plan
from vscclient.policy.again import again
from vscclient.policy.example import Example, case
from vscclient.policy.guest_rule import GuestRule, because
from vscclient.policy.rule import INFORMATION, WARNING, Flaw, by_visibility

_SEVERAL = {"properties": {"vsc_multi_nic": "true"}}
_STAYS_DOWN = NicHotplug(comes_up=False, explanation=(Step("nothing configures ens6", "/etc/network/interfaces"),))


class HotpluggedNicsComeUp(GuestRule):
    """A guest that is said to use several network interfaces (NICs) also brings up one that is attached while it runs.

    Why: the network of the shared storage is attached to an instance that is there already. Until it is rebooted, or
    somebody brings the interface up by hand, the storage cannot be mounted.
    Fix: let the guest configure every interface by a pattern. What cloud-init writes at boot names the interfaces that
    were there then; a file of one's own with a pattern takes in the later ones. systemd-networkd: ``Name=en* eth*``.
    netplan: ``match: {name: "en*"}``. NetworkManager does it by itself. ifupdown: ``allow-hotplug`` and
    ``iface … inet dhcp`` for each of ens3 to ens10.
    """

    code = "N203"
    severity = by_visibility(private=INFORMATION, shared=INFORMATION, community=WARNING, public=WARNING)

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
                + because(found.value.explanation, 2),
                location=found.location,
                fix=again(plan, "let the guest configure every interface by a pattern")
                + " (how: openstack vsc image rule show N203)",
            )
