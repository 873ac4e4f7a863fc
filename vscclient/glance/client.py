"""python-glanceclient on a session of our own, which has a timeout."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from glanceclient.client import Client
from glanceclient.common.utils import strip_version
from keystoneauth1 import token_endpoint
from keystoneauth1.session import Session, TCPKeepAliveAdapter

from vscclient.glance.answer import in_plain_words

TIMEOUT_S = 60.0
"""How long a server may stay silent, in seconds, before it counts as dead."""

STORING_TIMEOUT_S = 3600.0
"""How long Glance may take, in seconds, for what follows the last byte of an upload (storing, hashing)."""


def client_of(session: Session, endpoint: str) -> Any:
    """A glanceclient for what the session's user may do.

    Args:
        session: Signs in; what it knows of TLS is kept.
        endpoint: Where the Image service is; ``/v2`` at its end, which glanceclient adds to every path, is taken off.
    """
    ours = Session(auth=session.auth, verify=session.verify, cert=session.cert, timeout=TIMEOUT_S)
    ours.additional_user_agent.append(("vscclient", _version()))
    return _client(ours, _base(endpoint))


def uploading_client_of(session: Session, endpoint: str, token: str | None) -> Any:
    """A glanceclient that sends a body once, and never again.

    keystoneauth answers a 401 by signing in again and sending the body again, from wherever its reading stands: the
    image is then empty or cut, and reported as good. So this one has a token and no way to get another, and follows no
    redirect.
    """
    base = _base(endpoint)
    auth = token_endpoint.Token(base, token)
    ours = Session(auth=auth, verify=session.verify, cert=session.cert, redirect=False, timeout=STORING_TIMEOUT_S)
    for scheme in ("http://", "https://"):
        ours.session.mount(scheme, _SilentServerAdapter())
    return _client(ours, base)


def _version() -> str:
    """Of this program, for the logs of the cloud's staff."""
    try:
        return version("python-vscclient")
    except PackageNotFoundError:  # it is run from a folder
        return "unknown"


def _client(session: Session, base: str) -> Any:
    session.session.hooks["response"].append(in_plain_words)
    return Client("2", session=session, endpoint=base)


def _base(endpoint: str) -> str:
    base: str = strip_version(endpoint)[0]
    return base.rstrip("/")


class _SilentServerAdapter(TCPKeepAliveAdapter):
    """Waits long for the answer, but not for the connection, nor for a server that takes no more bytes."""

    def send(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["timeout"] = (TIMEOUT_S, kwargs.get("timeout"))  # connecting and each piece sent; the answer
        return super().send(*args, **kwargs)
