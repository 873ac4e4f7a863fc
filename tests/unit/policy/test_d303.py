from __future__ import annotations

from guestinspect.model.fact import Unknown
from tests import base
from tests.unit.policy.checking import findings
from vscclient.model.fix import Advice, Fix, Recreate


class TestD303(base.BaseTestCase):
    def test_every_damage_is_reported(self) -> None:
        found = findings("D303", disk={"damage": ("it is truncated", "it is marked corrupt")})

        self.assertEqual(["it is marked corrupt", "it is truncated"], [one.message for one in found])

    def test_a_file_that_is_copied_again_makes_a_new_image(self) -> None:
        (new,) = findings("D303", disk={"damage": ("it is empty",)})
        (old,) = findings("D303", before={}, disk={"damage": ("it is empty",)})

        again = Advice("copy or download the file again")
        self.assertEqual(Fix.by(again), new.fix)
        self.assertEqual(Fix.by(again, Recreate()), old.fix)

    def test_an_empty_file_is_reported_whatever_it_is_declared_as(self) -> None:
        for word in ("aki", "ari", "ami", "ova", "docker", "compressed"):
            with self.subTest(word):
                empty = {"damage": ("it is empty",), "content": Unknown("it is empty")}

                self.assertEqual(1, len(findings("D303", image={"container_format": word}, disk=empty)))
