"""Guests of old distributions that people still upload, as trees of files: their packages cannot be had here.

Source: the packages and cloud images of Ubuntu 14.04 and 16.04, CentOS 7 and Debian 8; cloud-init's history, by tag.
"""

from __future__ import annotations

from guestinspect.model.guest import Nics
from tests.unit.guestinspect.network import guests
from tests.unit.guestinspect.network.cloud_init import versions
from tests.unit.guestinspect.network.guests import DEBIAN, IFUPDOWN, ROCKY, SYSTEM, WANTS, Part
from tests.unit.guestinspect.network.verdicts import VerdictTest

CONFIG_DRIVE = "the instance has a config drive that lists every NIC"
EVERY_NIC = "the cloud's data source lists every NIC"
DEBIAN_PYTHON_2 = "/usr/lib/python2.7/dist-packages/cloudinit"
ETH0 = "auto eth0\niface eth0 inet dhcp\n"

TRUSTY = Part(
    {
        "/etc/os-release": 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="14.04"\n',
        "/var/lib/dpkg/status": "",
        **{f"/sbin/{name}": "ELF" for name in ("init", "initctl", "udevd", "ifup", "ifdown", "ifquery", "dhclient")},
        "/lib/udev/rules.d/75-persistent-net-generator.rules": 'ACTION!="add"\n',
        "/etc/network/interfaces": "auto lo\niface lo inet loopback\nsource /etc/network/interfaces.d/*.cfg\n",
        "/etc/network/interfaces.d/eth0.cfg": ETH0,
        "/etc/init/networking.conf": "start on (local-filesystems\n  and (stopped udevtrigger or container))\n",
        "/etc/init/network-interface.conf": "start on net-device-added\n",
        "/etc/init/cloud-init-local.conf": "start on mounted MOUNTPOINT=/\n",
        "/usr/bin/cloud-init": "#!/usr/bin/python\n",
        "/etc/cloud/cloud.cfg": "system_info:\n  distro: ubuntu\n",
        "/boot/vmlinuz-3.13.0-170-generic": "",
    }
)
XENIAL = (
    DEBIAN
    | IFUPDOWN
    | guests.CLOUD_INIT_WITHOUT_PACKAGE
    | guests.files(
        {
            "/etc/os-release": 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="16.04"\n',
            "/etc/network/interfaces": "source /etc/network/interfaces.d/*.cfg\n",
            "/etc/cloud/cloud.cfg": "system_info:\n  distro: ubuntu\n",
            "/usr/lib/cloud-init/ds-identify": 'DI_DEFAULT_POLICY="report,maybe=all,notfound=${DI_ENABLED}"\n',
            f"{versions.DEBIAN_PYTHON}/distros/ubuntu.py": 'network_conf_fn = {\n    "eni": '
            '"/etc/network/interfaces.d/50-cloud-init.cfg",\n',
            "/boot/vmlinuz-4.4.0-170-generic": "",
        }
    )
)
CENTOS_7 = Part(
    {
        **{path: text for path, text in ROCKY.files.items() if path.startswith(("/usr/", "/var/", "/etc/machine-id"))},
        "/etc/os-release": 'ID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="7"\n',
        "/etc/rc.d/init.d/network": "#!/bin/bash\n",
        "/etc/sysconfig/network": "NETWORKING=yes\n",
        "/etc/sysconfig/network-scripts/network-functions": "",
        "/etc/sysconfig/network-scripts/ifdown-eth": "",
        "/etc/sysconfig/network-scripts/ifcfg-eth0": "DEVICE=eth0\nONBOOT=yes\nBOOTPROTO=dhcp\n",
        **{f"/usr/sbin/{name}": "ELF" for name in ("ifup", "ifdown", "dhclient")},
        "/usr/lib/systemd/system-generators/systemd-sysv-generator": "ELF",
        "/usr/bin/cloud-init": "#!/usr/bin/python\n",
        f"{SYSTEM}/cloud-init-local.service": guests.service("cloud-init-local"),
        "/etc/cloud/cloud.cfg": "system_info:\n  distro: rhel\n",
        "/boot/vmlinuz-3.10.0-1160.el7.x86_64": "",
    },
    {
        **DEBIAN.links,
        "/etc/rc.d/rc3.d/S10network": "../init.d/network",
        f"{WANTS}/cloud-init-local.service": f"{SYSTEM}/cloud-init-local.service",
    },
) | guests.command_line("console=tty0 net.ifnames=0")


class TestOldDistributions(VerdictTest):
    def test_ubuntu_14_04_keeps_its_own_configuration(self) -> None:
        self.assert_verdict(TRUSTY | versions.of_0_7_5(DEBIAN_PYTHON_2), "first", "no")

    def test_ubuntu_16_04_needs_a_config_drive(self) -> None:
        found = self.at_boot(XENIAL | versions.of_20_1(default=False))

        self.assertEqual((Nics.ALL, CONFIG_DRIVE, Nics.FIRST), (found.verdict, found.assumes, found.otherwise))

    def test_debian_8_keeps_its_own_configuration(self) -> None:
        more = "auto eth1\niface eth1 inet dhcp\nauto eth2\niface eth2 inet dhcp\n"
        jessie = DEBIAN | IFUPDOWN | guests.CLOUD_INIT_WITHOUT_PACKAGE | versions.of_0_7_5(DEBIAN_PYTHON_2)
        names = guests.files({f"{guests.RULES}/75-persistent-net-generator.rules": 'ACTION!="add"\n'})

        self.assert_verdict(jessie | names | guests.files({"/etc/network/interfaces": ETH0}), "first", "no")
        self.assert_verdict(jessie | names | guests.files({"/etc/network/interfaces": ETH0 + more}), "all", "no")

    def test_centos_7_depends_on_the_version_of_its_cloud_init(self) -> None:
        folder = versions.RED_HAT_PYTHON
        for version, expected in (
            (versions.of_0_7_5(folder), (Nics.FIRST, "", None)),
            (versions.of_0_7_9(folder), (Nics.ALL, CONFIG_DRIVE, Nics.FIRST)),
            (versions.of_18_2(folder), (Nics.ALL, CONFIG_DRIVE, Nics.FIRST)),
            (versions.of_20_1(folder), (Nics.ALL, EVERY_NIC, Nics.FIRST)),
        ):
            with self.subTest(version=version):
                found = self.at_boot(CENTOS_7 | version)

                self.assertEqual(expected, (found.verdict, found.assumes, found.otherwise))

    def test_debian_10_matches_no_wired_nic_by_its_type(self) -> None:
        """Ubuntu 18.04 and Debian 9 neither. Source: systemd.network(5) of version 241, "Type="."""
        file = guests.files({"/etc/systemd/network/20.network": "[Match]\nType=ether\n[Network]\nDHCP=yes\n"})
        guest = DEBIAN | guests.NETWORKD | file

        for library, which, hotplug in (("241", "none", "no"), ("247", "all", "yes"), ("252.39", "all", "yes")):
            with self.subTest(library=library):
                version = guests.files({f"/usr/lib/systemd/libsystemd-shared-{library}.so": "ELF"})

                self.assert_verdict(guest | version, which, hotplug)
