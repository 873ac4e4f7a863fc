"""How a rule says what mends a flaw."""

from __future__ import annotations

from dataclasses import replace

from tests import base
from vscclient.policy.example import case
from vscclient.policy.rule import saying


class TestSaying(base.BaseTestCase):
    def test_a_new_image_is_mended_by_the_command_that_makes_it(self) -> None:
        self.assertEqual("say --protected", saying(case().plan, "--protected"))

    def test_an_image_that_is_there_by_a_command_that_can_be_copied(self) -> None:
        plan = case().plan
        there = replace(plan, before=replace(plan.image, id="1234"))

        self.assertEqual("openstack vsc image set --protected 1234", saying(there, "--protected"))
