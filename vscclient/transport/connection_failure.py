"""The causes of lost connections, found behind the exceptions of the libraries."""

from __future__ import annotations

import http.client
import os
import re
import socket
import ssl
from collections.abc import Callable, Iterator

import requests
import urllib3

from vscclient import errors

CLOSED = "it closed the connection without an answer"
NOT_HTTP = "its answer is not HTTP"
NO_TLS = "TLS (https) is not spoken at this address"
_NO_PROXY = "Cannot connect to the proxy"
_PROXY_VARIABLES = ("https_proxy", "http_proxy", "all_proxy")


_HOST_NAME = "Use the host name for which the certificate is valid"
_CLOCK = "Check the clock of this machine (date); if it is right, ask the cloud's operators for a new certificate"

_CERTIFICATE_ADVICE = {9: _CLOCK, 10: _CLOCK, 62: _HOST_NAME, 64: _HOST_NAME}
"""The next step by OpenSSL's ``X509_V_ERR_…``: not yet valid, expired, another host, another IP address."""


class Silence(TimeoutError):
    """The other side has not accepted a single byte for too long."""


def connection_error(service: str, failure: BaseException) -> errors.CloudError:
    """Return our error for a connection that failed."""
    reason = cause_of(failure)
    for cause in causes_of(failure):
        if isinstance(cause, ssl.SSLCertVerificationError):
            code = getattr(cause, "verify_code", 0)
            return errors.UntrustedCertificate(service, reason, _CERTIFICATE_ADVICE.get(code, ""))
    if reason.startswith(_NO_PROXY):
        return errors.Unreachable(service, reason, "Correct the variable, or name the cloud's host in no_proxy")
    return errors.Unreachable(service, reason)


def cause_of(failure: BaseException) -> str:
    """Return why there was no answer, without the addresses and class names in the texts of the libraries.

    glanceclient calls each lost connection "Error finding address"; the real cause is in the exceptions behind it.
    """
    causes = list(causes_of(failure))
    for kind, describe in _DESCRIPTIONS:
        for cause in causes:
            if isinstance(cause, kind) and (text := describe(cause)):
                return text
    text = str(failure)
    if "timed out" in text.lower():
        return "timed out"
    match = re.search(r"\[Errno -?\d+\] ([^'\")\]]+)", text) or re.search(r"certificate verify failed: ([^(]+)", text)
    return match.group(1).strip().lower() if match else text.partition("\n")[0]


def causes_of(failure: BaseException) -> Iterator[BaseException]:
    """Yield an exception and those behind it: its causes, and those that urllib3 and requests keep as arguments."""
    waiting, seen = [failure], set[int]()
    while waiting:
        cause = waiting.pop(0)
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        behind = (cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args)
        waiting += [one for one in behind if isinstance(one, BaseException)]


def _proxy_problem(_cause: BaseException) -> str:
    """Name the proxy that does not answer, by the variables that can have set it; they may hold a password."""
    names = [name for variable in _PROXY_VARIABLES for name in (variable, variable.upper()) if os.environ.get(name)]
    proxies = [f"{os.environ[name].rpartition('@')[2]} (set by {name})" for name in names]
    return f"{_NO_PROXY} {' or '.join(proxies)}".rstrip()


def proxy_variables(address: str) -> list[str]:
    """Return the names of the variables that set a proxy for this address."""
    proxies = set(requests.utils.get_environ_proxies(address, no_proxy=None).values())
    names = [name for variable in _PROXY_VARIABLES for name in (variable, variable.upper())]
    return [name for name in names if os.environ.get(name) in proxies]


def _not_http(cause: BaseException) -> str:
    """Quote the first line of another protocol ("SSH-2.0-…"), but not the bytes of TLS."""
    line = str(cause).strip()
    return f"{NOT_HTTP}, but '{line[:60]}'" if line and line.isprintable() else NOT_HTTP


def _certificate_problem(cause: BaseException) -> str:
    return str(getattr(cause, "verify_message", "")).lower()


def _tls_problem(cause: BaseException) -> str:
    """Describe a handshake that failed. Source: OpenSSL, ``sslerr.h``: the reasons for a server that speaks HTTP."""
    reason = str(getattr(cause, "reason", "") or "")
    if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"):
        return NO_TLS
    return reason.replace("_", " ").lower() or "the TLS handshake failed"


_DESCRIPTIONS: tuple[tuple[type[BaseException], Callable[[BaseException], str]], ...] = (
    (urllib3.exceptions.ProxyError, _proxy_problem),
    (requests.exceptions.ProxyError, _proxy_problem),
    (ssl.SSLCertVerificationError, _certificate_problem),
    (ssl.SSLError, _tls_problem),
    (socket.gaierror, lambda _: "the name of its host cannot be resolved"),
    (Silence, str),
    (requests.Timeout, lambda _: "timed out"),
    (TimeoutError, lambda _: "timed out"),
    (http.client.RemoteDisconnected, lambda _: CLOSED),
    (http.client.IncompleteRead, lambda _: "the connection was lost during the answer"),
    (urllib3.exceptions.IncompleteRead, lambda _: "the connection was lost during the answer"),
    (requests.exceptions.ContentDecodingError, lambda _: "its answer cannot be decompressed"),
    (http.client.BadStatusLine, _not_http),
    (http.client.HTTPException, lambda _: NOT_HTTP),
    (requests.exceptions.InvalidSchema, str),
    (requests.exceptions.InvalidURL, lambda _: "the address is not valid"),
    (OSError, lambda cause: (cause.strerror or "").lower() if isinstance(cause, OSError) else ""),
    (urllib3.exceptions.TimeoutError, lambda _: "timed out"),  # last: in urllib3 1.26 a refused connection is one
)
"""Kinds of exceptions, the most telling first."""
