"""The reasons of a verdict: those about the NICs that stay down, where they stand, and the settings that matter."""

from __future__ import annotations

from guestinspect.model.guest import Nics
from tests.unit.guestinspect.network import guests
from tests.unit.guestinspect.network.guests import (
    CLOUD_INIT,
    DEBIAN,
    IFUPDOWN,
    NETPLAN,
    NETPLAN_FOR_ALL,
    NETWORK_MANAGER,
    NETWORKD,
    RULES,
    SYSTEM,
    Part,
)
from tests.unit.guestinspect.network.verdicts import VerdictTest

INTERFACES = "/etc/network/interfaces"


def network(name: str, match: str) -> Part:
    """Return a .network file that configures some NICs by DHCP."""
    return guests.files({f"/etc/systemd/network/{name}": f"[Match]\n{match}\n[Network]\nDHCP=yes\n"})


class TestNicsThatStayDown(VerdictTest):
    def test_the_location_is_that_of_a_nic_that_stays_down(self) -> None:
        guest = DEBIAN | NETWORKD | network("20-lan.network", "Name=ens3")

        self.assertEqual("/etc/systemd/network", self.inspect_guest(guest)["nics_at_boot"]().location)

    def test_the_last_steps_are_about_nics_that_stay_down(self) -> None:
        for name, down in (("ens3", "ens4 and ens5"), ("ens4", "ens3 and ens5"), ("ens5", "ens3 and ens4")):
            for guest in (
                DEBIAN | NETWORKD | network("20-lan.network", f"Name={name}"),
                DEBIAN | IFUPDOWN | guests.files({INTERFACES: f"allow-hotplug {name}\niface {name} inet dhcp\n"}),
            ):
                with self.subTest(name=name, guest=guest):
                    *_, reason, outcome = self.at_boot(guest).explanation

                    self.assertIn(down, reason.what)
                    self.assertEqual(f"{down} stay down", outcome.what)

    def test_targets_of_other_devices_are_no_reason(self) -> None:
        rules = guests.files(
            {
                f"{RULES}/99-systemd.rules": 'ENV{ID_SMARTCARD_READER}=="?*", TAG+="systemd", '
                'ENV{SYSTEMD_WANTS}+="smartcard.target"\n'
                'SUBSYSTEM=="sound", KERNEL=="card*", ENV{SYSTEMD_WANTS}+="sound.target"\n',
                f"{SYSTEM}/smartcard.target": "[Unit]\nDescription=Smart Card\n",
                f"{SYSTEM}/sound.target": "[Unit]\nDescription=Sound Card\n",
            }
        )
        guest = DEBIAN | IFUPDOWN | rules | guests.files({INTERFACES: "auto eth0\niface eth0 inet dhcp\n"})

        *_, reason, _ = self.at_boot(guest).explanation

        self.assertEqual("no line of ifupdown brings ens3, ens4 and ens5 up", reason.what)
        self.assertEqual(("ifupdown",), self.inspect_guest(guest)["network_stacks"]().value)

    def test_the_first_nic_is_known(self) -> None:
        guests_and_answers = (
            (DEBIAN | NETWORKD | network("20-lan.network", "Name=ens4 ens5"), Nics.NAMED, True),
            (DEBIAN | NETWORKD | network("20-lan.network", "Name=ens3 ens5"), Nics.NAMED, False),
            (DEBIAN | NETWORKD | network("20-lan.network", "MACAddress=52:54:00:12:34:56"), Nics.NAMED, True),
            (DEBIAN, Nics.NONE, True),
            (DEBIAN | NETWORKD | network("20-lan.network", "Name=ens3"), Nics.FIRST, False),
        )
        for guest, which, stays_down in guests_and_answers:
            with self.subTest(which=which, stays_down=stays_down):
                found = self.at_boot(guest)

                self.assertEqual((which, stays_down), (found.verdict, found.first_stays_down))


