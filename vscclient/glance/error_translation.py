"""The errors of glanceclient and keystoneauth as ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from glanceclient import exc
from keystoneauth1 import exceptions as ksa

from vscclient import errors

SERVICE = "Image service"

_KINDS: dict[int, type[errors.CloudError]] = {
    400: errors.Invalid,
    401: errors.NotSignedIn,
    403: errors.NotAllowed,
    404: errors.NotThere,
    405: errors.NotOffered,
    409: errors.Conflict,
    413: errors.OverQuota,
    415: errors.OtherFormat,
}

_INTRODUCTIONS = (
    r"Access was denied to this resource\.:? ",
    r"The request media type \S+ is not supported by this server\. ",
)
"""The sentences that Glance puts before its reason; the status has the same meaning."""


@contextmanager
def translate_errors() -> Iterator[None]:
    """Turn what glanceclient and keystoneauth raise in the context into a ``CloudError``."""
    try:
        yield
    except exc.HTTPException as answer:
        raise _error_of(str(answer.details)) from answer
    except ksa.SSLError as failure:
        raise errors.Untrusted(SERVICE, errors.cause_of(failure)) from failure
    except (exc.CommunicationError, exc.InvalidEndpoint, ksa.ConnectionError, ksa.EndpointNotFound) as failure:
        raise errors.Unreachable(SERVICE, errors.cause_of(failure)) from failure
    except (AttributeError, KeyError, TypeError, ValueError) as failure:
        # glanceclient raises these on a 200 of another service, whose body has not the form that it expects
        raise errors.Rejected(SERVICE, "an unexpected answer; is this the address of an Image service?") from failure
    except ksa.HttpError as answer:
        raise _KINDS.get(answer.http_status, errors.Rejected)(SERVICE, answer.message or "") from answer
    except ksa.ClientException as failure:
        raise errors.Rejected(SERVICE, str(failure)) from failure


def _error_of(text: str) -> errors.CloudError:
    """Return the error for the text of an answer (``error_text.as_plain_text``): "403 Forbidden: You are not …"."""
    match = re.match(r"(\d{3}) [^:]*(?:: )?", text)
    status = int(match[1]) if match else 0
    kind = _KINDS.get(status, errors.Failing if status >= 500 else errors.Rejected)
    if match and status in _KINDS:
        text = re.sub(rf"^({'|'.join(_INTRODUCTIONS)})", "", text[match.end() :])
    return kind(SERVICE, text)
