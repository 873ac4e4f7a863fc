"""Units and commands that udev rules start for a NIC."""

from __future__ import annotations

from guestinspect.model.fact import Unknown
from tests.unit.guestinspect.network.guests import (
    CLOUD_INIT,
    DEBIAN,
    IFUPDOWN,
    NETWORK_MANAGER,
    RULES,
    SYSTEM,
    Part,
    files,
    links,
    program,
)
from tests.unit.guestinspect.network.verdicts import VerdictTest

LOCAL = "/etc/systemd/system"
LOOPBACK = files({"/etc/network/interfaces": "auto lo\niface lo inet loopback\n"})
GUEST = DEBIAN | IFUPDOWN | LOOPBACK

DHCP_SCRIPT = """#!/bin/bash
interface=${1:-}
ENI_FILE="/etc/network/interfaces"
printf "auto $interface\\niface $interface inet dhcp\\n\\n" >>$ENI_FILE
if type rdisc6; then
    printf "iface $interface inet6 auto\\n\\tdhcp 1\\n\\n" >>$ENI_FILE
fi
printf "DEVICE=\\"$interface\\"\\nBOOTPROTO=\\"dhcp\\"\\n" >/etc/sysconfig/network-scripts/ifcfg-$interface
"""
DHCP_UNIT = """[Unit]
DefaultDependencies=no
After=network.target
ConditionPathExists=!/etc/sysconfig/network-scripts/ifcfg-%i
[Service]
Type=oneshot
User=root
ExecStartPre=/usr/local/sbin/dhcp-all-interfaces.sh %i
ExecStart=/sbin/ifup %i
RemainAfterExit=true
"""
DHCP_RULE = (
    'SUBSYSTEM=="net", KERNEL!="lo", ACTION=="add|move", TAG+="systemd", '
    'ENV{SYSTEMD_WANTS}+="dhcp-interface@$name.service"\n'
)
DHCP_ALL_INTERFACES = files(
    {
        f"{SYSTEM}/dhcp-interface@.service": DHCP_UNIT,
        "/etc/udev/rules.d/99-dhcp-all-interfaces.rules": DHCP_RULE,
    }
) | program("/usr/local/sbin/dhcp-all-interfaces.sh", DHCP_SCRIPT)

GLEAN_FOLDER = "/usr/glean/lib/python3.11/site-packages/glean/init"
GLEAN_UNIT = f"""[Unit]
DefaultDependencies=no
Before=network-pre.target
Wants=network-pre.target glean-early.service
ConditionPathExists=!/etc/network/interfaces.d/%I.cfg
[Service]
Type=oneshot
Environment="ARGS=--interface %I"
ExecStartPre={GLEAN_FOLDER}/python-glean  ${{ARGS}}
ExecStart=/sbin/ifup %I
"""
GLEAN = files(
    {
        f"{SYSTEM}/glean@.service": GLEAN_UNIT,
        "/etc/udev/rules.d/99-glean.rules": 'SUBSYSTEM=="net", ACTION=="add|move", ATTR{addr_assign_type}=="0", '
        'TAG+="systemd", ENV{SYSTEMD_WANTS}+="glean@$name.service"\n',
    }
) | program(f"{GLEAN_FOLDER}/python-glean", "#!/bin/bash\n\n/usr/glean/bin/python3 -m glean $@\n")

CLIENT_UNIT = files({"/etc/systemd/system/lan@.service": "[Service]\nExecStart=/sbin/dhclient -d %i\n"})
OLD_NETWORK_SCRIPTS = files({"/etc/sysconfig/network-scripts/ifup-eth": "#!/bin/bash\n", "/sbin/ifup": "#!/bin/bash\n"})


def rule(text: str, name: str = "99-lan.rules", folder: str = "/etc/udev/rules.d") -> Part:
    """Return a file of rules."""
    return files({f"{folder}/{name}": f"{text}\n"})


