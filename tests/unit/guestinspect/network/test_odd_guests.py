"""Guests that are set up in odd ways: the verdict at boot and for a later NIC, line by line of a table."""

from __future__ import annotations

from guestinspect.model.fact import Unknown
from tests.unit.guestinspect.network import guests
from tests.unit.guestinspect.network.guests import (
    ALPINE,
    CLOUD_INIT,
    DEBIAN,
    IFUPDOWN,
    NETPLAN,
    NETWORK_MANAGER,
    NETWORKD,
    SYSTEM,
    WANTS,
    Part,
    command_line,
    files,
    links,
)
from tests.unit.guestinspect.network.verdicts import VerdictTest

SYSTEMD_NETWORK = "/etc/systemd/network"
INTERFACES = "/etc/network/interfaces"
NONE_OF_ITS_OWN = files({"/etc/NetworkManager/conf.d/n.conf": "[main]\nno-auto-default=*\n"})


def network(match: str, more: str = "[Network]\nDHCP=yes\n") -> Part:
    return files({f"{SYSTEMD_NETWORK}/20.network": f"[Match]\n{match}\n{more}"})


EN = network("Name=en*")


class TestNetworkd(VerdictTest):
    def test_networkd_files_match(self) -> None:
        for match, which, later in (
            ("Type=ether", "all", "yes"),
            ("Type=ether\nKind=!*", "all", "yes"),
            ("Kind=veth", "none", "no"),
            ("Driver=virtio_net", "all", "yes"),
            ("Driver=e1000", "none", "no"),
            ("Path=pci-*", "all", "yes"),
            ("Path=pci-0000:00:03.0", "first", "no"),
            ("Name=!lo", "all", "yes"),
            ("Name=!ens3", "unknown", "yes"),
            ("Name=ens3\n[Match]\nName=ens4", "named", "no"),
        ):
            with self.subTest(match=match, which=which, later=later):
                self.assert_verdict(DEBIAN | NETWORKD | network(match), which, later)

    def test_networkd_files_give_addresses(self) -> None:
        for more, which in (
            ("[Network]\nDHCP=ipv6\n", "none"),
            ("[Network]\nLinkLocalAddressing=ipv4\n", "unknown"),
            ("[Network]\nLinkLocalAddressing=ipv6\n", "none"),
            ("[Link]\nUnmanaged=yes\n[Network]\nDHCP=yes\n", "none"),
            ("[Link]\nRequiredForOnline=no\n[Network]\nDHCP=yes\n", "all"),
            ("[Network]\nKeepConfiguration=yes\nDHCP=yes\n", "all"),
            ("[Network]\nAddress=192.168.77.2/24\n", "all"),
            ("[Link]\nMACAddress=02:00:00:00:00:01\n[Network]\nDHCP=yes\n", "unknown"),
            ("[Network]\nBond=bond0\n", "unknown"),
            ("[Link]\nActivationPolicy=manual\n[Network]\nDHCP=yes\n", "none"),
        ):
            with self.subTest(more=more, which=which):
                found = self.at_boot_in_a_word(DEBIAN | NETWORKD | network("Name=en*", more))

                self.assertEqual(which, found, more)

    def test_drop_ins_count(self) -> None:
        drop_in = f"{SYSTEMD_NETWORK}/20.network.d/10.conf"

        bare = files({f"{SYSTEMD_NETWORK}/20.network": "[Match]\nName=en*\n"})
        self.assert_verdict(DEBIAN | NETWORKD | bare | files({drop_in: "[Network]\nDHCP=yes\n"}), "all", "yes")
        self.assert_verdict(DEBIAN | NETWORKD | EN | files({drop_in: "[Network]\nDHCP=no\n"}), "none", "no")

    def test_masked_files_do_not_count(self) -> None:
        shipped = files({"/usr/lib/systemd/network/50.network": "[Match]\nName=en*\n[Network]\nDHCP=yes\n"})
        masked = links({f"{SYSTEMD_NETWORK}/50.network": "/dev/null"})

        self.assert_verdict(DEBIAN | NETWORKD | shipped, "all", "yes")
        self.assert_verdict(DEBIAN | NETWORKD | shipped | masked, "none", "no")

    def test_a_link_file_may_rename_a_nic(self) -> None:
        link = files({f"{SYSTEMD_NETWORK}/10.link": "[Match]\nPath=pci-0000:00:03.0\n[Link]\nName=lan0\n"})

        self.assert_verdict(DEBIAN | NETWORKD | link | network("Name=lan*"), "first", "no")

    def test_a_link_file_that_changes_addresses_is_unknown(self) -> None:
        for settings in ("MACAddressPolicy=random", "MACAddress=02:00:00:00:00:01"):
            with self.subTest(settings=settings):
                link = files(
                    {f"{SYSTEMD_NETWORK}/10.link": f"[Match]\nOriginalName=*\n[Link]\nNamePolicy=slot\n{settings}\n"}
                )

                self.assert_verdict(DEBIAN | NETWORKD | EN | link, "unknown", "unknown")

    def test_rescue_mode_starts_no_network(self) -> None:
        rescue = links({"/etc/systemd/system/default.target": f"{SYSTEM}/rescue.target"})

        self.assert_verdict(DEBIAN | NETWORKD | EN | rescue, "none", "no")

    def test_another_init_program_is_unknown(self) -> None:
        for words, at_boot, later in (
            ("init=/bin/bash", "unknown", "unknown"),
            ("rd.break", "unknown", "unknown"),
            ("init=/sbin/init", "all", "yes"),
            ("single", "none", "no"),
            ("systemd.unit=rescue.target", "none", "no"),
        ):
            with self.subTest(words=words):
                self.assert_verdict(DEBIAN | NETWORKD | EN | command_line(words), at_boot, later)

    def test_the_kernels_names_count_where_they_are_kept(self) -> None:
        off = command_line("net.ifnames=0 biosdevname=0")

        self.assert_verdict(DEBIAN | NETWORKD | network("Name=eth*") | off, "all", "yes")
        self.assert_verdict(DEBIAN | NETWORKD | EN | off, "all", "yes")  # by their other names

    def test_an_old_kernel_knows_no_other_names(self) -> None:
        old = files({"/usr/lib/modules/5.4.0-1-amd64/modules.dep": ""})

        self.assert_verdict(DEBIAN | NETWORKD | network("Name=enp0s4"), "named", "no")
        self.assert_verdict(DEBIAN | NETWORKD | network("Name=enp0s4") | old, "none", "no")

    def test_two_stacks_share_the_nics(self) -> None:
        one = network("Name=ens3")
        profile = "[connection]\nid=a\nuuid=1\ntype=ethernet\ninterface-name=ens4\n"
        other = files({"/etc/NetworkManager/system-connections/a.nmconnection": profile})

        self.assert_verdict(DEBIAN | NETWORKD | EN | NETWORK_MANAGER, "all", "yes")
        self.assert_verdict(DEBIAN | NETWORKD | one | NETWORK_MANAGER | NONE_OF_ITS_OWN | other, "named", "no")


