from __future__ import annotations

from pathlib import Path

import fixtures

from guests.enabling import Units
from tests import base

UNIT = """[Unit]
Description=Network

[Install]
WantedBy=multi-user.target
Alias=dbus-org.example.service
Also=example.socket
"""


class TestUnit(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.folder = Path(self.useFixture(fixtures.TempDir()).path)
        packaged = self.folder / "lib/systemd/system"
        packaged.mkdir(parents=True)
        (packaged / "example.service").write_text(UNIT)
        (packaged / "example.socket").write_text("[Install]\nWantedBy=sockets.target\n")
        self.units = Units(self.folder, "/lib/systemd/system")
        self.made = self.folder / "etc/systemd/system"

    def test_that_is_enabled_is_linked_with_its_alias_and_those_it_names(self) -> None:
        self.units.enable("example.service")

        wanted = self.made / "multi-user.target.wants/example.service"
        self.assertEqual(Path("/lib/systemd/system/example.service"), wanted.readlink())
        self.assertTrue((self.made / "dbus-org.example.service").is_symlink())
        self.assertTrue((self.made / "sockets.target.wants/example.socket").is_symlink())

    def test_that_is_disabled_has_no_link(self) -> None:
        self.units.enable("example.service")

        self.units.disable("example.service")

        self.assertFalse((self.made / "multi-user.target.wants/example.service").is_symlink())
        self.assertFalse((self.made / "dbus-org.example.service").is_symlink())

    def test_that_is_not_there_is_not_linked(self) -> None:
        self.units.enable("nothing.service")

        self.assertFalse(self.made.exists())
