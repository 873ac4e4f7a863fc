"""The verdict on a guest's NICs, for guests as they were booted."""

from __future__ import annotations

from guestinspect.model.guest import Nics
from tests.unit.guestinspect.network import guests
from tests.unit.guestinspect.network.guests import (
    ALPINE,
    CLOUD_INIT,
    DEBIAN,
    IFUPDOWN,
    NETPLAN,
    NETPLAN_FOR_ALL,
    NETWORK_MANAGER,
    NETWORKD,
    ROCKY,
    Part,
)
from tests.unit.guestinspect.network.verdicts import VerdictTest

EN = guests.files({"/etc/systemd/network/20-dhcp.network": "[Match]\nName=en*\n\n[Network]\nDHCP=yes\n"})


class TestCloudInit(VerdictTest):
    def test_cloud_init_lists_the_nics_for_ifupdown(self) -> None:
        self.assert_verdict(DEBIAN | IFUPDOWN | CLOUD_INIT, "all", "no")

    def test_cloud_init_lists_the_nics_for_netplan(self) -> None:
        self.assert_verdict(DEBIAN | NETPLAN | CLOUD_INIT, "all", "no")

    def test_a_pattern_for_netplan_matches_later_nics_too(self) -> None:
        self.assert_verdict(DEBIAN | NETPLAN | CLOUD_INIT | NETPLAN_FOR_ALL, "all", "yes")

    def test_later_nics_are_unknown_when_cloud_init_configures_them(self) -> None:
        base_guest = guests.files(
            {"/etc/cloud/cloud.cfg.d/99_hotplug.cfg": "updates:\n  network:\n    when: [boot, hotplug]\n"}
        )

        self.assert_verdict(DEBIAN | NETPLAN | CLOUD_INIT | base_guest, "all", "unknown")

    def test_networkmanager_configures_later_nics_automatically(self) -> None:
        self.assert_verdict(DEBIAN | NETWORK_MANAGER | CLOUD_INIT, "all", "yes")

    def test_cloud_init_lists_the_nics_for_networkd(self) -> None:
        self.assert_verdict(DEBIAN | NETWORKD | CLOUD_INIT, "all", "no")

    def test_files_for_networkd_have_no_effect_if_it_is_not_started(self) -> None:
        self.assert_verdict(DEBIAN | CLOUD_INIT, "none", "no")

    def test_cloud_init_can_be_configured_not_to_configure_the_network(self) -> None:
        base_guest = guests.files(
            {
                "/etc/cloud/cloud.cfg.d/99-off.cfg": "network: {config: disabled}\n",
                "/etc/netplan/01.yaml": "network:\n  ethernets:\n    ens3:\n      dhcp4: true\n",
            }
        )

        self.assert_verdict(DEBIAN | NETPLAN | CLOUD_INIT | base_guest, "first", "no")

    def test_netplan_works_without_cloud_init(self) -> None:
        off = guests.files({"/etc/cloud/cloud-init.disabled": ""})

        self.assert_verdict(DEBIAN | NETPLAN | CLOUD_INIT | NETPLAN_FOR_ALL | off, "all", "yes")
        self.assert_verdict(DEBIAN | IFUPDOWN | CLOUD_INIT | off, "none", "no")

    def test_a_kernel_parameter_disables_cloud_init(self) -> None:
        off = guests.command_line("cloud-init=disabled")

        self.assert_verdict(DEBIAN | IFUPDOWN | CLOUD_INIT | off, "none", "no")

    def test_a_masked_service_disables_cloud_init(self) -> None:
        off = guests.links({"/etc/systemd/system/cloud-init-local.service": "/dev/null"})

        self.assert_verdict(DEBIAN | IFUPDOWN | CLOUD_INIT | off, "none", "no")

    def test_a_masked_generator_disables_cloud_init(self) -> None:
        off = guests.links({"/etc/systemd/system-generators/cloud-init-generator": "/dev/null"})

        self.assert_verdict(DEBIAN | IFUPDOWN | CLOUD_INIT | off, "none", "no")

    def test_a_list_without_openstack_falls_back_to_the_first_nic(self) -> None:
        for listed in ("[None]", "[NoCloud]", "[NoCloud, None]", "[Ec2, None]"):
            with self.subTest(listed=listed):
                base_guest = guests.files({"/etc/cloud/cloud.cfg.d/90_dpkg.cfg": f"datasource_list: {listed}\n"})

                self.assert_verdict(DEBIAN | IFUPDOWN | CLOUD_INIT | base_guest, "first", "no")

    def test_a_longer_list_without_openstack_disables_it(self) -> None:
        base_guest = guests.files({"/etc/cloud/cloud.cfg.d/90_dpkg.cfg": "datasource_list: [NoCloud, Ec2, None]\n"})

        self.assert_verdict(DEBIAN | IFUPDOWN | CLOUD_INIT | base_guest, "none", "no")

    def test_the_last_list_of_data_sources_counts(self) -> None:
        base_guest = guests.files(
            {
                "/etc/cloud/cloud.cfg.d/50.cfg": "datasource_list: [None]\n",
                "/etc/cloud/cloud.cfg.d/90.cfg": "datasource_list: [ConfigDrive, OpenStack, None]\n",
            }
        )

        self.assert_verdict(DEBIAN | IFUPDOWN | CLOUD_INIT | base_guest, "all", "no")

    def test_the_guests_own_network_takes_precedence_over_the_data_source(self) -> None:
        settings = (
            "network:\n  version: 1\n  config:\n"
            "    - type: physical\n      name: ens3\n      subnets:\n        - type: dhcp\n"
        )
        base_guest = guests.files({"/etc/cloud/cloud.cfg.d/50.cfg": settings})

        for stack in (IFUPDOWN, NETPLAN, NETWORKD):
            with self.subTest(stack=stack):
                self.assert_verdict(DEBIAN | stack | CLOUD_INIT | base_guest, "first", "no")

    def test_the_guests_own_pattern_goes_to_netplan_unchanged(self) -> None:
        settings = "network:\n  version: 2\n  ethernets:\n    all:\n      match: {name: en*}\n      dhcp4: true\n"
        base_guest = guests.files({"/etc/cloud/cloud.cfg.d/50.cfg": settings})

        self.assert_verdict(DEBIAN | NETPLAN | CLOUD_INIT | base_guest, "all", "yes")
        self.assert_verdict(DEBIAN | IFUPDOWN | CLOUD_INIT | base_guest, "unknown", "unknown")

    def test_cloud_init_waits_for_the_nic_of_another_machine(self) -> None:
        settings = (
            "network:\n  version: 1\n  config:\n    - type: physical\n      name: ens3\n"
            "      mac_address: '52:54:00:12:34:56'\n      subnets: [{type: dhcp}]\n"
        )
        base_guest = guests.files({"/etc/cloud/cloud.cfg.d/50.cfg": settings})

        facts = self.inspect_guest(DEBIAN | IFUPDOWN | CLOUD_INIT | base_guest)

        self.assertEqual(["MAC address 52:54:00:12:34:56"], [pin.what for pin in facts["pins"]().value])
        self.assertEqual("named", facts["nics_at_boot"]().value.verdict)

    def test_files_of_another_instance_are_replaced(self) -> None:
        stale = guests.files(
            {
                "/etc/network/interfaces.d/50-cloud-init": "auto ens9\niface ens9 inet dhcp\n",
                "/var/lib/cloud/data/instance-id": "i-1\n",
                "/var/lib/cloud/instance/obj.pkl": "pickle",
            }
        )

        self.assert_verdict(DEBIAN | IFUPDOWN | CLOUD_INIT | stale, "all", "no")

    def test_files_of_another_instance_stay_when_it_is_disabled(self) -> None:
        stale = guests.files(
            {
                "/etc/cloud/cloud-init.disabled": "",
                "/etc/netplan/50-cloud-init.yaml": "network:\n  version: 2\n  ethernets:\n    ens3:\n"
                "      match: {macaddress: 'fa:16:3e:11:22:33'}\n      set-name: ens3\n      dhcp4: true\n",
            }
        )

        self.assert_verdict(DEBIAN | NETPLAN | CLOUD_INIT | stale, "none", "no")
        self.assertEqual(1, len(self.inspect_guest(DEBIAN | NETPLAN | CLOUD_INIT | stale)["pins"]().value))

    def test_a_guest_that_keeps_its_instance_is_unknown(self) -> None:
        kept = guests.files(
            {"/etc/cloud/cloud.cfg.d/50.cfg": "manual_cache_clean: true\n", "/var/lib/cloud/instance/obj.pkl": "pickle"}
        )

        self.assert_verdict(DEBIAN | IFUPDOWN | CLOUD_INIT | kept, "unknown", "unknown")

    def test_a_seed_takes_precedence_over_the_cloud(self) -> None:
        seed = guests.files(
            {
                "/etc/cloud/cloud.cfg.d/90_dpkg.cfg": "datasource_list: [NoCloud, ConfigDrive, OpenStack, None]\n",
                "/var/lib/cloud/seed/nocloud-net/meta-data": "instance-id: i-1\n",
                "/var/lib/cloud/seed/nocloud-net/user-data": "#cloud-config\n",
            }
        )

        self.assert_verdict(DEBIAN | IFUPDOWN | CLOUD_INIT | seed, "first", "no")

    def test_the_first_available_renderer_of_the_list_is_used(self) -> None:
        listed = guests.files(
            {"/etc/cloud/cloud.cfg.d/50.cfg": "system_info: {network: {renderers: [netplan, eni]}}\n"}
        )

        steps = self.at_boot(DEBIAN | IFUPDOWN | NETPLAN | CLOUD_INIT | listed).explanation

        self.assertIn(
            "cloud-init writes the network configuration with its renderer netplan", [step.what for step in steps]
        )

    def test_the_verdict_depends_on_the_data_source(self) -> None:
        found = self.at_boot(DEBIAN | IFUPDOWN | CLOUD_INIT)

        self.assertEqual("the cloud's data source lists every NIC", found.assumes)
        self.assertEqual(Nics.FIRST, found.otherwise)

    def test_broken_settings_are_unknown(self) -> None:
        broken = guests.files({"/etc/cloud/cloud.cfg.d/50.cfg": "network: {config\n"})

        self.assert_verdict(DEBIAN | IFUPDOWN | CLOUD_INIT | broken, "unknown", "unknown")


