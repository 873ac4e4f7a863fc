from __future__ import annotations

from guestinspect.model.guest import Pin
from tests import base
from tests.unit.policy.checking import findings
from vscclient.model.visibility import Visibility

RULES = "/etc/udev/rules.d/70-persistent-net.rules"


def pins(number: int) -> dict[str, tuple[Pin, ...]]:
    return {"pins": tuple(Pin(f"MAC address 52:54:00:00:00:{n:02x}", f"{RULES}:{n}") for n in range(number))}


class TestN204(base.BaseTestCase):
    def test_each_pin_is_reported(self) -> None:
        first, second = findings("N204", image={"visibility": Visibility.COMMUNITY}, guest=pins(2))

        self.assertTrue(first.stops)
        self.assertEqual("a network interface is tied to the MAC address 52:54:00:00:00:00", first.message)
        self.assertEqual((f"{RULES}:0", f"{RULES}:1"), (first.location, second.location))

    def test_a_pin_is_reported_for_one_nic_and_for_several(self) -> None:
        self.assertEqual(1, len(findings("N204", image={"properties": {"vsc_multi_nic": "false"}}, guest=pins(1))))

    def test_many_pins_are_counted(self) -> None:
        found = findings("N204", guest=pins(15))

        self.assertEqual(11, len(found))
        self.assertTrue(any("in 5 more places" in one.message for one in found))
