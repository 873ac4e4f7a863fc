"""The NICs that NetworkManager brings up."""

from __future__ import annotations

from guestinspect.disk.overlay import Overlay
from guestinspect.disk.tree import Status, Type
from guestinspect.network.stack import Machine, Method
from guestinspect.network.stacks.networkmanager import stack as networkmanager
from tests.unit.guestinspect.network.machines import DEBIAN_12, Started, a_machine
from tests.unit.guestinspect.network.stacks.networkmanager.guests import (
    ANY,
    ENS3,
    ETC,
    PROFILES,
    SERVER,
    NetworkManagerTest,
)


class TestAutomatically(NetworkManagerTest):
    def test_a_service_that_is_not_started_brings_nothing_up(self) -> None:
        self.assertIsNone(networkmanager.find_active(a_machine(DEBIAN_12, started="")))

    def test_scripts_have_other_names(self) -> None:
        machine = a_machine({"/etc/alpine-release": "3.20.1\n"}, started="networkmanager")

        self.assert_up("ens3 ens4 ens5", "yes", networkmanager.find_active(machine), machine)

    def test_every_nic_comes_up_without_any_profile(self) -> None:
        self.assert_nics("ens3 ens4 ens5", "yes", {})

    def test_a_profile_for_one_nic_leaves_the_others_to_the_automatic_one(self) -> None:
        self.assert_nics("ens3 ens4 ens5", "yes", {f"{PROFILES}/ens3.nmconnection": ENS3})

    def test_a_server_brings_up_nics_with_a_profile(self) -> None:
        self.assert_nics("ens3", "no", {**SERVER, f"{PROFILES}/ens3.nmconnection": ENS3})

    def test_a_profile_for_an_unknown_name_brings_nothing_up_on_a_server(self) -> None:
        profile = ENS3.replace("ens3", "eth0")

        self.assert_nics("", "no", {**SERVER, f"{PROFILES}/eth0.nmconnection": profile})

    def test_the_automatic_profile_can_be_forbidden_for_one_nic(self) -> None:
        conf = "[main]\nno-auto-default=interface-name:ens4\n"

        self.assert_nics("ens3 ens5", "yes", {f"{ETC}/conf.d/10.conf": conf})

    def test_another_file_can_extend_a_list(self) -> None:
        files = {
            f"{ETC}/conf.d/10.conf": "[main]\nno-auto-default=interface-name:ens4\n",
            f"{ETC}/conf.d/20.conf": "[main]\nno-auto-default+=interface-name:ens5\n",
        }

        self.assert_nics("ens3", "yes", files)

    def test_mac_addresses_of_another_machine_are_harmless(self) -> None:
        self.assert_nics("ens3 ens4 ens5", "yes", {"/var/lib/NetworkManager/no-auto-default.state": "52:54:00:1:2:3\n"})

    def test_a_name_that_lost_its_automatic_profile_stays_down(self) -> None:
        state = "interface-name:=ens4\n"

        self.assert_nics("ens3 ens5", "yes", {"/var/lib/NetworkManager/no-auto-default.state": state})

    def test_a_later_nic_is_unknown_if_networkmanager_ends_after_boot(self) -> None:
        self.assert_nics("ens3 ens4 ens5", "unknown", {f"{ETC}/conf.d/q.conf": "[main]\nconfigure-and-quit=true\n"})