class TestNetworkd(VerdictTest):
    def test_a_pattern_brings_up_all(self) -> None:
        self.assert_verdict(DEBIAN | NETWORKD | EN, "all", "yes")

    def test_a_name_brings_up_one(self) -> None:
        one = guests.files({"/etc/systemd/network/20.network": "[Match]\nName=ens3\n[Network]\nDHCP=ipv4\n"})

        self.assert_verdict(DEBIAN | NETWORKD | one, "first", "no")
        self.assertIn("the NICs are called ens3, ens4 and ens5", self.at_boot(DEBIAN | NETWORKD | one).assumes)

    def test_an_alternative_name_brings_up_one(self) -> None:
        one = guests.files({"/etc/systemd/network/20.network": "[Match]\nName=enp0s4\n[Network]\nDHCP=ipv4\n"})

        self.assert_verdict(DEBIAN | NETWORKD | one, "named", "no")

    def test_a_mac_address_brings_up_one(self) -> None:
        one = guests.files(
            {"/etc/systemd/network/20.network": "[Match]\nMACAddress=52:54:00:12:34:56\n[Network]\nDHCP=yes\n"}
        )

        self.assert_verdict(DEBIAN | NETWORKD | one, "named", "no")
        self.assertEqual(
            [("MAC address 52:54:00:12:34:56", "/etc/systemd/network/20.network:2")],
            [(pin.what, pin.location) for pin in self.inspect_guest(DEBIAN | NETWORKD | one)["pins"]().value],
        )

    def test_networkd_that_is_not_enabled_brings_up_none(self) -> None:
        self.assert_verdict(DEBIAN | EN, "none", "no")

    def test_the_first_file_that_matches_counts(self) -> None:
        first = guests.files(
            {"/usr/lib/systemd/network/10.network": "[Match]\nName=ens4\n[Network]\nLinkLocalAddressing=no\n"}
        )

        self.assert_verdict(DEBIAN | NETWORKD | EN | first, "named", "yes")

    def test_several_default_routes_are_counted(self) -> None:
        self.assertEqual(3, self.at_boot(DEBIAN | NETWORKD | EN).default_routes)
        self.assertEqual(1, self.at_boot(DEBIAN | IFUPDOWN | CLOUD_INIT).default_routes)

    def test_every_step_has_its_location(self) -> None:
        steps = {step.what: step.location for step in self.at_boot(DEBIAN | NETWORKD | EN).explanation}

        self.assertEqual("/etc/systemd/network/20-dhcp.network:5", steps["DHCP=yes"])
        self.assertEqual("/usr/lib/systemd/network/99-default.link", steps["NICs get predictable names (ens3)"])


