"""Tokens, and how long they last."""

from __future__ import annotations

from datetime import UTC, datetime

from keystoneauth1.access import AccessInfo
from keystoneauth1.identity.base import BaseIdentityPlugin
from keystoneauth1.session import Session

from vscclient.identity.failure import signing_in

_FRESH_S = 300.0
"""A login of the last minutes is not repeated: a one-time passcode cannot be."""


def fresh_token(session: Session) -> str | None:
    """A token that was made just now, so that it lasts as long as the cloud lets one last: for hours of sending."""
    with signing_in():
        auth = session.auth
        if isinstance(auth, BaseIdentityPlugin) and _age_s(auth.get_access(session)) > _FRESH_S:
            auth.invalidate()
        token: str | None = session.get_token()
    return token


def _age_s(access: AccessInfo) -> float:
    issued = access.issued
    return (datetime.now(UTC) - issued).total_seconds() if issued else 0.0