class TestRun(VerdictTest):
    """Files in /run on the disk are hidden at boot."""

    def test_old_files_of_each_stack_do_not_count(self) -> None:
        network = files({"/run/systemd/network/10.network": "[Match]\nName=en*\n[Network]\nDHCP=yes\n"})
        yaml = files({"/run/netplan/1.yaml": "network: {ethernets: {all: {match: {name: en*}, dhcp4: true}}}\n"})
        profile = "[connection]\nid=a\nuuid=1\ntype=ethernet\nmulti-connect=3\n"
        connection = files({"/run/NetworkManager/system-connections/a.nmconnection": profile})
        generated = "/run/systemd/generator/multi-user.target.wants/systemd-networkd.service"

        self.assert_verdict(DEBIAN | NETWORKD | network, "none", "no")
        self.assert_verdict(DEBIAN | NETPLAN | yaml, "none", "no")
        self.assert_verdict(DEBIAN | NETWORK_MANAGER | NONE_OF_ITS_OWN | connection, "none", "no")
        self.assert_verdict(DEBIAN | EN | links({generated: f"{SYSTEM}/systemd-networkd.service"}), "none", "no")


class TestServicesThatCloudInitStarts(VerdictTest):
    """Its generator wants its target, whose units want the network to be online."""

    WAITS = files(
        {
            f"{SYSTEM}/systemd-networkd-wait-online.service": "[Unit]\nBindsTo=systemd-networkd.service\n"
            "[Service]\nExecStart=wait\n"
        }
    ) | links(
        {
            "/etc/systemd/system/network-online.target.wants/systemd-networkd-wait-online.service": SYSTEM
            + "/systemd-networkd-wait-online.service"
        }
    )
    ONLINE = files(
        {f"{SYSTEM}/cloud-config.service": "[Unit]\nWants=network-online.target\n[Service]\nExecStart=x\n"}
    ) | links({"/etc/systemd/system/cloud-init.target.wants/cloud-config.service": f"{SYSTEM}/cloud-config.service"})
    NETWORK_OFF = files({"/etc/cloud/cloud.cfg.d/99.cfg": "network: {config: disabled}\n"})

    def test_networkd_starts_when_a_unit_waits_for_it(self) -> None:
        guest = DEBIAN | EN | self.WAITS | CLOUD_INIT | self.ONLINE | self.NETWORK_OFF

        self.assert_verdict(guest, "all", "yes")

    def test_networkd_does_not_start_when_cloud_init_is_disabled(self) -> None:
        off = files({"/etc/cloud/cloud-init.disabled": ""})

        self.assert_verdict(DEBIAN | EN | self.WAITS, "none", "no")
        self.assert_verdict(DEBIAN | EN | self.WAITS | CLOUD_INIT | self.ONLINE | off, "none", "no")


