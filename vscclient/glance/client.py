"""Requests to the Image service: python-glanceclient on a session of our own, which has a timeout."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import quote, urlencode

from glanceclient.client import Client
from glanceclient.common.utils import strip_version
from keystoneauth1 import token_endpoint
from keystoneauth1.session import Session

from vscclient import errors
from vscclient.glance.error_translation import FAILURES, SERVICE, error_of
from vscclient.transport.answers import AnswerGuard
from vscclient.transport.patient_connection import PatientAdapter

TIMEOUT_S = 60.0
"""How long a server may stay silent, in seconds, before it counts as dead; the user may set another time."""

STORING_TIMEOUT_S = 3600.0
"""How long Glance may take, in seconds, for what follows the last byte of an upload (storing, hashing)."""


class Service:
    """Glance, for one signed-in user.

    Args:
        session: Signs in.
        endpoint: Address of the service, with or without ``/v2``.
    """

    def __init__(self, session: Session, endpoint: str) -> None:
        self.session = session
        self.endpoint = endpoint
        self.client = make_client(session, endpoint)

    def request(self, method: str, path: str, **options: Any) -> Any:
        """Send one request and return the answer.

        glanceclient's own methods hide fields of a record, and send three requests to change one.

        Args:
            method: ``get``, ``post`` …
            path: From ``image_path``.
            options: Of glanceclient's HTTP client: ``data``, ``headers``, retries.

        Raises:
            CloudError: The service answered with an error, or not at all.
        """
        with translate_errors():
            response, answer = getattr(self.client.http_client, method)(path, **options)
        if response.status_code >= 300:  # for glanceclient, only 400 and above is an error
            raise errors.RefusedRedirect(SERVICE, "without an end")
        return answer


@contextmanager
def translate_errors() -> Iterator[None]:
    """Turn what glanceclient and keystoneauth raise in the context into a ``CloudError``."""
    try:
        yield
    except FAILURES as failure:
        raise error_of(failure) from failure


def image_path(*parts: str, query: Mapping[str, Any] | None = None) -> str:
    """Return the path of an image, or of a resource below it: ``/v2/images/ID/members``.

    Raises:
        InvalidRequest: A part would lead to another resource: a stored member can be any text, and ``ID/members/..``
            is the image. Or a text is not valid UTF-8, as on a terminal with another encoding.
    """
    for part in parts:
        if part.strip(".") == "" or "/" in part:
            raise errors.InvalidRequest(SERVICE, f"'{part}' is not a valid identifier")
    try:
        path = "/".join(["/v2/images", *(quote(part, safe="") for part in parts)])
        return path if query is None else f"{path}?{urlencode(query, doseq=True)}"
    except UnicodeEncodeError as failure:
        raise errors.InvalidRequest(SERVICE, f"'{failure.object}' is not valid text (UTF-8)") from failure


def make_client(session: Session, endpoint: str) -> Any:
    """Return a glanceclient with the rights of the session's user.

    Args:
        session: Signs in; its TLS settings are kept.
        endpoint: Address of the Image service. A ``/v2`` at its end is removed: glanceclient adds it to every path.
    """
    ours = Session(auth=session.auth, verify=session.verify, cert=session.cert, timeout=timeout_of(session))
    try:
        our_version = version("python-vscclient")
    except PackageNotFoundError:  # run from a folder, not installed
        our_version = "unknown"
    ours.additional_user_agent.append(("vscclient", our_version))  # for the logs of the cloud's staff
    ours.session.hooks["response"].append(AnswerGuard(SERVICE))
    return Client("2", session=ours, endpoint=_without_version(endpoint))


def make_upload_client(session: Session, endpoint: str, token: str | None, silence_s: float) -> Any:
    """Return a glanceclient that sends a body once, and never a second time.

    keystoneauth answers a 401 by signing in anew and sending the body again, from where its reading stands: the image
    is then empty or cut, and reported as good. So this client has a token and no way to get another one, and follows
    no redirect.

    Args:
        session: Its TLS settings are kept.
        endpoint: Address of the Image service, as for ``make_client``.
        token: Of the user who uploads.
        silence_s: How long the service may accept nothing, in seconds.
    """
    timeout_s = timeout_of(session)
    base = _without_version(endpoint)
    auth = token_endpoint.Token(base, token)
    ours = Session(auth=auth, verify=session.verify, cert=session.cert, redirect=False)
    ours.timeout = max(STORING_TIMEOUT_S, timeout_s)
    for scheme in ("http://", "https://"):
        ours.session.mount(scheme, PatientAdapter(timeout_s, silence_s))
    ours.session.hooks["response"].append(AnswerGuard(SERVICE, follows_redirects=False))
    return Client("2", session=ours, endpoint=base)


def timeout_of(session: Session) -> float:
    """Return how long the service may take for an answer, in seconds: as long as the user allows, else a minute."""
    return float(session.timeout or TIMEOUT_S)


def _without_version(endpoint: str) -> str:
    base: str = strip_version(endpoint)[0]
    return base.rstrip("/")
