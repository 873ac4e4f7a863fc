from __future__ import annotations

from tests import base
from tests.unit.policy.checking import findings
from vscclient.model.finding import Severity
from vscclient.model.fix import Fix, SetField
from vscclient.model.image import Image
from vscclient.model.visibility import Visibility

DEBIAN = Image(name="Debian-12", id="d12")
COMMUNITY = {"visibility": Visibility.COMMUNITY}


class TestV103(base.BaseTestCase):
    def test_the_finding_names_the_public_image_and_its_id(self) -> None:
        (found,) = findings("V103", image=COMMUNITY | {"name": "debian_12"}, namesakes=(DEBIAN,))

        self.assertEqual(
            "the name 'debian_12' can be confused with the name of the public image Debian-12 (d12)", found.message
        )
        self.assertEqual(Fix.by(SetField("name")), found.fix)
        self.assertTrue(found.stops)

    def test_an_equal_name_is_reported_as_equal(self) -> None:
        (found,) = findings("V103", image=COMMUNITY | {"name": "Debian-12"}, namesakes=(DEBIAN,))

        self.assertEqual("the name 'Debian-12' is the name of the public image Debian-12 (d12)", found.message)

    def test_a_public_image_is_not_compared_with_itself(self) -> None:
        was_public = COMMUNITY | {"name": "Debian-12", "id": "d12"}

        self.assertEqual([], findings("V103", image=was_public, namesakes=(DEBIAN,)))

    def test_each_of_several_public_images_is_named(self) -> None:
        other = Image(name="Debian-12", id="d12b")

        self.assertEqual(2, len(findings("V103", image=COMMUNITY, namesakes=(DEBIAN, other))))

    def test_an_image_without_a_name_is_fine(self) -> None:
        self.assertEqual([], findings("V103", image=COMMUNITY | {"name": None}, namesakes=(DEBIAN,)))

    def test_a_private_image_can_have_any_name(self) -> None:
        (found,) = findings("V103", image={"name": "Debian-12"}, namesakes=(DEBIAN,))

        self.assertEqual(Severity.NOTE, found.severity)

    def test_a_new_version_of_a_public_image_can_have_its_name(self) -> None:
        public = {"visibility": Visibility.PUBLIC, "name": "Debian-12"}

        self.assertEqual([], findings("V103", image=public, namesakes=(DEBIAN,)))