class TestOthers(VerdictTest):
    def test_a_guest_without_a_stack_brings_up_none(self) -> None:
        self.assert_verdict(DEBIAN, "none", "no")

    def test_networkmanager_brings_up_all(self) -> None:
        self.assert_verdict(DEBIAN | NETWORK_MANAGER, "all", "yes")

    def test_networkmanager_without_its_automatic_profile(self) -> None:
        base_guest = guests.files(
            {
                "/etc/NetworkManager/conf.d/no-auto.conf": "[main]\nno-auto-default=*\n",
                "/etc/NetworkManager/system-connections/eth0.nmconnection": "[connection]\nid=eth0\nuuid=1\n"
                "type=ethernet\ninterface-name=eth0\n[ipv4]\nmethod=auto\n",
            }
        )

        self.assert_verdict(DEBIAN | NETWORK_MANAGER | base_guest, "none", "no")
        self.assert_verdict(DEBIAN | NETWORK_MANAGER | base_guest | guests.command_line("net.ifnames=0"), "first", "no")

    def test_ifupdown_with_one_name_brings_up_one(self) -> None:
        for stanza, words, which in (
            ("allow-hotplug ens3\niface ens3 inet dhcp\n", "quiet", "first"),
            ("auto eth0\niface eth0 inet dhcp\n", "quiet", "none"),
            ("auto eth0\niface eth0 inet dhcp\n", "net.ifnames=0", "first"),
        ):
            with self.subTest(stanza=stanza, words=words, which=which):
                base_guest = guests.files({"/etc/network/interfaces": stanza})

                self.assert_verdict(DEBIAN | IFUPDOWN | base_guest | guests.command_line(words), which, "no")

    def test_active_stacks_have_names(self) -> None:
        facts = self.inspect_guest(DEBIAN | NETPLAN | CLOUD_INIT)

        self.assertEqual(("cloud-init", "netplan", "systemd-networkd"), facts["network_stacks"]().value)

    def test_cloud_init_and_networkmanager_bring_up_the_nics_of_rocky(self) -> None:
        renderers = "['eni', 'netplan', 'network-manager', 'sysconfig', 'networkd']"
        base_guest = guests.files({"/etc/cloud/cloud.cfg": f"system_info:\n  network:\n    renderers: {renderers}\n"})

        self.assert_verdict(ROCKY | NETWORK_MANAGER | CLOUD_INIT | base_guest, "all", "yes")

    def test_cloud_init_brings_up_the_nics_of_alpine(self) -> None:
        cloud_init = Part(
            {
                "/usr/bin/cloud-init": "#!/usr/bin/python3\n",
                "/etc/init.d/cloud-init-local": "#!/sbin/openrc-run\n",
                "/etc/cloud/cloud.cfg": "system_info: {distro: alpine, network: {renderers: ['eni']}}\n",
            },
            {"/etc/runlevels/boot/cloud-init-local": "/etc/init.d/cloud-init-local"},
        )

        self.assert_verdict(ALPINE | cloud_init, "all", "no")
        self.assert_verdict(ALPINE, "none", "no")


