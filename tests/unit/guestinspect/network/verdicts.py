"""The common part of the tests of the verdict."""

from __future__ import annotations

from collections.abc import Callable

from guestinspect.model.fact import Unknown
from guestinspect.model.guest import NicsAtBoot
from guestinspect.network import verdict
from guestinspect.network.verdict import NetworkFacts
from tests import base
from tests.unit.guestinspect.network.guests import Part


class VerdictTest(base.BaseTestCase):
    def inspect_guest(self, guest: Part) -> NetworkFacts:
        return verdict.facts_of(guest.tree)

    def at_boot(self, guest: Part) -> NicsAtBoot:
        return self.inspect_guest(guest)["nics_at_boot"]().value

    def assert_verdict(self, guest: Part, which: str, hotplug: str) -> None:
        self.assert_facts(self.inspect_guest(guest), which, hotplug)

    def assert_facts(self, facts: NetworkFacts, which: str, hotplug: str) -> None:
        self.assertEqual(
            (which, hotplug),
            (self.words(lambda: facts["nics_at_boot"]().value.verdict), self.words(lambda: _yes_no(facts))),
        )

    def at_boot_in_a_word(self, guest: Part) -> str:
        return self.words(lambda: self.at_boot(guest).verdict)

    def words(self, ask: Callable[[], object]) -> str:
        try:
            return str(ask())
        except Unknown:
            return "unknown"


def _yes_no(facts: NetworkFacts) -> str:
    return "yes" if facts["nic_hotplug"]().value.comes_up else "no"
