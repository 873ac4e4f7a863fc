"""Logins that failed: the cause, and the advice for it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from keystoneauth1 import exceptions as ksa
from openstack.exceptions import ConfigException

from vscclient import errors
from vscclient.identity.error_translation import FAILURES, SERVICE, error_of
from vscclient.transport.connection_failure import CLOSED, NO_TLS, NOT_HTTP, connection_error, proxy_variables
from vscclient.transport.tls_files import setting_of, tls_file_error

LOGIN_FAILURES = (*FAILURES, ConfigException, OSError)
"""The exceptions of a login: ``OSError`` for a missing file with certificates."""

_USER_VARIABLES = ("OS_USERNAME", "OS_USER_ID", "OS_USER_DOMAIN_NAME", "OS_USER_DOMAIN_ID")

_SCOPE_VARIABLES = (
    *("OS_PROJECT_ID", "OS_PROJECT_NAME", "OS_PROJECT_DOMAIN_ID", "OS_PROJECT_DOMAIN_NAME"),
    *("OS_TENANT_ID", "OS_TENANT_NAME", "OS_DOMAIN_ID", "OS_DOMAIN_NAME", "OS_SYSTEM_SCOPE", "OS_TRUST_ID"),
)
"""The variables that an application credential must not have beside it: it is for one project."""

_CREDENTIAL_VARIABLES = (
    *("OS_APPLICATION_CREDENTIAL_ID", "OS_APPLICATION_CREDENTIAL_NAME", "OS_APPLICATION_CREDENTIAL_SECRET"),
    *("OS_TOKEN", "OS_PASSWORD", *_USER_VARIABLES, *_SCOPE_VARIABLES),
)
"""The variables that Keystone compares with what it knows."""

_QUOTATION_MARKS = "\"'\u201c\u201d\u201e\u2018\u2019"

_DAMAGES: tuple[tuple[str, Callable[[str], bool], str], ...] = (
    (
        "a carriage return at the end, as in a file from Windows",
        lambda value: value.endswith("\r"),
        r"Convert your openrc file and source it again: sed -i 's/\r$//' FILE",
    ),
    (
        "a space or an invisible character at the beginning or end",
        lambda value: value != value.strip() or not (value[:1] + value[-1:]).isprintable(),
        "Correct your openrc file and source it again",
    ),
    (
        "quotation marks in the value",
        lambda value: len(value) > 1 and value[0] in _QUOTATION_MARKS and value[-1] in _QUOTATION_MARKS,
        "Correct your openrc file (quotation marks must be straight) and source it again",
    ),
)
"""The damage that editors and converters do to the value of a variable: words, test and fix."""

_NOT_ABOUT_CREDENTIALS = (
    *(errors.Unreachable, errors.RefusedRedirect, errors.RefusedByProxy),
    *(errors.UntrustedCertificate, errors.ServiceFailure),
)
"""Failures for which no value is the cause, except the address."""

_LOST = (CLOSED, NOT_HTTP, "connection reset by peer", "broken pipe")
"""The endings of a plain HTTP request to a server that expects TLS."""

_PLAIN_HTTP = ("plain HTTP",)
"""Words of nginx and Apache in their 400 for such a request."""


@dataclass(frozen=True, kw_only=True)
class LoginSettings:
    """The way a user signs in, for advice.

    Args:
        auth_url: Address of the Identity service, without a password.
        auth_type: The kind of the credentials: "v3applicationcredential".
        ca_file: The file with authorities, or whether certificates are verified at all.
        cloud: The entry of clouds.yaml; empty if there is none.
    """

    auth_url: str = ""
    auth_type: str = ""
    ca_file: object = None
    cloud: str = ""

    @classmethod
    def of_config(cls, config: Mapping[str, Any], name: str = "") -> LoginSettings:
        """Return the settings by options, environment and clouds.yaml; all may be incomplete.

        Args:
            config: Of openstacksdk: ``CloudRegion.config``.
            name: The entry of clouds.yaml, or openstacksdk's word for the variables of the environment.
        """
        auth = config.get("auth") or {}
        return cls(
            auth_url=re.sub(r"//[^/]*@", "//", str(auth.get("auth_url") or "")),
            auth_type=str(config.get("auth_type") or ""),
            ca_file=config.get("cacert") or config.get("verify"),
            cloud="" if name in ("envvars", "defaults") else name,
        )

    def corrected(self, auth_url: str) -> str:
        """Return the step that sets another address, where the present one was set."""
        if os.environ.get("OS_AUTH_URL") or not self.cloud:
            return f"export OS_AUTH_URL={auth_url}"
        return f"set auth_url: {auth_url} in the entry {self.cloud} of clouds.yaml"


def login_error_of(failure: Exception, settings: LoginSettings | None = None) -> errors.Error:
    """Return our error for what a login raised, with the advice for its cause.

    Args:
        failure: One of ``LOGIN_FAILURES``; any other exception is osc-lib's about a value that is missing.
        settings: The way the user signs in; None: unknown.
    """
    settings = settings or LoginSettings()
    error = _error(failure, settings)
    if isinstance(error, errors.CloudError | errors.MissingCredentials):
        variables = {name: value for name, value in os.environ.items() if name.startswith("OS_") and value}
        steps = (
            _advice_about_damage(error, variables),
            _advice_about_mixture(error, settings, variables),
            _advice_about_address(error, settings),
            _advice_about_values(error, settings, variables),
        )
        error.advice = next((step for step in steps if step), error.advice)
    return error


def _error(failure: Exception, settings: LoginSettings) -> errors.Error:
    """Return our error, without the advice that the settings allow.

    A 404 is about the credentials if Keystone does not find the credential or the token, else about the address.
    """
    is_incomplete = isinstance(failure, ksa.AuthPluginException | ConfigException)
    if is_incomplete or not isinstance(failure, LOGIN_FAILURES):
        words = re.sub(r" *(\\n|\n) *", " ", str(failure))  # osc-lib writes a backslash and an n
        return errors.MissingCredentials(words.rstrip("."))
    if isinstance(failure, TypeError) and (match := re.search(r"unexpected keyword argument '(\w+)'", str(failure))):
        return errors.MissingCredentials(f"a login by {settings.auth_type or 'this way'} does not accept '{match[1]}'")
    address = settings.auth_url
    if address and not address.startswith(("http://", "https://")):  # keystoneauth finds no endpoint
        return errors.MissingCredentials(f"OS_AUTH_URL, {address}, begins with neither https:// nor http://")
    if isinstance(failure, OSError) and isinstance(failure.filename, str):
        return errors.UnusableFile(failure.filename, (failure.strerror or "").lower())
    if unusable := tls_file_error(failure, settings.ca_file):
        return unusable
    if isinstance(failure, OSError):
        return connection_error(SERVICE, failure)
    error = error_of(failure)
    if isinstance(error, errors.NotFound):
        if re.search(r"application credential|token", error.reason, re.IGNORECASE):
            return errors.NotSignedIn(SERVICE, error.reason)
        return errors.UnexpectedAnswer(SERVICE, "404 Not Found; is this the address of an Identity service?")
    return error


def _advice_about_damage(error: errors.Error, variables: Mapping[str, str]) -> str:
    """Return the variables that an editor damaged, never their values; empty if they are not the cause."""
    if isinstance(error, _NOT_ABOUT_CREDENTIALS):
        variables = {name: value for name, value in variables.items() if name == "OS_AUTH_URL"}
    for damage, is_damaged, step in _DAMAGES:
        if names := sorted(name for name, value in variables.items() if is_damaged(value)):
            more = f" and {len(names) - 3} more" if len(names) > 3 else ""
            verb = "have" if len(names) > 1 else "has"
            return f"{', '.join(names[:3])}{more} {verb} {damage}. {step}"
    return ""


def _advice_about_mixture(error: errors.Error, settings: LoginSettings, variables: Mapping[str, str]) -> str:
    """Return the step against values of two ways to sign in; empty if this is not the cause."""
    if not isinstance(error, errors.NotSignedIn | errors.MissingCredentials):
        return ""
    if settings.cloud and "OS_AUTH_URL" in variables:
        both = f"The entry {settings.cloud} of clouds.yaml and the variables of an openrc file (OS_AUTH_URL) are mixed"
        return f"{both}. Use only one of the two: unset OS_CLOUD and omit --os-cloud, or start a new shell"
    has_id = "OS_APPLICATION_CREDENTIAL_ID" in variables
    is_credential = settings.auth_type.endswith("applicationcredential")
    if has_id and settings.auth_type and not is_credential:
        return "For an application credential: export OS_AUTH_TYPE=v3applicationcredential"
    if is_credential and re.search(r"scope|have provided a|does not accept", error.reason):
        surplus = ("OS_TOKEN", *_USER_VARIABLES, *_SCOPE_VARIABLES) if has_id else ("OS_TOKEN", *_SCOPE_VARIABLES)
        left_over = [name for name in surplus if name in variables]
        step = f"unset {' '.join(left_over)}" if left_over else "remove the project from the entry of clouds.yaml"
        if left_over or settings.cloud or "scope" in error.reason:
            return f"An application credential is for one user and one project, and must not name another: {step}"
    return ""


def _advice_about_address(error: errors.Error, settings: LoginSettings) -> str:
    """Return the step for an address that is wrong or that does not answer; empty if this is not the cause."""
    address = settings.auth_url
    if not address or not isinstance(error, errors.CloudError) or error.advice:
        return ""
    if isinstance(error, errors.UntrustedCertificate) and isinstance(settings.ca_file, str):
        path = settings.ca_file
        return f"The authority that signed it is not in {path}, which is named by {setting_of(path)}"
    if isinstance(error, errors.Unreachable) and error.reason == NO_TLS and address.startswith("https:"):
        return f"Try plain HTTP: {settings.corrected(f'http{address[5:]}')}"
    refuses_plain = error.reason in _LOST or any(words in error.reason for words in _PLAIN_HTTP)
    if address.startswith("http:") and (refuses_plain or isinstance(error, errors.RefusedRedirect)):
        return f"The service may expect https: {settings.corrected(f'https{address[4:]}')}"
    if isinstance(error, errors.UnexpectedAnswer | errors.Unreachable):
        version = "" if address.rstrip("/").endswith("/v3") else ", which usually ends with /v3"
        proxy = "".join(f", the proxy in {name}" for name in proxy_variables(address))
        return f"Check OS_AUTH_URL ({address}){version}{proxy}, and the network"
    return ""


def _advice_about_values(error: errors.Error, settings: LoginSettings, variables: Mapping[str, str]) -> str:
    """Return the values to check if Keystone does not say which of them is wrong; empty if the usual advice is right.

    Keystone says so little on purpose, see ``insecure_debug`` in its configuration guide.
    """
    is_credential = settings.auth_type.endswith("applicationcredential")
    is_refused = isinstance(error, errors.NotSignedIn) and not is_credential
    if not settings.auth_type or not (is_refused or isinstance(error, errors.InvalidRequest)):
        return ""
    names = [name for name in _CREDENTIAL_VARIABLES if name in variables]
    if isinstance(error, errors.InvalidRequest) and variables.get("OS_IDENTITY_API_VERSION", "").startswith("2"):
        names.insert(0, "OS_IDENTITY_API_VERSION (must be 3)")
    place = ", ".join(names) or f"the entry {settings.cloud} of clouds.yaml"
    return f"A value is wrong, is missing or has expired; check: {place}"
