"""An inspection as JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from guestinspect.model.fact import Fact, Unknown
from guestinspect.model.guest import Boot, CloudInit, NicHotplug, Nics, NicsAtBoot, Pin, RootDevice, Step
from guestinspect.model.inspection import (
    LIMIT_BYTES,
    SCHEMA_VERSION,
    Inspection,
    InvalidOutput,
    UnknownReason,
    from_json,
    to_json,
    unknown_inspection,
)
from guestinspect.model.leftover import Kind, Leftover
from tests import base

STEPS = (Step("systemd-networkd is enabled", "/etc/systemd/system/x.wants/y"), Step("it takes en*"))
LEFTOVER = Leftover(Kind.PASSWORD, "/etc/shadow", "password of root", "root")


def an_inspection(**facts: Any) -> Inspection:
    """Return an inspection without unknown facts."""
    values: dict[str, Any] = {
        "os_distro": "debian",
        "os_version": "12",
        "architecture": "x86_64",
        "boot": Boot(("bios", "uefi"), "grub", ("/boot/vmlinuz-6.1",)),
        "root_device": RootDevice("/dev/vda5", ("virtio",), "it is not on the disk", "", "partition 1", "root=UUID=1"),
        "guest_agent": True,
        "cloud_init": CloudInit("22.4.2", (), "", makes_host_keys=True),
        "key_agents": (),
        "ssh_server": True,
        "network_stacks": ("netplan", "systemd-networkd"),
        "nics_at_boot": NicsAtBoot(Nics.NAMED, ("ens4",), STEPS, "cloud-init runs", Nics.NONE, 1),
        "nic_hotplug": NicHotplug(False, STEPS),
        "pins": (Pin("MAC address 52:54:00:12:34:56", "/etc/netplan/50-cloud-init.yaml:4"),),
        "q35_nics_at_boot": NicsAtBoot(Nics.NONE, (), STEPS),
        "q35_nic_hotplug": NicHotplug(True, STEPS),
        "q35_pins": (),
        "other_bus_nics_at_boot": NicsAtBoot(Nics.ALL, ("ens3", "ens4", "ens5"), STEPS),
        "other_bus_nic_hotplug": NicHotplug(True, STEPS),
        "unclean_file_systems": ("partition 1: it was not unmounted",),
    }
    leftovers: dict[Kind, Fact[tuple[Leftover, ...]] | UnknownReason] = {kind: Fact((), "") for kind in Kind}
    return Inspection(
        kind="linux",
        guest={name: facts.get(name, Fact(value, f"/{name}")) for name, value in values.items()},
        leftovers=leftovers | {Kind.PASSWORD: Fact((LEFTOVER,), "/etc/shadow")},
        bytes_read=7_000_000,
    )


class TestJson(base.BaseTestCase):
    def test_an_inspection_is_read_as_it_was_written(self) -> None:
        for inspection in (
            an_inspection(),
            an_inspection(boot=UnknownReason("LUKS"), cloud_init=Fact(None, "/var/lib/dpkg/status")),
            unknown_inspection("it is damaged", kind="windows", bytes_read=512),
        ):
            with self.subTest(inspection=inspection):
                self.assertEqual(inspection, from_json(to_json(inspection)))

    def test_a_path_that_is_not_utf8_is_read_as_it_was_written(self) -> None:
        inspection = an_inspection(pins=Fact((Pin("a name", "/etc/\udcff\x1b\u202e"),), ""))

        self.assertEqual(inspection, from_json(to_json(inspection)))
        self.assertTrue(to_json(inspection).isascii())

    def test_equal_inspections_give_equal_texts(self) -> None:
        inspection = an_inspection()
        turned = replace(inspection, guest=dict(reversed(list(inspection.guest.items()))))

        self.assertEqual(to_json(inspection), to_json(turned))

    def test_rules_get_the_facts_and_the_reasons(self) -> None:
        guest = an_inspection(boot=UnknownReason("LUKS")).as_guest()

        self.assertEqual(Fact("debian", "/os_distro"), guest.os_distro())
        self.assertEqual((LEFTOVER,), guest.leftovers(Kind.PASSWORD).value)
        self.assertEqual("LUKS", self.assertRaises(Unknown, guest.boot).why)

    def test_one_reason_makes_all_facts_unknown(self) -> None:
        guest = unknown_inspection("it is a Windows guest").as_guest()

        for ask in (guest.os_distro, guest.pins, guest.nics_at_boot, lambda: guest.leftovers(Kind.LOG)):
            with self.subTest(ask=ask):
                self.assertEqual("it is a Windows guest", self.assertRaises(Unknown, ask).why)


class TestInvalidJson(base.BaseTestCase):
    def changed(self, *path: str, to: Any) -> str:
        """Return the JSON of an inspection with one value changed."""
        document = json.loads(to_json(an_inspection()))
        place = document
        for part in path[:-1]:
            place = place[part]
        place[path[-1]] = to
        return json.dumps(document)

    def test_a_value_of_another_type_is_invalid(self) -> None:
        for path, other in (
            (("bytes_read",), True),
            (("bytes_read",), 1.0),
            (("bytes_read",), None),
            (("kind",), 1),
            (("schema_version",), str(SCHEMA_VERSION)),
            (("guest", "guest_agent", "value"), 1),
            (("guest", "guest_agent", "value"), None),
            (("guest", "os_distro", "location"), 3),
            (("guest", "os_distro"), {"unknown": None}),
            (("guest", "os_distro"), None),
            (("guest", "boot", "value", "firmware"), "bios"),
            (("guest", "nics_at_boot", "value", "verdict"), "most"),
            (("guest", "nics_at_boot", "value", "explanation"), [["what", "location"]]),
            (("leftovers",), []),
            (("leftovers", "password", "value"), [{}]),
        ):
            with self.subTest(path=path, other=other):
                self.assertRaises(InvalidOutput, from_json, self.changed(*path, to=other))

    def test_a_missing_or_additional_key_is_invalid(self) -> None:
        self.assertRaises(InvalidOutput, from_json, self.changed("more", to=1))
        self.assertRaises(InvalidOutput, from_json, self.changed("guest", "more", to={"unknown": "x"}))
        self.assertRaises(InvalidOutput, from_json, self.changed("guest", to={}))
        self.assertRaises(InvalidOutput, from_json, self.changed("guest", "os_distro", "more", to=1))

    def test_another_schema_version_is_invalid(self) -> None:
        self.assertRaises(InvalidOutput, from_json, self.changed("schema_version", to=SCHEMA_VERSION + 1))

    def test_a_text_that_is_too_long_is_not_read(self) -> None:
        self.assertRaises(InvalidOutput, from_json, b" " * (LIMIT_BYTES + 1))

    def test_odd_texts_are_invalid(self) -> None:
        for text in (b"", b"\xff\xfe", b"[" * 100_000, b"NaN", b"1" * 10_000, b'{"a":' * 50_000, b"null"):
            with self.subTest(text=text):
                self.assertRaises(InvalidOutput, from_json, text)

    @settings(deadline=None)
    @given(st.binary(max_size=300))
    def test_random_bytes_are_invalid(self, content: bytes) -> None:
        self.assertRaises(InvalidOutput, from_json, content)

    @settings(deadline=None)
    @given(st.data())
    def test_a_changed_text_is_invalid_or_another_inspection(self, data: st.DataObject) -> None:
        document = json.loads(to_json(an_inspection()))
        place: Any = document
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            key = data.draw(st.sampled_from(keys))
            if not place[key] or not isinstance(place[key], dict | list) or data.draw(st.booleans()):
                break
            place = place[key]
        place[key] = data.draw(st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.integers()))

        try:
            read = from_json(json.dumps(document))
        except InvalidOutput:
            return
        self.assertEqual(read, from_json(to_json(read)))
