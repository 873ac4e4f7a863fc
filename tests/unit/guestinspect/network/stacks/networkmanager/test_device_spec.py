"""The devices that NetworkManager's lists match."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from guestinspect.model.fact import Unknown
from guestinspect.network.stacks.networkmanager import device_spec
from tests import base
from tests.unit.guestinspect.network.machines import nics

NIC = nics()[0]


class TestDeviceSpec(base.BaseTestCase):
    def assert_matches(self, *values: str) -> None:
        for value in values:
            self.assertTrue(device_spec.matches(device_spec.split(value), NIC), value)

    def assert_not_matches(self, *values: str) -> None:
        for value in values:
            self.assertFalse(device_spec.matches(device_spec.split(value), NIC), value)

    def test_an_empty_list_matches_no_nic(self) -> None:
        self.assert_not_matches("", " , ;")

    def test_names_are_patterns_unless_marked_as_exact(self) -> None:
        self.assert_matches(
            "*", "interface-name:ens3", "interface-name:en*", "interface-name:=ens3", "interface-name:~e*"
        )
        self.assert_not_matches("interface-name:=en*", "interface-name:ens", "interface-name:en[s]3")

    def test_mac_addresses_are_compared_without_case(self) -> None:
        self.assert_matches("mac:FA:16:3E:00:00:00", "FA:16:3E:00:00:00")
        self.assert_not_matches("mac:52:54:00:12:34:56", "52:54:00:12:34:56")

    def test_kinds_and_drivers_are_compared_exactly(self) -> None:
        self.assert_matches("type:ethernet", "driver:virtio_net", "driver:virtio_net/*")
        self.assert_not_matches("type:wifi", "driver:virtio*", "driver:e1000e", "s390-subchannels:0.0.1000")

    def test_an_exception_takes_precedence_at_any_position(self) -> None:
        self.assert_not_matches("except:interface-name:ens3,*", "*;EXCEPT:mac:fa:16:3e:00:00:00")
        self.assert_matches("*,except:interface-name:ens4")

    def test_a_list_of_exceptions_matches_all_others(self) -> None:
        self.assert_matches("except:interface-name:ens4,except:type:wifi")
        self.assert_not_matches("except:interface-name:ens3")

    def test_a_name_without_a_tag_is_not_an_exception(self) -> None:
        self.assert_matches("ens3", "except:ens3")

    def test_a_backslash_escapes_a_separator(self) -> None:
        self.assertEqual(("interface-name:a,b", "c"), device_spec.split("interface-name:a\\,b ; c"))

    def test_a_drivers_version_is_unknown(self) -> None:
        self.assertRaises(Unknown, device_spec.matches, ("driver:virtio_net/1.?",), NIC)

    @settings(deadline=None)
    @given(st.text(alphabet="*?[]\\,;:=~ae3-", max_size=60) | st.text(max_size=60))
    def test_any_list_gets_an_answer(self, value: str) -> None:
        with suppress(Unknown):
            device_spec.matches(device_spec.split(value), NIC)
