"""The errors of keystoneauth as ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from keystoneauth1 import exceptions as ksa

from vscclient import errors
from vscclient.transport.connection_failure import causes_of, connection_error

SERVICE = "Identity service"

FAILURES = (ksa.ClientException, AttributeError, KeyError, TypeError, ValueError, RecursionError)
"""What keystoneauth raises for a request; the built-in ones on an answer of another service."""

_SAYS_NOTHING = "The request you have made requires authentication"
"""Keystone's reason where it hides the real one. Source: Keystone, ``keystone.exception.Unauthorized``."""


@contextmanager
def translate_errors() -> Iterator[None]:
    """Turn what keystoneauth raises in the context into a ``CloudError``."""
    try:
        yield
    except FAILURES as failure:
        raise error_of(failure) from failure


def error_of(failure: Exception) -> errors.CloudError:
    """Return our error for what keystoneauth raised."""
    if isinstance(failure, ksa.Unauthorized):
        reason = _message(failure)
        return errors.NotSignedIn(SERVICE, "" if reason.startswith(_SAYS_NOTHING) else reason)
    if isinstance(failure, ksa.Forbidden):
        return errors.NotAllowed(SERVICE, _message(failure))
    if isinstance(failure, ksa.BadRequest):
        return errors.InvalidRequest(SERVICE, _message(failure))
    if isinstance(failure, ksa.NotFound):
        return errors.NotFound(SERVICE, _message(failure))
    if isinstance(failure, ksa.HttpError) and failure.http_status >= 500:
        return errors.ServiceFailure(SERVICE, failure.details or f"{failure.http_status} {_message(failure)}")
    if isinstance(failure, ksa.ConnectionError | ksa.DiscoveryFailure):
        if any(isinstance(cause, ksa.ConnectionError) for cause in causes_of(failure)):
            return connection_error(SERVICE, failure)
        return errors.UnexpectedAnswer(SERVICE, "no version of its API at this address")
    if isinstance(failure, ksa.CatalogException):
        return errors.NotInCatalog(SERVICE, str(failure))
    if isinstance(failure, ksa.ClientException) and not isinstance(failure, ksa.InvalidResponse):
        return errors.UnexpectedAnswer(SERVICE, str(failure))
    return errors.UnexpectedAnswer(SERVICE, "an unexpected answer; is this the address of an Identity service?")


_COMMONPLACE = re.compile(r" ?The server could not comply with the request since .*? is assumed to be in error\.?")
"""The text that Keystone appends to its reason for a 400. Source: Keystone, ``keystone.exception.ValidationError``."""


def _message(answer: ksa.HttpError) -> str:
    """Return Keystone's message, or the text of a proxy's page, without what keystoneauth appends.

    "… (HTTP 404) (Request-ID: req-…)"
    """
    text = answer.details if isinstance(answer.details, str) and answer.details else answer.message or ""
    text = _COMMONPLACE.sub("", text)
    return re.sub(r" \(HTTP \d+\).*$", "", re.sub(r"^\d{3} [^:]*(: |$)", "", text))
