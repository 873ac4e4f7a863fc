"""H507."""

from __future__ import annotations

from guestinspect.model.leftover import Kind
from vscclient.policy.example import Example, case, left
from vscclient.policy.rule import NOTE, WARNING, LeftoverRule, by_visibility


class NoMachineIdentity(LeftoverRule):
    """The guest has no identity of one machine: no machine ID, instance state, DHCP lease or random seed.

    Why: instances with one identity get the same address, mix up their logs, or start with the same random numbers.
    Fix: delete the files, and empty ``/etc/machine-id`` last, after the last ``virt-customize``, which creates a new
    machine ID. In the guest, run ``cloud-init clean`` and then empty
    ``/etc/machine-id``, as the last step before the snapshot.
    """

    code = "H507"
    severity = by_visibility(private=NOTE, shared=NOTE, community=WARNING, public=WARNING)
    kind = Kind.IDENTITY
    message = "the guest has the identity of one machine: {what}"

    @staticmethod
    def good() -> Example:
        return case(guest={"leftovers": ()})

    @staticmethod
    def bad() -> Example:
        return case(guest=left(Kind.IDENTITY, "/etc/machine-id", "machine ID"))