class TestFilesThatAreWrittenAtBoot(VerdictTest):
    def locations(self, guest: Part) -> set[str]:
        return {step.location for step in self.at_boot(guest).explanation}

    def test_files_of_cloud_init_are_marked(self) -> None:
        self.assertIn(
            f"{INTERFACES}.d/50-cloud-init:5, written at boot", self.locations(DEBIAN | IFUPDOWN | CLOUD_INIT)
        )

    def test_files_of_netplan_are_marked(self) -> None:
        found = self.locations(DEBIAN | NETPLAN | NETPLAN_FOR_ALL)

        self.assertTrue(any(where.startswith("/etc/netplan/") and where[-1].isdigit() for where in found), found)
        of_networkd = [where for where in found if where.startswith("/run/systemd/network/")]
        self.assertTrue(of_networkd and all(where.endswith(", written at boot") for where in of_networkd), found)

    def test_a_file_that_is_on_the_disk_already_is_not_marked(self) -> None:
        path = f"{INTERFACES}.d/50-cloud-init"
        written = {location for location in self.locations(DEBIAN | IFUPDOWN | CLOUD_INIT) if location.startswith(path)}
        old = guests.files({path: "auto ens3\niface ens3 inet dhcp\n"})

        self.assertEqual(
            written, {each for each in self.locations(DEBIAN | IFUPDOWN | CLOUD_INIT | old) if path in each}
        )
        self.assertIn(f"{path}:2", self.locations(DEBIAN | IFUPDOWN | old))

    def test_the_location_of_the_verdict_is_marked(self) -> None:
        fact = self.inspect_guest(DEBIAN | IFUPDOWN | CLOUD_INIT)["nics_at_boot"]()

        self.assertEqual(f"{INTERFACES}.d/50-cloud-init:5, written at boot", fact.location)


class TestNames(VerdictTest):
    def test_a_kernel_parameter_is_the_reason_for_the_kernels_names(self) -> None:
        old_udev = guests.files({f"{RULES}/75-persistent-net-generator.rules": "# counts NICs\n"})
        by_version = "NICs keep the kernel's names, as this version of udev does"
        by_parameter = "NICs keep the kernel's names because of the kernel parameter net.ifnames=0"

        for words, expected in (("quiet", by_version), ("net.ifnames=0", by_parameter)):
            with self.subTest(words=words):
                steps = self.at_boot(DEBIAN | NETWORKD | old_udev | guests.command_line(words)).explanation

                self.assertEqual(expected, steps[0].what)


class TestPins(VerdictTest):
    """A setting matters if the NIC that it is for stays down."""

    def harmless(self, guest: Part) -> dict[str, bool]:
        return {pin.what: pin.is_harmless for pin in self.inspect_guest(guest)["pins"]().value}

    def test_names_beside_another_configuration_do_no_harm(self) -> None:
        eth = "".join(f"auto eth{number}\niface eth{number} inet dhcp\n" for number in range(3))
        names = {f"name eth{number}": True for number in range(3)}

        by_interfaces = guests.files({INTERFACES: f"source {INTERFACES}.d/*\n{eth}"})
        self.assertEqual(names, self.harmless(DEBIAN | IFUPDOWN | CLOUD_INIT | by_interfaces))
        self.assertEqual(
            names,
            self.harmless(
                DEBIAN | NETWORKD | network("10.network", "Name=en*") | network("20.network", "Name=eth0 eth1 eth2")
            ),
        )

    def test_other_stacks_and_mac_addresses_do_no_harm_either(self) -> None:
        mac = "52:54:00:12:34:56"
        yaml = f"network:\n  ethernets:\n    lan:\n      match: {{macaddress: '{mac}'}}\n      dhcp4: true\n"
        profile = f"[connection]\nid=a\nuuid=1\ntype=ethernet\n[ethernet]\nmac-address={mac}\n[ipv4]\nmethod=auto\n"
        for guest in (
            DEBIAN | NETPLAN | NETPLAN_FOR_ALL | guests.files({"/etc/netplan/95-lan.yaml": yaml}),
            DEBIAN | NETWORKD | network("20.network", f"MACAddress={mac}") | network("90.network", "Name=en*"),
            DEBIAN | NETWORK_MANAGER | guests.files({"/etc/NetworkManager/system-connections/a.nmconnection": profile}),
        ):
            with self.subTest(guest=guest):
                self.assertEqual({f"MAC address {mac}": True}, self.harmless(guest))

    def test_a_setting_matters_if_its_nic_stays_down(self) -> None:
        first = DEBIAN | NETWORKD | network("10.network", "Name=ens3")

        self.assertEqual(
            {"name eth0": True, "name eth1": False}, self.harmless(first | network("20.network", "Name=eth0 eth1"))
        )
        self.assertEqual(
            {"MAC address 52:54:00:12:34:56": False},
            self.harmless(first | network("20.network", "MACAddress=52:54:00:12:34:56")),
        )

    def test_a_setting_whose_effect_is_unknown_may_matter(self) -> None:
        script = guests.files({"/etc/systemd/network/05.network": "[Match]\nName=ens5\n[Network]\nBridge=br0\n"})
        found = self.harmless(DEBIAN | NETWORKD | script | network("20.network", "Name=eth0"))

        self.assertEqual({"name eth0": False}, found)
