"""Verdicts on guests made from Debian's packages agree with their behavior when they are booted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import fixtures

from guestinspect.api import Inspection, inspect_file
from guestinspect.model.fact import Fact
from guestinspect.model.guest import NicHotplug, Nics, NicsAtBoot
from guestinspect.model.machine import MachineType as InspectedMachine
from guests import truth
from guests.archive import require_tools
from guests.errors import PackagesUnavailable
from guests.home import HOME_VARIABLE, find_home
from guests.setup import MachineType, Setup, Source
from guests.setups.all_setups import SETUPS
from guests.static.static_disk import make_static_disk
from tests import base

MAY_BE_UNKNOWN = frozenset(
    (
        "nm-generic-profile",
        "nm-generic-profile-only",
        "trixie-nm-generic-profile",
        "netplan-nm",
        "connman-blacklist",
        "boot-script",
        "udev-run-client",
    )
)
"""Set-ups whose verdict may be unknown, because their behavior varies.

One profile fits every NIC but is used by one at a time: the fastest NIC gets it (ens5 in one boot). ConnMan took an
attached NIC before udev gave it the name in its list. Scripts of a guest's own are not executed.
"""

ROUTES_VARY = frozenset({"connman", "connman-blacklist", "trixie-connman"})
"""ConnMan gives one NIC a default route; a newer version gives the others one too, later and with a low priority."""

TIED_TO_A_MAC = frozenset({"networkd-mac", "nm-profile-mac"})
"""Set-ups that name a MAC address: their behavior depends on the instance, and the verdict is *named*."""

DEPENDS_ON_LAYOUT = frozenset({"ifupdown-three-q35"})
"""Set-ups whose verdict on a q35 machine is unknown: they name NICs, which have other names beside a USB tablet."""


class TestGuestOnDisk(base.BaseTestCase):
    """One test for each set-up that was booted; the tests are added below."""

    def setUp(self) -> None:
        cache = str(find_home())  # the home of the tests is empty and temporary, and would lose the downloads
        super().setUp()
        self.useFixture(fixtures.EnvironmentVariable(HOME_VARIABLE, cache))

    def assert_verdict_agrees_with_boot(self, setup: Setup) -> None:
        found = self.inspect(setup)
        booted = truth.find_truth(setup, setup.sources[0])
        assert booted is not None

        nics = self.fact(found, "nics_at_boot", NicsAtBoot, setup)
        attached = self.fact(found, "nic_hotplug", NicHotplug, setup)

        if nics is not None:
            self.assertEqual(_which(setup, booted), nics.verdict, str(nics.explanation))
            self.assert_without_the_cloud(setup, nics)
        if nics is not None and setup.name not in TIED_TO_A_MAC:
            self.assertEqual(booted.up, nics.names, str(nics.explanation))
            if setup.name not in ROUTES_VARY:
                self.assertEqual(booted.default_routes, nics.default_routes, str(nics.explanation))
        if attached is not None:
            self.assertEqual(booted.hotplugged_up, attached.comes_up, str(attached.explanation))

    def assert_verdict_agrees_on_q35(self, setup: Setup, machine: MachineType) -> None:
        found = self.inspect(setup).in_machine(InspectedMachine.Q35)
        booted = truth.find_truth(setup, setup.sources[0], machine)
        assert booted is not None

        attached = self.fact(found, "nic_hotplug", NicHotplug, setup)
        self.assertEqual(booted.hotplugged_up, attached.comes_up, str(attached.explanation))
        if setup.name in DEPENDS_ON_LAYOUT:
            self.assertNotIsInstance(found.guest["nics_at_boot"], Fact)
            return
        nics = self.fact(found, "nics_at_boot", NicsAtBoot, setup)
        self.assertEqual(_which(setup, booted), nics.verdict, str(nics.explanation))
        self.assertEqual(booted.default_routes, nics.default_routes, str(nics.explanation))
        if machine is MachineType.Q35:
            self.assertEqual(booted.up, nics.names, str(nics.explanation))

    def assert_without_the_cloud(self, setup: Setup, nics: NicsAtBoot) -> None:
        """Fail unless the verdict without a data source agrees with the boot without one."""
        booted = truth.find_truth(setup, Source.NONE)
        if booted is not None:
            self.assertEqual(
                _which(setup, booted), nics.verdict if nics.otherwise is None else nics.otherwise, str(nics.explanation)
            )

    def inspect(self, setup: Setup) -> Inspection:
        try:
            require_tools()
        except PackagesUnavailable as missing:
            self.skipTest(str(missing))
        disk = Path(self.useFixture(fixtures.TempDir()).path) / setup.name
        make_static_disk(setup, disk)
        return inspect_file(disk)

    def fact(self, found: Inspection, name: str, kind: type[Any], setup: Setup) -> Any:
        """Return the value of a fact; None if it is unknown, which has to be allowed."""
        fact = found.guest[name]
        if isinstance(fact, Fact):
            self.assertIsInstance(fact.value, kind)
            return fact.value
        self.assertIn(setup.name, MAY_BE_UNKNOWN, f"{name}: {fact.unknown}")
        return None


class TestTruth(base.BaseTestCase):
    def test_at_least_ten_set_ups_of_two_generations_are_recorded(self) -> None:
        booted = [setup for setup in SETUPS.values() if truth.find_truth(setup, setup.sources[0])]

        self.assertGreater(len(booted), 10)
        self.assertGreater(len({setup.generation for setup in booted}), 1)

    def test_at_least_six_set_ups_are_recorded_on_q35(self) -> None:
        booted = [setup for setup in SETUPS.values() if _recorded_q35_machines(setup)]

        self.assertGreaterEqual(len(booted), 6)


def _which(setup: Setup, booted: truth.Truth) -> Nics:
    if setup.name in TIED_TO_A_MAC:
        return Nics.NAMED
    return {(): Nics.NONE, (0,): Nics.FIRST, (0, 1, 2): Nics.ALL}.get(booted.positions, Nics.NAMED)


def _recorded_q35_machines(setup: Setup) -> list[MachineType]:
    machines = [machine for machine in setup.machines if machine is not MachineType.I440FX]
    return [machine for machine in machines if truth.find_truth(setup, setup.sources[0], machine) is not None]


def _test_on_q35(setup: Setup, machine: MachineType) -> Callable[[TestGuestOnDisk], None]:
    return lambda test: test.assert_verdict_agrees_on_q35(setup, machine)


def _test_of(setup: Setup) -> Callable[[TestGuestOnDisk], None]:
    return lambda test: test.assert_verdict_agrees_with_boot(setup)


for _setup in SETUPS.values():
    if truth.find_truth(_setup, _setup.sources[0]) is not None:
        setattr(TestGuestOnDisk, f"test_{_setup.name.replace('-', '_')}_agrees_with_its_boot", _test_of(_setup))
    for _machine in _recorded_q35_machines(_setup):
        _name = f"{_setup.name.replace('-', '_')}_on_{_machine.name.lower()}"
        setattr(TestGuestOnDisk, f"test_{_name}_agrees_with_its_boot", _test_on_q35(_setup, _machine))
