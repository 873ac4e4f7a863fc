"""The images that a name can mean."""

from __future__ import annotations

import shlex

from tests.functional.base import FunctionalTest
from tests.guest_disks import sound_guest


class TestNames(FunctionalTest):
    def setUp(self) -> None:
        super().setUp()
        self.image = self.name("rna")
        self.disk = sound_guest()

    def create(self, options: str = "", *, user: str, name: str | None = None) -> str:
        command = f"vsc image create {shlex.quote(name or self.image)} --file {self.disk} -f value -c id {options}"
        return self.openstack(command, user=user).stdout.strip()

    def assert_found(self, image_id: str, *, user: str, name: str | None = None) -> None:
        shown = self.openstack(f"vsc image show {shlex.quote(name or self.image)} -f value -c id", user=user)

        self.assertEqual(image_id, shown.stdout.strip())

    def test_a_hidden_own_image_is_found(self) -> None:
        mine = self.create(user="alice")
        self.openstack(f"image set --hidden {mine}")

        self.assert_found(mine, user="alice")

    def test_a_public_image_is_found(self) -> None:
        public = self.create("--public --single-nic --description d", user="admin")

        self.assert_found(public, user="bob")

    def test_an_accepted_image_is_found_and_a_pending_one_is_named(self) -> None:
        shared = self.create("--shared", user="alice")
        self.openstack(f"image add project {shared} {self.cloud.projects['VSC_00002']}")

        self.openstack(
            f"vsc image show {self.image}",
            user="bob",
            status=1,
            says=["No image of yours has the name", f"not accepted yet: openstack vsc image accept {shared}"],
        )

        self.openstack(f"image set --accept {shared}", user="bob")
        self.assert_found(shared, user="bob")

    def test_a_community_image_of_others_is_found_by_its_id_only(self) -> None:
        community = self.create("--community --single-nic --description d", user="alice")

        self.openstack(
            f"vsc image show {self.image}",
            user="bob",
            status=1,
            says=[
                "No image of yours has the name",
                f"a community image of project {self.cloud.projects['VSC_00001']}: use its ID {community}",
            ],
        )
        self.assertIn(community, self.openstack(f"vsc image show {community}", user="bob").stdout)

    def test_an_image_of_others_does_not_hide_a_name_from_staff(self) -> None:
        self.create(user="alice")
        own = self.create(user="admin")

        self.assert_found(own, user="admin")

    def test_staff_see_other_images_with_the_name(self) -> None:
        others = self.create(user="alice")

        self.openstack(
            f"vsc image show {self.image}",
            user="admin",
            status=1,
            says=["No image of yours has the name", f"use its ID {others}"],
        )

    def test_a_name_that_looks_like_an_operator_is_a_name(self) -> None:
        plain = self.create(user="alice")

        for odd in (
            f"in:{self.image},x",
            f"eq:{self.image}",
            f'in:"{self.image}',
            f"{self.image}&limit=1",
            "100 % näme",
        ):
            with self.subTest(odd=odd):
                self.openstack(f"vsc image show {shlex.quote(odd)}", status=1, says=["No image has the name"])
                created = self.create(user="alice", name=odd)
                self.assertNotEqual(plain, created)
                self.assert_found(created, user="alice", name=odd)
                self.openstack(f"image delete {created}")

    def test_an_own_project_is_found_in_its_domain_by_name_and_by_id(self) -> None:
        for domain in ("Default", "default"):
            created = self.create(f"--project VSC_00001 --project-domain {domain}", user="alice")

            self.openstack(f"image delete {created}")

    def test_an_own_project_is_not_found_in_another_domain(self) -> None:
        self.openstack(
            f"vsc image create {self.image} --file {self.disk} --project VSC_00001 --project-domain nosuch",
            status=1,
            says=["'VSC_00001' is neither one of your projects"],
        )