class TestWithoutADataSource(VerdictTest):
    """A list of data sources without that of the cloud."""

    NONE = guests.files({"/etc/cloud/cloud.cfg.d/90.cfg": "datasource_list: [None]\n"})

    def test_cloud_init_may_start_networkd(self) -> None:
        self.assert_verdict(DEBIAN | CLOUD_INIT | self.NONE, "unknown", "unknown")
        self.assert_verdict(DEBIAN | NETWORKD | CLOUD_INIT | self.NONE, "first", "no")

    def test_a_later_nic_of_networkmanager_is_unknown(self) -> None:
        self.assert_verdict(DEBIAN | NETWORK_MANAGER | CLOUD_INIT | self.NONE, "all", "unknown")

    def test_a_list_on_several_lines_is_unknown(self) -> None:
        base_guest = guests.files({"/etc/cloud/cloud.cfg.d/90.cfg": "datasource_list:\n  - NoCloud\n  - None\n"})

        self.assert_verdict(DEBIAN | IFUPDOWN | CLOUD_INIT | base_guest, "unknown", "unknown")

    def test_ds_identify_may_disable_cloud_init_or_not_search(self) -> None:
        base_guest = guests.files({"/etc/cloud/cloud.cfg.d/90.cfg": "datasource_list: [NoCloud, Ec2, None]\n"})

        for policy, which in (("disabled", "none"), ("enabled", "first"), ("search,notfound=enabled", "first")):
            with self.subTest(policy=policy, which=which):
                policies = guests.files({"/etc/cloud/ds-identify.cfg": f"policy: {policy}\n"})
                self.assert_verdict(DEBIAN | IFUPDOWN | CLOUD_INIT | base_guest | policies, which, "no")

    def test_a_kernel_parameter_may_name_the_data_source(self) -> None:
        for words, which in (("ds=OpenStack", "all"), ("ci.ds=None", "first"), ("ds=nocloud;s=http://x/", "unknown")):
            with self.subTest(words=words, which=which):
                guest = DEBIAN | IFUPDOWN | CLOUD_INIT | guests.command_line(words)
                self.assert_verdict(guest, which, "unknown" if which == "unknown" else "no")

    def test_the_network_of_openstack_may_be_ignored(self) -> None:
        settings = "datasource: {OpenStack: {apply_network_config: false}}\n"
        off = guests.files({"/etc/cloud/cloud.cfg.d/95.cfg": settings})
        alone = guests.files({"/etc/cloud/cloud.cfg.d/90.cfg": "datasource_list: [OpenStack]\n"})

        self.assert_verdict(DEBIAN | IFUPDOWN | CLOUD_INIT | off, "unknown", "unknown")
        self.assert_verdict(DEBIAN | IFUPDOWN | CLOUD_INIT | off | alone, "first", "no")

    def test_nothing_comes_up_without_a_fallback(self) -> None:
        off = guests.files({"/etc/cloud/cloud.cfg.d/95.cfg": "system_info: {disable_fallback_netcfg: true}\n"})

        self.assert_verdict(DEBIAN | IFUPDOWN | CLOUD_INIT | self.NONE | off, "none", "no")


