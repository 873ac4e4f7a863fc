"""Credentials with another address of the Image service."""

from __future__ import annotations

from pathlib import Path

import yaml

from devcloud.cloud import Cloud


def environment_at(cloud: Cloud, user: str, image_url: str, folder: Path) -> dict[str, str]:
    """Return the environment of a user with another address of the Image service.

    Args:
        cloud: The development cloud.
        user: The entry of the user.
        image_url: The address.
        folder: The folder for a clouds.yaml with the address.
    """
    clouds = yaml.safe_load(cloud.clouds_yaml.read_text(encoding="utf-8"))
    clouds["clouds"] = {"elsewhere": clouds["clouds"][user] | {"image_endpoint_override": image_url}}
    file = folder / "clouds.yaml"
    file.write_text(yaml.safe_dump(clouds), encoding="utf-8")
    return {"OS_CLIENT_CONFIG_FILE": str(file), "OS_CLOUD": "elsewhere"}
