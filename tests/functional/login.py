"""Credentials with other addresses of the services."""

from __future__ import annotations

from pathlib import Path

import yaml

from devcloud.cloud import Cloud


def environment_at(
    cloud: Cloud, user: str, image_url: str, folder: Path, *, auth_url: str | None = None
) -> dict[str, str]:
    """Return the environment of a user with another address of the Image service.

    Args:
        cloud: The development cloud.
        user: The entry of the user.
        image_url: The address.
        folder: The folder for a clouds.yaml with the address.
        auth_url: Another address of the Identity service, too, with ``/v3``.
    """
    clouds = yaml.safe_load(cloud.clouds_yaml.read_text(encoding="utf-8"))
    entry = clouds["clouds"][user] | {"image_endpoint_override": image_url}
    if auth_url:
        entry |= {"auth": entry["auth"] | {"auth_url": auth_url}, "identity_endpoint_override": auth_url}
    clouds["clouds"] = {"elsewhere": entry}
    file = folder / "clouds.yaml"
    file.write_text(yaml.safe_dump(clouds), encoding="utf-8")
    return {"OS_CLIENT_CONFIG_FILE": str(file), "OS_CLOUD": "elsewhere"}