class TestIfupdown(VerdictTest):
    def test_lines_of_ifupdown(self) -> None:
        for settings, which in (
            ("allow-lan ens3\niface ens3 inet dhcp\n", "none"),
            ("auto ens3=lan\niface lan inet dhcp\n", "first"),
            ("rename ens3=lan0\nauto lan0\niface lan0 inet dhcp\n", "unknown"),
            ("auto ens3\niface ens3 inet6 auto\n", "none"),
            ("auto ens3\niface ens3 inet manual\n  up dhclient ens3\n", "unknown"),
            ("auto ens3.10\niface ens3.10 inet dhcp\n", "none"),
            ("auto br0\niface br0 inet dhcp\n  bridge_ports ens3\n", "none"),
            ("auto enp0s3\niface enp0s3 inet dhcp\n", "first"),
        ):
            with self.subTest(settings=settings, which=which):
                found = self.at_boot_in_a_word(DEBIAN | IFUPDOWN | files({INTERFACES: settings}))

                self.assertEqual(which, found, settings)

    def test_lines_of_alpines_ifupdown(self) -> None:
        self.assert_verdict(ALPINE | files({INTERFACES: "auto eth0\niface eth0 inet dhcp\n"}), "first", "no")


class TestNetworkManager(VerdictTest):
    def test_profiles_of_networkmanager(self) -> None:
        for settings, which, later in (
            ("multi-connect=3\n[ipv4]\nmethod=disabled\n[ipv6]\nmethod=auto\n", "none", "no"),
            ("multi-connect=3\n[ipv4]\nmethod=link-local\n", "unknown", "unknown"),
            ("multi-connect=3\nautoconnect=false\n[ipv4]\nmethod=auto\n", "none", "no"),
            ("multi-connect=3\n[match]\ndriver=virtio_net;\n[ipv4]\nmethod=auto\n", "all", "yes"),
            ("multi-connect=3\n[match]\npath=!pci-0000:00:03.0;\n[ipv4]\nmethod=auto\n", "named", "yes"),
            ("interface-name=ens3\n[ipv4]\nmethod=manual\naddress1=10.9.8.7/24,10.9.8.1\n", "first", "no"),
        ):
            with self.subTest(settings=settings, which=which, later=later):
                profile = f"[connection]\nid=a\nuuid=1\ntype=ethernet\n{settings}"
                with_settings = files({"/etc/NetworkManager/system-connections/a.nmconnection": profile})

                self.assert_verdict(DEBIAN | NETWORK_MANAGER | NONE_OF_ITS_OWN | with_settings, which, later)

    def test_a_profile_that_changes_mac_addresses_is_unknown(self) -> None:
        for mac, which in (("random", "unknown"), ("preserve", "all")):
            with self.subTest(mac=mac, which=which):
                settings = f"[connection]\nethernet.cloned-mac-address={mac}\n"
                with_settings = files({"/etc/NetworkManager/conf.d/mac.conf": settings})

                self.assertEqual(which, self.at_boot_in_a_word(DEBIAN | NETWORK_MANAGER | with_settings))


