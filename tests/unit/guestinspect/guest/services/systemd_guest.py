"""A guest with systemd, and assertions about the services that it starts."""

from __future__ import annotations

from collections.abc import Mapping

from guestinspect.guest.services.units import Units
from tests import base
from tests.trees import MemoryTree

SHIPPED = "/usr/lib/systemd/system"
LOCAL = "/etc/systemd/system"
NETWORKD = """\
[Unit]
Description=Network Configuration
[Service]
ExecStart=!!/usr/lib/systemd/systemd-networkd
[Install]
WantedBy=multi-user.target
Also=systemd-networkd.socket
"""
SYSTEMD = {
    "/etc/machine-id": "",
    f"{SHIPPED}/graphical.target": "[Unit]\nRequires=multi-user.target\nWants=display-manager.service\n",
    f"{SHIPPED}/multi-user.target": "[Unit]\nRequires=basic.target\n",
    f"{SHIPPED}/basic.target": "[Unit]\nRequires=sysinit.target\nWants=sockets.target timers.target\n",
    f"{SHIPPED}/sysinit.target": "[Unit]\nWants=local-fs.target swap.target\n",
    f"{SHIPPED}/sockets.target": "[Unit]\nDescription=Sockets\n",
    f"{SHIPPED}/network-online.target": "[Unit]\nDescription=Network is online\n",
    f"{SHIPPED}/rescue.target": "[Unit]\nRequires=sysinit.target rescue.service\n",
    f"{SHIPPED}/systemd-networkd.service": NETWORKD,
    f"{SHIPPED}/systemd-networkd.socket": "[Socket]\nListenNetlink=route 1361\n[Install]\nWantedBy=sockets.target\n",
}
DEFAULT = {f"{SHIPPED}/default.target": "graphical.target"}
ENABLED = {f"{LOCAL}/multi-user.target.wants/systemd-networkd.service": f"{SHIPPED}/systemd-networkd.service"}


def a_systemd(
    files: Mapping[str, str] | None = None, links: Mapping[str, str] | None = None, command_line: str | None = None
) -> Units:
    tree = MemoryTree(SYSTEMD | dict(files or {}), links=DEFAULT | dict(links or {}))
    return Units(tree, None if command_line is None else tuple(command_line.split()))


class UnitsTestCase(base.BaseTestCase):
    def assert_starts(self, units: Units, service: str, location: str) -> None:
        enabled = units.starts(service)

        self.assertTrue(enabled.is_started, enabled.why)
        self.assertEqual(location, enabled.why.location)

    def assert_does_not_start(self, units: Units, service: str, says: str, location: str = "") -> None:
        enabled = units.starts(service)

        self.assertFalse(enabled.is_started, enabled.why)
        self.assertIn(says, enabled.why.what)
        self.assertEqual(location, enabled.why.location)
