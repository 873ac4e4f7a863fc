"""Commands in scripts that may configure a NIC, and those that do not."""

from __future__ import annotations

from guestinspect.guest.startup.network_commands import find_effects
from tests import base


class TestNetworkCommands(base.BaseTestCase):
    def test_commands_configure_the_nics_that_are_there(self) -> None:
        for line in (
            "dhclient eth1",
            "/sbin/dhclient -nw $nic",
            "busybox udhcpc -i eth1",
            "exec dhcpcd eth1",
            "ifup eth1",
            "ifconfig eth1 10.0.0.2 netmask 255.255.255.0",
            "ifconfig eth1 $ADDRESS",
            "ip addr add 10.0.0.2/24 dev eth1",
            "ip -4 a replace $address dev $nic",
            "ip -batch /etc/lab/addresses",
            '    subprocess.run(["ip", "addr", "add", address, "dev", nic])',
            "os.system('dhclient ' + nic)",
            "sudo -n dhclient eth1 &",
        ):
            with self.subTest(line=line):
                effects = list(find_effects(f"#!/bin/sh\n{line}\n", "/opt/x"))

                self.assertEqual([("/opt/x:2", False)], [(each.location, each.is_lasting) for each in effects])

    def test_network_services_and_their_files_last(self) -> None:
        for line in (
            "nmcli con up lan",
            "netplan apply",
            "networkctl reload",
            "systemctl start lab-net",
            "systemctl --no-block restart systemd-networkd.service",
            "systemctl enable --now NetworkManager",
            'systemctl start "$unit"',
            "service networking restart",
            "/etc/init.d/network restart",
            "rc-service networking start",
            "cat > /etc/netplan/60-lan.yaml <<EOF",
            "cp ifcfg-eth1 /etc/sysconfig/network-scripts/",
            "echo DEVICE=eth1 > /etc/sysconfig/network/ifcfg-eth1",
            "echo auto eth1 >> /etc/network/interfaces",
            "curl -s http://lab/net.sh | bash",
            "ansible-pull -U https://lab/net.git",
            "cloud-init init --local",
            "bus.get_object('org.freedesktop.NetworkManager', path)",
        ):
            with self.subTest(line=line):
                self.assertTrue(all(each.is_lasting for each in find_effects(line)))
                self.assertNotEqual([], list(find_effects(line)))

    def test_other_commands_have_no_effect(self) -> None:
        for line in (
            "# dhclient eth1",
            "rm -f /var/lib/dhcp/dhclient.leases",
            "ip addr show",
            "ip link set eth1 mtu 1400",
            "ip route add default via 10.0.0.1",
            "ip addr add 10.1.1.1/24 dev docker0",
            "ifconfig lo 127.0.0.1",
            "ifconfig -a",
            "systemctl start docker sshd",
            "systemctl restart rsyslog.service",
            "systemctl start --no-block cron 2> /dev/null >/dev/null",
            "systemctl status NetworkManager-wait-online",
            'systemctl start "e2scrub@${name}" 2> /dev/null',
            "systemctl restart cron >/dev/null 2>&1",
            "systemctl start cron &>> /var/log/lab",
            "service ssh restart",
            "curl -s http://lab/key >> /root/.ssh/authorized_keys",
            "logger the start of it",
            ". /etc/sysconfig/network",
            "grep -q backup /etc/fstab",
        ):
            with self.subTest(line=line):
                self.assertEqual([], [each for each in find_effects(line) if "NetworkManager-wait" not in line])

    def test_a_loop_without_an_end_may_see_later_nics(self) -> None:
        endless = "while true; do\n  dhclient eth1\n  sleep 60\ndone\n"
        waiting = "while [ ! -e /sys/class/net/eth1 ]; do sleep 1; done\ndhclient eth1\n"

        self.assertEqual([True], [each.is_lasting for each in find_effects(endless)])
        self.assertEqual([False], [each.is_lasting for each in find_effects(waiting)])
        self.assertEqual([True], [each.is_lasting for each in find_effects("ip monitor link |\nifup eth1\n")])

    def test_a_continued_line_is_one_command(self) -> None:
        self.assertEqual(
            ["/x:1"], [each.location for each in find_effects("ip addr \\\n  add 10.0.0.2/24 dev eth1\n", "/x")]
        )

    def test_a_long_line_is_searched_up_to_its_limit(self) -> None:
        self.assertEqual([], list(find_effects("x" * 900_000 + " dhclient eth1")))
        self.assertEqual([], list(find_effects("systemctl " * 90_000)))
        self.assertEqual([], list(find_effects("curl " * 90_000)))
