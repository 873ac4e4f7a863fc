"""glanceclient on a session of our own."""

from __future__ import annotations

from importlib.metadata import version

from keystoneauth1.session import Session

from tests import base
from vscclient.glance.client import client_of


class TestClient(base.BaseTestCase):
    def test_the_cloud_is_told_who_asks(self) -> None:
        session = client_of(Session(), "http://glance.example").http_client.session

        self.assertEqual([("vscclient", version("python-vscclient"))], session.additional_user_agent)
