"""Accepting and rejecting images that other projects share."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from subprocess import PIPE

from tests.functional.faults import Fault, faulty_glance
from tests.functional.login import environment_at
from tests.functional.standard_images import LAB, PARTNER, THIRD, StandardImageTest


class TestAccept(StandardImageTest):
    def test_a_pending_image_is_accepted_by_its_name(self) -> None:
        """The standard client cannot: ``image set --accept NAME`` does not find it."""
        shared = self.shared(PARTNER)
        self.openstack(f"image set --accept {self.image}", user="bob", status=1, says=["No Image found"])

        accepted = self.openstack(
            f"vsc image accept {self.image}",
            user="bob",
            says=[f"Accepted {self.image} ({shared}) from project {self.project(LAB)}: it is in your list now"],
        )

        self.assertEqual("", accepted.stdout)
        self.assertEqual([shared], [image["ID"] for image in self.images_named(self.image, user="bob")])

    def test_a_pending_image_is_accepted_by_its_id(self) -> None:
        shared = self.shared(PARTNER)

        self.openstack(f"vsc image accept {shared}", user="bob", says=["Accepted"])

        self.assertEqual({self.project(PARTNER): "accepted"}, self.statuses(shared))

    def test_the_standard_options_accept_an_image_by_its_name(self) -> None:
        shared = self.shared(PARTNER)

        for option, status in (("accept", "accepted"), ("pending", "pending"), ("reject", "rejected")):
            with self.subTest(option=option, status=status):
                self.openstack(f"vsc image set --{option} {self.image}", user="bob", says=[f"{self.image} ({shared})"])
                self.assertEqual({self.project(PARTNER): status}, self.statuses(shared))

    def test_a_rejected_image_can_be_accepted(self) -> None:
        shared = self.shared(PARTNER)
        self.openstack(f"vsc image reject {self.image}", user="bob", says=["Rejected"])
        self.assertEqual({self.project(PARTNER): "rejected"}, self.statuses(shared))

        self.openstack(f"vsc image accept {self.image}", user="bob", says=["Accepted"])

        self.assertEqual({self.project(PARTNER): "accepted"}, self.statuses(shared))

    def test_an_accepted_image_is_rejected_by_its_name(self) -> None:
        shared = self.shared(PARTNER)
        self.openstack(f"image set --accept {shared}", user="bob")

        self.openstack(f"vsc image reject {self.image}", user="bob", says=["it is not in your list"])

        self.assertEqual([], self.images_named(self.image, user="bob"))

    def test_the_same_answer_can_be_given_twice(self) -> None:
        shared = self.shared(PARTNER)

        for command, state in (("accept", "accepted"), ("reject", "rejected")):
            self.openstack(f"vsc image {command} {self.image}", user="bob", says=[shared])
            for said in (self.image, shared):
                self.openstack(f"vsc image {command} {said}", user="bob", says=[f"is {state} already"])

    def test_two_users_can_answer_at_once(self) -> None:
        shared = self.shared(PARTNER)

        def accept(_: int) -> int:
            process = self.process(f"vsc image accept {self.image}", user="bob", stdout=PIPE, stderr=PIPE)
            process.communicate(timeout=60)
            return process.returncode

        with ThreadPoolExecutor() as pool:
            self.assertEqual([0, 0], list(pool.map(accept, range(2))))
        self.assertEqual({self.project(PARTNER): "accepted"}, self.statuses(shared))

    def test_several_offers_with_a_name_are_an_error(self) -> None:
        of_alice, of_carol = self.shared(PARTNER), self.shared(PARTNER, user="carol")

        self.openstack(
            f"vsc image accept {self.image}",
            user="bob",
            status=1,
            says=[
                f"Several images have the name '{self.image}'; give the ID:",
                f"{of_alice}  project {self.project(LAB)}  pending",
                f"{of_carol}  project {self.project(THIRD)}  pending",
                "--from PROJECT",
            ],
        )
        self.openstack(
            f"vsc image accept {self.image} --from {self.project(THIRD)}", user="bob", says=[f"({of_carol})"]
        )

        self.assertEqual({self.project(PARTNER): "pending"}, self.statuses(of_alice))
        self.assertEqual({self.project(PARTNER): "accepted"}, self.statuses(of_carol, user="carol"))

    def test_a_pending_offer_beside_an_accepted_one_is_reported(self) -> None:
        accepted, pending = self.shared(PARTNER), self.shared(PARTNER, user="carol")
        self.openstack(f"image set --accept {accepted}", user="bob")

        says = ["is accepted already", f"Another image with this name: {pending}"]
        self.openstack(f"vsc image accept {self.image}", user="bob", says=says)

    def test_the_sharing_project_can_be_an_own_project(self) -> None:
        shared = self.shared(PARTNER)

        self.openstack(f"vsc image accept {self.image} --from {LAB}", user="dave_2", says=[f"({shared}) from project"])

    def test_an_unknown_sharing_project_is_reported(self) -> None:
        shared = self.shared(PARTNER)

        self.openstack(
            f"vsc image accept {self.image} --from {LAB}",
            user="bob",
            status=1,
            says=[f"'{LAB}' is neither one of your projects"],
        )
        for said in (self.image, shared):
            self.openstack(
                f"vsc image accept {said} --from {self.project(THIRD)}",
                user="bob",
                status=1,
                says=["does not share it; these do:", f"{shared}  project {self.project(LAB)}  pending"],
            )

    def test_an_image_that_is_not_shared_is_reported_with_the_own_project(self) -> None:
        shared = self.shared(THIRD)

        for said in (self.image, shared):
            self.openstack(
                f"vsc image accept {said}",
                user="bob",
                status=1,
                says=[f"'{said}' is not shared with your project {PARTNER} ({self.project(PARTNER)})"],
            )

    def test_own_community_and_public_images_need_no_answer(self) -> None:
        for options, user, reason in (
            ("--private", "bob", "It belongs to your project"),
            ("--community", "alice", "It is a community image, which everybody can use by its ID"),
            ("--public", "admin", "It is public and in everybody's list"),
        ):
            name = self.name("rna")
            image = self.create(options, user=user, name=name)
            for said in (name, image):
                self.openstack(f"vsc image accept {said}", user="bob", status=1, says=[f"{reason}: {image}"])

    def test_a_name_in_another_encoding_is_refused(self) -> None:
        for words in ("accept \udcff", "reject rna --from \udcff"):
            with self.subTest(words=words):
                process = self.process(f"vsc image {words}", user="bob", stderr=PIPE)
                _, stderr = process.communicate(timeout=60)

                self.assertEqual((2, rb"'\udcff' is not valid text (UTF-8)"), (process.returncode, stderr.strip()))

    def test_staff_answer_only_for_their_own_project(self) -> None:
        shared = self.shared(PARTNER)

        for said in (self.image, shared):
            self.openstack(
                f"vsc image accept {said}", user="admin", status=1, says=["is not shared with your project admin"]
            )

        self.assertEqual({self.project(PARTNER): "pending"}, self.statuses(shared))

    def test_a_hidden_image_is_accepted_with_a_hint_to_list_it(self) -> None:
        shared = self.shared(PARTNER)
        self.openstack(f"image set --hidden {shared}")

        self.openstack(f"vsc image accept {self.image}", user="bob", says=["it is in your list now (with --hidden)"])

    def test_a_reader_cannot_accept_an_image(self) -> None:
        self.shared(THIRD)

        self.openstack(
            f"vsc image accept {self.image}", user="rita", status=1, says=["The Image service does not allow this"]
        )

    def test_control_characters_in_a_name_are_escaped(self) -> None:
        name = self.name("rna") + "\u202e\x1b[2J"
        shared = self.shared(PARTNER, name=name)

        accepted = self.openstack(f"vsc image accept {shared}", user="bob", says=["\\u202e\\x1b[2J"])

        self.assertNotIn("\x1b", accepted.stderr)

    def test_quiet_prints_nothing(self) -> None:
        self.shared(PARTNER)

        accepted = self.openstack(f"-q vsc image accept {self.image}", user="bob")

        self.assertEqual(("", ""), (accepted.stdout, accepted.stderr))

    def test_an_offer_that_is_withdrawn_at_the_same_time_is_reported(self) -> None:
        shared = self.shared(PARTNER)
        taken_back = Fault(method="PUT", path=r"/v2/images/[^/]+/members/[^/]+", status=404)

        with faulty_glance(self.cloud.image_url, taken_back) as url:
            self.openstack(
                f"vsc image accept {shared}",
                environment=environment_at(self.cloud, "bob", url, self.folder),
                status=1,
                says=["Its owner has just stopped sharing it"],
            )


class TestAnotherProject(StandardImageTest):
    def test_another_own_project_accepts_an_image(self) -> None:
        shared = self.shared(LAB, PARTNER, user="carol")

        for said in (PARTNER, f"{LAB} --project-domain Default"):
            self.openstack(f"vsc image accept {self.image} --project {said}", user="dave", says=["Accepted"])

        both = {self.project(LAB): "accepted", self.project(PARTNER): "accepted"}
        self.assertEqual(both, self.statuses(shared, user="carol"))

    def test_a_project_of_others_is_refused(self) -> None:
        shared = self.shared(PARTNER, THIRD)

        for said in (THIRD, self.project(THIRD), "nosuch"):
            self.openstack(
                f"vsc image accept {shared} --project {said}",
                user="bob",
                status=1,
                says=[f"'{said}' is not one of your projects"],
            )

        self.assertEqual({"pending"}, set(self.statuses(shared).values()))

    def test_an_application_credential_answers_for_its_own_project(self) -> None:
        shared = self.shared(LAB, user="carol")

        self.openstack(f"vsc image accept {self.image} --project {LAB}", user="alice_appcred", says=["Accepted"])

        self.assertEqual({self.project(LAB): "accepted"}, self.statuses(shared, user="carol"))

    def test_an_application_credential_cannot_answer_for_another_project(self) -> None:
        shared = self.shared(PARTNER, user="carol")
        made = self.openstack(f"application credential create {self.name('ci')} -f json", user="dave").json()
        fields = {field.lower(): value for field, value in made.items()}
        environment = self.cloud.users["alice_appcred"].environment | {
            "OS_APPLICATION_CREDENTIAL_ID": fields["id"],
            "OS_APPLICATION_CREDENTIAL_SECRET": fields["secret"],
        }

        self.openstack(
            f"vsc image accept {self.image} --project {PARTNER}",
            environment=environment,
            status=1,
            says=[
                f"Your credentials belong to project {LAB} ({self.project(LAB)}) and cannot act for {PARTNER}",
                f"clouds.yaml: openstack --os-cloud ENTRY vsc image accept {self.image}",
            ],
        )

        self.assertEqual({self.project(PARTNER): "pending"}, self.statuses(shared, user="carol"))
