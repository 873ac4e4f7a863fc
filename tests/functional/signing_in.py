"""Ways to sign in that the cloud's own openrc files do not have."""

from __future__ import annotations

from pathlib import Path

import yaml

from devcloud.cloud import Cloud


def environment_at(cloud: Cloud, user: str, image_url: str, folder: Path) -> dict[str, str]:
    """Signs in as the user, but finds the Image service at this address.

    Args:
        folder: Where to keep the clouds.yaml that says so.
    """
    clouds = yaml.safe_load(cloud.clouds_yaml.read_text(encoding="utf-8"))
    clouds["clouds"] = {"elsewhere": clouds["clouds"][user] | {"image_endpoint_override": image_url}}
    file = folder / "clouds.yaml"
    file.write_text(yaml.safe_dump(clouds), encoding="utf-8")
    return {"OS_CLIENT_CONFIG_FILE": str(file), "OS_CLOUD": "elsewhere"}
