"""The errors of glanceclient and keystoneauth as ours."""

from __future__ import annotations

import re

from glanceclient import exc
from keystoneauth1 import exceptions as ksa

from vscclient import errors
from vscclient.transport.connection_failure import connection_error

SERVICE = "Image service"

_KINDS: dict[int, type[errors.CloudError]] = {
    400: errors.InvalidRequest,
    401: errors.NotSignedIn,
    403: errors.NotAllowed,
    404: errors.NotFound,
    405: errors.NotSupported,
    409: errors.Conflict,
    413: errors.OverQuota,
    415: errors.UnsupportedFormat,
}

_INTRODUCTIONS = (
    r"Access was denied to this resource\.:? ",
    r"The request media type \S+ is not supported by this server\. ",
)
"""The sentences that Glance puts before its reason; the status has the same meaning."""

_COMMONPLACE = re.compile(
    r"(This server could not verify that you are authorized|The request you have made requires).*", re.S
)
"""The text of a 401 that has no reason. Source: WebOb, ``HTTPUnauthorized``; keystonemiddleware, ``auth_token``."""

_UNAUTHORIZED = (
    "The Identity service has accepted them: an application credential with access rules may exclude this request, "
    "or the token has expired"
)


FAILURES = (
    exc.HTTPException,
    exc.CommunicationError,
    exc.InvalidEndpoint,
    ksa.ClientException,
    AttributeError,
    KeyError,
    TypeError,
    ValueError,
    RecursionError,
)
"""What glanceclient and keystoneauth raise; the built-in ones on a 200 of another service, with another body."""


def error_of(failure: Exception) -> errors.CloudError:
    """Return our error for what glanceclient or keystoneauth raised."""
    if isinstance(failure, exc.HTTPException):
        text = str(failure.details)  # of error_text.as_plain_text: "403 Forbidden: You are not …"
        match = re.match(r"(\d{3}) [^:]*(?:: )?", text)
        status = int(match[1]) if match else 0
        kind = _KINDS.get(status, errors.ServiceFailure if status >= 500 else errors.UnexpectedAnswer)
        if match and status in _KINDS:
            text = re.sub(rf"^({'|'.join(_INTRODUCTIONS)})", "", text[match.end() :])
        if kind is errors.NotSignedIn:
            return errors.NotSignedIn(SERVICE, _COMMONPLACE.sub("", text), _UNAUTHORIZED)
        return kind(SERVICE, text)
    if isinstance(failure, exc.CommunicationError | exc.InvalidEndpoint | ksa.ConnectionError | ksa.EndpointNotFound):
        return connection_error(SERVICE, failure)
    if isinstance(failure, ksa.HttpError):
        return _KINDS.get(failure.http_status, errors.UnexpectedAnswer)(SERVICE, failure.message or "")
    if isinstance(failure, ksa.ClientException):
        return errors.UnexpectedAnswer(SERVICE, str(failure))
    return errors.UnexpectedAnswer(SERVICE, "an unexpected answer; is this the address of an Image service?")
