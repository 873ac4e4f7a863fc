"""The facts about a guest's system, together."""

from __future__ import annotations

from guestinspect.disk.volumes.partitions import PartitionLayout
from guestinspect.guest.facts import facts_of
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Boot, Guest
from tests import base
from tests.trees import MemoryTree
from tests.unit.guestinspect.guest.test_architecture import program

FILES: dict[str, str | bytes] = {"/etc/os-release": "ID=debian\nVERSION_ID=12\n", "/usr/bin/bash": program(62)}


class TestFacts(base.BaseTestCase):
    def test_the_facts_fit_a_guest(self) -> None:
        guest = Guest(**facts_of(MemoryTree(FILES), PartitionLayout("mbr"), lambda: None))

        self.assertEqual(("debian", "12"), (guest.os_distro().value, guest.os_version().value))
        self.assertEqual("x86_64", guest.architecture().value)
        self.assertEqual(Boot((), "", ()), guest.boot().value)
        self.assertEqual(((), False), (guest.key_agents().value, guest.guest_agent().value))
        self.assertIsNone(guest.cloud_init().value)

    def test_an_unreadable_fact_leaves_the_others_known(self) -> None:
        guest = Guest(
            **facts_of(MemoryTree(FILES, unreadable=["/boot"]), PartitionLayout("mbr", boot_code=True), lambda: None)
        )

        self.assertRaises(Unknown, guest.boot)
        self.assertEqual("debian", guest.os_distro().value)