class TestNetplan(VerdictTest):
    def test_definitions_of_netplan(self) -> None:
        for settings, which in (
            ("{all: {match: {name: en*}, dhcp6: true}}", "none"),
            ("{ens3: {link-local: [ipv4]}}", "unknown"),
            ("{ens3: {match: {macaddress: '52:54:00:00:00:01'}, dhcp4: true}}", "named"),
        ):
            with self.subTest(settings=settings, which=which):
                with_settings = files({"/etc/netplan/1.yaml": f"network: {{ethernets: {settings}}}\n"})

                self.assertEqual(which, self.at_boot_in_a_word(DEBIAN | NETPLAN | with_settings), settings)

    def test_files_with_another_ending_are_ignored(self) -> None:
        with_settings = files({"/etc/netplan/1.yml": "network: {ethernets: {ens3: {dhcp4: true}}}\n"})

        self.assert_verdict(DEBIAN | NETPLAN | with_settings, "none", "no")

    def test_netplan_with_networkmanager(self) -> None:
        with_settings = files({"/etc/netplan/1.yaml": "network: {ethernets: {ens3: {dhcp4: true}}}\n"})

        self.assert_verdict(DEBIAN | NETPLAN | NETWORK_MANAGER | with_settings, "all", "yes")


class TestOtherWays(VerdictTest):
    """Programs that configure NICs in ways that are not supported."""

    def test_a_unit_of_the_guests_own_is_unknown(self) -> None:
        own = files({"/etc/systemd/system/net.service": "[Service]\nExecStart=/sbin/dhclient ens3 ens4 ens5\n"})
        enabled = links({f"{WANTS}/net.service": "/etc/systemd/system/net.service"})

        self.assert_verdict(DEBIAN | own | enabled, "unknown", "no")
        self.assert_verdict(DEBIAN | own, "none", "no")

    def test_a_local_script_is_unknown(self) -> None:
        script = "#!/bin/sh\nip addr add 10.0.0.2/24 dev ens3\n"

        self.assert_verdict(DEBIAN | files({"/etc/rc.local": "#!/bin/sh\nexit 0\n"}), "none", "no")
        self.assert_verdict(DEBIAN | files({"/etc/rc.local": script}), "none", "no")  # it is not executable
        self.assert_verdict(DEBIAN | guests.program("/etc/rc.local", script), "unknown", "no")

    def test_gentoos_services_are_unknown(self) -> None:
        gentoo = files({"/etc/os-release": "ID=gentoo\n", "/var/db/pkg/": "", "/sbin/openrc": "ELF"}) | links(
            {"/etc/runlevels/default/net.eth0": "/etc/init.d/net.eth0"}
        )

        self.assert_verdict(gentoo, "unknown", "unknown")

    def test_services_for_one_nic_are_unknown(self) -> None:
        for name in ("netctl@lan", "dhclient@ens3"):
            with self.subTest(name=name):
                template = f"{SYSTEM}/{name.partition('@')[0]}@.service"
                one = files({template: "[Service]\nExecStart=x\n"}) | links({f"{WANTS}/{name}.service": template})

                self.assert_verdict(DEBIAN | one, "unknown", "unknown")


