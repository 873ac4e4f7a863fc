"""Which devices NetworkManager's lists mean."""

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
    def assert_meant(self, *values: str) -> None:
        for value in values:
            self.assertTrue(device_spec.matches(device_spec.split(value), NIC), value)

    def assert_not_meant(self, *values: str) -> None:
        for value in values:
            self.assertFalse(device_spec.matches(device_spec.split(value), NIC), value)

    def test_an_empty_list_means_none(self) -> None:
        self.assert_not_meant("", " , ;")

    def test_names_are_patterns_unless_said_otherwise(self) -> None:
        self.assert_meant(
            "*", "interface-name:ens3", "interface-name:en*", "interface-name:=ens3", "interface-name:~e*"
        )
        self.assert_not_meant("interface-name:=en*", "interface-name:ens", "interface-name:en[s]3")

    def test_mac_addresses_are_compared_without_case(self) -> None:
        self.assert_meant("mac:FA:16:3E:00:00:00", "FA:16:3E:00:00:00")
        self.assert_not_meant("mac:52:54:00:12:34:56", "52:54:00:12:34:56")

    def test_kinds_and_drivers_are_compared_exactly(self) -> None:
        self.assert_meant("type:ethernet", "driver:virtio_net", "driver:virtio_net/*")
        self.assert_not_meant("type:wifi", "driver:virtio*", "driver:e1000e", "s390-subchannels:0.0.1000")

    def test_an_exception_wins_wherever_it_stands(self) -> None:
        self.assert_not_meant("except:interface-name:ens3,*", "*;EXCEPT:mac:fa:16:3e:00:00:00")
        self.assert_meant("*,except:interface-name:ens4")

    def test_nothing_but_exceptions_means_all_others(self) -> None:
        self.assert_meant("except:interface-name:ens4,except:type:wifi")
        self.assert_not_meant("except:interface-name:ens3")

    def test_a_bare_name_is_no_exception(self) -> None:
        self.assert_meant("ens3", "except:ens3")

    def test_a_backslash_keeps_a_separator(self) -> None:
        self.assertEqual(("interface-name:a,b", "c"), device_spec.split("interface-name:a\\,b ; c"))

    def test_a_drivers_version_is_unknown(self) -> None:
        self.assertRaises(Unknown, device_spec.matches, ("driver:virtio_net/1.?",), NIC)

    @settings(deadline=None)
    @given(st.text(alphabet="*?[]\\,;:=~ae3-", max_size=60) | st.text(max_size=60))
    def test_whatever_a_list_says_there_is_an_answer(self, value: str) -> None:
        with suppress(Unknown):
            device_spec.matches(device_spec.split(value), NIC)
