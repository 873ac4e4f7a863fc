"""The identity of one machine."""

from __future__ import annotations

from guestinspect.disk.tree import Unreadable
from guestinspect.leftovers.finder import find_leftovers
from guestinspect.model.leftover import Kind
from tests.trees import MemoryTree
from tests.unit.guestinspect.leftovers.leftover_case import USERS, LeftoverTestCase

MACHINE_ID = "0123456789abcdef0123456789abcdef\n"


class TestIdentity(LeftoverTestCase):
    kind = Kind.IDENTITY

    def test_a_machine_id_is_found(self) -> None:
        self.assert_found("/etc/machine-id", MACHINE_ID, "machine ID")

    def test_an_empty_machine_id_is_harmless(self) -> None:
        self.assert_harmless("/etc/machine-id", "")
        self.assert_harmless("/etc/machine-id", "uninitialized\n")

    def test_a_link_to_the_machine_id_is_reported_once(self) -> None:
        links = {"/var/lib/dbus/machine-id": "/etc/machine-id"}

        self.assertEqual({"/etc/machine-id": "machine ID"}, self.find({"/etc/machine-id": MACHINE_ID}, links=links))

    def test_a_machine_id_of_dbus_alone_is_found(self) -> None:
        self.assert_found("/var/lib/dbus/machine-id", MACHINE_ID, "machine ID")

    def test_the_state_of_an_instance_is_one_leftover(self) -> None:
        files = {
            "/var/lib/cloud/instances/i-1/obj.pkl": "x",
            "/var/lib/cloud/instances/i-1/sem/config_ssh": "x",
            "/var/lib/cloud/scripts/": "",
        }

        self.assertEqual({"/var/lib/cloud/instances/i-1": "cloud-init's state of an instance"}, self.find(files))

    def test_leases_and_seeds_are_found(self) -> None:
        files = dict.fromkeys(
            (
                "/var/lib/dhcp/dhclient.ens3.leases",
                "/var/lib/NetworkManager/internal-1-ens3.lease",
                "/var/lib/NetworkManager/secret_key",
                "/var/lib/systemd/random-seed",
            ),
            "x",
        )

        self.assertEqual(set(files), set(self.find(files)))

    def test_each_identifier_has_its_words(self) -> None:
        files = {
            "/etc/hostid": "host ID",
            "/etc/nvme/hostid": "host ID for NVMe",
            "/etc/nvme/hostnqn": "host ID for NVMe",
            "/var/lib/systemd/credential.secret": "systemd's key for credentials",
            "/etc/sysconfig/rhn/systemid": "registration of one machine",
            "/etc/salt/minion_id": "name of a Salt minion",
        }

        self.assertEqual(files, self.find(dict.fromkeys(files, "x")))

    def test_an_empty_lease_is_harmless(self) -> None:
        self.assert_harmless("/var/lib/dhcp/dhclient.leases", "")

    def test_the_name_of_an_initiator_is_found_once_it_is_generated(self) -> None:
        self.assert_found("/etc/iscsi/initiatorname.iscsi", "InitiatorName=iqn.1\n", "name of an iSCSI initiator")
        self.assert_harmless("/etc/iscsi/initiatorname.iscsi", "GenerateName=yes\n")

    def test_rules_with_mac_addresses_are_found(self) -> None:
        path = "/etc/udev/rules.d/70-persistent-net.rules"
        rule = 'SUBSYSTEM=="net", ATTR{address}=="52:54:00:12:34:56", NAME="eth0"\n'

        self.assert_found(path, rule, "network interfaces by their MAC addresses")
        self.assert_harmless(path, f"# {rule}")

    def test_an_unreadable_folder_is_unknown(self) -> None:
        self.assertRaises(Unreadable, find_leftovers, MemoryTree(USERS, unreadable=["/var/lib/dhcp"]), self.kind)
