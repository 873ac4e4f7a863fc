from __future__ import annotations

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

    def test_an_empty_ramdisk_is_not_checked(self) -> None:
        ramdisk = {"disk_format": "ari", "container_format": "ari"}

        self.assertEqual([], findings("D303", image=ramdisk, disk={"damage": ("it is empty",)}))
