"""Steps that are the same for several NICs are one sentence."""

from __future__ import annotations

from guestinspect.model.guest import Step
from guestinspect.network.explanation import NicExplanation, merge
from tests import base


def an_explanation(name: str, *what: str, end: str = "comes up") -> NicExplanation:
    return NicExplanation(name, tuple(Step(each, "/etc/x:1") for each in what), Step(f"{name} {end}"))


class TestMerge(base.BaseTestCase):
    def merged(self, *accounts: NicExplanation) -> list[str]:
        return [step.what for step in merge(accounts)]

    def test_equal_steps_are_one_sentence(self) -> None:
        merged = self.merged(*(an_explanation(name, f"this is for {name}") for name in ("ens3", "ens4", "ens5")))

        self.assertEqual(["this is for ens3, ens4 and ens5", "ens3, ens4 and ens5 come up"], merged)

    def test_the_order_stays(self) -> None:
        merged = self.merged(
            an_explanation("ens3", "a line for ens3"),
            an_explanation("ens4", "no line for ens4", end="stays down"),
            an_explanation("ens5", "no line for ens5", end="stays down"),
        )

        self.assertEqual(
            ["a line for ens3", "ens3 comes up", "no line for ens4 and ens5", "ens4 and ens5 stay down"], merged
        )

    def test_steps_with_other_locations_stay_apart(self) -> None:
        here, there = Step("this is for ens3", "/etc/a:1"), Step("this is for ens4", "/etc/a:2")

        merged = merge(
            (NicExplanation("ens3", (here,), Step("ens3 comes up")), NicExplanation("ens4", (there,), Step("x")))
        )

        self.assertEqual([here, Step("ens3 comes up"), there, Step("x")], list(merged))

    def test_a_name_is_not_found_in_a_longer_one(self) -> None:
        self.assertEqual(
            ["ifcfg-ens3 and ens30", "ens3 comes up"], self.merged(an_explanation("ens3", "ifcfg-ens3 and ens30"))
        )
