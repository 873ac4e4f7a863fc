from __future__ import annotations

from datetime import UTC, datetime, timedelta
from unittest import mock

from keystoneauth1.identity.base import BaseIdentityPlugin

from tests import base
from vscclient.images.cloud import Cloud, Connection


def _session(age: timedelta) -> mock.Mock:
    """Return a session with a token of this age."""
    auth = mock.Mock(spec=BaseIdentityPlugin)
    auth.get_access.return_value.issued = datetime.now(UTC) - age
    return mock.Mock(auth=auth)


class TestFreshToken(base.BaseTestCase):
    def test_an_old_token_is_renewed(self) -> None:
        session = _session(timedelta(hours=1))

        Cloud(lambda: Connection(session=session)).fresh_token()

        session.auth.invalidate.assert_called_once_with()

    def test_a_recent_login_is_not_repeated(self) -> None:
        session = _session(timedelta(seconds=10))

        Cloud(lambda: Connection(session=session)).fresh_token()

        session.auth.invalidate.assert_not_called()
