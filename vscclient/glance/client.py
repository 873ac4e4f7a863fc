"""python-glanceclient on a session of our own, which has a timeout."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from glanceclient.client import Client
from glanceclient.common.utils import strip_version
from keystoneauth1 import token_endpoint
from keystoneauth1.session import Session, TCPKeepAliveAdapter

from vscclient.glance.error_text import as_plain_text

TIMEOUT_S = 60.0
"""How long a server may stay silent, in seconds, before it counts as dead."""

STORING_TIMEOUT_S = 3600.0
"""How long Glance may take, in seconds, for what follows the last byte of an upload (storing, hashing)."""


def make_client(session: Session, endpoint: str) -> Any:
    """Return a glanceclient with the rights of the session's user.

    Args:
        session: Signs in; its TLS settings are kept.
        endpoint: Address of the Image service. A ``/v2`` at its end is removed: glanceclient adds it to every path.
    """
    ours = Session(auth=session.auth, verify=session.verify, cert=session.cert, timeout=TIMEOUT_S)
    try:
        our_version = version("python-vscclient")
    except PackageNotFoundError:  # run from a folder, not installed
        our_version = "unknown"
    ours.additional_user_agent.append(("vscclient", our_version))  # for the logs of the cloud's staff
    return _client(ours, _without_version(endpoint))


def make_upload_client(session: Session, endpoint: str, token: str | None) -> Any:
    """Return a glanceclient that sends a body once, and never a second time.

    keystoneauth answers a 401 by signing in anew and sending the body again, from where its reading stands: the image
    is then empty or cut, and reported as good. So this client has a token and no way to get another one, and follows
    no redirect.

    Args:
        session: Its TLS settings are kept.
        endpoint: Address of the Image service, as for ``make_client``.
        token: Of the user who uploads.
    """
    base = _without_version(endpoint)
    auth = token_endpoint.Token(base, token)
    ours = Session(auth=auth, verify=session.verify, cert=session.cert, redirect=False, timeout=STORING_TIMEOUT_S)
    for scheme in ("http://", "https://"):
        ours.session.mount(scheme, _SilentServerAdapter())
    return _client(ours, base)


def _client(session: Session, base: str) -> Any:
    session.session.hooks["response"].append(as_plain_text)
    return Client("2", session=session, endpoint=base)


def _without_version(endpoint: str) -> str:
    base: str = strip_version(endpoint)[0]
    return base.rstrip("/")


class _SilentServerAdapter(TCPKeepAliveAdapter):
    """Waits long for the answer, but not for the connection, nor for a server that takes no more bytes."""

    def send(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["timeout"] = (TIMEOUT_S, kwargs.get("timeout"))  # for connecting and for each piece sent; for the answer
        return super().send(*args, **kwargs)
