"""The files to sign in with: openrc files like those of a dashboard, and one ``clouds.yaml``."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable
from pathlib import Path

from devcloud import population
from devcloud.cloud import User

UNSET = """\
# Variables of another openrc file must not mix with these.
for variable in $(env | sed -n 's/^\\(OS_[A-Za-z0-9_]*\\)=.*/\\1/p'); do unset "$variable"; done
"""
NO_PROXY = """\
# A proxy cannot reach this machine's loopback addresses.
case ",$no_proxy," in
    *,127.0.0.1,*) ;;
    *) export no_proxy="127.0.0.1,localhost${no_proxy:+,$no_proxy}" ;;
esac
export NO_PROXY="$no_proxy"
"""


def password_environment(login: population.Login, auth_url: str, project_id: str, password: str) -> dict[str, str]:
    """Return the variables of a user with a password."""
    return {
        "OS_AUTH_URL": auth_url,
        "OS_PROJECT_ID": project_id,
        "OS_PROJECT_NAME": login.project,
        "OS_PROJECT_DOMAIN_ID": population.DOMAIN_ID,
        "OS_USERNAME": login.user,
        "OS_USER_DOMAIN_NAME": population.DOMAIN,
        "OS_PASSWORD": password,
        **_common_variables(),
    }


def application_credential_environment(auth_url: str, credential: dict[str, str]) -> dict[str, str]:
    """Return the variables of an application credential."""
    return {
        "OS_AUTH_TYPE": "v3applicationcredential",
        "OS_AUTH_URL": auth_url,
        "OS_APPLICATION_CREDENTIAL_ID": credential["id"],
        "OS_APPLICATION_CREDENTIAL_SECRET": credential["secret"],
        **_common_variables(),
    }


def write_openrc(user: User) -> None:
    """Write the openrc file of a user, for any POSIX shell."""
    exports = [f"export {name}={shlex.quote(value)}" for name, value in user.environment.items()]
    user.openrc.touch(mode=0o600)
    user.openrc.write_text("\n".join([UNSET + NO_PROXY, *exports, ""]), encoding="utf-8")


def write_clouds_yaml(file: Path, users: Iterable[User]) -> None:
    """Write an entry for each user, as JSON, which is YAML as well: the standard library can write it."""
    file.touch(mode=0o600)
    clouds = {user.entry: cloud_entry(user.environment) for user in users}
    file.write_text(json.dumps({"clouds": clouds}, indent=2) + "\n", encoding="utf-8")


def cloud_entry(environment: dict[str, str]) -> dict[str, object]:
    """Return the entry of ``clouds.yaml`` for these variables.

    It lists all regions, the first one is the default: with a single ``region_name`` the client refuses the others.
    """
    settings = {name.removeprefix("OS_").lower(): value for name, value in environment.items()}
    entry: dict[str, object] = {
        name: settings.pop(name) for name in ("auth_type", "interface", "identity_api_version") if name in settings
    }
    first = settings.pop("region_name")
    regions = [first, *(region for region in population.REGIONS if region != first)]
    return {**entry, "regions": regions, "auth": settings}


def _common_variables() -> dict[str, str]:
    return {"OS_REGION_NAME": population.FIRST_REGION, "OS_INTERFACE": "public", "OS_IDENTITY_API_VERSION": "3"}
