from __future__ import annotations

from guests.probe import looks
from tests import base

TOLD = """BEGIN 41.5\r
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
    def test_tells_which_nics_have_an_address_that_others_can_reach(self) -> None:
        (look,) = looks(TOLD)

        self.assertEqual(("ens3",), look.up)
        self.assertEqual({"fa:16:3e:00:00:01": "ens3", "fa:16:3e:00:00:02": "ens4"}, look.names)
        self.assertEqual((41.5, 1), (look.uptime_s, look.default_routes))
        self.assertEqual(("80 getty.target start waiting",), look.jobs)

    def test_half_a_look_is_none(self) -> None:
        self.assertEqual([], looks("BEGIN 45.5\r\n2: ens3: <BROADCAST,UP>"))
