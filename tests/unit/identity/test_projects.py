from __future__ import annotations

from typing import Any
from unittest import mock
from uuid import uuid4

import fixtures
from keystoneauth1 import exceptions
from keystoneauth1.identity.base import BaseIdentityPlugin
from keystoneauth1.session import Session
from keystoneauth1.token_endpoint import Token

from tests import base
from tests.unit.transport.hostile import Answer, hostile_server
from vscclient import errors
from vscclient.identity.projects import Projects
from vscclient.model.project import Resolution
from vscclient.transport.answers import guard_answers


def _ordinary_user() -> mock.Mock:
    """Return a session whose user may list the own projects, and look up no other."""

    def get(path: str, **query: Any) -> mock.Mock:
        if path != "/v3/auth/projects":
            raise exceptions.Forbidden
        return mock.Mock(json=lambda: {"projects": []})

    session = mock.Mock()
    session.get.side_effect = get
    session.get_endpoint.return_value = "http://keystone.example"
    return session


class TestProjects(base.BaseTestCase):
    def test_a_hundred_ids_of_other_projects_cost_one_refused_request(self) -> None:
        session = _ordinary_user()
        projects = Projects(session, None, None)

        found = [projects.resolve(uuid4().hex) for _ in range(100)]

        assert {project.resolution for project in found} == {Resolution.UNVERIFIED}
        assert session.get.call_count == 2  # the own ones, and the one that was refused

    def test_a_name_is_looked_up_after_an_id_was_refused(self) -> None:
        session = _ordinary_user()
        projects = Projects(session, None, None)

        projects.resolve(uuid4().hex)
        found = projects.resolve("VSC_00002")

        assert found.resolution is Resolution.UNRESOLVED
        assert session.get.call_args.kwargs["params"] == {"name": "VSC_00002"}

    def test_an_own_project_that_is_called_like_the_id_of_another_is_not_taken_for_it(self) -> None:
        session = _ordinary_user()
        own = {"id": "a" * 32, "name": "b" * 32, "domain_id": "default"}
        listed = mock.Mock(json=lambda: {"projects": [own]})
        refuse = session.get.side_effect
        session.get.side_effect = lambda path, **query: listed if path == "/v3/auth/projects" else refuse(path, **query)
        projects = Projects(session, None, None)

        found = projects.resolve("b" * 32)

        assert (found.project_id, found.resolution) == ("b" * 32, Resolution.UNVERIFIED)
        assert projects.resolve("a" * 32).resolution is Resolution.OWN


def _restricted_user(*services: str) -> mock.Mock:
    """Return a session of an application credential with access rules for these services."""
    auth = mock.Mock(spec=BaseIdentityPlugin)
    auth.get_access.return_value = mock.Mock(
        application_credential_access_rules=[{"service": service, "path": "/v2/**"} for service in services],
        project_id="a" * 32,
        project_name="VSC_00001",
        project_domain_id="default",
    )
    session = mock.Mock(auth=auth)
    session.get.side_effect = exceptions.Unauthorized
    session.get_endpoint.return_value = "http://keystone.example"
    return session


class TestAccessRules(base.BaseTestCase):
    def test_credentials_for_the_image_service_ask_keystone_nothing(self) -> None:
        session = _restricted_user("image")
        projects = Projects(session, None, None)

        found = [projects.resolve("b" * 32), projects.from_member_id("c" * 32)]

        self.assertEqual([Resolution.UNVERIFIED, Resolution.UNVERIFIED], [project.resolution for project in found])
        self.assertIsNone(projects.name_of("b" * 32))
        session.get.assert_not_called()

    def test_the_project_of_the_token_is_an_own_one(self) -> None:
        projects = Projects(_restricted_user("image"), None, None)

        self.assertEqual(Resolution.OWN, projects.resolve("VSC_00001").resolution)
        self.assertEqual("VSC_00001", projects.name_of("a" * 32))

    def test_other_names_are_unresolved_with_one_warning(self) -> None:
        log = self.useFixture(fixtures.FakeLogger())
        projects = Projects(_restricted_user("image"), None, None)

        found = [projects.resolve(name) for name in ("VSC_00002", "VSC_00003")]

        self.assertEqual([None, None], [project.project_id for project in found])
        self.assertEqual(1, log.output.count("use IDs of projects"))

    def test_rules_for_a_part_of_keystone_may_refuse_the_list(self) -> None:
        session = _restricted_user("image", "identity")

        self.assertEqual(Resolution.UNVERIFIED, Projects(session, None, None).resolve("b" * 32).resolution)
        session.get.assert_called()


class TestRedirects(base.BaseTestCase):
    def test_the_token_is_not_sent_to_another_place(self) -> None:
        with hostile_server(Answer()) as thief:
            redirect = Answer(status=302, headers={"Location": f"{thief.address}/v3/auth/projects"})
            with hostile_server(redirect) as server:
                session = Session(auth=Token(server.address, "secret-token"))
                guard_answers(session, "Identity service")

                failure = self.assertRaises(errors.RefusedRedirect, Projects(session, None, None).resolve, "x")

            self.assertIn("The Identity service redirects the request: GET from", str(failure))
            self.assertEqual([], thief.received)


class TestAnswersOfAnotherService(base.BaseTestCase):
    def test_projects_of_the_wrong_type_are_a_sentence(self) -> None:
        cases: tuple[Any, ...] = (
            None,
            [],
            {},
            {"projects": 5},
            {"projects": [5]},
            {"projects": [{"id": 5, "name": "a"}]},
        )
        for answer in cases:
            with self.subTest(answer=answer):
                session = mock.Mock()
                session.get.return_value.json.return_value = answer
                session.get_endpoint.return_value = "http://keystone.example"

                failure = self.assertRaises(errors.UnexpectedAnswer, Projects(session, None, None).resolve, "x")

                self.assertIn("is this the address of an Identity service?", str(failure))
