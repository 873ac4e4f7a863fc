"""N202."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.model.guest import Guest, Nics, NicsAtBoot, Step
from vscclient.model.facts import Facts
from vscclient.model.finding import Outcome
from vscclient.model.fix import Advice, Fix, Reference, SetField, then_recreate
from vscclient.model.image import MACHINE_TYPE, MULTI_NIC, VIF_MODEL
from vscclient.model.plan import Plan
from vscclient.policy.example import Example, case
from vscclient.policy.rule import ERROR, WARNING, Flaw, GuestRule, by_visibility, reason_location, reason_suffix

_FIRST_NIC = "N206"
_SEVERAL = {"properties": {MULTI_NIC: "true"}}
_FIRST = NicsAtBoot(Nics.FIRST, ("ens3",), (Step("only ens3 is configured", "/etc/network/interfaces:5"),))

MOST_STEPS = 2
"""The steps that are shown: the reason, and that the NICs stay down."""


class DeclaredNicsComeUp(GuestRule):
    """A guest that is declared to use several network interfaces (NICs) brings up all that are there at boot.

    If even the first NIC stays down, N206 is reported instead.

    Why: the NIC that stays down is the way to the internet, or to the shared storage.
    Fix: let the guest configure every interface, not one by its name. systemd-networkd: enable it, with a file
    ``/etc/systemd/network/NAME.network`` that has ``Name=en* eth*`` under ``[Match]`` and ``DHCP=yes`` under
    ``[Network]``. NetworkManager: one connection with ``multi-connect=3`` and without ``interface-name``; or no
    connections, and no line ``no-auto-default`` in its configuration. netplan: ``match: {name: "en*"}``. ifupdown:
    ``allow-hotplug`` and ``iface … inet dhcp`` for each of ens3 to ens10 (q35: enp1s0 to enp10s0). Alpine: ``auto`` and
    ``iface … inet dhcp`` in ``/etc/network/interfaces`` for each of eth0 to eth2, and ``rc-update add networking
    boot``. Network scripts of the RHEL family: a file ``ifcfg-NAME`` for each NIC, with ``DEVICE=NAME``, ``ONBOOT=yes``
    and ``BOOTPROTO=dhcp``. wicked: a file ``ifcfg-NAME`` for each NIC, with ``STARTMODE=auto`` and ``BOOTPROTO=dhcp``.
    dhcpcd: enable the service ``dhcpcd``, and remove ``allowinterfaces`` and ``denyinterfaces`` from its configuration.
    Or leave it to cloud-init: leave its network configuration enabled and its data sources as they are. For a guest
    with one NIC, declare a single NIC.
    """

    code = "N202"
    claims = frozenset((MULTI_NIC, MACHINE_TYPE, VIF_MODEL))
    severity = by_visibility(private=WARNING, shared=ERROR, community=ERROR, public=ERROR)

    @staticmethod
    def good() -> Example:
        return case(image=_SEVERAL)

    @staticmethod
    def bad() -> Example:
        return case(image=_SEVERAL, guest={"nics_at_boot": _FIRST})

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        """Yield the flaw, unless N206 reports it: a guest that nobody can reach needs one fix, not two."""
        if plan.image.multi_nic and facts.outcome_of(_FIRST_NIC) is not Outcome.BROKEN:
            yield from super().check(plan, facts)

    def check_guest(self, plan: Plan, guest: Guest) -> Iterator[Flaw]:
        found = guest.nics_at_boot()
        if found.value.verdict is not Nics.ALL:
            # a site may ignore N206; an instance whose first NIC stays down needs more than another declaration
            one_nic = Fix() if found.value.first_stays_down else Fix.by(SetField(MULTI_NIC, "false"))
            yield Flaw(
                message=_in_words(found.value) + reason_suffix(found.value.explanation, MOST_STEPS),
                location=reason_location(found.value.explanation, MOST_STEPS) or found.location,
                fix=then_recreate(plan, Advice("let the guest configure every interface", Reference.RULE)) | one_nic,
            )


def _in_words(found: NicsAtBoot) -> str:
    if found.verdict is Nics.NONE:
        return "none of three network interfaces comes up at boot"
    if found.verdict is Nics.FIRST:
        return "only the first of three network interfaces comes up at boot"
    if not found.names:
        return "none of three network interfaces comes up at boot, except one with a certain MAC address"
    verb = "comes" if len(found.names) == 1 else "come"
    return f"of three network interfaces, only {' and '.join(found.names)} {verb} up at boot"
