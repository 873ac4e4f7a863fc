"""Guests of distributions that were not booted: a few files each, completed with what is usual there."""

from __future__ import annotations

from guestinspect.model.fact import Unknown
from guestinspect.network import verdict
from tests import sketches
from tests.unit.guestinspect.network import guests
from tests.unit.guestinspect.network.guests import WANTS, Part
from tests.unit.guestinspect.network.verdicts import VerdictTest

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


def profile(settings: str) -> Part:
    folder = "/etc/NetworkManager/system-connections"
    return guests.files({f"{folder}/a.nmconnection": f"[connection]\nid=a\nuuid=1\ntype=ethernet\n{settings}"})


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


class SketchTest(VerdictTest):
    def assert_completed(self, sketch: Part, which: str, hotplug: str) -> None:
        """Assert the verdict on a guest with these files and those that are usual in its distribution."""
        self.assert_facts(verdict.facts_of(sketches.completed(sketch.tree)), which, hotplug)


class TestRedHat(SketchTest):
    def test_network_scripts_bring_up_their_nics(self) -> None:
        self.assert_completed(CENTOS_7 | ETH | SCRIPTS | ifcfg("eth0"), "first", "no")
        self.assert_completed(CENTOS_7 | ETH | SCRIPTS | ifcfg("eth0", "eth1", "eth2"), "all", "no")
        self.assert_completed(CENTOS_7 | ETH | SCRIPTS | ifcfg("eth0", more="NM_CONTROLLED=no\n"), "first", "no")
        self.assert_completed(CENTOS_7 | SCRIPTS | ifcfg("eth0"), "none", "no")

    def test_a_file_instead_of_a_link_starts_a_service(self) -> None:
        file = guests.files({f"{WANTS}/NetworkManager.service": "[Service]\nExecStart=NetworkManager\n"})
        mask = guests.files({f"{WANTS}/NetworkManager.service": ""})

        self.assert_completed(ROCKY_9 | file, "all", "yes")
        self.assert_completed(ROCKY_9 | mask, "none", "no")

    def test_a_link_starts_networkmanager(self) -> None:
        self.assert_completed(CENTOS_7 | ETH | NM | ifcfg("eth0"), "all", "yes")
        self.assert_completed(CENTOS_7 | ETH | NM | NONE_OF_ITS_OWN | ifcfg("eth0"), "first", "no")
        self.assert_completed(CENTOS_7 | NM | NONE_OF_ITS_OWN | ifcfg("eth0"), "none", "no")
        self.assert_completed(ROCKY_9 | NM, "all", "yes")

    def test_a_service_that_nothing_starts_is_not_started(self) -> None:
        masked = guests.links({"/etc/systemd/system/NetworkManager.service": "/dev/null"})
        unit = guests.files({f"{SYSTEM}/NetworkManager.service": "[Service]\nExecStart=NetworkManager\n"})

        self.assert_completed(ROCKY_8 | ETH | ifcfg("eth0"), "none", "no")
        self.assert_completed(ROCKY_9 | enabled("sshd"), "none", "no")
        self.assert_completed(ROCKY_9 | masked | ifcfg("ens3"), "none", "no")
        self.assert_completed(ROCKY_9 | unit | ifcfg("ens3"), "none", "no")

    def test_profiles_bring_up_their_nics(self) -> None:
        one = profile("interface-name=ens3\n[ipv4]\nmethod=auto\n")
        several = profile("multi-connect=3\n[ipv4]\nmethod=auto\n")

        self.assert_completed(ROCKY_9 | NM | NONE_OF_ITS_OWN | one, "first", "no")
        self.assert_completed(ROCKY_9 | NM | NONE_OF_ITS_OWN | several, "all", "yes")

    def test_release_10_reads_no_ifcfg_files(self) -> None:
        self.assert_completed(ALMA_10 | NM | NONE_OF_ITS_OWN | ifcfg("ens3", "ens4", "ens5"), "none", "no")

    def test_either_renderer_of_cloud_init_brings_up_all(self) -> None:
        for system in (ROCKY_8, ROCKY_9, ALMA_10):
            with self.subTest(system=system):
                for renderers in (("sysconfig", "network-manager"), ("network-manager", "sysconfig")):
                    for started in (CLOUD_INIT, enabled("cloud-init")):
                        guest = system | NM | NONE_OF_ITS_OWN | cloud_config(*renderers) | started

                        self.assert_completed(guest, "all", "no")

    def test_cloud_init_of_release_7_brings_up_all(self) -> None:
        base_guest = CENTOS_7 | ETH | cloud_config("sysconfig") | CLOUD_INIT

        self.assert_completed(base_guest | SCRIPTS, "all", "no")
        self.assert_completed(base_guest | NM | NONE_OF_ITS_OWN, "all", "no")

    def test_a_disabled_cloud_init_brings_nothing_up(self) -> None:
        off = guests.files({"/etc/cloud/cloud-init.disabled": ""})

        self.assert_completed(ROCKY_8 | NM | NONE_OF_ITS_OWN | cloud_config("sysconfig") | off, "none", "no")


