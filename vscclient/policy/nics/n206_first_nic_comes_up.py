"""N206."""

from __future__ import annotations

from collections.abc import Iterator

from guestinspect.model.guest import Guest, Nics, NicsAtBoot, Step
from vscclient.model.finding import Severity
from vscclient.model.fix import Advice, Reference, then_recreate
from vscclient.model.image import MACHINE_TYPE, MULTI_NIC, VIF_MODEL, Image
from vscclient.model.plan import Plan
from vscclient.model.settings import Settings
from vscclient.model.visibility import Visibility
from vscclient.policy.example import Example, case
from vscclient.policy.nics.n202_declared_nics_come_up import MOST_STEPS, DeclaredNicsComeUp
from vscclient.policy.rule import (
    ERROR,
    IGNORED,
    NOTE,
    WARNING,
    Flaw,
    GuestRule,
    by_visibility,
    reason_location,
    reason_suffix,
)

_NONE = NicsAtBoot(Nics.NONE, (), (Step("no network stack is started"), Step("ens3, ens4 and ens5 stay down")))


class FirstNicComesUp(GuestRule):
    """The first network interface (NIC) of an instance comes up at boot.

    The rule applies to every image with a guest, for one NIC or for several. Where an image is declared to use several
    NICs, the finding stands in place of N202, with the severity of N202 if that is higher, and a waiver of N202 covers
    it.

    Why: users reach an instance by its first NIC. An instance whose first NIC stays down runs and is charged, but
    nobody can log in.
    Fix: enable a network service in the guest, and let it configure every NIC, or at least the first one. The network
    services and their files are those of rule N202. With cloud-init, enable its services, and leave its network
    configuration enabled. A file that names a NIC needs the name that the guest gives it: ``ens3`` (q35: ``enp1s0``),
    or ``eth0`` if ``net.ifnames=0`` is among the parameters of the kernel. Remove MAC addresses of other machines
    (N204).
    """

    code = "N206"
    claims = frozenset((MACHINE_TYPE, VIF_MODEL))
    severity = by_visibility(private=NOTE, shared=WARNING, community=ERROR, public=ERROR)

    @staticmethod
    def good() -> Example:
        return case()

    @staticmethod
    def bad() -> Example:
        return case(guest={"nics_at_boot": _NONE})

    def severity_of(self, image: Image, audience: Visibility, settings: Settings) -> Severity:
        """Return the higher one of the severities of this rule and of N202 if the image is declared to use several."""
        own = super().severity_of(image, audience, settings)
        if own is IGNORED or not image.multi_nic:
            return own
        of_declaration = DeclaredNicsComeUp().severity_of(image, audience, settings)
        return max(own, of_declaration, key=lambda severity: severity.rank)

    def waivers(self, image: Image) -> frozenset[str]:
        """Return the code of N202, too, if the image is declared to use several: its owner has waived this flaw."""
        return super().waivers(image) | ({DeclaredNicsComeUp.code} if image.multi_nic else frozenset())

    def check_guest(self, plan: Plan, guest: Guest) -> Iterator[Flaw]:
        """Yield the flaw; a plan that declares several NICs anew causes it, so that its message differs from before."""
        found = guest.nics_at_boot()
        if found.value.first_stays_down:
            which = "every interface" if plan.image.multi_nic else "the first interface"
            declares = plan.image.multi_nic and MULTI_NIC in plan.claims
            claim = "several network interfaces are declared, but " if declares else ""
            yield Flaw(
                message=claim + _in_words(found.value) + reason_suffix(found.value.explanation, MOST_STEPS),
                location=reason_location(found.value.explanation, MOST_STEPS) or found.location,
                fix=then_recreate(plan, Advice(f"let the guest configure {which}", Reference.RULE)),
            )


def _in_words(found: NicsAtBoot) -> str:
    if found.verdict is Nics.NONE:
        return "no network interface comes up at boot, so nobody can reach an instance"
    if not found.names:
        return "no network interface comes up at boot, except one with a certain MAC address of another machine"
    verb = "comes" if len(found.names) == 1 else "come"
    return f"the first network interface stays down at boot, only {' and '.join(found.names)} {verb} up"
