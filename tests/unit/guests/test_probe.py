from __future__ import annotations

from guests.booted.probe import parse_snapshots
from tests import base

OUTPUT = """BEGIN 41.5\r
1: lo: <LOOPBACK,UP> mtu 65536\\    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\r
2: ens3: <BROADCAST,UP> mtu 1500\\    link/ether fa:16:3e:00:00:01 brd ff:ff:ff:ff:ff:ff\r
3: ens4: <BROADCAST,UP> mtu 1500\\    link/ether fa:16:3e:00:00:02 brd ff:ff:ff:ff:ff:ff\r
2: ens3    inet 10.0.0.15/24 brd 10.0.0.255 scope global dynamic ens3\\ valid_lft 86327sec\r
3: ens4    inet 169.254.8.1/16 scope global ens4\\ valid_lft forever\r
default via 10.0.0.2 dev ens3 proto dhcp\r
JOB 80 getty.target start waiting\r
END\r
BEGIN 45.5\r
2: ens3: <BROADCAST,UP>"""


class TestProbe(base.BaseTestCase):
    def test_a_snapshot_has_the_nics_with_a_global_address(self) -> None:
        (snapshot,) = parse_snapshots(OUTPUT)

        self.assertEqual(("ens3",), snapshot.up)
        self.assertEqual({"fa:16:3e:00:00:01": "ens3", "fa:16:3e:00:00:02": "ens4"}, snapshot.names)
        self.assertEqual((41.5, 1), (snapshot.uptime_s, snapshot.default_routes))
        self.assertEqual(("80 getty.target start waiting",), snapshot.jobs)

    def test_an_incomplete_snapshot_is_skipped(self) -> None:
        self.assertEqual([], parse_snapshots("BEGIN 45.5\r\n2: ens3: <BROADCAST,UP>"))
