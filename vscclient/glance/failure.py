"""What the Image service answers when it says no, as our errors."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import contextmanager

from glanceclient import exc
from keystoneauth1 import exceptions as ksa

from vscclient import errors

SERVICE = "Image service"

_KINDS: dict[int, type[errors.CloudError]] = {
    401: errors.NotSignedIn,
    403: errors.NotAllowed,
    404: errors.NotThere,
    409: errors.Conflict,
    413: errors.OverQuota,
    415: errors.OtherFormat,
}


_EMPTY_WORDS = (
    r"Access was denied to this resource\.: ",
    r"The request media type \S+ is not supported by this server\.: ",
)
"""What Glance puts before its reason."""


@contextmanager
def translated() -> Iterator[None]:
    """Turns whatever glanceclient and keystoneauth raise inside into a ``CloudError``."""
    try:
        yield
    except exc.HTTPException as answer:
        raise _error_of(answer) from answer
    except ksa.SSLError as stranger:
        raise errors.Untrusted(SERVICE, errors.cause_of(stranger)) from stranger
    except (exc.CommunicationError, exc.InvalidEndpoint, ksa.ConnectionError, ksa.EndpointNotFound) as silence:
        raise errors.Unreachable(SERVICE, errors.cause_of(silence)) from silence
    except (KeyError, ValueError) as garbage:  # glanceclient expects a content type, and JSON where it is announced
        raise errors.Rejected(SERVICE, "in a way that an Image service does not") from garbage
    except ksa.HttpError as answer:
        raise _KINDS.get(answer.http_status, errors.Rejected)(SERVICE, answer.message or "") from answer
    except ksa.ClientException as other:
        raise errors.Rejected(SERVICE, str(other)) from other


def _error_of(answer: exc.HTTPException) -> errors.CloudError:
    text = " ".join(html.unescape(answer.details).split())
    kind = _KINDS.get(_status_of(answer, text), errors.Rejected)
    return kind(SERVICE, text if kind is errors.Rejected else _without_status(text))


def _status_of(answer: exc.HTTPException, text: str) -> int:
    """glanceclient has no class for every status (415); its text begins with the status then."""
    found = re.match(r"\d{3}\b", text)
    return answer.code if isinstance(answer.code, int) else int(found[0]) if found else 0


def _without_status(text: str) -> str:
    """Glance's sentence alone.

    Glance answers with a page of HTML. glanceclient takes the tags off, joins the lines with colons and keeps the
    entities: "403 Forbidden: Access was denied to this resource.: You are not &lt;allowed&gt;".
    """
    return re.sub(rf"^\d{{3}} [A-Za-z ]+: ({'|'.join(_EMPTY_WORDS)})?", "", text)
