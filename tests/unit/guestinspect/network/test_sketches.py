"""Guests of which somebody wrote down only a few files: what a boot of such a guest would give, or unknown."""

from __future__ import annotations

from tests.unit.guestinspect.network import guests
from tests.unit.guestinspect.network.guests import WANTS, Part
from tests.unit.guestinspect.network.judging import VerdictTest

SYSTEM = "/usr/lib/systemd/system"


def a_system(name: str, version: str = "") -> Part:
    return guests.files({"/etc/os-release": f'ID="{name}"\nVERSION_ID="{version}"\n'})


def enabled(service: str) -> Part:
    """The link alone, without the unit."""
    return guests.links({f"{WANTS}/{service}.service": f"{SYSTEM}/{service}.service"})


def ifcfg(*names: str, more: str = "") -> Part:
    folder = "/etc/sysconfig/network-scripts"
    return guests.files(
        {f"{folder}/ifcfg-{name}": f"DEVICE={name}\nBOOTPROTO=dhcp\nONBOOT=yes\n{more}" for name in names}
    )


def profile(said: str) -> Part:
    folder = "/etc/NetworkManager/system-connections"
    return guests.files({f"{folder}/a.nmconnection": f"[connection]\nid=a\nuuid=1\ntype=ethernet\n{said}"})


def cloud_config(*renderers: str) -> Part:
    listed = ", ".join(renderers)
    return guests.files({"/etc/cloud/cloud.cfg": f"system_info: {{network: {{renderers: [{listed}]}}}}\n"})


CENTOS_7, ROCKY_8, ROCKY_9 = a_system("centos", "7"), a_system("rocky", "8.9"), a_system("rocky", "9.4")
ALMA_10, DEBIAN_11, DEBIAN_12 = a_system("almalinux", "10.0"), a_system("debian", "11"), a_system("debian", "12")
UBUNTU_20, UBUNTU_22 = a_system("ubuntu", "20.04"), a_system("ubuntu", "22.04")
SUSE, ARCH = a_system("opensuse-leap", "15.5"), a_system("arch")
ETH = guests.files({"/etc/default/grub": 'GRUB_CMDLINE_LINUX="console=tty0 net.ifnames=0 biosdevname=0"\n'})
NM = enabled("NetworkManager")
NONE_OF_ITS_OWN = guests.files({"/etc/NetworkManager/conf.d/00-server.conf": "[main]\nno-auto-default=*\n"})
CLOUD_INIT = guests.links(
    {
        f"/etc/systemd/system/cloud-init.target.wants/{stage}.service": f"{SYSTEM}/{stage}.service"
        for stage in ("cloud-init-local", "cloud-init", "cloud-config", "cloud-final")
    }
)
SCRIPTS = guests.links({f"/etc/rc.d/rc{runlevel}.d/S10network": "../init.d/network" for runlevel in "2345"})


