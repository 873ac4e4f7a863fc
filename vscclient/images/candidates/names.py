"""The names that commands of the last day saw, kept apart for each cloud and each user.

The program that completes them cannot sign in, so the place of the names depends only on what selects the login: the
environment, the options of ``openstack``, and the files with clouds. It is hashed, and no secret is a part of it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from vscclient.images.inspection.own_files import DatedEntries, cache_folder

IMAGES, PROJECTS, CATALOGUES = "images", "projects", "catalogues"
"""The sections: by ID, the name of an image and how the user has access to it; by ID, the name of a project of the
user; the file of the cloud's catalogue of properties."""

LOGIN_VARIABLES = tuple(
    """
    OS_APPLICATION_CREDENTIAL_ID OS_APPLICATION_CREDENTIAL_NAME OS_AUTH_TYPE OS_AUTH_URL OS_CLOUD OS_DOMAIN_ID
    OS_DOMAIN_NAME OS_IDENTITY_PROVIDER OS_PROJECT_DOMAIN_ID OS_PROJECT_DOMAIN_NAME OS_PROJECT_ID OS_PROJECT_NAME
    OS_REGION_NAME OS_SYSTEM_SCOPE OS_TRUST_ID OS_USERNAME OS_USER_DOMAIN_ID OS_USER_DOMAIN_NAME OS_USER_ID
    """.split()
)
"""The variables that select the cloud and the user; ``openstack`` has an option for each, such as ``--os-cloud``."""

_TOKENS = ("OS_TOKEN", "OS_AUTH_TOKEN", "OS_ACCESS_TOKEN")
"""Secrets that select the user by themselves: with one of them, no names are kept."""

_OTHER_VARIABLES = ("OS_CLIENT_CONFIG_FILE", "OS_CLIENT_SECURE_FILE")


def names_of_login(options: Mapping[str, object]) -> DatedEntries | None:
    """Return the names of a login; None if only a secret identifies the login, or no folder exists.

    Args:
        options: The options of ``openstack`` on the command line, by the names of their variables.
    """
    folder = cache_folder("names")
    if folder is None or any(_value(name, options) for name in _TOKENS):
        return None
    parts = [f"{name}={_value(name, options)}" for name in LOGIN_VARIABLES]
    parts += [f"{name}={os.environ.get(name, '')}" for name in _OTHER_VARIABLES]
    key = hashlib.sha256("\0".join([*parts, *_clouds_files()]).encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return DatedEntries(folder / f"{key}.json")


def _value(name: str, options: Mapping[str, object]) -> str:
    value = options.get(name)
    if isinstance(value, str) and value:
        return value
    return os.environ.get(name) or os.environ.get(name.replace("PROJECT", "TENANT")) or ""


def _clouds_files() -> list[str]:
    """Return the files with clouds, and when they were changed: a name of a cloud then selects another login.

    Source: openstacksdk, ``openstack.config.loader``.
    """
    configuration = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    found: list[str] = []
    for folder in (Path.cwd(), Path(configuration, "openstack"), Path("/etc/openstack")):
        for name in ("clouds.yaml", "clouds.yml", "secure.yaml"):
            try:
                found.append(f"{folder / name}={os.stat(folder / name).st_mtime_ns}")
            except OSError:
                continue
    return found
