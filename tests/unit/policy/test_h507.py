from __future__ import annotations

from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Pin
from guestinspect.model.leftover import Kind, Leftover
from tests.unit.policy.leftovers import AnyHygieneRule, HygieneTest
from vscclient.model.finding import Severity
from vscclient.model.fix import Advice, Fix, GuestAction, InGuest

NOTE, WARNING = Severity.NOTE, Severity.WARNING


class TestH507(AnyHygieneRule, HygieneTest):
    code, kind = "H507", Kind.IDENTITY

    def test_the_severity_grows_with_the_audience(self) -> None:
        self.assert_severities(NOTE, NOTE, WARNING, WARNING)

    def test_a_machine_id_is_emptied_not_removed(self) -> None:
        found = self.finding("/etc/machine-id", "machine ID")

        self.assertEqual("the guest has the identity of one machine: machine ID", found.message)
        self.assertEqual(Fix.by(InGuest(GuestAction.EMPTY, "/etc/machine-id")), found.fix)

    def test_other_state_is_removed(self) -> None:
        found = self.finding("/var/lib/cloud/instances/i-1", "cloud-init's state of an instance")

        self.assertEqual(Fix.by(InGuest(GuestAction.DELETE, "/var/lib/cloud/instances/i-1")), found.fix)

    def test_a_machine_id_and_its_copy_are_one_finding(self) -> None:
        paths = ("/etc/machine-id", "/var/lib/dbus/machine-id")

        (found,) = self.found(*(Leftover(self.kind, path, "machine ID", "root") for path in paths))

        self.assertEqual("the guest has the identity of one machine: machine ID", found.message)
        self.assertEqual("/etc/machine-id and /var/lib/dbus/machine-id", found.location)
        steps = (InGuest(GuestAction.DELETE, paths[1]), InGuest(GuestAction.EMPTY, paths[0]))
        self.assertEqual(Fix.by(*steps), found.fix)

    def test_leases_are_removed_by_one_pattern(self) -> None:
        paths = [f"/var/lib/dhcp/dhclient.ens{number}.leases" for number in range(3, 9)]

        (found,) = self.found(*(Leftover(self.kind, path, "DHCP lease or identifier", "root") for path in paths))

        self.assertEqual(f"{', '.join(paths[:3])} and 3 more", found.location)
        self.assertEqual(Fix.by(InGuest(GuestAction.DELETE, "/var/lib/dhcp/*.lease*")), found.fix)

    def test_another_system_on_the_disk_is_one_thing_to_do(self) -> None:
        paths = ("partition 2:/etc/machine-id", "partition 2:/var/lib/systemd/random-seed")

        (found,) = self.found(*(Leftover(self.kind, path, "x", "root") for path in paths))

        self.assertEqual(Fix.by(Advice("delete the other system, or this in it")), found.fix)

    def test_mac_addresses_that_n204_reports_are_not_reported_twice(self) -> None:
        path = "/etc/udev/rules.d/70-persistent-net.rules"
        left = Leftover(self.kind, path, "network interfaces by their MAC addresses", "root")

        self.assertEqual([], self.found(left, guest={"pins": (Pin("MAC address 52:54:00:12:34:56", f"{path}:2"),)}))
        for pins in ((), (Pin("MAC address 52:54:00:12:34:56", "/etc/x:1"),), Unknown("it is damaged")):
            with self.subTest(pins=pins):
                self.assertEqual(1, len(self.found(left, guest={"pins": pins})))
