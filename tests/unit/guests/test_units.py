from __future__ import annotations

from pathlib import Path

import fixtures

from guests.static.units import Units
from tests import base

UNIT = """[Unit]
Description=Network

[Install]
WantedBy=multi-user.target
Alias=dbus-org.example.service
Also=example.socket
"""


class TestUnits(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.folder = Path(self.useFixture(fixtures.TempDir()).path)
        packaged = self.folder / "lib/systemd/system"
        packaged.mkdir(parents=True)
        (packaged / "example.service").write_text(UNIT)
        (packaged / "example.socket").write_text("[Install]\nWantedBy=sockets.target\n")
        self.units = Units(self.folder, "/lib/systemd/system")
        self.links = self.folder / "etc/systemd/system"

    def test_an_enabled_unit_is_linked_with_its_alias_and_its_socket(self) -> None:
        self.units.enable("example.service")

        wanted = self.links / "multi-user.target.wants/example.service"
        self.assertEqual(Path("/lib/systemd/system/example.service"), wanted.readlink())
        self.assertTrue((self.links / "dbus-org.example.service").is_symlink())
        self.assertTrue((self.links / "sockets.target.wants/example.socket").is_symlink())

    def test_a_disabled_unit_has_no_link(self) -> None:
        self.units.enable("example.service")

        self.units.disable("example.service")

        self.assertFalse((self.links / "multi-user.target.wants/example.service").is_symlink())
        self.assertFalse((self.links / "dbus-org.example.service").is_symlink())

    def test_a_missing_unit_is_not_linked(self) -> None:
        self.units.enable("nothing.service")

        self.assertFalse(self.links.exists())
