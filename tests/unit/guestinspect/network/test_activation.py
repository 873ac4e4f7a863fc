"""Network services that only a socket, a timer, a path or D-Bus starts: the NICs at boot, and a later one."""

from __future__ import annotations

from tests.unit.guestinspect.network import guests
from tests.unit.guestinspect.network.guests import DEBIAN, NETWORK_MANAGER, SYSTEM, files, links
from tests.unit.guestinspect.network.verdicts import VerdictTest

EN = files({"/etc/systemd/network/20-dhcp.network": "[Match]\nName=en*\n\n[Network]\nDHCP=yes\n"})
SOCKET = links(
    {"/etc/systemd/system/sockets.target.wants/systemd-networkd.socket": f"{SYSTEM}/systemd-networkd.socket"}
)


class TestActivation(VerdictTest):
    def test_the_socket_of_networkd_alone_is_unknown_at_boot(self) -> None:
        self.assert_verdict(DEBIAN | EN | SOCKET, "unknown", "yes")

    def test_a_nic_without_a_file_stays_down_whenever_networkd_starts(self) -> None:
        one = files({"/etc/systemd/network/20.network": "[Match]\nName=ens9\n[Network]\nDHCP=yes\n"})

        self.assert_verdict(DEBIAN | one | SOCKET, "none", "no")

    def test_a_timer_for_networkmanager_is_unknown_unless_it_elapses_soon(self) -> None:
        disabled = guests.Part(
            NETWORK_MANAGER.files,
            {"/etc/systemd/system/timers.target.wants/lan.timer": "/etc/systemd/system/lan.timer"},
        )
        for timer, verdict in (("OnBootSec=20s", ("all", "yes")), ("OnCalendar=hourly", ("unknown", "unknown"))):
            with self.subTest(timer=timer):
                unit = f"[Timer]\n{timer}\nUnit=NetworkManager.service\n"

                self.assert_verdict(DEBIAN | disabled | files({"/etc/systemd/system/lan.timer": unit}), *verdict)

    def test_a_path_for_dhcpcd_is_unknown(self) -> None:
        guest = files(
            {
                f"{SYSTEM}/dhcpcd.service": "[Service]\nExecStart=/usr/sbin/dhcpcd\n",
                f"{SYSTEM}/dhcpcd.path": "[Path]\nPathChanged=/etc/dhcpcd.conf\n",
            }
        ) | links({"/etc/systemd/system/multi-user.target.wants/dhcpcd.path": f"{SYSTEM}/dhcpcd.path"})

        self.assert_verdict(DEBIAN | guest, "unknown", "unknown")

    def test_dbus_may_start_connman(self) -> None:
        guest = files(
            {
                f"{SYSTEM}/connman.service": "[Service]\nType=dbus\nBusName=net.connman\n"
                "ExecStart=/usr/sbin/connmand -n\n",
                "/usr/share/dbus-1/system-services/net.connman.service": "[D-BUS Service]\nName=net.connman\n"
                "SystemdService=connman.service\n",
                f"{SYSTEM}/dbus.service": "[Service]\nExecStart=/usr/bin/dbus-daemon\n",
                f"{SYSTEM}/dbus.socket": "[Socket]\nListenStream=/run/dbus/system_bus_socket\n",
            }
        )

        self.assert_verdict(DEBIAN | guest, "unknown", "unknown")
