"""Deleting images."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from unittest import mock

import openstack

from tests.functional.faults import Fault, When, faulty_glance
from tests.functional.login import environment_at
from tests.functional.standard_images import LAB, PARTNER, THIRD, StandardImageTest
from vscclient import errors
from vscclient.images import delete
from vscclient.images.cloud import Cloud, Connection
from vscclient.model.terminal import SilentTerminal


class TestDelete(StandardImageTest):
    def assert_gone(self, *images: str) -> None:
        for image in images:
            self.openstack(f"image show {image}", status=1, says=["No Image found"])

    def assert_there(self, *images: str) -> None:
        for image in images:
            self.openstack(f"image show {image}")

    def test_an_image_is_deleted_by_its_name(self) -> None:
        image = self.create()

        deleted = self.openstack(f"vsc image delete {self.image}", says=[f"Deleted {self.image} ({image})"])

        self.assertEqual("", deleted.stdout)
        self.assert_gone(image)

    def test_the_other_images_are_deleted_after_an_unknown_name(self) -> None:
        """The standard client tells something of stores, and leaves the other image."""
        image = self.create()

        self.openstack(
            f"vsc image delete nosuch {self.image}",
            status=1,
            says=["Not deleted: No image has the name or ID 'nosuch'", f"Deleted {self.image} ({image})"],
        )

        self.assert_gone(image)

    def test_an_image_that_is_named_twice_is_deleted_once(self) -> None:
        image = self.create()

        deleted = self.openstack(f"vsc image delete {self.image} {image} {image}", says=["Deleted"])

        self.assertEqual(1, deleted.stderr.count("Deleted"))

    def test_an_ambiguous_name_deletes_nothing(self) -> None:
        images = [self.create(), self.create()]

        self.openstack(
            f"vsc image delete {self.image}",
            status=1,
            says=["Not deleted: Several images have the name", *(f"  {image}" for image in images)],
        )

        self.assert_there(*images)

    def test_a_protected_image_is_deleted_with_unprotect_only(self) -> None:
        image = self.create("--protected")

        self.openstack(
            f"vsc image delete {image} --yes",
            status=1,
            says=[f"Not deleted: {self.image} ({image}): it is protected. To delete it anyway, add: --unprotect"],
        )
        self.assert_there(image)
        self.openstack(f"vsc image delete {image} --unprotect", says=["Deleted"])

        self.assert_gone(image)

    def test_an_image_that_others_use_needs_a_confirmation(self) -> None:
        shared = self.shared(PARTNER, THIRD)
        self.openstack(f"image set --accept {shared}", user="bob")
        unused = self.create(name=self.name("own"))

        deleted = self.openstack(
            f"vsc image delete {shared} {unused}",
            status=3,
            says=[f"Not deleted: {self.image} ({shared}): it is shared with 2 projects (", f"({unused})"],
        )

        for part in (
            f"{self.project(PARTNER)} accepted",
            f"{self.project(THIRD)} pending",
            "other people can use it. To delete it anyway, add: --yes",
        ):
            with self.subTest(part=part):
                self.assertIn(part, deleted.stderr)
        self.assert_there(shared)
        self.assert_gone(unused)
        self.openstack(f"vsc image delete {shared} --yes", says=["Other people can use", "Deleted"])
        self.assert_gone(shared)

    def test_a_community_image_needs_a_confirmation(self) -> None:
        image = self.create("--community")

        self.openstack(f"vsc image delete {image}", status=3, says=["it is a community image; other people can use it"])
        self.openstack(f"vsc image delete {image} --yes", says=["Other people can use", "Deleted"])

    def test_a_project_that_rejected_the_image_does_not_count(self) -> None:
        image = self.shared(PARTNER)
        self.openstack(f"vsc image reject {image}", user="bob", says=["Rejected"])

        self.openstack(f"vsc image delete {image}", says=["Deleted"])

    def test_a_failure_decides_the_exit_status_before_a_missing_confirmation(self) -> None:
        image = self.create("--community")

        self.openstack(
            f"vsc image delete {image} nosuch",
            status=1,
            says=["'nosuch'", f"Not deleted: {self.image} ({image}): it is a community image"],
        )

        self.assert_there(image)

    def test_an_image_of_another_project_is_not_deleted(self) -> None:
        shared = self.shared(PARTNER)
        self.openstack(f"image set --accept {shared}", user="bob")
        public = self.create("--public", user="admin", name=self.name("public"))

        for image in (self.image, shared, public):
            self.openstack(
                f"vsc image delete {image} --yes --unprotect",
                user="bob",
                status=1,
                says=["it belongs to project"],
            )

        self.assert_there(shared, public)

    def test_staff_need_a_confirmation_for_an_image_of_others(self) -> None:
        image = self.create("--private")

        self.openstack(
            f"vsc image delete {image}", user="admin", status=3, says=[f"it belongs to project {self.project(LAB)}"]
        )
        self.openstack(f"vsc image delete {image} --yes", user="admin", says=["Other people can use", "Deleted"])

        self.assert_gone(image)

    def test_a_reader_cannot_delete_an_image(self) -> None:
        image = self.create("--private", user="carol")

        self.openstack(
            f"vsc image delete {image}", user="rita", status=1, says=["The Image service does not allow this"]
        )

        self.openstack(f"image show {image}", user="carol")

    def test_the_data_in_one_store_is_deleted(self) -> None:
        image = self.create("--protected --community")

        self.openstack(
            f"vsc image delete --store local {image}",
            user="admin",
            status=1,
            says=["Cannot delete image data from the only store containing it"],
        )
        self.openstack(f"vsc image delete --store nosuch {image}", status=1, says=["The selected store nosuch"])

        self.assert_there(image)

    def test_control_characters_in_a_name_are_escaped(self) -> None:
        image = self.create(name=self.name("rna") + "\u202e\x1b[2J")

        deleted = self.openstack(f"vsc image delete {image}", says=["\\u202e\\x1b[2J"])

        self.assertNotIn("\x1b", deleted.stderr)

    def test_quiet_prints_failures_only(self) -> None:
        self.create()

        deleted = self.openstack(f"-q vsc image delete {self.image} nosuch", status=1, says=["'nosuch'"])

        self.assertNotIn("Deleted", deleted.stderr)

    def test_missing_credentials_are_reported(self) -> None:
        self.openstack("vsc image delete rna", environment={}, status=1, says=["Not signed in"])

    def test_an_application_credential_deletes_an_image(self) -> None:
        image = self.create(user="alice_appcred")

        self.openstack(f"vsc image delete {image}", user="alice_appcred", says=["Deleted"])


class TestDeleteFaults(StandardImageTest):
    def environment(self, image_url: str) -> dict[str, str]:
        return environment_at(self.cloud, "alice", image_url, self.folder)

    def test_the_protection_is_restored_after_a_failure(self) -> None:
        image = self.create("--protected")
        in_use = Fault(method="DELETE", path=r"/v2/images/[^/]+", status=409, message="it is in use")

        with faulty_glance(self.cloud.image_url, in_use) as url:
            self.openstack(
                f"vsc image delete --unprotect {image}",
                environment=self.environment(url),
                status=1,
                says=[f"Not deleted: {self.image} ({image}): ", "it is in use; its protection was restored"],
            )

        self.assertTrue(self.is_protected(image))

    def test_the_protection_is_restored_after_an_interruption(self) -> None:
        never_answered = Fault(method="DELETE", path=r"/v2/images/[^/]+", hang=True)

        for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            with self.subTest(number=number, status=status):
                image = self.create("--protected")
                with faulty_glance(self.cloud.image_url, never_answered) as url:
                    process = self.process(
                        f"vsc image delete --unprotect {image}",
                        environment=self.environment(url),
                        stdout=subprocess.PIPE,
                        stderr=subprocess.PIPE,
                    )
                    while self.is_protected(image):
                        self.assertIsNone(process.poll(), "it ended before it was interrupted")
                        time.sleep(0.1)
                    process.send_signal(number)
                    _, stderr = process.communicate(timeout=60)

                self.assertIn(
                    f"Interrupted at {self.image} ({image}); its protection was restored, but", stderr.decode()
                )
                self.assertEqual(status, process.returncode)
                self.assertTrue(self.is_protected(image))

    def is_protected(self, image: str) -> bool:
        return bool(self.openstack(f"image show {image} -f json").json()["protected"])

    def test_an_image_that_is_deleted_at_the_same_time_counts_as_deleted(self) -> None:
        image = self.create()
        done_already = Fault(method="DELETE", path=r"/v2/images/[^/]+", status=404, when=When.DONE)

        with faulty_glance(self.cloud.image_url, done_already) as url:
            self.openstack(f"vsc image delete {image}", environment=self.environment(url), says=["Deleted"])


class _Answering(SilentTerminal):
    """A user who gives the same answer to each question."""

    def __init__(self, answer: bool) -> None:
        self.answer = answer
        self.questions: list[str] = []

    def confirm(self, question: str) -> bool:
        self.questions.append(question)
        return self.answer


class TestQuestion(StandardImageTest):
    def sign_in(self) -> Cloud:
        with mock.patch.dict(os.environ, {"OS_CLIENT_CONFIG_FILE": str(self.cloud.clouds_yaml)}):
            connection = openstack.connect(cloud="alice")
        return Cloud(lambda: Connection(session=connection.session, region_name="devcloud"))

    def test_one_question_names_all_images_that_others_use(self) -> None:
        shared, community = self.shared(PARTNER), self.create("--community")
        user = _Answering(True)

        delete.run(self.sign_in(), delete.Options(images=(shared, community)), user)

        self.assertEqual(1, len(user.questions))
        for part in (shared, community, "Delete them?"):
            with self.subTest(part=part):
                self.assertIn(part, user.questions[0])
        self.assert_gone(shared, community)

    def test_the_answer_no_deletes_nothing(self) -> None:
        community, unused = self.create("--community"), self.create()
        user = _Answering(False)

        refused = self.assertRaises(
            errors.DeletionNotConfirmed, delete.run, self.sign_in(), delete.Options(images=(community, unused)), user
        )

        self.assertEqual(3, refused.exit_status)
        self.openstack(f"image show {community}")
        self.assert_gone(unused)

    def test_an_unused_image_is_deleted_without_a_question(self) -> None:
        unused = self.create()
        user = _Answering(False)

        delete.run(self.sign_in(), delete.Options(images=(unused,)), user)

        self.assertEqual([], user.questions)

    def assert_gone(self, *images: str) -> None:
        for image in images:
            self.openstack(f"image show {image}", status=1, says=["No Image found"])
