"""glanceclient on a session of our own."""

from __future__ import annotations

from importlib.metadata import version

from keystoneauth1.session import Session

from tests import base
from vscclient.glance.client import make_client


class TestClient(base.BaseTestCase):
    def test_the_user_agent_names_vscclient(self) -> None:
        session = make_client(Session(), "http://glance.example").http_client.session

        self.assertEqual([("vscclient", version("python-vscclient"))], session.additional_user_agent)
