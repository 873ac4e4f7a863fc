"""Files with certificates that cannot be used. The libraries name neither the file nor the setting."""

from __future__ import annotations

import os
import re
import ssl

from vscclient import errors
from vscclient.transport.connection_failure import causes_of

_AUTHORITIES = "certificates of authorities"

_CONTENTS = {"CA certificate bundle": _AUTHORITIES, "key file": "key of your certificate", "file": "certificate"}
"""The words of requests, and ours. Source: requests, ``HTTPAdapter.cert_verify``."""

_VARIABLES = ("OS_CACERT", "OS_CERT", "OS_KEY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def tls_file_error(failure: BaseException, ca_file: object = None) -> errors.UnusableTlsFile | None:
    """Return our error if a request failed because of a file with certificates; else None.

    Args:
        failure: What the request raised.
        ca_file: The file with authorities of the session, or whether certificates are verified at all.
    """
    for cause in causes_of(failure):
        match = re.search(r"(CA certificate bundle|key file|file), invalid path: (.+)", str(cause))
        if match and isinstance(cause, OSError):
            return errors.UnusableTlsFile(_CONTENTS[match[1]], match[2], setting_of(match[2]), "it does not exist")
    names = (ca_file, os.environ.get("REQUESTS_CA_BUNDLE"), os.environ.get("CURL_CA_BUNDLE"))
    path = next((name for name in names if isinstance(name, str) and name), None)
    if path and (reason := _reason(failure)):
        return errors.UnusableTlsFile(_AUTHORITIES, path, setting_of(path), reason)
    return None


def _reason(failure: BaseException) -> str:
    """Return why OpenSSL cannot load a file; empty if the failure has another cause."""
    for cause in causes_of(failure):
        if isinstance(cause, ssl.SSLError):
            if getattr(cause, "library", None) in ("X509", "PEM"):
                return "it contains no certificate"
        elif isinstance(cause, PermissionError | IsADirectoryError):
            return str(cause.strerror).lower()
    return ""


def setting_of(path: str) -> str:
    """Return the variables, or the options, that name this file."""
    names = [name for name in _VARIABLES if os.environ.get(name) == path]
    return " and ".join(names) or "--os-cacert, --os-cert or --os-key, or by clouds.yaml"
