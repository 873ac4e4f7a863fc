"""H507."""

from __future__ import annotations

from guestinspect.model.leftover import Kind
from vscclient.policy.example import Example, case
from vscclient.policy.hygiene.leftover_rule import LeftoverRule, left
from vscclient.policy.rule import INFORMATION, WARNING, by_visibility


class NoMachineIdentity(LeftoverRule):
    """The guest has no identity of one machine: no machine ID, no state of an instance, no DHCP lease, no random seed.

    Why: instances with one identity get the same address, mix up their logs, or begin with the same random numbers.
    Fix: ``virt-customize -a FILE --delete PATH``, and last, since virt-customize makes a new one,
    ``virt-sysprep --operations machine-id -a FILE``; in the guest, ``cloud-init clean --logs --seed`` and
    ``truncate --size 0 /etc/machine-id`` as the last act before the snapshot.
    """

    code = "H507"
    severity = by_visibility(private=INFORMATION, shared=INFORMATION, community=WARNING, public=WARNING)
    kind = Kind.IDENTITY
    says = "the guest has the identity of one machine: {what}"

    @staticmethod
    def good() -> Example:
        return case(guest={"leftovers": ()})

    @staticmethod
    def bad() -> Example:
        return case(guest=left(Kind.IDENTITY, "/etc/machine-id", "machine ID"))
