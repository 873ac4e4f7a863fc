from __future__ import annotations

from typing import Any
from unittest import mock
from uuid import uuid4

from keystoneauth1 import exceptions

from tests import base
from vscclient.identity.projects import Projects
from vscclient.model.project import Resolution


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