class TestProfiles(NetworkManagerTest):
    def test_a_profile_for_any_nic_is_for_one_that_is_unknown(self) -> None:
        machine = self.machine({f"{PROFILES}/any.nmconnection": ANY})

        self.assert_outcomes("unknown unknown unknown no", networkmanager.find_active(machine), machine)

    def test_a_profile_for_several_brings_up_all(self) -> None:
        profile = ANY.replace("id=any", "id=any\nmulti-connect=3")

        self.assert_nics("ens3 ens4 ens5", "yes", {f"{PROFILES}/any.nmconnection": profile})

    def test_a_pattern_for_several_brings_up_all(self) -> None:
        profile = ANY.replace("id=any", "id=any\nmulti-connect=3") + "\n[match]\ninterface-name=en*;!ens4;\n"

        self.assert_nics("ens3 ens5", "yes", {**SERVER, f"{PROFILES}/any.nmconnection": profile})

    def test_a_comma_is_a_part_of_a_pattern(self) -> None:
        profile = ANY.replace("id=any", "id=any\nmulti-connect=3") + "\n[match]\ninterface-name=en*,eth*;\n"

        self.assert_nics("", "no", {**SERVER, f"{PROFILES}/any.nmconnection": profile})

    def test_a_pattern_by_driver_for_several_brings_up_all(self) -> None:
        profile = ANY.replace("id=any", "id=any\nmulti-connect=3") + "\n[match]\ndriver=virtio_net;\n"

        self.assert_nics("ens3 ens4 ens5", "yes", {**SERVER, f"{PROFILES}/any.nmconnection": profile})

    def test_a_nic_gets_its_own_profile_of_a_higher_priority(self) -> None:
        files = {
            f"{PROFILES}/any.nmconnection": ANY.replace("id=any", "id=any\nautoconnect-priority=-100"),
            f"{PROFILES}/ens3.nmconnection": ENS3,
        }
        machine = self.machine(files)

        self.assert_outcomes("yes unknown unknown no", networkmanager.find_active(machine), machine)

    def test_a_profile_for_any_and_one_for_each_other_bring_up_all(self) -> None:
        files = {
            f"{PROFILES}/any.nmconnection": ANY.replace("id=any", "id=any\nautoconnect-priority=-100"),
            f"{PROFILES}/ens3.nmconnection": ENS3,
            f"{PROFILES}/ens4.nmconnection": ENS3.replace("ens3", "ens4").replace("aaaa-3", "aaaa-4"),
        }

        self.assert_nics("ens3 ens4 ens5", "no", files)

    def test_a_nic_comes_up_if_both_of_its_profiles_bring_it_up(self) -> None:
        """ens3 has an address whichever NIC gets the profile for any; the others depend on chance."""
        machine = self.machine({f"{PROFILES}/any.nmconnection": ANY, f"{PROFILES}/ens3.nmconnection": ENS3})

        self.assert_outcomes("yes unknown unknown no", networkmanager.find_active(machine), machine)

    def test_four_profiles_by_name_bring_up_all_and_a_later_one(self) -> None:
        files = {
            f"{PROFILES}/ens{number}.nmconnection": ENS3.replace("ens3", f"ens{number}").replace("aaaa-3", f"u{number}")
            for number in range(3, 7)
        }

        self.assert_nics("ens3 ens4 ens5", "yes", {**SERVER, **files})

    def test_the_newest_copy_with_the_same_uuid_counts(self) -> None:
        files = {
            f"{PROFILES}/ens3.nmconnection": ENS3,
            f"{PROFILES}/ens4.nmconnection": ENS3.replace("=ens3", "=ens4"),
        }
        statuses = {path: Status(Type.FILE, mode=0o600, modified_s=age) for age, path in enumerate(sorted(files))}
        machine = a_machine({**DEBIAN_12, **SERVER, **files}, started="NetworkManager", statuses=statuses)

        self.assert_up("ens4", "no", networkmanager.find_active(machine), machine)

    def test_two_copies_of_the_same_second_are_unknown(self) -> None:
        files = {
            f"{PROFILES}/ens3.nmconnection": ENS3,
            f"{PROFILES}/ens4.nmconnection": ENS3.replace("=ens3", "=ens4"),
        }
        machine = self.machine({**SERVER, **files})
        stack = networkmanager.find_active(machine)

        self.assert_outcomes("unknown unknown no no", stack, machine)

    def test_a_profile_that_others_may_read_does_not_count(self) -> None:
        path = f"{PROFILES}/ens3.nmconnection"
        statuses = {path: Status(Type.FILE, mode=0o644)}
        machine = a_machine({**DEBIAN_12, **SERVER, path: ENS3}, started="NetworkManager", statuses=statuses)
        stack = networkmanager.find_active(machine)
        assert stack is not None

        self.assert_up("", "no", stack, machine)
        self.assertIn("mode 644", " ".join(step.what for step in stack.answer(machine.nics[0]).why))

    def test_a_profile_that_does_not_belong_to_root_does_not_count(self) -> None:
        path = f"{PROFILES}/ens3.nmconnection"
        statuses = {path: Status(Type.FILE, mode=0o600, uid=1000)}
        machine = a_machine({**DEBIAN_12, **SERVER, path: ENS3}, started="NetworkManager", statuses=statuses)

        self.assert_up("", "no", networkmanager.find_active(machine), machine)

    def test_files_that_are_not_profiles_do_not_count(self) -> None:
        names = ("ens3~", ".ens3.nmconnection", "ens3.ABC123", "ens3.pem")

        self.assert_nics("", "no", {**SERVER, **{f"{PROFILES}/{name}": ENS3 for name in names}})

    def test_an_old_profile_may_lack_the_ending(self) -> None:
        self.assert_nics("ens3", "no", {**SERVER, f"{PROFILES}/Wired connection 1": ENS3})

    def test_a_profile_of_this_boot_needs_its_ending(self) -> None:
        folder = "/run/NetworkManager/system-connections"

        self.assert_nics("", "no", {**SERVER, f"{folder}/ens3": ENS3})
        self.assert_nics("ens3", "no", {**SERVER, f"{folder}/ens3.nmconnection": ENS3})

    def test_a_profile_without_autoconnect_keeps_its_nic_down(self) -> None:
        profile = ENS3.replace("type=ethernet", "type=ethernet\nautoconnect=false")

        self.assert_nics("ens4 ens5", "yes", {f"{PROFILES}/ens3.nmconnection": profile})

    def test_a_profile_without_ipv4_keeps_its_nic_without_address(self) -> None:
        profile = ENS3.replace("method=auto", "method=disabled")

        self.assert_nics("ens4 ens5", "yes", {f"{PROFILES}/ens3.nmconnection": profile})

    def test_a_part_of_a_bond_has_no_address(self) -> None:
        profile = ENS3.replace("type=ethernet", "type=ethernet\nmaster=bond0\nslave-type=bond")

        self.assert_nics("ens4 ens5", "yes", {f"{PROFILES}/ens3.nmconnection": profile})

    def test_profiles_of_other_kinds_have_no_effect(self) -> None:
        vlan = "[connection]\nid=vlan5\ntype=vlan\ninterface-name=ens3.5\n[vlan]\nparent=ens3\nid=5\n"

        self.assert_nics("ens3 ens4 ens5", "yes", {f"{PROFILES}/vlan5.nmconnection": vlan})

    def test_a_deleted_profile_is_gone(self) -> None:
        links = {f"{PROFILES}/aaaa-3.nmmeta": "/dev/null"}
        files = {**DEBIAN_12, **SERVER, "/usr/lib/NetworkManager/system-connections/ens3.nmconnection": ENS3}
        machine = a_machine(files, started="NetworkManager", links=links)

        self.assert_up("", "no", networkmanager.find_active(machine), machine)

    def test_a_fixed_address_has_a_default_route_by_its_gateway(self) -> None:
        with_route = "[ipv4]\nmethod=manual\naddress1=10.0.0.5/24,10.0.0.1\n"
        without = "[ipv4]\nmethod=manual\naddress1=10.0.0.5/24\n"
        for section, has_route in ((with_route, True), (without, False)):
            with self.subTest(section=section, has_route=has_route):
                profile = ENS3.partition("[ipv4]")[0] + section
                machine = self.machine({f"{PROFILES}/ens3.nmconnection": profile})
                stack = networkmanager.find_active(machine)
                assert stack is not None

                answer = stack.answer(machine.nics[0])

                self.assertEqual((Method.STATIC, has_route), (answer.method, answer.has_default_route))

    def test_a_nic_that_authenticates_to_its_network_is_unknown(self) -> None:
        machine = self.machine({f"{PROFILES}/ens3.nmconnection": f"{ENS3}\n[802-1x]\neap=tls\n"})

        self.assertEqual("unknown", self.outcome(networkmanager.find_active(machine), machine.nics[0]))

    def test_another_mac_address_than_the_clouds_is_unknown(self) -> None:
        machine = self.machine({f"{PROFILES}/ens3.nmconnection": f"{ENS3}\n[ethernet]\ncloned-mac-address=random\n"})

        self.assertEqual("unknown", self.outcome(networkmanager.find_active(machine), machine.nics[0]))

    def test_a_profile_for_a_mainframe_fits_no_nic(self) -> None:
        profile = ENS3 + "\n[ethernet]\ns390-subchannels=0.0.0600;0.0.0601;0.0.0602;\n"

        self.assert_nics("", "no", {**SERVER, f"{PROFILES}/ens3.nmconnection": profile})
        self.assert_nics("ens3 ens4 ens5", "yes", {f"{PROFILES}/ens3.nmconnection": profile})

    def test_a_profile_for_no_mainframe_in_particular_fits(self) -> None:
        profile = ENS3 + "\n[ethernet]\ns390-subchannels=\n"

        self.assert_nics("ens3", "no", {**SERVER, f"{PROFILES}/ens3.nmconnection": profile})

    def test_a_damaged_profile_is_unknown(self) -> None:
        machine = self.machine({f"{PROFILES}/ens3.nmconnection": "[connection\nid"})

        self.assertEqual("unknown", self.outcome(networkmanager.find_active(machine), machine.nics[0]))

    def test_the_profile_used_last_goes_first(self) -> None:
        """Both are for ens3; the one with the higher UUID was used, and gives no address."""
        off = ENS3.replace("aaaa-3", "bbbb-3").replace("method=auto", "method=disabled")
        files = {f"{PROFILES}/ens3.nmconnection": ENS3, f"{PROFILES}/off.nmconnection": off, **SERVER}

        self.assert_nics("ens3", "no", files)
        self.assert_nics("", "no", {**files, "/var/lib/NetworkManager/timestamps": "[timestamps]\nbbbb-3=1700000000\n"})


