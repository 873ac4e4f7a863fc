"""Answers of a service, checked before a library reads them: where they redirect to, and how long they are."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Timer
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

import requests
from keystoneauth1.session import Session
from requests.sessions import SessionRedirectMixin

from vscclient import errors
from vscclient.transport.error_text import as_plain_text

LOG = logging.getLogger(__name__)

MAX_ANSWER_BYTES = 64 * 1024**2
"""The longest answer, other than the data of an image. Python needs four times as much memory for its JSON."""

MAX_VALUES = 1_000_000
"""The most values in an answer, counted by its commas: 63 MiB of empty lists took 1.7 GiB of memory. A page of 1,000
images with 128 properties each has 150,000."""

_MAX_ANSWER_S = 600.0
"""The longest time for an answer, other than the data of an image, after its head. The timeout of a request is for each
read: a server that sends a byte a minute would never end."""

_MAX_ERROR_BYTES = 64 * 1024
"""The most bytes of an error page that are read; the status counts."""

_PIECE_BYTES = 64 * 1024

_REQUEST_ID = "X-Openstack-Request-Id"
"""The header that each service adds to its answers. Source: oslo.middleware, ``request_id``."""

_DATA = "application/octet-stream"
"""The content type of the data of an image. glanceclient does not read such an answer by itself."""

_REDIRECTS = (301, 302, 303, 305, 307, 308)
"""The statuses that keystoneauth follows, with the same method and headers. Source: ``Session._REDIRECT_STATUSES``."""

_MAX_WAIT_S = 60
"""The longest time that a service may ask to wait before the next attempt; keystoneauth waits as long as it says."""


class AnswerGuard:
    """A hook of requests that checks each answer when its head has arrived.

    keystoneauth follows redirects to any place, with the user's token and the body of the request, and it and
    glanceclient read answers of any length. Which places are the same is decided by requests, which keeps the header
    ``Authorization`` in the same cases: same host, port and scheme, or from http to https on the default ports.
    Source: requests, «Event Hooks», ``SessionRedirectMixin.should_strip_auth``.

    Args:
        service: The name of the service, for errors.
        follows_redirects: Whether redirects to the same place are followed: not for a body that can be sent only once.
        keeps_json: Whether an error answer in JSON stays as it is; all others become plain text.
    """

    def __init__(self, service: str, *, follows_redirects: bool = True, keeps_json: bool = False) -> None:
        self._service = service
        self._follows_redirects = follows_redirects
        self._keeps_json = keeps_json
        self._has_warned = False

    def __call__(self, response: requests.Response, *_args: Any, **_options: Any) -> requests.Response:
        """Return the answer.

        Raises:
            RefusedRedirect: It would send the user's credentials to another place.
            RefusedByProxy: The answer is that of a proxy, which does not accept so much data.
            UnexpectedAnswer: It is too long.
        """
        if response.status_code in _REDIRECTS:
            self._check_redirect(response)
        if (wait := response.headers.get("Retry-After")) is not None:
            response.headers["Retry-After"] = str(_bounded_wait_s(wait))
        if response.status_code >= 400:
            with _ended_in_time(response):
                _read_error(response)
            if not (self._keeps_json and "json" in response.headers.get("Content-Type", "")):
                as_plain_text(response)
            if response.status_code == 413 and _REQUEST_ID not in response.headers:  # a proxy knows nothing of quotas
                raise errors.RefusedByProxy(self._service, response.text)
        elif response.headers.get("Content-Type") != _DATA:
            self._read(response)
        return response

    def _check_redirect(self, response: requests.Response) -> None:
        """Rewrite the address of a redirect that may be followed: its host is that of the request, by each parser."""
        request, location = response.request, response.headers.get("Location")
        method, url = str(request.method), str(request.url)
        if location is None:
            raise errors.RefusedRedirect(self._service, "without an address")
        try:
            here, there = urlsplit(url), urlsplit(urljoin(url, location))
            is_foreign: bool = SessionRedirectMixin().should_strip_auth(url, there.geturl())  # type: ignore[no-untyped-call]
            places = f"from {_origin(here)} to {_origin(there)}"
        except ValueError:
            raise errors.RefusedRedirect(self._service, f"to '{location[:200]}', which is not an address") from None
        if is_foreign and method == "GET" and "X-Auth-Token" not in request.headers:
            response.headers["Location"] = there.geturl()  # nothing secret is sent: the versions of Keystone
            return
        is_upgrade = here.scheme != there.scheme
        if is_foreign or (is_upgrade and method != "GET"):
            raise errors.RefusedRedirect(self._service, f"{method} {places}, which must not get your credentials")
        if not self._follows_redirects:
            raise errors.RefusedRedirect(self._service, f"{method} {places}, but the data is sent only once")
        if is_upgrade and not self._has_warned:
            self._has_warned = True
            LOG.warning(
                "The address of the %s in the catalogue, %s, redirects to https: your token was sent there "
                "unencrypted. Ask the cloud's operators to correct it",
                self._service,
                _origin(here),
            )
        netloc = _host(here) if is_upgrade else here.netloc
        response.headers["Location"] = urlunsplit((there.scheme, netloc, there.path, there.query, ""))

    def _read(self, response: requests.Response) -> None:
        """Read the body, so that nothing reads more of it than allowed."""
        content = bytearray()
        with _ended_in_time(response) as expired:
            try:
                for piece in response.iter_content(_PIECE_BYTES):
                    content += piece
                    if len(content) > MAX_ANSWER_BYTES:
                        response.close()
                        raise errors.UnexpectedAnswer(
                            self._service, f"more than {MAX_ANSWER_BYTES // 1024**2} MiB in answer to one request"
                        )
            except OSError:  # each error of requests is one
                if not expired.is_set():
                    raise
        if expired.is_set():
            response.close()
            raise errors.UnexpectedAnswer(self._service, f"an answer without an end for {_MAX_ANSWER_S:g} seconds")
        if content.count(b",") > MAX_VALUES:
            raise errors.UnexpectedAnswer(self._service, f"more than {MAX_VALUES} values in answer to one request")
        _set_body(response, bytes(content))


@contextmanager
def _ended_in_time(response: requests.Response) -> Iterator[Event]:
    """End the reading of an answer that takes too long, and set the event; urllib3 before 2.3 cannot end it."""
    expired = Event()
    shutdown: Any = getattr(response.raw, "shutdown", None)

    def end() -> None:
        expired.set()
        with suppress(OSError, RuntimeError, ValueError):  # it has ended at this moment
            shutdown()

    timer = Timer(_MAX_ANSWER_S, end)
    timer.daemon = True
    if shutdown:
        timer.start()
    try:
        yield expired
    finally:
        timer.cancel()


def guard_answers(session: Session, service: str) -> None:
    """Let a session of keystoneauth check each answer, also that to a login: a redirect must not get the password.

    Args:
        session: Sends the requests; a session that checks its answers already stays as it is.
        service: The name of the service, for errors.
    """
    hooks = session.session.hooks["response"]
    if not any(isinstance(hook, AnswerGuard) for hook in hooks):
        hooks.append(AnswerGuard(service, keeps_json=True))


def _read_error(response: requests.Response) -> None:
    """Read the beginning of an error page; a connection that breaks then does not hide the status."""
    content = bytearray()
    try:
        for piece in response.iter_content(_PIECE_BYTES):
            content += piece
            if len(content) > _MAX_ERROR_BYTES:
                response.close()
                break
    except requests.RequestException:
        response.close()
    _set_body(response, bytes(content[:_MAX_ERROR_BYTES]))


def _set_body(response: requests.Response, content: bytes) -> None:
    response._content, response._content_consumed = content, True  # type: ignore[attr-defined]  # noqa: SLF001  # as requests does
    response.encoding = response.encoding or "utf-8"  # else requests guesses it, which takes minutes for 64 MiB


def _bounded_wait_s(text: str) -> int:
    """Return the seconds of ``Retry-After``, which can also be a date: RFC 9110, section 10.2.3."""
    return min(int(text), _MAX_WAIT_S) if text.isascii() and text.isdigit() and len(text) < 10 else _MAX_WAIT_S


def _host(url: SplitResult) -> str:
    host = url.hostname or ""
    return f"[{host}]" if ":" in host else host


def _origin(url: SplitResult) -> str:
    """Return the address without path, and without a user's name and password."""
    port = "" if url.port is None else f":{url.port}"
    return f"{url.scheme}://{_host(url)}{port}"[:200]
