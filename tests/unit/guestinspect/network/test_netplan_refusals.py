"""netplan refuses all of its files for one mistake; the generator of 0.106 was run on nearly all of these."""

from __future__ import annotations

from guestinspect.model.fact import Unknown
from guestinspect.network.netplan import generator as netplan
from tests.unit.guestinspect.network import guests
from tests.unit.guestinspect.network.guests import DEBIAN, NETPLAN, Part
from tests.unit.guestinspect.network.verdicts import VerdictTest

ALL = "    all: {match: {name: 'en*'}, dhcp4: true}\n"
HEAD = f"network:\n  version: 2\n  ethernets:\n{ALL}"
UBUNTU_24 = guests.files({"/etc/os-release": 'ID=ubuntu\nVERSION_ID="24.04"\n'})
UBUNTU_22 = guests.files({"/etc/os-release": 'ID=ubuntu\nVERSION_ID="22.04"\n'})


def a_guest(**files: str) -> Part:
    """Return a guest with these netplan files."""
    return DEBIAN | NETPLAN | guests.files({f"/etc/netplan/{name}.yaml": text for name, text in files.items()})


def beside(settings: str) -> str:
    """Return a definition for all NICs with one more setting, on line 6."""
    head = "network:\n  version: 2\n  ethernets:\n    all:\n      dhcp4: true\n"
    return f"{head}      {settings}\n      match: {{name: 'en*'}}\n"


class RefusalTest(VerdictTest):
    def assert_all(self, guest: Part) -> None:
        self.assert_verdict(guest, "all", "yes")

    def assert_sound(self, guest: Part) -> None:
        self.assertNotEqual({}, netplan.generate(guest.tree).files)

    def assert_refused(self, reason: str, guest: Part) -> None:
        why = self.assertRaises(Unknown, netplan.generate, guest.tree).why
        self.assertIn(reason, why)
        self.assertEqual("unknown", self.at_boot_in_a_word(guest))