class TestRedHat(VerdictTest):
    def test_network_scripts(self) -> None:
        self.assert_verdict(CENTOS_7 | ETH | SCRIPTS | ifcfg("eth0"), "first", "no")
        self.assert_verdict(CENTOS_7 | ETH | SCRIPTS | ifcfg("eth0", "eth1", "eth2"), "all", "no")
        self.assert_verdict(CENTOS_7 | ETH | SCRIPTS | ifcfg("eth0", more="NM_CONTROLLED=no\n"), "first", "no")
        self.assert_verdict(CENTOS_7 | SCRIPTS | ifcfg("eth0"), "none", "no")

    def test_without_a_word_of_what_is_started_it_is_unknown(self) -> None:
        self.assert_verdict(CENTOS_7 | ETH | ifcfg("eth0"), "unknown", "unknown")

    def test_a_file_in_the_place_of_a_link_is_one(self) -> None:
        file = guests.files({f"{WANTS}/NetworkManager.service": "[Service]\nExecStart=NetworkManager\n"})
        mask = guests.files({f"{WANTS}/NetworkManager.service": ""})

        self.assert_verdict(ROCKY_9 | file, "all", "yes")
        self.assert_verdict(ROCKY_9 | mask, "unknown", "unknown")

    def test_network_manager_by_its_link_alone(self) -> None:
        self.assert_verdict(CENTOS_7 | ETH | NM | ifcfg("eth0"), "all", "yes")
        self.assert_verdict(CENTOS_7 | ETH | NM | NONE_OF_ITS_OWN | ifcfg("eth0"), "first", "no")
        self.assert_verdict(CENTOS_7 | NM | NONE_OF_ITS_OWN | ifcfg("eth0"), "none", "no")
        self.assert_verdict(ROCKY_9 | NM, "all", "yes")

    def test_what_nothing_starts_is_not_taken_for_started(self) -> None:
        masked = guests.links({"/etc/systemd/system/NetworkManager.service": "/dev/null"})
        unit = guests.files({f"{SYSTEM}/NetworkManager.service": "[Service]\nExecStart=NetworkManager\n"})

        self.assert_verdict(ROCKY_8 | ETH | ifcfg("eth0"), "unknown", "unknown")
        self.assert_verdict(ROCKY_9 | enabled("sshd"), "none", "no")
        self.assert_verdict(ROCKY_9 | masked | ifcfg("ens3"), "none", "no")
        self.assert_verdict(ROCKY_9 | unit | ifcfg("ens3"), "none", "no")

    def test_profiles(self) -> None:
        one = profile("interface-name=ens3\n[ipv4]\nmethod=auto\n")
        several = profile("multi-connect=3\n[ipv4]\nmethod=auto\n")

        self.assert_verdict(ROCKY_9 | NM | NONE_OF_ITS_OWN | one, "first", "no")
        self.assert_verdict(ROCKY_9 | NM | NONE_OF_ITS_OWN | several, "all", "yes")

    def test_release_10_reads_no_ifcfg_files(self) -> None:
        self.assert_verdict(ALMA_10 | NM | NONE_OF_ITS_OWN | ifcfg("ens3", "ens4", "ens5"), "none", "no")

    def test_cloud_init_by_either_renderer(self) -> None:
        for system in (ROCKY_8, ROCKY_9, ALMA_10):
            with self.subTest(system=system):
                for renderers in (("sysconfig", "network-manager"), ("network-manager", "sysconfig")):
                    for started in (CLOUD_INIT, enabled("cloud-init")):
                        guest = system | NM | NONE_OF_ITS_OWN | cloud_config(*renderers) | started

                        self.assert_verdict(guest, "all", "no")

    def test_whether_cloud_init_is_started_has_to_be_said(self) -> None:
        self.assert_verdict(ROCKY_9 | NM | NONE_OF_ITS_OWN | cloud_config("sysconfig"), "unknown", "unknown")

    def test_cloud_init_in_release_7(self) -> None:
        told = CENTOS_7 | ETH | cloud_config("sysconfig") | CLOUD_INIT

        self.assert_verdict(told | SCRIPTS, "all", "no")
        self.assert_verdict(told | NM | NONE_OF_ITS_OWN, "all", "no")

    def test_cloud_init_disabled(self) -> None:
        off = guests.files({"/etc/cloud/cloud-init.disabled": ""})

        self.assert_verdict(ROCKY_8 | NM | NONE_OF_ITS_OWN | cloud_config("sysconfig") | off, "none", "no")


