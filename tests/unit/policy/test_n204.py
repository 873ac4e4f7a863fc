from __future__ import annotations

from typing import Any

from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Nics, NicsAtBoot, Pin
from tests import base
from tests.unit.policy.checking import findings
from vscclient.model.finding import Severity
from vscclient.model.visibility import Visibility

RULES = "/etc/udev/rules.d/70-persistent-net.rules"
COMMUNITY = {"visibility": Visibility.COMMUNITY}
FIRST = NicsAtBoot(Nics.FIRST, ("ens3",), ())


def pins(number: int, at_boot: Any = FIRST) -> dict[str, Any]:
    """Return a guest with settings in one file, and the forecast for its NICs."""
    pinned = tuple(Pin(f"MAC address 52:54:00:00:00:{n:02x}", f"{RULES}:{n}") for n in range(number))
    return {"pins": pinned, "nics_at_boot": at_boot}


class TestN204(base.BaseTestCase):
    def test_a_setting_that_keeps_a_nic_down_is_an_error(self) -> None:
        (found,) = findings("N204", image=COMMUNITY, guest=pins(1))

        self.assertTrue(found.stops)
        self.assertEqual("a network interface is tied to the MAC address 52:54:00:00:00:00", found.message)
        self.assertEqual(f"{RULES}:0", found.location)

    def test_the_settings_of_one_file_are_one_finding(self) -> None:
        (found,) = findings("N204", image=COMMUNITY, guest=pins(2))

        self.assertEqual(
            "network interfaces are tied to the MAC address 52:54:00:00:00:00 and the MAC address 52:54:00:00:00:01",
            found.message,
        )
        self.assertEqual(f"{RULES}:0 and {RULES}:1", found.location)

    def test_each_file_is_one_finding(self) -> None:
        names = (Pin("name eth0", "/etc/a:1"), Pin("name eth1", "/etc/b:1"), Pin("name eth2", "/etc/a:2"))

        found = findings("N204", guest={"pins": names, "nics_at_boot": FIRST})

        self.assertEqual(["/etc/a:1 and /etc/a:2", "/etc/b:1"], sorted(one.location for one in found))

    def test_a_pin_is_reported_for_one_nic_and_for_several(self) -> None:
        self.assertEqual(1, len(findings("N204", image={"properties": {"vsc_multi_nic": "false"}}, guest=pins(1))))

    def test_many_pins_are_counted(self) -> None:
        (found,) = findings("N204", guest=pins(15))

        self.assertTrue(found.message.endswith(" and 10 more"))
        self.assertTrue(found.location.endswith(" and 12 more"))

    def test_many_files_are_counted(self) -> None:
        names = tuple(Pin(f"name eth{n}", f"/etc/f{n:02}:1") for n in range(15))

        found = findings("N204", guest={"pins": names, "nics_at_boot": FIRST})

        self.assertEqual(11, len(found))
        self.assertIn("/etc/f10, /etc/f11, /etc/f12 and 2 more", [one.location for one in found])

    def test_a_setting_that_does_no_harm_is_a_note(self) -> None:
        every = NicsAtBoot(Nics.ALL, ("ens3", "ens4", "ens5"), ())

        (found,) = findings("N204", image=COMMUNITY, guest=pins(1, every))

        self.assertEqual(Severity.NOTE, found.severity)

    def test_only_the_settings_of_nics_that_stay_down_matter(self) -> None:
        names = (Pin("name eth0", "/etc/a:1", is_harmless=True), Pin("name eth1", "/etc/a:2"))

        found = findings("N204", image=COMMUNITY, guest={"pins": names, "nics_at_boot": FIRST})

        self.assertEqual(
            [("/etc/a:2", Severity.ERROR), ("/etc/a:1", Severity.NOTE)], [(one.location, one.severity) for one in found]
        )

    def test_a_setting_with_an_unknown_effect_is_a_warning(self) -> None:
        (found,) = findings("N204", image=COMMUNITY, guest=pins(1, Unknown("a script runs at boot")))

        self.assertEqual(Severity.WARNING, found.severity)