class TestKeys(RefusalTest):
    def test_an_unknown_key_is_refused(self) -> None:
        self.assert_all(a_guest(a=beside("dhcp6: true")))

        self.assert_refused(
            "netplan may refuse all of its files: /etc/netplan/a.yaml:6 has 'dhpc6', which it does not know",
            a_guest(a=beside("dhpc6: true")),
        )

    def test_an_unknown_key_is_refused_at_any_depth(self) -> None:
        for key, text in (
            ("gateway", beside("gateway: 10.0.0.1")),
            ("mac", beside("match: {mac: '52:54:00:12:34:56'}").replace("      match: {name: 'en*'}\n", "")),
            ("address", beside("nameservers: {address: [1.1.1.1]}")),
            ("use_dns", beside("dhcp4-overrides: {use_dns: false}")),
            ("metrik", beside("routes: [{to: 10.0.0.0/8, via: 10.0.0.1, metrik: 3}]")),
            ("labels", beside("addresses: [{10.0.0.1/24: {labels: a}}]")),
            ("key-managment", beside("auth: {key-managment: none}")),
            ("interfaces", beside("interfaces: []")),
            ("ethernet", f"{HEAD}  ethernet: {{}}\n"),
            ("ethernets", f"{HEAD}ethernets: {{ens9: {{dhcp4: true}}}}\n"),
            ("modes", f"{HEAD}  bonds: {{b0: {{parameters: {{modes: find_active-backup}}}}}}\n"),
            ("match", f"{HEAD}  bridges: {{b0: {{match: {{name: x}}}}}}\n"),
            ("access-point", f"{HEAD}  wifis: {{w0: {{access-point: {{}}}}}}\n"),
        ):
            with self.subTest(key=key, text=text):
                self.assert_refused(f"has '{key}', which it does not know", a_guest(a=text))

    def test_rare_keys_are_known(self) -> None:
        for settings in (
            "routes: [{to: default, via: 10.0.0.1, metric: 5, on-link: true, table: 3, mtu: 9, scope: LINK}]",
            "routes: [{to: 10.0.0.0/8}, {to: 10.0.0.0/8, type: blackhole}, {to: '::/0', via: 'fe80::1', from: '::2'}]",
            "routing-policy: [{from: 10.0.0.0/8, table: 3, priority: 4, mark: 4, type-of-service: 255}]",
            "addresses: [10.0.0.2/24, '2001:db8::1/64', {10.0.0.1/24: {label: a, lifetime: 0}}]",
            "nameservers: {addresses: [1.1.1.1, '::1'], search: [a.b]}",
            "dhcp6-overrides: {hostname: x, route-metric: 9, use-domains: route, use-mtu: no, send-hostname: no}",
            *("dhcp-identifier: MAC", "accept-ra: no", "optional: TRUE", "optional-addresses: [DHCP4, ipv4-ll]"),
            "wakeonwlan: [Any, tcp]",
            "macaddress: 52:54:00:12:34:56",
            "large-receive-offload: off",
            "link: all",
            "infiniband-mode: datagram",
            "auth: {key-management: 802.1x, method: tls, identity: x, phase2-auth: z, client-key-password: q}",
            "mtu: ''",
            "mtu: +9000",
        ):
            with self.subTest(settings=settings):
                self.assert_sound(a_guest(a=beside(settings)))

    def test_other_sections_are_known(self) -> None:
        for settings in (
            "bonds: {b0: {parameters: {mode: 802.3ad, lacp-rate: fast, mii-monitor-interval: 1, gratuitious-arp: 1}}}",
            "bridges: {renderer: networkd, b0: {dhcp4: true, parameters: {stp: no, ageing-time: 3, max-age: 4}}}",
            "vlans: {v0: {link: all, id: 3, renderer: sriov}}",
            "vrfs: {v: {table: 5, interfaces: [all]}}",
            "tunnels: {t0: {mode: gre, remote: 10.0.0.1, local: 10.0.0.2, ttl: 3, key: 4}}",
            "wifis: {w0: {access-points: {x: {password: abcdefgh}}, regulatory-domain: GB}}",
            "nm-devices: {n: {renderer: NetworkManager, networkmanager: {passthrough: {connection.type: gsm}}}}",
            "modems: {m: {renderer: NetworkManager, apn: x}}",
            "openvswitch: {}",
        ):
            with self.subTest(settings=settings):
                self.assert_sound(a_guest(a=f"{HEAD}  {settings}\n"))

    def test_a_merged_mapping_is_a_key(self) -> None:
        text = f"{HEAD.replace('all: {', 'all: &a {')}    more:\n      <<: *a\n"

        self.assert_refused("/etc/netplan/a.yaml:6 has '<<', which it does not know", a_guest(a=text))
        self.assert_all(a_guest(a=text.replace("more:\n      <<: *a\n", "more: *a\n")))

    def test_a_mistake_in_another_file_refuses_all(self) -> None:
        self.assert_refused("/etc/netplan/b.yaml:2 has 'foo'", a_guest(a=HEAD, b="network:\n  foo: 1\n"))
        self.assert_all(a_guest(a=HEAD, b="network:\n  version: 2\n", c="", d="# nothing\n"))

    def test_newer_keys_are_refused_by_older_versions(self) -> None:
        for key, since, settings in (
            ("hairpin", UBUNTU_24, "hairpin: true"),
            ("ra-overrides", UBUNTU_24, "ra-overrides: {use-dns: true}"),
            ("random", UBUNTU_24, "macaddress: random"),
            ("advertised-mss", UBUNTU_24, "routes: [{to: default, via: 10.0.0.1, advertised-mss: 4}]"),
            ("stable-privacy", UBUNTU_24, "ipv6-address-generation: stable-privacy"),
            ("embedded-switch-mode", UBUNTU_24, "embedded-switch-mode: legacy"),
        ):
            with self.subTest(key=key, since=since, settings=settings):
                self.assert_refused(f"has '{key}'", a_guest(a=beside(settings)))
                self.assert_refused(f"has '{key}'", a_guest(a=beside(settings)) | UBUNTU_22)
                self.assert_sound(a_guest(a=beside(settings)) | since)
        virtual_function = "    vf: {link: all}\n"
        self.assert_sound(a_guest(a=beside("embedded-switch-mode: switchdev") + virtual_function))
        self.assert_refused("has 'dhcp4'", a_guest(a=f"{HEAD}  vrfs: {{v: {{table: 5, dhcp4: true}}}}\n"))
        self.assert_refused("has 'dummy-devices'", a_guest(a=f"{HEAD}  dummy-devices: {{d: {{}}}}\n"))
        self.assert_sound(a_guest(a=f"{HEAD}  dummy-devices: {{d: {{}}}}\n") | UBUNTU_22)


