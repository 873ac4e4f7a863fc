"""What the Image service answers when it says no, as our errors."""

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

_EMPTY_WORDS = (
    r"Access was denied to this resource\.:? ",
    r"The request media type \S+ is not supported by this server\. ",
)
"""What Glance puts before its reason."""


@contextmanager
def translated() -> Iterator[None]:
    """Turns whatever glanceclient and keystoneauth raise inside into a ``CloudError``."""
    try:
        yield
    except exc.HTTPException as answer:
        raise _error_of(str(answer.details)) from answer
    except ksa.SSLError as stranger:
        raise errors.Untrusted(SERVICE, errors.cause_of(stranger)) from stranger
    except (exc.CommunicationError, exc.InvalidEndpoint, ksa.ConnectionError, ksa.EndpointNotFound) as silence:
        raise errors.Unreachable(SERVICE, errors.cause_of(silence)) from silence
    except (AttributeError, KeyError, TypeError, ValueError) as garbage:  # raised by glanceclient on a 200 of others
        raise errors.Rejected(SERVICE, "something that no Image service says; is its address right?") from garbage
    except ksa.HttpError as answer:
        raise _KINDS.get(answer.http_status, errors.Rejected)(SERVICE, answer.message or "") from answer
    except ksa.ClientException as other:
        raise errors.Rejected(SERVICE, str(other)) from other


def _error_of(text: str) -> errors.CloudError:
    """The error for an answer in plain words (``answer.in_plain_words``): "403 Forbidden: You are not …"."""
    found = re.match(r"(\d{3}) [^:]*(?:: )?", text)
    status = int(found[1]) if found else 0
    kind = _KINDS.get(status, errors.Failing if status >= 500 else errors.Rejected)
    if found and status in _KINDS:
        text = re.sub(rf"^({'|'.join(_EMPTY_WORDS)})", "", text[found.end() :])
    return kind(SERVICE, text)
