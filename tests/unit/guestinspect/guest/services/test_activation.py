"""Services that nothing wants at boot, and that a socket, a path, a timer or D-Bus starts."""

from __future__ import annotations

from guestinspect.model.fact import Unknown
from tests.unit.guestinspect.guest.services.systemd_guest import LOCAL, SHIPPED, UnitsTestCase, a_systemd

NETWORKD_SOCKET = f"{LOCAL}/sockets.target.wants/systemd-networkd.socket"
LAN = "[Service]\nExecStart=/usr/bin/lan\n"


class TestActivation(UnitsTestCase):
    def test_the_socket_of_networkd_starts_it_later(self) -> None:
        start = a_systemd(links={NETWORKD_SOCKET: f"{SHIPPED}/systemd-networkd.socket"}).starts("systemd-networkd")

        self.assertFalse(start.is_started)
        assert start.activation is not None
        self.assertTrue(start.activation.by_netlink)
        self.assertEqual(NETWORKD_SOCKET, start.activation.step.location)
        self.assertIn("at a time that is unknown", self.assertRaises(Unknown, start.require_known).why)

    def test_a_socket_can_name_another_service(self) -> None:
        files = {
            f"{SHIPPED}/lan.service": LAN,
            f"{SHIPPED}/control.socket": "[Socket]\nListenStream=/run/lan\nService=lan.service\n",
        }
        units = a_systemd(files, {f"{LOCAL}/sockets.target.wants/control.socket": f"{SHIPPED}/control.socket"})

        self.assertIsNotNone(units.starts("lan").activation)
        self.assertIsNone(a_systemd(files).starts("lan").activation)

    def test_a_masked_socket_starts_nothing(self) -> None:
        links = {
            NETWORKD_SOCKET: f"{SHIPPED}/systemd-networkd.socket",
            f"{LOCAL}/systemd-networkd.socket": "/dev/null",
        }

        self.assertIsNone(a_systemd(links=links).starts("systemd-networkd").activation)

    def test_a_timer_starts_its_service_soon_after_the_boot_or_at_an_unknown_time(self) -> None:
        for timer, is_started in (
            ("OnBootSec=30", True),
            ("OnBootSec=1min 30s", True),
            ("OnStartupSec=500ms", True),
            ("OnBootSec=10min", False),
            ("OnBootSec=1h", False),
            ("OnBootSec=soon", False),
            ("OnCalendar=daily", False),
            ("OnUnitActiveSec=5", False),
        ):
            with self.subTest(timer=timer):
                files = {f"{SHIPPED}/lan.service": LAN, f"{SHIPPED}/lan.timer": f"[Timer]\n{timer}\n"}
                units = a_systemd(files, {f"{LOCAL}/timers.target.wants/lan.timer": f"{SHIPPED}/lan.timer"})

                self.assertEqual(is_started, units.starts("lan").is_started)
                self.assertEqual(is_started, units.starts("lan").activation is None)

    def test_a_path_starts_its_service_if_it_exists(self) -> None:
        files = {
            f"{SHIPPED}/lan.service": LAN,
            f"{SHIPPED}/paths.target": "[Unit]\n",
            f"{SHIPPED}/watch.path": "[Path]\nPathExists=/etc/lan.conf\nUnit=lan.service\n",
        }
        links = {f"{LOCAL}/multi-user.target.wants/watch.path": f"{SHIPPED}/watch.path"}

        self.assertTrue(a_systemd(files | {"/etc/lan.conf": ""}, links).starts("lan").is_started)
        self.assertIsNotNone(a_systemd(files, links).starts("lan").activation)

    def test_dbus_starts_a_service_by_its_name(self) -> None:
        files = {
            f"{SHIPPED}/lan.service": "[Service]\nType=dbus\nBusName=org.lan\nExecStart=/usr/bin/lan\n",
            "/usr/share/dbus-1/system-services/org.lan.service": "[D-BUS Service]\nName=org.lan\nExec=/bin/false\n"
            "SystemdService=lan.service\n",
        }

        start = a_systemd(files).starts("lan")

        assert start.activation is not None
        self.assertEqual("/usr/share/dbus-1/system-services/org.lan.service", start.activation.step.location)

    def test_dbus_starts_no_service_by_an_alias_that_is_not_enabled(self) -> None:
        files = {
            f"{SHIPPED}/lan.service": "[Service]\nType=dbus\nBusName=org.lan\nExecStart=/usr/bin/lan\n",
            "/usr/share/dbus-1/system-services/org.lan.service": "[D-BUS Service]\n"
            "SystemdService=dbus-org.lan.service\n",
        }
        alias = {f"{LOCAL}/dbus-org.lan.service": f"{SHIPPED}/lan.service"}

        self.assertIsNone(a_systemd(files).starts("lan").activation)
        self.assertIsNotNone(a_systemd(files, alias).starts("lan").activation)

    def test_a_wanted_service_needs_no_activation(self) -> None:
        wanted = {f"{LOCAL}/multi-user.target.wants/systemd-networkd.service": f"{SHIPPED}/systemd-networkd.service"}
        start = a_systemd(links=wanted | {NETWORKD_SOCKET: f"{SHIPPED}/systemd-networkd.socket"}).starts(
            "systemd-networkd"
        )

        self.assertTrue(start.require_known().is_started)
        self.assertIsNone(start.activation)
