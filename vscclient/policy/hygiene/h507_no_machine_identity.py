"""H507."""

from __future__ import annotations

from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Guest
from guestinspect.model.leftover import Kind, Leftover
from vscclient.policy.example import Example, case, left
from vscclient.policy.rule import NOTE, WARNING, LeftoverRule, by_visibility

_NAMES_OF_NICS = "persistent-net.rules"


class NoMachineIdentity(LeftoverRule):
    """The guest has no identity of one machine: no machine ID, instance state, DHCP lease or random seed.

    Why: instances with one identity get the same address, mix up their logs, or start with the same random numbers.
    Fix: delete the files, and empty ``/etc/machine-id`` last, after the last ``virt-customize``, which creates a new
    machine ID. In the guest, run ``cloud-init clean`` and then empty ``/etc/machine-id``, as the last step before the
    snapshot. Delete a copy in ``/var/lib/dbus/machine-id``: systemd would use it again. Without systemd, delete
    ``/etc/machine-id``, too. No iSCSI service starts without a name in ``/etc/iscsi/initiatorname.iscsi``: in
    Debian and Ubuntu, let the file have the line ``GenerateName=yes``; where ``iscsi-init.service`` is missing (RHEL 7,
    SUSE 12), let ``iscsid.service`` make a name with ``iscsi-iname`` before it starts, and delete the file.
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

    def leftovers_of(self, guest: Guest) -> tuple[Leftover, ...]:
        """Return the leftovers except files whose MAC addresses N204 reports."""
        leftovers = super().leftovers_of(guest)
        if not any(leftover.path.endswith(_NAMES_OF_NICS) for leftover in leftovers):
            return leftovers
        try:
            pinned = {pin.location.partition(":")[0] for pin in guest.pins().value}
        except Unknown:
            return leftovers
        return tuple(leftover for leftover in leftovers if leftover.path not in pinned)