class TestNetplan(VerdictTest):
    def test_netplan_generates_for_networkmanager(self) -> None:
        base_guest = guests.files(
            {
                "/etc/netplan/01.yaml": "network:\n  renderer: NetworkManager\n",
                "/etc/NetworkManager/conf.d/no-auto.conf": "[main]\nno-auto-default=*\n",
            }
        )
        named = guests.files({"/etc/netplan/02.yaml": "network: {ethernets: {ens3: {dhcp4: true}}}\n"})

        self.assert_verdict(DEBIAN | NETPLAN | NETWORK_MANAGER | base_guest, "none", "no")
        self.assert_verdict(DEBIAN | NETPLAN | NETWORK_MANAGER | base_guest | named, "first", "no")

    def test_netplan_renames_nics(self) -> None:
        base_guest = guests.files(
            {
                "/etc/netplan/01.yaml": "network:\n  ethernets:\n    lan:\n      match: {driver: virtio_net}\n"
                "      set-name: lan0\n      dhcp4: true\n"
            }
        )

        self.assert_verdict(DEBIAN | NETPLAN | base_guest, "unknown", "unknown")

    def test_netplan_does_not_start_a_masked_networkd(self) -> None:
        masked = guests.links({"/etc/systemd/system/systemd-networkd.service": "/dev/null"})

        self.assert_verdict(DEBIAN | NETPLAN | NETPLAN_FOR_ALL | masked, "none", "no")

    def test_parts_of_a_bridge_are_unknown(self) -> None:
        base_guest = guests.files(
            {
                "/etc/netplan/01.yaml": "network:\n  ethernets:\n    ens3: {}\n  bridges:\n    br0:\n"
                "      interfaces: [ens3]\n      dhcp4: true\n"
            }
        )

        self.assert_verdict(DEBIAN | NETPLAN | base_guest, "unknown", "no")
