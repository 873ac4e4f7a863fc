"""What Keystone answers when it says no, as our errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from keystoneauth1 import exceptions as ksa
from openstack.exceptions import ConfigException

from vscclient import errors

SERVICE = "Identity service"


@contextmanager
def translated() -> Iterator[None]:
    """Turns what keystoneauth raises inside into a ``CloudError``."""
    try:
        yield
    except ksa.Unauthorized as answer:
        raise errors.NotSignedIn(SERVICE) from answer
    except ksa.Forbidden as answer:
        raise errors.NotAllowed(SERVICE, _said(answer)) from answer
    except ksa.BadRequest as answer:
        raise errors.Invalid(SERVICE, _said(answer)) from answer
    except ksa.NotFound as answer:
        raise errors.NotThere(SERVICE, _said(answer)) from answer
    except ksa.SSLError as stranger:
        raise errors.Untrusted(SERVICE, errors.cause_of(stranger)) from stranger
    except (ksa.ConnectionError, ksa.DiscoveryFailure) as silence:
        raise errors.Unreachable(SERVICE, errors.cause_of(silence)) from silence
    except ksa.CatalogException as absent:
        raise errors.NotInCatalog(SERVICE, str(absent)) from absent
    except ksa.HttpError as answer:
        raise errors.Rejected(SERVICE, str(answer)) from answer


@contextmanager
def signing_in() -> Iterator[None]:
    """The same for a login, whose 404 is about the credentials: an application credential that was deleted."""
    try:
        with translated():
            yield
    except errors.NotThere as answer:
        raise errors.NotSignedIn(SERVICE, answer.said) from answer
    except (ksa.MissingRequiredOptions, ConfigException) as missing:
        raise errors.NoCredentials(str(missing)) from missing


def _said(answer: ksa.HttpError) -> str:
    """Keystone's sentence, without what keystoneauth appends: "… (HTTP 404) (Request-ID: req-…)"."""
    return re.sub(r" \(HTTP \d+\).*$", "", answer.message or "")
