"""The errors of keystoneauth as ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from keystoneauth1 import exceptions as ksa
from openstack.exceptions import ConfigException

from vscclient import errors

SERVICE = "Identity service"


@contextmanager
def translate_errors() -> Iterator[None]:
    """Turn what keystoneauth raises in the context into a ``CloudError``."""
    try:
        yield
    except ksa.Unauthorized as answer:
        raise errors.NotSignedIn(SERVICE) from answer
    except ksa.Forbidden as answer:
        raise errors.NotAllowed(SERVICE, _message(answer)) from answer
    except ksa.BadRequest as answer:
        raise errors.Invalid(SERVICE, _message(answer)) from answer
    except ksa.NotFound as answer:
        raise errors.NotThere(SERVICE, _message(answer)) from answer
    except ksa.SSLError as failure:
        raise errors.Untrusted(SERVICE, errors.cause_of(failure)) from failure
    except (ksa.ConnectionError, ksa.DiscoveryFailure) as failure:
        raise errors.Unreachable(SERVICE, errors.cause_of(failure)) from failure
    except ksa.CatalogException as failure:
        raise errors.NotInCatalog(SERVICE, str(failure)) from failure
    except ksa.HttpError as answer:
        raise errors.Rejected(SERVICE, str(answer)) from answer


@contextmanager
def translate_login_errors() -> Iterator[None]:
    """Turn the errors of a login into ours.

    A 404 is about the credentials here: Keystone answers so for an application credential that was deleted.
    """
    try:
        with translate_errors():
            yield
    except errors.NotThere as answer:
        raise errors.NotSignedIn(SERVICE, answer.reason) from answer
    except (ksa.MissingRequiredOptions, ConfigException) as failure:
        raise errors.NoCredentials(str(failure)) from failure


def _message(answer: ksa.HttpError) -> str:
    """Return Keystone's message, without what keystoneauth appends: "… (HTTP 404) (Request-ID: req-…)"."""
    return re.sub(r" \(HTTP \d+\).*$", "", answer.message or "")
