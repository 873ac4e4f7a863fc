"""The services' configuration files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from devcloud import population
from devcloud.inside.limits import LIMITED_PROJECT_VARIABLE

Sections = Mapping[str, Mapping[str, object]]

# The default, 64 KiB, takes twice the CPU time.
CHUNK_SIZE_BYTES = 262_144
# SQLite: requests wait for each other instead of failing.
LOCK_TIMEOUT_S = 30


@dataclass(frozen=True, kw_only=True)
class Place:
    """The files of one cloud and the ports of its services; ports are 0 while only the seed is made."""

    folder: Path
    environment: Path
    identity_port: int = 0
    image_port: int = 0

    @property
    def identity_url(self) -> str:
        """Keystone's address."""
        return f"http://127.0.0.1:{self.identity_port}"

    @property
    def image_url(self) -> str:
        """Glance's address."""
        return f"http://127.0.0.1:{self.image_port}"

    @property
    def configuration(self) -> Path:
        """The folder of the configuration files of both."""
        return self.folder / "etc"

    @property
    def logs(self) -> Path:
        """The folder of the services' logs."""
        return self.folder / "logs"

    @property
    def images(self) -> Path:
        """The image store."""
        return self.folder / "images"


@dataclass(frozen=True, kw_only=True)
class GlanceAccess:
    """The parts of Keystone's content that Glance's configuration needs."""

    glance_password: str = ""
    admin_password: str = ""
    limits_endpoint_id: str = ""
    limited_project_id: str = ""
    protected_project_id: str = ""


def write(place: Place, access: GlanceAccess) -> None:
    """Write the files of both services and create the folders in them."""
    place.configuration.mkdir()
    place.logs.mkdir()
    for folder in ("store", "staging", "tasks"):
        (place.images / folder).mkdir(parents=True)
    _write_sections(place.configuration / "keystone.conf", keystone(place))
    _write_sections(place.configuration / "glance-api.conf", glance(place, access))
    _write_sections(place.configuration / "glance-image-import.conf", IMPORT)
    _write_sections(place.configuration / "property-protections.conf", PROTECTIONS)
    (place.configuration / "policy.yaml").write_text(json.dumps(image_policy(access)), encoding="utf-8")
    (place.configuration / "schema-image.json").write_text(json.dumps(PROPERTY_SCHEMA), encoding="utf-8")


def variables(place: Place, access: GlanceAccess) -> dict[str, str]:
    """Return the environment variables by which the services find their files."""
    return {
        "OS_KEYSTONE_CONFIG_DIR": str(place.configuration),
        "OS_GLANCE_CONFIG_DIR": str(place.configuration),
        LIMITED_PROJECT_VARIABLE: access.limited_project_id,
    }


def keystone(place: Place) -> Sections:
    """``keystone.conf``."""
    return {
        "DEFAULT": {"use_stderr": True, "max_token_size": 255},
        "database": _database(place.folder / "keystone.db"),
        # Without the cache each request takes 0.1 s or more for SQL. It is in memory: Keystone has to be one process.
        "cache": {"enabled": True, "backend": "dogpile.cache.memory_pickle"},
        "identity": {"password_hash_rounds": 4},  # the default makes each login 0.2 s slower
        "fernet_tokens": {"key_repository": place.folder / "fernet-keys"},
        "fernet_receipts": {"key_repository": place.folder / "fernet-keys"},
        "credential": {"key_repository": place.folder / "credential-keys"},
        "oslo_policy": {"enforce_scope": True},
    }


def glance(place: Place, access: GlanceAccess) -> Sections:
    """``glance-api.conf``."""
    return {
        "DEFAULT": {
            "use_stderr": True,
            "enabled_backends": "local:file",
            "enabled_import_methods": "[glance-direct,web-download]",
            # The worker that gets the request for an import must find the staged data.
            "worker_self_reference_url": place.image_url,
            "use_keystone_limits": True,
            "property_protection_file": place.configuration / "property-protections.conf",
            "property_protection_rule_format": "policies",
        },
        "database": _database(place.folder / "glance.db"),
        "glance_store": {"default_backend": "local"},
        "local": _store(place.images / "store"),
        "os_glance_staging_store": _store(place.images / "staging"),
        "os_glance_tasks_store": _store(place.images / "tasks"),
        "paste_deploy": {
            "flavor": "keystone",
            "config_file": place.environment / "etc" / "glance" / "glance-api-paste.ini",
        },
        "oslo_concurrency": {"lock_path": place.folder / "locks"},
        "keystone_authtoken": {
            **_login(place, population.GLANCE_USER, access.glance_password, population.SERVICE_PROJECT),
            "www_authenticate_uri": f"{place.identity_url}/v3",
            "region_name": population.FIRST_REGION,
            "service_token_roles_required": True,
            "service_type": "image",  # for application credentials with access rules
        },
        "oslo_limit": {
            # Other clouds use a user with a role in the whole system. Keystone does not cache the roles of such a
            # token, which cost 0.6 s of each upload.
            **_login(place, population.ADMIN, access.admin_password, population.ADMIN_PROJECT),
            "endpoint_id": access.limits_endpoint_id,
            "endpoint_override": f"{place.identity_url}/v3",
        },
    }


# By default Glance refuses loopback, and all ports but 80 and 443.
IMPORT: Sections = {
    "import_filtering_opts": {"allowed_hosts": "[127.0.0.1,localhost]", "allowed_ports": "[]"},
    "image_import_opts": {"image_import_plugins": "[]"},
}


_OPERATIONS = ("create", "read", "update", "delete")

PROTECTIONS: Sections = {
    **{name: dict.fromkeys(_OPERATIONS, "unprotected") | {"read": "@"} for name in population.PROTECTED_PROPERTIES},
    ".*": dict.fromkeys(_OPERATIONS, "@"),
}


def image_policy(access: GlanceAccess) -> dict[str, str]:
    """Glance's ``policy.yaml``: the rule to which the property protections refer."""
    return {"unprotected": f"not project_id:{access.protected_project_id or 'none'}"}


_ID_OR_NULL = {"type": ["null", "string"], "pattern": "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"}

# The part of Glance's own etc/schema-image.json that differs from other properties; pip does not install that file.
# A site can restrict further properties there: this one wants no gentoo.
PROPERTY_SCHEMA = {
    "kernel_id": _ID_OR_NULL,
    "ramdisk_id": _ID_OR_NULL,
    "os_distro": {"type": "string", "not": {"enum": ["gentoo"]}},
}


def _login(place: Place, user: str, password: str, project: str) -> dict[str, object]:
    return {
        "auth_type": "password",
        "auth_url": f"{place.identity_url}/v3",
        "username": user,
        "password": password,
        "user_domain_id": population.DOMAIN_ID,
        "project_name": project,
        "project_domain_id": population.DOMAIN_ID,
    }


def _database(file: Path) -> dict[str, object]:
    return {"connection": f"sqlite:///{file}?timeout={LOCK_TIMEOUT_S}", "sqlite_synchronous": False}


def _store(folder: Path) -> dict[str, object]:
    return {"filesystem_store_datadir": folder, "filesystem_store_chunk_size": CHUNK_SIZE_BYTES}


def _write_sections(file: Path, sections: Sections) -> None:
    lines = []
    for section, options in sections.items():
        lines.append(f"[{section}]")
        lines.extend(f"{option} = {value}" for option, value in options.items())
        lines.append("")
    file.touch(mode=0o600)  # it may have a password
    file.write_text("\n".join(lines), encoding="utf-8")
