"""The regions, projects, users and limits of the cloud. Read by this program and inside the services."""

from __future__ import annotations

from dataclasses import dataclass

DOMAIN = "Default"
DOMAIN_ID = "default"
ADMIN = "admin"
ADMIN_PROJECT = "admin"
SERVICE_PROJECT = "service"
GLANCE_USER = "glance"

# The seed has these addresses. Each start replaces them: its ports are free ones, the seed is the same.
IDENTITY_PLACEHOLDER = "http://identity.invalid"
IMAGE_PLACEHOLDER = "http://image.invalid"

FIRST_REGION = "devcloud"
# Region → the path of Glance's endpoint in it. All regions lead to the same Glance.
REGIONS = {FIRST_REGION: "", "versioned": "/v2", "no-ranges": "/no-ranges"}

PROJECTS = ("VSC_00001", "VSC_00002", "VSC_00003", "VSC_00004", "VSC_00005")


@dataclass(frozen=True)
class Login:
    """A user in one project: one openrc file, one entry of clouds.yaml."""

    user: str
    project: str
    role: str


LOGINS = {
    "alice": Login("alice", "VSC_00001", "member"),
    "bob": Login("bob", "VSC_00002", "member"),
    "carol": Login("carol", "VSC_00003", "member"),
    "dave": Login("dave", "VSC_00001", "member"),
    "dave_2": Login("dave", "VSC_00002", "member"),
    "rita": Login("rita", "VSC_00003", "reader"),
    "eve": Login("eve", "VSC_00004", "member"),
    "frank": Login("frank", "VSC_00005", "member"),
    ADMIN: Login(ADMIN, ADMIN_PROJECT, "admin"),
}

# Name of the entry → the login that creates the application credential.
APPLICATION_CREDENTIALS = {"alice_appcred": "alice"}

# Glance's limits in Keystone, sizes in MiB. They are high for all projects …
LIMITS = {
    "image_size_total": 1_000_000,
    "image_stage_total": 1_000_000,
    "image_count_total": 1_000_000,
    "image_count_uploading": 1_000_000,
}
# … except the project of eve, whose uploads are answered with 413 above these.
SMALL_PROJECT = "VSC_00004"
SMALL_LIMITS = {"image_size_total": 1, "image_stage_total": 1}

# The project of frank may not set these properties: regular expressions, as in Glance's file of property protections.
PROTECTED_PROJECT = "VSC_00005"
PROTECTED_PROPERTIES = ("^os_distro$", "^os_version$", "^vsc_waived$")