class TestValues(RefusalTest):
    def test_an_invalid_value_is_refused(self) -> None:
        self.assert_all(a_guest(a=beside("mtu: 9000")))

        self.assert_refused("/etc/netplan/a.yaml:6 has '9000x' instead of a number", a_guest(a=beside("mtu: 9000x")))

    def test_invalid_values_of_a_definition_are_refused(self) -> None:
        for settings in (
            *("mtu: -4", "mtu: 4294967296", "mtu: 1.5", "mtu: [1]", "mtu: null", "critical: perhaps"),
            *("dhcp6:", "dhcp6: null", "dhcp6: 1", "renderer: systemd", "renderer: networkmanager"),
            *("addresses: ['300.1.1.1/24']", "addresses: [10.0.0.5]", "addresses: 10.0.0.5/24", "addresses:"),
            *(
                "addresses: [10.0.0.5/33]",
                "addresses: [10.0.0.5/0]",
                "addresses: ['::1/129']",
                "addresses: [010.0.0.1/8]",
            ),
            *("addresses: [[10.0.0.5/24]]", "addresses: [{}]", "addresses: [{10.0.0.1/24: {lifetime: 5}}]"),
            *(
                "gateway4: nope",
                "gateway4: 10.0.0.1/24",
                "gateway4: '::1'",
                "gateway6: 10.0.0.1",
                "gateway6: fe80::1%a",
            ),
            *("nameservers: {addresses: [dns.example]}", "nameservers: [1.1.1.1]", "nameservers: {search: a.b}"),
            *("routes: [{to: default, via: gw}]", "routes: {to: default, via: 1.1.1.1}", "routes: [default]"),
            *("routes: [{to: default}]", "routes: [{via: 10.0.0.1}]", "routes: [{to: '::/0', via: 10.0.0.1}]"),
            *("routes: [{to: 10.0.0.0/8, scope: global}]", "routes: [{to: 10.0.0.0/8, type: x}]"),
            *(
                "routing-policy: [{table: 3}]",
                "routing-policy: [{from: x}]",
                "routing-policy: [{from: 1.1.1.1, to: '::'}]",
            ),
            *("routing-policy: [{from: 10.0.0.1, type-of-service: 256}]", "macaddress: nope", "link-local: ipv4"),
            *("link-local: [ipv5]", "activation-mode: on", "optional-addresses: [dhcp]", "accept-ra: maybe"),
            *("wakeonwlan: [default, tcp]", "dhcp-identifier: both", "embedded-switch-mode: x", "infiniband-mode: IP"),
            *("dhcp4-overrides: {route-metric: x}", "dhcp4-overrides: [a]", "auth: {key-management: wpa}"),
            *("ipv6-address-generation: x", "ipv6-address-token: x", "link: nope", "openvswitch: {foo: bar}"),
        ):
            with self.subTest(settings=settings):
                self.assert_refused(
                    "netplan may refuse all of its files: /etc/netplan/a.yaml:", a_guest(a=beside(settings))
                )

    def test_invalid_values_of_a_match_are_refused(self) -> None:
        for settings in ("{macaddress: xx}", "en*", "{name: [en*]}", "{name: ''}", "{driver: []}", "{driver: a b}"):
            with self.subTest(settings=settings):
                self.assert_refused(
                    "/etc/netplan/a.yaml:5 has ", a_guest(a=f"{HEAD}    other: {{match: {settings}}}\n")
                )
        self.assert_all(a_guest(a=f"{HEAD}    other: {{match: {{driver: [ixgbe, 'e1000*']}}}}\n"))

    def test_invalid_values_of_other_sections_are_refused(self) -> None:
        for settings in (
            *("version: 3", "version: 1", "version:", "renderer: systemd", "renderer:", "bonds:", "bonds: []"),
            *("bonds: {b0: }", "bonds: {b0: {interfaces: all}}", "bonds: {b0: {parameters: {mode: 4}}}"),
            *("bonds: {b0: {parameters: {arp-ip-targets: [x]}}}", "bonds: {'b*': {}}", "bonds: {renderer: x}"),
            "tunnels: {t0: {mode: GRE, remote: 10.0.0.1, local: 10.0.0.2}}",
            *(
                "bridges: {b0: {parameters: {stp: maybe}}}",
                "vlans: {v0: {link: all, id: 4095}}",
                "vlans: {v0: {link: x}}",
            ),
            "bridges: {b0: {interfaces: [all], parameters: {port-priority: {all: 64}}}}",
        ):
            with self.subTest(settings=settings):
                text = f"network:\n  ethernets:\n{ALL}  {settings}\n"
                self.assert_refused("netplan may refuse all of its files: /etc/netplan/a.yaml:4 has ", a_guest(a=text))

    def test_the_version_has_several_spellings(self) -> None:
        for settings in ("2", "'2'", "02", "2.9"):
            with self.subTest(settings=settings):
                self.assert_all(a_guest(a=HEAD.replace("version: 2", f"version: {settings}")))

    def test_an_empty_value_instead_of_a_mapping_is_refused(self) -> None:
        for text in ("network:\n", "---\n", "null\n", "network: ~\n"):
            with self.subTest(text=text):
                self.assertRaises(Unknown, netplan.generate, a_guest(a=HEAD, b=text).tree)
        self.assert_refused("a.yaml:5 has '' instead of a mapping", a_guest(a=f"{HEAD}    ens9:\n"))


