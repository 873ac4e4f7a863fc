"""Tokens, and how long they last."""

from __future__ import annotations

from datetime import UTC, datetime

from keystoneauth1.identity.base import BaseIdentityPlugin
from keystoneauth1.session import Session

from vscclient.identity.login import LOGIN_FAILURES, login_error_of

_FRESH_S = 300.0
"""A login of the last minutes, in seconds, is not repeated: a one-time passcode cannot be used twice."""


def fresh_token(session: Session) -> str | None:
    """Return a token that was issued in the last minutes, so that it lasts for a long upload."""
    try:
        auth = session.auth
        if isinstance(auth, BaseIdentityPlugin):
            issued = auth.get_access(session).issued
            if issued and (datetime.now(UTC) - issued).total_seconds() > _FRESH_S:
                auth.invalidate()
        token: str | None = session.get_token()
    except LOGIN_FAILURES as failure:
        raise login_error_of(failure) from failure
    return token