class TestDataSources(VerdictTest):
    GUEST = DEBIAN | IFUPDOWN | CLOUD_INIT
    SEED = files(
        {
            "/var/lib/cloud/seed/nocloud/meta-data": "instance-id: a\n",
            "/var/lib/cloud/seed/nocloud/user-data": "#cloud-config\n",
            "/var/lib/cloud/seed/nocloud/network-config": "version: 2\nethernets: {ens3: {dhcp4: true}}\n",
        }
    )

    def of(self, listed: str) -> Part:
        return files({"/etc/cloud/cloud.cfg.d/90.cfg": f"datasource_list: {listed}\n"})

    def test_lists_of_data_sources(self) -> None:
        for listed, which in (
            ("[ConfigDrive]", "all"),
            ("[OpenStack]", "all"),
            ("[OpenStack, None]", "all"),
            ("[NoCloud, ConfigDrive, None]", "all"),
            ("[Ec2, None]", "first"),
            ("[Ec2, GCE, None]", "none"),
            ("[]", "unknown"),
            ("OpenStack", "unknown"),
        ):
            with self.subTest(listed=listed, which=which):
                self.assertEqual(which, self.at_boot_in_a_word(self.GUEST | self.of(listed)), listed)

    def test_the_metadata_service_is_asked_with_a_dhcp_client(self) -> None:
        without = DEBIAN | NETPLAN | CLOUD_INIT

        self.assert_verdict(without | self.of("[OpenStack]"), "unknown", "unknown")
        self.assertIn("config drive", self.at_boot(without).assumes)
        self.assertIn("metadata service", self.at_boot(self.GUEST | self.of("[OpenStack]")).assumes)

    def test_a_seed_of_another_instance_is_used(self) -> None:
        for listed, which in (
            ("[NoCloud, ConfigDrive, OpenStack, None]", "first"),
            ("[ConfigDrive, OpenStack, NoCloud, None]", "all"),
            ("[NoCloud, None]", "first"),
            ("[NoCloud, Ec2, None]", "first"),
        ):
            with self.subTest(listed=listed, which=which):
                self.assertEqual(which, self.at_boot_in_a_word(self.GUEST | self.SEED | self.of(listed)), listed)
        self.assert_verdict(self.GUEST | self.SEED, "unknown", "unknown")

    def test_a_configuration_without_a_version_is_unknown(self) -> None:
        with_settings = files({"/etc/cloud/cloud.cfg.d/99.cfg": "network: {config: enabled}\n"})

        self.assert_verdict(self.GUEST | with_settings, "unknown", "unknown")

    def test_settings_of_ds_identify(self) -> None:
        alone = files({"/etc/cloud/ds-identify.cfg": "datasource: OpenStack\n"})
        other = files({"/etc/cloud/ds-identify.cfg": "datasource: Ec2\n"})

        self.assert_verdict(self.GUEST | self.of("[Ec2, GCE, None]") | alone, "all", "no")
        self.assert_verdict(self.GUEST | other, "unknown", "unknown")

    def test_networkmanager_gets_a_profile_for_each_nic(self) -> None:
        self.assert_verdict(DEBIAN | NETWORK_MANAGER | NONE_OF_ITS_OWN | CLOUD_INIT, "all", "no")