class TestTogether(RefusalTest):
    def test_a_reference_needs_its_definition(self) -> None:
        for settings in (
            "bonds: {b0: {interfaces: [nope]}}",
            "bridges: {b0: {interfaces: [nope]}}",
            "bonds: {b0: {parameters: {primary: nope}}}",
            "bridges: {b0: {parameters: {path-cost: {nope: 3}}}}",
            "vlans: {v0: {link: nope, id: 3}}",
            "vrfs: {v: {table: 5, interfaces: [nope]}}",
        ):
            with self.subTest(settings=settings):
                self.assert_refused("a.yaml:5 has 'nope', which is defined neither", a_guest(a=f"{HEAD}  {settings}\n"))
                self.assert_sound(a_guest(a=f"{HEAD}    nope: {{}}\n  {settings}\n"))

    def test_a_reference_may_lead_to_an_earlier_file(self) -> None:
        vlan = "network: {vlans: {v0: {link: all, id: 3}}}\n"

        self.assert_all(a_guest(a=HEAD, b=vlan))
        self.assert_refused("a.yaml:1 has 'all', which is defined neither there nor before", a_guest(a=vlan, b=HEAD))

    def test_settings_that_need_or_exclude_others_are_refused(self) -> None:
        for reason, settings in (
            ("'set-name' without 'match'", "ethernets: {ens9: {set-name: x}}"),
            ("without 'id'", "vlans: {v0: {link: ens3}}"),
            ("without 'table'", "vrfs: {v: {}}"),
            ("without 'mode'", "tunnels: {t: {}}"),
            ("without 'access-points'", "wifis: {w: {}}"),
            ("without 'connection.type'", "nm-devices: {n: {}}"),
            ("a modem where", "modems: {m: {apn: x}}"),
            ("'b0', which is in 'bridges', too", "bonds: {b0: {}}, bridges: {b0: {}}"),
            ("of a NIC without virtual functions", "ethernets: {ens9: {delay-virtual-functions-rebind: true}}"),
            (
                "'ipv6-address-token' together",
                "ethernets: {a: {ipv6-address-token: '::1', ipv6-address-generation: eui64}}",
            ),
            (
                "'use-dns' in 'dhcp4-overrides' that differs",
                "ethernets: {a: {dhcp4: on, dhcp6: on, dhcp4-overrides: {use-dns: off}}}",
            ),
            ("'networkmanager' where", "ethernets: {a: {networkmanager: {name: x}}}"),
            ("which has 'manual' only", "ethernets: {a: {renderer: NetworkManager, activation-mode: 'off'}}"),
            ("'ipv6-mtu' for", "ethernets: {a: {renderer: NetworkManager, ipv6-mtu: 1280}}"),
            ("with options for", "ethernets: {a: {renderer: NetworkManager, addresses: [{10.0.0.1/24: {label: a}}]}}"),
            (
                "that is not unicast",
                "ethernets: {a: {renderer: NetworkManager, routes: [{to: 10.0.0.0/8, type: throw}]}}",
            ),
        ):
            with self.subTest(reason=reason, settings=settings):
                other = "network: {ethernets: {ens3: {}}}\n"
                self.assert_refused(reason, a_guest(a=HEAD, b=other, c=f"network: {{{settings}}}\n"))

    def test_equal_overrides_are_accepted(self) -> None:
        same = (
            "dhcp6: on\n      dhcp4-overrides: {use-dns: on, route-metric: 5}\n      dhcp6-overrides: {route-metric: 5}"
        )

        self.assert_all(a_guest(a=beside(same)))

    def test_open_vswitch_must_be_installed(self) -> None:
        program = guests.files({"/usr/bin/ovs-vsctl": "ELF"})
        for settings in ("bridges: {b0: {openvswitch: {}}}", "bonds: {b0: {parameters: {mode: balance-tcp}}}"):
            with self.subTest(settings=settings):
                self.assert_refused("for Open vSwitch, which is not installed", a_guest(a=f"{HEAD}  {settings}\n"))
                self.assert_sound(a_guest(a=f"{HEAD}  {settings}\n") | program)
        self.assert_refused("for Open vSwitch", a_guest(a=beside("openvswitch: {}")))

    def test_a_repeated_key_is_unknown(self) -> None:
        self.assert_refused("a.yaml:5 has 'ethernets' a second time", a_guest(a=f"{HEAD}  ethernets: {{ens9: {{}}}}\n"))
        self.assert_all(a_guest(a=beside("dhcp4: true")))

    def test_too_many_settings_are_unknown(self) -> None:
        many = "".join(f"    d{number}: {{}}\n" for number in range(1001))

        self.assert_refused("more than 1000 definitions", a_guest(a=f"{HEAD}  bridges:\n{many}"))
        self.assert_refused("more than 1000 values", a_guest(a=beside(f"addresses: [{'10.0.0.1/8, ' * 1001}]")))
        long = f"# {'x' * 100_000}\n"
        self.assert_refused("bytes", a_guest(**dict.fromkeys("abcdef", long)))


class TestOfCloudInit(RefusalTest):
    def test_the_files_of_cloud_init_are_accepted(self) -> None:
        text = """# This file is generated from information provided by the datasource.
network:
    version: 2
    ethernets:
        ens3:
            dhcp4: true
            dhcp4-overrides:
                route-metric: 100
            dhcp6: false
            match:
                macaddress: fa:16:3e:00:00:01
            set-name: ens3
            mtu: 1450
        ens4:
            addresses:
            - 10.0.0.5/24
            nameservers:
                addresses:
                - 10.0.0.1
                search:
                - a.example
            routes:
            -   to: default
                via: 10.0.0.1
                metric: 5
    bonds:
        bond0:
            interfaces:
            - ens4
            macaddress: fa:16:3e:00:00:02
            parameters:
                mode: active-backup
    vlans:
        bond0.5:
            id: 5
            link: bond0
            dhcp4: true
"""

        self.assert_sound(a_guest(**{"50-cloud-init": text}))
