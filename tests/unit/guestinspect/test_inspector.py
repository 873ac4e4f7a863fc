"""The work of the child process, with facts that are found and readers that fail."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from functools import partial
from types import SimpleNamespace
from typing import Any

import fixtures

from guestinspect.disk.blocks import FileBlocks
from guestinspect.disk.limits import FETCHED_FILE_BYTES, FILE_BYTES
from guestinspect.disk.tree import Unreadable
from guestinspect.inspector import inspect
from guestinspect.model.fact import Fact, Provider, Unknown, known_fact, unknown_fact
from guestinspect.model.guest import NicHotplug, Nics, NicsAtBoot, RootDevice
from guestinspect.model.inspection import Inspection, UnknownReason, from_json, to_json
from guestinspect.model.leftover import Kind
from tests import base
from tests.trees import MemoryTree

SYSTEM: dict[str, Provider[Any]] = {
    "os_distro": known_fact("debian", "/etc/os-release"),
    "os_version": known_fact("12", "/etc/os-release"),
    "architecture": known_fact("x86_64", "/bin/sh"),
    "boot": unknown_fact("there is no /boot"),
    "root_device": known_fact(RootDevice("/dev/vda1"), "/boot/grub/grub.cfg:2"),
    "guest_agent": known_fact(False, ""),
    "cloud_init": known_fact(None, ""),
    "key_agents": known_fact((), ""),
    "ssh_server": known_fact(True, ""),
}
NETWORK: dict[str, Provider[Any]] = {
    "network_stacks": known_fact(("ifupdown",), ""),
    "nics_at_boot": known_fact(NicsAtBoot(Nics.FIRST, ("ens3",), ()), ""),
    "nic_hotplug": known_fact(NicHotplug(False, ()), ""),
    "pins": known_fact((), ""),
    "q35_nics_at_boot": known_fact(NicsAtBoot(Nics.NONE, (), ()), ""),
    "q35_nic_hotplug": known_fact(NicHotplug(False, ()), ""),
    "q35_pins": known_fact((), ""),
    "other_bus_nics_at_boot": known_fact(None, ""),
    "other_bus_nic_hotplug": known_fact(None, ""),
}


class _Blocks:
    size_bytes = 1024

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        return bytes(length_bytes)


def _raising(failure: BaseException) -> Any:
    def ask(*args: Any) -> Any:
        raise failure

    return ask


class TestInspection(base.BaseTestCase):
    def inspect(
        self,
        *,
        kind: str = "linux",
        opened: Any = None,
        system: Any = None,
        network: Any = None,
        leftovers: Any = lambda tree, kind: Fact((), ""),
    ) -> Inspection:
        """Inspect a disk with these readers."""

        def open_disk(blocks: Any) -> Any:
            blocks.read_at(0, 512)
            return SimpleNamespace(
                kind=kind, tree=MemoryTree({}), layout=None, unclean_file_systems=("the disk: it was not unmounted",)
            )

        for name, finder in (
            ("_open_disk", opened or open_disk),
            ("_system_facts", lambda disk, _: SYSTEM | (system or {}) if not callable(system) else system()),
            ("_network_facts", lambda disk, _: NETWORK | (network or {}) if not callable(network) else network()),
            ("_find_leftovers", lambda disk, kind: leftovers(disk.tree, kind)),
        ):
            self.useFixture(fixtures.MonkeyPatch(f"guestinspect.inspector.{name}", finder))
        return inspect(_Blocks())

    def why(self, provider: Provider[Any]) -> str:
        """Return the reason why a fact is unknown."""
        return self.assertRaises(Unknown, provider).why

    def test_every_fact_is_in_the_inspection(self) -> None:
        inspection = self.inspect()

        self.assertEqual(("linux", 512), (inspection.kind, inspection.bytes_read))
        self.assertEqual(Nics.FIRST, inspection.as_guest().nics_at_boot().value.verdict)
        self.assertEqual(("the disk: it was not unmounted",), inspection.as_guest().unclean_file_systems().value)
        self.assertEqual("there is no /boot", self.why(inspection.as_guest().boot))
        self.assertEqual(inspection, from_json(to_json(inspection)))

    def test_a_disk_that_cannot_be_opened_gives_one_reason(self) -> None:
        inspection = self.inspect(opened=_raising(Unknown("it is a part of a RAID")))

        self.assertEqual({"it is a part of a RAID"}, _unknown_reasons(inspection))

    def test_a_guest_that_is_not_inspected_gives_one_reason(self) -> None:
        for kind in ("windows", "installer", "nothing"):
            with self.subTest(kind=kind):
                inspection = self.inspect(kind=kind)

                self.assertEqual((1, kind), (len(_unknown_reasons(inspection)), inspection.kind))

    def test_an_error_in_one_search_leaves_the_others(self) -> None:
        for failure in (KeyError("x"), RecursionError(), Unreadable("/etc", "it is damaged"), ZeroDivisionError()):
            with self.subTest(failure=failure):
                inspection = self.inspect(system={"os_distro": _raising(failure)}, leftovers=_raising(failure))

                self.assertEqual("12", inspection.as_guest().os_version().value)
                self.assertTrue(self.why(inspection.as_guest().os_distro))
                self.assertTrue(self.why(partial(inspection.as_guest().leftovers, Kind.LOG)))

    def test_too_little_memory_for_one_search_leaves_the_others(self) -> None:
        inspection = self.inspect(network={"pins": _raising(MemoryError())})

        self.assertIn("memory", self.why(inspection.as_guest().pins))
        self.assertEqual(("ifupdown",), inspection.as_guest().network_stacks().value)

    def test_a_group_of_facts_that_fails_leaves_the_others(self) -> None:
        def broken() -> Mapping[str, Provider[Any]]:
            raise Unreadable("/etc/systemd", "it is damaged")

        inspection = self.inspect(network=broken)

        self.assertEqual("/etc/systemd could not be read: it is damaged", self.why(inspection.as_guest().nics_at_boot))
        self.assertEqual("debian", inspection.as_guest().os_distro().value)

    def test_a_long_initramfs_is_read_only_of_a_local_disk(self) -> None:
        limits: list[int] = []
        for name, stub in (
            ("_open_disk", lambda _: SimpleNamespace(kind="linux", unclean_file_systems=())),
            ("_open_initramfs", lambda _, longest_bytes: limits.append(longest_bytes)),
            ("_system_facts", lambda _, initramfs: initramfs() or SYSTEM),
            ("_network_facts", lambda _, initramfs: initramfs() or NETWORK),
            ("_find_leftovers", lambda *_: Fact((), "")),
        ):
            self.useFixture(fixtures.MonkeyPatch(f"guestinspect.inspector.{name}", stub))

        inspect(_Blocks())
        with tempfile.TemporaryFile() as file:
            inspect(FileBlocks(file))

        self.assertEqual([FETCHED_FILE_BYTES, FILE_BYTES], limits)  # and each initramfs is opened once

    def test_the_text_of_an_unforeseen_error_is_dropped(self) -> None:
        inspection = self.inspect(leftovers=_raising(ValueError("root:$6$secret")))

        self.assertNotIn("secret", to_json(inspection))


def _unknown_reasons(inspection: Inspection) -> set[str]:
    return {
        found.unknown
        for found in (*inspection.guest.values(), *inspection.leftovers.values())
        if isinstance(found, UnknownReason)
    }