class TestDebian(VerdictTest):
    EN = guests.files({"/etc/systemd/network/20.network": "[Match]\nName=en*\n[Network]\nDHCP=yes\n"})
    OTHER_NAME = guests.files({"/etc/systemd/network/20.network": "[Match]\nName=enp0s4\n[Network]\nDHCP=yes\n"})
    NETWORKD = guests.links({f"{WANTS}/systemd-networkd.service": "/lib/systemd/system/systemd-networkd.service"})

    def test_netplan_without_its_program(self) -> None:
        wide = guests.files({"/etc/netplan/1.yaml": "network: {ethernets: {all: {match: {name: en*}, dhcp4: true}}}\n"})

        self.assert_verdict(UBUNTU_22 | wide, "all", "yes")
        self.assert_verdict(DEBIAN_12 | wide | enabled("ssh"), "unknown", "unknown")

    def test_ifupdown_without_its_program(self) -> None:
        one = guests.files({"/etc/network/interfaces": "allow-hotplug ens3\niface ens3 inet dhcp\n"})
        empty = guests.files({"/etc/network/interfaces": "source /etc/network/interfaces.d/*\n"})

        self.assert_verdict(DEBIAN_12 | one, "unknown", "unknown")
        self.assert_verdict(DEBIAN_12 | one | enabled("networking"), "first", "no")
        self.assert_verdict(DEBIAN_12 | empty | enabled("networking") | cloud_config("eni") | CLOUD_INIT, "all", "no")

    def test_cloud_init_writes_for_what_is_there(self) -> None:
        self.assert_verdict(UBUNTU_22 | cloud_config("netplan", "eni") | CLOUD_INIT, "all", "no")
        self.assert_verdict(UBUNTU_22 | cloud_config("netplan", "eni"), "unknown", "unknown")
        self.assert_verdict(UBUNTU_22, "unknown", "unknown")

    def test_networkd_is_not_started_by_itself(self) -> None:
        self.assert_verdict(DEBIAN_11 | self.EN, "unknown", "unknown")
        self.assert_verdict(DEBIAN_11 | self.EN | self.NETWORKD, "all", "yes")

    def test_other_names_are_as_old_as_the_kernel(self) -> None:
        self.assert_verdict(DEBIAN_11 | self.OTHER_NAME | self.NETWORKD, "named", "no")
        self.assert_verdict(UBUNTU_20 | self.OTHER_NAME | self.NETWORKD, "none", "no")


class TestOthers(VerdictTest):
    def test_alpine(self) -> None:
        alpine = a_system("alpine", "3.20") | guests.files(
            {"/etc/network/interfaces": "auto eth0\niface eth0 inet dhcp\n"}
        )
        other, networking = (
            guests.files({f"/etc/runlevels/{name}": ""}) for name in ("default/sshd", "boot/networking")
        )

        self.assert_verdict(alpine, "unknown", "unknown")
        self.assert_verdict(alpine | other, "none", "no")
        self.assert_verdict(alpine | networking, "first", "no")

    def test_suse(self) -> None:
        file = guests.files({"/etc/sysconfig/network/ifcfg-eth0": "BOOTPROTO='dhcp'\nSTARTMODE='auto'\n"})

        self.assert_verdict(SUSE | ETH | file, "unknown", "unknown")
        self.assert_verdict(SUSE | ETH | file | enabled("wicked"), "first", "no")

    def test_arch(self) -> None:
        every = guests.files({"/etc/systemd/network/20.network": "[Match]\nType=ether\nKind=!*\n[Network]\nDHCP=yes\n"})

        self.assert_verdict(ARCH | enabled("systemd-networkd") | every, "all", "yes")

    def test_systems_of_which_nobody_knows_what_is_usual_are_unknown(self) -> None:
        for name in ("void", "gentoo", "amzn", "slackware"):
            with self.subTest(name=name):
                self.assert_verdict(a_system(name, "2"), "unknown", "unknown")
        self.assert_verdict(guests.files({"/etc/network/interfaces": "auto ens3\n"}), "unknown", "unknown")

    def test_a_guest_with_a_list_of_packages_is_whole(self) -> None:
        whole = guests.files({"/var/lib/rpm/rpmdb.sqlite": "SQLite"})

        self.assert_verdict(ROCKY_9 | ifcfg("ens3") | whole, "none", "no")

    def test_a_guest_with_more_links_than_services_is_unknown(self) -> None:
        many = {f"{WANTS}/{number}.service": f"{SYSTEM}/{number}.service" for number in range(600)}

        self.assert_verdict(ROCKY_9 | guests.links(many), "unknown", "unknown")