class TestUnits(VerdictTest):
    def test_a_unit_that_writes_a_stanza_brings_up_every_nic(self) -> None:
        self.assert_verdict(GUEST | DHCP_ALL_INTERFACES, "all", "yes")
        self.assertEqual(1, self.at_boot(GUEST | DHCP_ALL_INTERFACES).default_routes)

    def test_its_steps_name_the_rule_and_the_unit(self) -> None:
        steps = {step.what: step.location for step in self.at_boot(GUEST | DHCP_ALL_INTERFACES).explanation}

        self.assertIn("/etc/udev/rules.d/99-dhcp-all-interfaces.rules:1", steps.values())
        stacks = self.inspect_guest(GUEST | DHCP_ALL_INTERFACES)["network_stacks"]().value
        self.assertIn("dhcp-interface", stacks)

    def test_a_stanza_of_the_guest_is_kept(self) -> None:
        for stanza, which in (
            ("iface ens4 inet manual\n", "named"),
            ("iface ens4 inet dhcp\n", "all"),
            ("iface ens4 inet static\n address 10.0.0.2/24\n", "all"),
        ):
            with self.subTest(stanza=stanza):
                own = files({"/etc/network/interfaces": f"auto lo\niface lo inet loopback\n{stanza}"})

                self.assert_verdict(GUEST | DHCP_ALL_INTERFACES | own, which, "yes")

    def test_an_ifcfg_file_keeps_the_unit_from_its_start(self) -> None:
        own = files({"/etc/sysconfig/network-scripts/ifcfg-ens3": "DEVICE=ens3\nONBOOT=no\n"})

        self.assert_verdict(GUEST | DHCP_ALL_INTERFACES | own, "named", "yes")

    def test_network_scripts_use_the_file_that_the_unit_writes(self) -> None:
        self.assert_verdict(DEBIAN | OLD_NETWORK_SCRIPTS | DHCP_ALL_INTERFACES, "all", "yes")

    def test_glean_brings_up_every_nic(self) -> None:
        self.assert_verdict(GUEST | GLEAN, "all", "yes")

    def test_glean_without_its_fallback_is_unknown(self) -> None:
        unit = files({f"{SYSTEM}/glean@.service": GLEAN_UNIT.replace("glean  $", "glean --no-dhcp-fallback $")})

        self.assert_verdict(GUEST | GLEAN | unit, "unknown", "unknown")

    def test_glean_with_another_stack_is_unknown(self) -> None:
        fedora = files({"/etc/os-release": 'ID=fedora\nVERSION_ID="40"\n'})
        unit = files({f"{SYSTEM}/glean@.service": GLEAN_UNIT.replace("ExecStart=/sbin/ifup %I\n", "")})

        self.assert_verdict(DEBIAN | fedora | GLEAN | unit, "unknown", "unknown")
        self.assert_verdict(DEBIAN | fedora | GLEAN | unit | NETWORK_MANAGER, "all", "yes")

    def test_a_dhcp_client_in_a_unit_brings_its_nic_up(self) -> None:
        for text in (
            'SUBSYSTEM=="net", ACTION=="add|move", TAG+="systemd", ENV{SYSTEMD_WANTS}="lan@%k.service"',
            'SUBSYSTEM=="net", ACTION=="add", ENV{SYSTEMD_WANTS}+="lan@$name.service"',
            'SUBSYSTEM=="net", KERNEL=="en*", ENV{SYSTEMD_WANTS}="lan@$env{INTERFACE}.service"',
            'SUBSYSTEM=="net", ACTION=="add", RUN+="/bin/systemctl --no-block start lan@$name.service"',
            'SUBSYSTEM!="net", GOTO="end"\nENV{SYSTEMD_WANTS}+="lan@$name.service"\nLABEL="end"',
        ):
            with self.subTest(text=text):
                self.assert_verdict(DEBIAN | CLIENT_UNIT | rule(text), "all", "yes")

    def test_rules_of_packages_count(self) -> None:
        text = 'SUBSYSTEM=="net", ACTION=="add", ENV{SYSTEMD_WANTS}+="lan@$name.service"'

        self.assert_verdict(DEBIAN | CLIENT_UNIT | rule(text, folder=RULES), "all", "yes")
        masked = links({"/etc/udev/rules.d/99-lan.rules": "/dev/null"})
        self.assert_verdict(DEBIAN | CLIENT_UNIT | rule(text, folder=RULES) | masked, "none", "no")
        self.assert_verdict(DEBIAN | CLIENT_UNIT | rule(text, folder="/run/udev/rules.d"), "none", "no")

    def test_a_rule_for_one_nic_brings_up_one(self) -> None:
        for condition, which in (('KERNEL=="ens3"', "first"), ('ATTR{address}=="52:54:00:12:34:56"', "none")):
            with self.subTest(condition=condition):
                text = f'SUBSYSTEM=="net", {condition}, ENV{{SYSTEMD_WANTS}}+="lan@$name.service"'

                self.assert_verdict(DEBIAN | CLIENT_UNIT | rule(text), which, "no")

    def test_an_early_rule_has_the_kernels_name_of_a_later_nic(self) -> None:
        text = 'SUBSYSTEM=="net", ACTION=="add", ENV{SYSTEMD_WANTS}+="lan@$name.service"'

        self.assert_verdict(DEBIAN | CLIENT_UNIT | rule(text, "10-lan.rules"), "all", "no")
        both = text.replace("add", "add|move")
        self.assert_verdict(DEBIAN | CLIENT_UNIT | rule(both, "10-lan.rules"), "all", "yes")

    def test_a_condition_that_is_known_only_at_boot_is_unknown(self) -> None:
        for condition in ('ATTR{carrier}=="1"', 'TEST=="/run/lan"', 'ENV{LAN}!="off"'):
            with self.subTest(condition=condition):
                text = f'SUBSYSTEM=="net", {condition}, ENV{{SYSTEMD_WANTS}}+="lan@$name.service"'

                self.assert_verdict(DEBIAN | CLIENT_UNIT | rule(text), "unknown", "unknown")

    def test_a_device_can_want_its_unit(self) -> None:
        wanted = links(
            {
                f"{LOCAL}/sys-subsystem-net-devices-{name}.device.wants/lan@{name}.service": f"{LOCAL}/lan@.service"
                for name in ("ens3", "ens4", "ens5", "ens6")
            }
        )

        self.assert_verdict(DEBIAN | CLIENT_UNIT | wanted, "all", "yes")
        agent = files({"/etc/systemd/system/lan@.service": "[Service]\nExecStart=/opt/agent %i\n"})
        self.assert_verdict(DEBIAN | agent | wanted, "unknown", "unknown")

    def test_a_unit_that_cannot_start_has_no_effect(self) -> None:
        text = 'SUBSYSTEM=="net", ENV{SYSTEMD_WANTS}+="lan@$name.service"'

        self.assert_verdict(DEBIAN | rule(text), "none", "no")
        masked = links({"/etc/systemd/system/lan@.service": "/dev/null"})
        self.assert_verdict(DEBIAN | CLIENT_UNIT | rule(text) | masked, "none", "no")

    def test_a_unit_that_is_not_understood_is_unknown(self) -> None:
        text = 'SUBSYSTEM=="net", ENV{SYSTEMD_WANTS}+="lan@$name.service"'
        for unit, verdict in (
            ("ExecStart=/opt/lan/agent %i", "unknown"),
            ("ExecStart=/usr/local/bin/lan %i", "unknown"),
            ("ExecStart=/usr/bin/python3 -m mynic %i", "unknown"),
            ("ExecStart=/usr/local/bin/nic.py %i", "unknown"),
            ("ExecStart=/usr/bin/nmcli device connect %i", "unknown"),
            ("ExecStart=/usr/sbin/ethtool -K %i tso off", "none"),
        ):
            with self.subTest(unit=unit):
                guest = DEBIAN | rule(text) | files({"/etc/systemd/system/lan@.service": f"[Service]\n{unit}\n"})
                script = program("/usr/local/bin/lan", "#!/bin/sh\nip addr add 10.0.0.2/24 dev $1\n")

                python = program("/usr/local/bin/nic.py", "#!/usr/bin/python3\nimport mynic\nmynic.up()\n")

                self.assertEqual(verdict, self.at_boot_in_a_word(guest | script | python))


