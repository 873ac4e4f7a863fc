"""The errors of keystoneauth as ours."""

from __future__ import annotations

import re

from keystoneauth1 import exceptions as ksa
from openstack.exceptions import ConfigException

from vscclient import errors

SERVICE = "Identity service"


FAILURES = (ksa.HttpError, ksa.ConnectionError, ksa.DiscoveryFailure, ksa.CatalogException)
"""What keystoneauth raises for a request."""

LOGIN_FAILURES = (*FAILURES, ksa.MissingRequiredOptions, ConfigException)
"""What a login raises."""


def error_of(failure: Exception) -> errors.CloudError:
    """Return our error for what keystoneauth raised."""
    if isinstance(failure, ksa.Unauthorized):
        return errors.NotSignedIn(SERVICE)
    if isinstance(failure, ksa.Forbidden):
        return errors.NotAllowed(SERVICE, _message(failure))
    if isinstance(failure, ksa.BadRequest):
        return errors.InvalidRequest(SERVICE, _message(failure))
    if isinstance(failure, ksa.NotFound):
        return errors.NotFound(SERVICE, _message(failure))
    if isinstance(failure, ksa.SSLError):
        return errors.UntrustedCertificate(SERVICE, errors.cause_of(failure))
    if isinstance(failure, ksa.ConnectionError | ksa.DiscoveryFailure):
        return errors.Unreachable(SERVICE, errors.cause_of(failure))
    if isinstance(failure, ksa.CatalogException):
        return errors.NotInCatalog(SERVICE, str(failure))
    return errors.UnexpectedAnswer(SERVICE, str(failure))


def login_error_of(failure: Exception) -> errors.Error:
    """Return our error for what a login raised.

    A 404 is about the credentials here: Keystone answers so for an application credential that was deleted.
    """
    if isinstance(failure, ksa.MissingRequiredOptions | ConfigException):
        return errors.MissingCredentials(str(failure))
    error = error_of(failure)
    return errors.NotSignedIn(SERVICE, error.reason) if isinstance(error, errors.NotFound) else error


def _message(answer: ksa.HttpError) -> str:
    """Return Keystone's message, without what keystoneauth appends: "… (HTTP 404) (Request-ID: req-…)"."""
    return re.sub(r" \(HTTP \d+\).*$", "", answer.message or "")