class TestDrivers(VerdictTest):
    """A guest that is configured not to load the driver of its NICs."""

    def with_settings(self, settings: str, path: str = "/etc/modprobe.d/no.conf") -> Part:
        return DEBIAN | NETWORKD | EN | files({path: settings})

    def test_files_of_modprobe(self) -> None:
        for settings in (
            "# no\nblacklist virtio_net\n",
            "blacklist virtio-net\n",
            "install virtio_net /bin/true\n",
            "install virtio* /bin/false\n",
            "blacklist \\\n virtio_pci\n",
            "blacklist virtio",
            "alias virtio:d00000001v* off\n",
        ):
            with self.subTest(settings=settings):
                self.assert_verdict(self.with_settings(settings), "unknown", "unknown")
        for settings in (
            "# blacklist virtio_net\n",
            "blacklist pcspkr\nblacklist\n",
            "options virtio_net napi_tx=1\n",
            "install dccp /bin/true\n",
        ):
            with self.subTest(settings=settings):
                self.assert_verdict(self.with_settings(settings), "all", "yes")

    def test_the_reason_has_the_line(self) -> None:
        facts = self.inspect_guest(self.with_settings("\nblacklist virtio_net\n"))

        why = self.assertRaises(Unknown, facts["nics_at_boot"]).why

        self.assertEqual(
            "the guest is configured not to load the driver virtio_net (/etc/modprobe.d/no.conf:2)",
            why,
        )

    def test_files_that_do_not_count(self) -> None:
        settings = "blacklist virtio_net\n"
        shipped = self.with_settings(settings, "/usr/lib/modprobe.d/no.conf")

        self.assert_verdict(self.with_settings(settings, "/etc/modprobe.d/no.conf.off"), "all", "yes")
        self.assert_verdict(shipped, "unknown", "unknown")
        self.assert_verdict(shipped | files({"/etc/modprobe.d/no.conf": "# nothing\n"}), "all", "yes")
        self.assert_verdict(shipped | links({"/etc/modprobe.d/no.conf": "/dev/null"}), "all", "yes")

    def test_kernel_parameters(self) -> None:
        for words, which, later in (
            ("modprobe.blacklist=pcspkr,virtio_net", "unknown", "unknown"),
            ("module_blacklist=virtio_pci", "unknown", "unknown"),
            ("initcall_blacklist=virtio_net_driver_init", "unknown", "unknown"),
            ("modprobe.blacklist=nouveau", "all", "yes"),
        ):
            with self.subTest(words=words, which=which, later=later):
                self.assert_verdict(DEBIAN | NETWORKD | EN | command_line(words), which, later)

    def test_other_facts_stay_known(self) -> None:
        facts = self.inspect_guest(self.with_settings("blacklist virtio_net\n"))

        self.assertEqual(("systemd-networkd",), facts["network_stacks"]().value)


class TestServicesThatCannotRun(VerdictTest):
    """Services that are enabled, and that systemd does not start."""

    def test_networkd_that_cannot_run_brings_nothing_up(self) -> None:
        drop_in = "/etc/systemd/system/systemd-networkd.service.d/own.conf"
        for settings, which, later in (
            ("[Service]\nExecStart=\nExecStart=/bin/false\n", "none", "no"),
            ("[Service]\nExecStart=\nExecStart=/usr/bin/sleep 1d\n", "unknown", "unknown"),
            ("[Service]\nExecStartPre=/bin/false\n", "none", "no"),
            ("[Unit]\nConflicts=multi-user.target\n", "unknown", "unknown"),
            ("[Unit]\nRequires=masked.service\n", "none", "no"),
            ("[Unit]\nWants=masked.service\n", "all", "yes"),
            ("[Service]\nEnvironment=SYSTEMD_LOG_LEVEL=debug\n", "all", "yes"),
        ):
            with self.subTest(settings=settings, which=which, later=later):
                masked = links({"/etc/systemd/system/masked.service": "/dev/null"})

                self.assert_verdict(DEBIAN | NETWORKD | EN | masked | files({drop_in: settings}), which, later)