class TestCommands(VerdictTest):
    def test_a_command_that_may_configure_a_nic_is_unknown(self) -> None:
        script = program("/usr/local/sbin/lan", "#!/bin/sh\nudhcpc -i $1 &\n")
        for command in (
            "/sbin/dhclient $name",
            "/usr/local/sbin/lan %k",
            "/bin/sh -c 'ip addr add 10.0.0.2/24 dev $name'",
            "/usr/bin/systemd-run --no-block dhclient $name",
            "/opt/vendor/nic-agent",
            "net.sh %k start",
        ):
            with self.subTest(command=command):
                text = rule(f'SUBSYSTEM=="net", ACTION=="add", RUN+="{command}"')

                self.assert_verdict(DEBIAN | text | script, "unknown", "unknown")

    def test_other_commands_have_no_effect(self) -> None:
        script = program("/usr/local/sbin/lan", "#!/bin/sh\nlogger $1\nethtool -K $1 tso off\n")
        for text in (
            'SUBSYSTEM=="net", ACTION=="add", RUN+="/usr/sbin/ethtool -K $name tso off"',
            'SUBSYSTEM=="net", ACTION=="add", RUN+="/usr/local/sbin/lan $name"',
            'SUBSYSTEM=="net", ACTION=="add", RUN+="/usr/lib/systemd/systemd-sysctl --prefix=/net/ipv4/conf/$name"',
            'SUBSYSTEM=="net", RUN{builtin}+="kmod load 8021q"',
            'SUBSYSTEM=="net", ACTION=="remove", RUN+="/sbin/dhclient -r $name"',
            'SUBSYSTEM=="block", RUN+="/sbin/dhclient"',
            'ATTRS{idVendor}=="0bda", RUN+="/opt/modem/start"',
            'SUBSYSTEM!="tty", GOTO="end"\nRUN+="/sbin/dhclient"\nLABEL="end"',
            '# SUBSYSTEM=="net", RUN+="/sbin/dhclient $name"',
        ):
            with self.subTest(text=text):
                self.assert_verdict(DEBIAN | rule(text) | script, "none", "no")

    def test_cloud_inits_own_hook_has_no_effect(self) -> None:
        text = 'SUBSYSTEM=="net", ACTION=="add|remove", RUN+="/usr/lib/cloud-init/hook-hotplug"'
        hook = program("/usr/lib/cloud-init/hook-hotplug", "#!/bin/bash\ncloud-init devel hotplug-hook\n")

        self.assert_verdict(DEBIAN | IFUPDOWN | CLOUD_INIT | hook | rule(text, folder=RULES), "all", "no")

    def test_a_rule_for_the_parent_of_a_nic_counts(self) -> None:
        for condition in ('SUBSYSTEM=="virtio"', 'SUBSYSTEM=="pci", ATTR{class}=="0x020000"'):
            with self.subTest(condition=condition):
                text = rule(f'ACTION=="add", {condition}, RUN+="/opt/vendor/nic-agent"')

                self.assert_verdict(DEBIAN | text, "unknown", "unknown")

    def test_the_reason_names_the_rule(self) -> None:
        facts = self.inspect_guest(DEBIAN | rule('SUBSYSTEM=="net", RUN+="/opt/vendor/nic-agent"'))

        self.assertIn("/etc/udev/rules.d/99-lan.rules:1", self.assertRaises(Unknown, facts["nics_at_boot"]).why)