class TestDebian(SketchTest):
    EN = guests.files({"/etc/systemd/network/20.network": "[Match]\nName=en*\n[Network]\nDHCP=yes\n"})
    OTHER_NAME = guests.files({"/etc/systemd/network/20.network": "[Match]\nName=enp0s4\n[Network]\nDHCP=yes\n"})
    NETWORKD = guests.links({f"{WANTS}/systemd-networkd.service": "/lib/systemd/system/systemd-networkd.service"})

    def test_netplan_files_need_netplan(self) -> None:
        wide = guests.files({"/etc/netplan/1.yaml": "network: {ethernets: {all: {match: {name: en*}, dhcp4: true}}}\n"})

        self.assert_completed(UBUNTU_22 | wide, "all", "yes")
        self.assert_completed(DEBIAN_12 | wide | enabled("ssh"), "none", "no")

    def test_ifupdown_needs_its_service(self) -> None:
        one = guests.files({"/etc/network/interfaces": "allow-hotplug ens3\niface ens3 inet dhcp\n"})
        empty = guests.files({"/etc/network/interfaces": "source /etc/network/interfaces.d/*\n"})

        self.assert_completed(DEBIAN_12 | one, "none", "no")
        self.assert_completed(DEBIAN_12 | one | enabled("networking"), "first", "no")
        self.assert_completed(DEBIAN_12 | empty | enabled("networking") | cloud_config("eni") | CLOUD_INIT, "all", "no")

    def test_cloud_init_writes_for_netplan(self) -> None:
        self.assert_completed(UBUNTU_22 | cloud_config("netplan", "eni") | CLOUD_INIT, "all", "no")
        self.assert_completed(UBUNTU_22, "none", "no")

    def test_networkd_needs_a_link(self) -> None:
        self.assert_completed(DEBIAN_11 | self.EN, "none", "no")
        self.assert_completed(DEBIAN_11 | self.EN | self.NETWORKD, "all", "yes")

    def test_alternative_names_need_a_new_kernel(self) -> None:
        self.assert_completed(DEBIAN_11 | self.OTHER_NAME | self.NETWORKD, "named", "no")
        self.assert_completed(UBUNTU_20 | self.OTHER_NAME | self.NETWORKD, "none", "no")


class TestOthers(SketchTest):
    def test_alpine_starts_the_services_of_its_runlevels(self) -> None:
        alpine = a_system("alpine", "3.20") | guests.files(
            {"/etc/network/interfaces": "auto eth0\niface eth0 inet dhcp\n"}
        )
        other, networking = (
            guests.files({f"/etc/runlevels/{name}": ""}) for name in ("default/sshd", "boot/networking")
        )

        self.assert_completed(alpine | other, "none", "no")
        self.assert_completed(alpine | networking, "first", "no")

    def test_suse_starts_wicked(self) -> None:
        file = guests.files({"/etc/sysconfig/network/ifcfg-eth0": "BOOTPROTO='dhcp'\nSTARTMODE='auto'\n"})

        self.assert_completed(SUSE | ETH | file, "none", "no")
        self.assert_completed(SUSE | ETH | file | enabled("wicked"), "first", "no")

    def test_arch_starts_networkd(self) -> None:
        every = guests.files({"/etc/systemd/network/20.network": "[Match]\nType=ether\nKind=!*\n[Network]\nDHCP=yes\n"})

        self.assert_completed(ARCH | enabled("systemd-networkd") | every, "all", "yes")


class TestWithoutAnInitProgram(SketchTest):
    """Nothing is added to a guest that is inspected: a guest that nothing starts is unknown, not without NICs."""

    def assert_nothing_starts(self, guest: Part) -> None:
        self.assert_verdict(guest, "unknown", "unknown")
        for fact in ("nics_at_boot", "nic_hotplug", "network_stacks", "pins"):
            unknown = self.assertRaises(Unknown, self.inspect_guest(guest)[fact])
            self.assertIn("no known init program", unknown.why)

    def test_the_link_of_a_service_is_not_enough(self) -> None:
        self.assert_nothing_starts(ROCKY_9 | NM)
        self.assert_nothing_starts(DEBIAN_12 | TestDebian.EN | TestDebian.NETWORKD)
        self.assert_nothing_starts(CENTOS_7 | ETH | SCRIPTS | ifcfg("eth0"))

    def test_the_unit_of_a_service_is_not_enough(self) -> None:
        unit = guests.files({f"{SYSTEM}/NetworkManager.service": "[Service]\nExecStart=NetworkManager\n"})

        self.assert_nothing_starts(ROCKY_9 | NM | unit)

    def test_the_services_of_openrc_are_not_enough(self) -> None:
        networking = guests.files({"/etc/runlevels/boot/networking": "", "/etc/init.d/networking": "#!/bin/sh\n"})

        self.assert_nothing_starts(a_system("alpine", "3.20") | networking)

    def test_an_inittab_is_not_enough(self) -> None:
        self.assert_nothing_starts(guests.files({"/etc/inittab": "id:2:initdefault:\n"}))

    def test_the_files_of_a_network_stack_are_not_enough(self) -> None:
        wide = guests.files({"/etc/netplan/1.yaml": "network: {ethernets: {all: {match: {name: en*}, dhcp4: true}}}\n"})

        self.assert_nothing_starts(UBUNTU_22 | wide)
        self.assert_nothing_starts(UBUNTU_22 | cloud_config("netplan", "eni") | CLOUD_INIT)
        self.assert_nothing_starts(ROCKY_8 | ETH | ifcfg("eth0"))
        self.assert_nothing_starts(guests.files({"/etc/network/interfaces": "auto ens3\n"}))

    def test_a_list_of_packages_is_not_enough(self) -> None:
        self.assert_nothing_starts(ROCKY_9 | ifcfg("ens3") | guests.files({"/var/lib/rpm/rpmdb.sqlite": "SQLite"}))

    def test_an_init_program_that_is_not_known_is_not_enough(self) -> None:
        dinit = guests.links({"/sbin/init": "/usr/bin/dinit"}) | guests.files({"/usr/bin/dinit": "ELF"})

        for name in ("chimera", "void", "gentoo"):
            with self.subTest(name=name):
                self.assert_nothing_starts(a_system(name) | dinit)

    def test_systemd_alone_starts_no_network(self) -> None:
        self.assert_verdict(guests.files({"/usr/lib/systemd/systemd": "ELF"}), "none", "no")
