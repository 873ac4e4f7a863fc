"""Logins that failed: the cause, and the advice for it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keystoneauth1 import exceptions as ksa
from openstack.exceptions import ConfigException

from vscclient import errors
from vscclient.identity.error_translation import FAILURES, SERVICE, error_of
from vscclient.transport.connection_failure import CLOSED, NO_TLS, NOT_HTTP, connection_error
from vscclient.transport.tls_files import tls_file_error

LOGIN_FAILURES = (*FAILURES, ConfigException, OSError)
"""The exceptions of a login: ``OSError`` for a missing file with certificates."""

_SCOPE_VARIABLES = (
    *("OS_PROJECT_ID", "OS_PROJECT_NAME", "OS_PROJECT_DOMAIN_ID", "OS_PROJECT_DOMAIN_NAME"),
    *("OS_TENANT_ID", "OS_TENANT_NAME", "OS_DOMAIN_ID", "OS_DOMAIN_NAME", "OS_SYSTEM_SCOPE", "OS_TRUST_ID"),
)
"""The variables that an application credential must not have beside it: it is for one project."""

_LOST = (CLOSED, NOT_HTTP, "connection reset by peer", "broken pipe")
"""The endings of a plain HTTP request to a server that expects TLS."""

_PLAIN_HTTP = ("plain HTTP",)
"""Words of nginx and Apache in their 400 for such a request."""


@dataclass(frozen=True, kw_only=True)
class LoginSettings:
    """The way a user signs in, for advice.

    Args:
        auth_url: Address of the Identity service.
        auth_type: The kind of the credentials: "v3applicationcredential".
        ca_file: The file with authorities, or whether certificates are verified at all.
    """

    auth_url: str = ""
    auth_type: str = ""
    ca_file: object = None

    @classmethod
    def of_config(cls, config: Mapping[str, Any]) -> LoginSettings:
        """Return the settings by options, environment and clouds.yaml; all may be incomplete.

        Args:
            config: Of os-client-config: ``OpenStackCloud.config``.
        """
        auth = config.get("auth") or {}
        return cls(
            auth_url=str(auth.get("auth_url") or ""),
            auth_type=str(config.get("auth_type") or ""),
            ca_file=config.get("cacert") or config.get("verify"),
        )


def login_error_of(failure: Exception, settings: LoginSettings | None = None) -> errors.Error:
    """Return our error for what a login raised.

    A 404 is about the credentials here: Keystone answers so for an application credential that was deleted.
    """
    settings = settings or LoginSettings()
    if isinstance(failure, ksa.AuthPluginException | ConfigException):
        return errors.MissingCredentials(str(failure).rstrip("."))
    if settings.auth_url and not settings.auth_url.startswith(
        ("http://", "https://")
    ):  # keystoneauth finds no endpoint
        return errors.MissingCredentials(f"OS_AUTH_URL, {settings.auth_url}, begins with neither https:// nor http://")
    if isinstance(failure, OSError) and isinstance(failure.filename, str):
        return errors.UnusableFile(failure.filename, (failure.strerror or "").lower())
    if unusable := tls_file_error(failure, settings.ca_file):
        return unusable
    if isinstance(failure, OSError):
        return connection_error(SERVICE, failure)
    error = error_of(failure)
    if isinstance(error, errors.NotFound) and "application credential" in error.reason.lower():
        error = errors.NotSignedIn(SERVICE, error.reason)
    error.advice = _advice(error, settings, os.environ) or error.advice
    return error


def _advice(error: errors.CloudError, settings: LoginSettings, environment: Mapping[str, str]) -> str:
    """Return the next step for the cause of a login that failed; empty if the usual one is right."""
    variables = {name: value for name, value in environment.items() if name.startswith("OS_")}
    if damaged := [name for name, value in variables.items() if value != value.rstrip() or "\r" in value]:
        return (
            f"{' and '.join(sorted(damaged))} ends with a carriage return or a space, as in a file from Windows. "
            r"Convert your openrc and source it again: sed -i 's/[[:space:]]*$//' FILE"
        )
    is_credential = settings.auth_type.endswith("applicationcredential")
    if is_credential and isinstance(error, errors.NotSignedIn) and "scope" in error.reason:
        left_over = [name for name in _SCOPE_VARIABLES if environment.get(name)]
        step = f"unset {' '.join(left_over)}" if left_over else "remove the project from the entry of clouds.yaml"
        return f"An application credential is for one project, and must not name another: {step}"
    address = settings.auth_url
    if isinstance(error, errors.Unreachable) and error.reason == NO_TLS and address.startswith("https:"):
        return f"Try plain HTTP: export OS_AUTH_URL=http{address.removeprefix('https')}"
    refuses_plain = error.reason in _LOST or any(words in error.reason for words in _PLAIN_HTTP)
    if address.startswith("http:") and (refuses_plain or isinstance(error, errors.RefusedRedirect)):
        return f"The service may expect https: export OS_AUTH_URL=https{address.removeprefix('http')}"
    if isinstance(error, errors.NotFound | errors.UnexpectedAnswer | errors.Unreachable) and not error.advice:
        return f"Check the network and OS_AUTH_URL ({address}), then try again" if address else ""
    return ""