class TestPins(NetworkManagerTest):
    def test_a_mac_address_of_another_machine_is_a_pin_with_its_line(self) -> None:
        profile = f"{ANY}\n[ethernet]\nmac-address=52:54:00:12:34:56\n"
        machine = self.machine({**SERVER, f"{PROFILES}/a.nmconnection": profile})
        stack = networkmanager.find_active(machine)
        assert stack is not None

        pins = stack.pins()

        self.assertEqual(
            [("MAC address 52:54:00:12:34:56", f"{PROFILES}/a.nmconnection:10")],
            [(pin.what, pin.location) for pin in pins],
        )
        self.assert_up("", "no", stack, machine)

    def test_an_unknown_name_is_a_pin(self) -> None:
        machine = self.machine({f"{PROFILES}/a.nmconnection": ENS3.replace("ens3", "eth0")})
        stack = networkmanager.find_active(machine)
        assert stack is not None

        self.assertEqual(["name eth0"], [pin.what for pin in stack.pins()])

    def test_the_files_of_cloud_init_for_these_nics_are_not_pins(self) -> None:
        before = self.machine(SERVER)
        files = {
            f"{PROFILES}/cloud-init-{nic.name}.nmconnection": (
                f"[connection]\nid=cloud-init {nic.name}\nuuid={nic.name}\ntype=ethernet\n\n[user]\n"
                f"org.freedesktop.NetworkManager.origin=cloud-init\n\n[ethernet]\nmac-address={nic.mac.upper()}\n\n"
                "[ipv4]\nmethod=auto\nmay-fail=false\n"
            ).encode()
            for nic in before.nics[:3]
        }
        tree = Overlay(before.tree, files)
        machine = Machine(tree, Started(tree, ["NetworkManager"]), before.nics, ())
        stack = networkmanager.find_active(machine)
        assert stack is not None

        self.assert_up("ens3 ens4 ens5", "no", stack, machine)
        self.assertEqual((), stack.pins())
