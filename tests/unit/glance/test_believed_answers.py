"""Answers that say «done» of what was not done."""

from __future__ import annotations

import json
from typing import Any

from keystoneauth1.session import Session
from keystoneauth1.token_endpoint import Token

from tests import base
from tests.unit.transport.hostile import Answer, hostile_server
from vscclient import errors
from vscclient.glance.client import Service
from vscclient.glance.images import ImageService
from vscclient.glance.members import MemberService
from vscclient.model.member_status import MemberStatus
from vscclient.model.project import ProjectId

RECORD: dict[str, Any] = {
    "id": "7",
    "visibility": "private",
    "min_disk": 2,
    "tags": ["b", "a"],
    "os_distro": "debian",
    "kernel_id": None,
}
MEMBER = {"member_id": "p", "image_id": "7", "status": "pending", "updated_at": "2026-12-01T00:00:00Z"}


def answering(record: object) -> Answer:
    return Answer(body=json.dumps(record).encode(), headers={"Content-Type": "application/json"})


def service_at(address: str) -> Service:
    return Service(Session(auth=Token(address, "token")), address)


class TestChange(base.BaseTestCase):
    def test_a_field_that_the_answer_does_not_show_is_not_changed(self) -> None:
        for fields, removed, unchanged in (
            ({"visibility": "community", "min_disk": 2}, (), "visibility"),
            ({"kernel_id": "k", "min_disk": 3}, ("kernel_id",), "kernel_id, min_disk"),
            ({"tags": ["a"]}, (), "tags"),
            ({}, ("os_distro",), "os_distro"),
        ):
            with self.subTest(unchanged=unchanged), hostile_server(answering(RECORD)) as server:
                images = ImageService(service_at(server.address))
                for change in (images.change, images.change_with_retries):
                    failure = self.assertRaises(errors.NotChanged, change, "7", fields, removed)

                    self.assertIn(f"does not show the change of {unchanged}.", str(failure))

    def test_an_answer_with_all_changes_is_believed(self) -> None:
        with hostile_server(answering(RECORD)) as server:
            images = ImageService(service_at(server.address))

            changed = images.change("7", {"min_disk": 2, "tags": ["b", "a"], "os_distro": "debian"}, ("kernel_id", "x"))

        self.assertEqual("debian", changed.properties["os_distro"])


class TestMembers(base.BaseTestCase):
    def test_another_member_than_the_requested_one_is_an_error(self) -> None:
        with hostile_server(answering(MEMBER)) as server:
            members = MemberService(service_at(server.address))

            self.assertEqual("p", members.add("7", ProjectId("p")).id)
            self.assertRaises(errors.UnexpectedAnswer, members.add, "7", ProjectId("q"))

    def test_another_status_than_the_requested_one_is_not_a_change(self) -> None:
        with hostile_server(answering(MEMBER)) as server:
            members = MemberService(service_at(server.address))

            failure = self.assertRaises(errors.NotChanged, members.answer, "7", ProjectId("p"), MemberStatus.ACCEPTED)

        self.assertIn("project p is still pending", str(failure))
