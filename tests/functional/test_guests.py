"""What is told of a guest from its disk is what it does when it is booted: for guests made of Debian's packages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import fixtures

from guestinspect.api import Inspection, inspect_file
from guestinspect.model.fact import Fact
from guestinspect.model.guest import NicHotplug, Nics, NicsAtBoot
from guests import truth
from guests.archive import check
from guests.errors import NoArchive
from guests.home import HOME_VARIABLE, home
from guests.looked_at import static_disk
from guests.setup import Setup, Source
from guests.setups.every import SETUPS
from tests import base

MAY_BE_UNKNOWN = frozenset(
    (
        "nm-generic-profile",
        "nm-generic-profile-only",
        "trixie-nm-generic-profile",
        "netplan-nm",
        "connman-blacklist",
    )
)
"""Of these nobody can tell. One profile fits every NIC, one at a time, and the quickest gets it (ens5 was seen to).
ConnMan took an attached NIC before that had the name in its list."""

ROUTES_VARY = frozenset({"connman", "connman-blacklist", "trixie-connman"})
"""ConnMan gives one NIC a default route; a newer one the others, too, a little later and with a low priority."""

TIED_TO_A_MAC = frozenset({"networkd-mac", "nm-profile-mac"})
"""Set-ups that name a MAC address: what they do depends on the instance, and the verdict is *named*."""


class TestGuestOnDisk(base.BaseTestCase):
    """One test for each set-up that was booted; they are made below."""

    def setUp(self) -> None:
        kept = str(home())  # the tests' own home is empty, and what is downloaded and unpacked there is thrown away
        super().setUp()
        self.useFixture(fixtures.EnvironmentVariable(HOME_VARIABLE, kept))

    def assert_told_as_it_boots(self, setup: Setup) -> None:
        found = self.looked_at(setup)
        booted = truth.known(setup, setup.sources[0])
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

    def assert_without_the_cloud(self, setup: Setup, nics: NicsAtBoot) -> None:
        """What would be without a data source is told, too, where cloud-init would find none."""
        booted = truth.known(setup, Source.NONE)
        if booted is not None:
            self.assertEqual(
                _which(setup, booted), nics.verdict if nics.otherwise is None else nics.otherwise, str(nics.explanation)
            )

    def looked_at(self, setup: Setup) -> Inspection:
        try:
            check()
        except NoArchive as missing:
            self.skipTest(str(missing))
        disk = Path(self.useFixture(fixtures.TempDir()).path) / setup.name
        static_disk(setup, disk)
        return inspect_file(disk)

    def fact(self, found: Inspection, name: str, kind: type[Any], setup: Setup) -> Any:
        """What was found out; None if nobody can tell, which has to be allowed."""
        fact = found.guest[name]
        if isinstance(fact, Fact):
            self.assertIsInstance(fact.value, kind)
            return fact.value
        self.assertIn(setup.name, MAY_BE_UNKNOWN, f"{name}: {fact.unknown}")
        return None


class TestTruth(base.BaseTestCase):
    def test_is_known_of_ten_set_ups_and_of_two_generations_at_least(self) -> None:
        booted = [setup for setup in SETUPS.values() if truth.known(setup, setup.sources[0])]

        self.assertGreater(len(booted), 10)
        self.assertGreater(len({setup.generation for setup in booted}), 1)


def _which(setup: Setup, booted: truth.Truth) -> Nics:
    if setup.name in TIED_TO_A_MAC:
        return Nics.NAMED
    return {(): Nics.NONE, (0,): Nics.FIRST, (0, 1, 2): Nics.ALL}.get(booted.positions, Nics.NAMED)


def _test_of(setup: Setup) -> Callable[[TestGuestOnDisk], None]:
    return lambda test: test.assert_told_as_it_boots(setup)


for _setup in SETUPS.values():
    if truth.known(_setup, _setup.sources[0]) is not None:
        setattr(TestGuestOnDisk, f"test_{_setup.name.replace('-', '_')}_is_told_as_it_boots", _test_of(_setup))
