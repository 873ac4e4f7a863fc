"""``python -m devcloud.inside.fill_identity RESULT``: make Keystone's database and keys, and the cast in it.

All in one process, the API calls without a server: importing Keystone takes longer than the rest. What the other side
has to know (identifiers, passwords) is written to the file RESULT, as JSON.
"""

from __future__ import annotations

import importlib
import json
import multiprocessing
import os
import secrets
import sys
from pathlib import Path
from typing import Any

from devcloud import cast

INTERFACES = ("public", "internal", "admin")


class Identity:
    """Keystone's version 3 API, as its administrator, in this process.

    Raises:
        SystemExit: Keystone refused a request; its answer is the message.
    """

    def __init__(self) -> None:
        self.client = importlib.import_module("werkzeug.test").Client(
            importlib.import_module("keystone.wsgi.api").application
        )

    def token(self, user: str, password: str, project: str) -> str:
        """Sign in."""
        domain = {"id": cast.DOMAIN_ID}
        who = {"name": user, "password": password, "domain": domain}
        identity = {"methods": ["password"], "password": {"user": who}}
        scope = {"project": {"name": project, "domain": domain}}
        answer = self._ask("POST", "/v3/auth/tokens", {"auth": {"identity": identity, "scope": scope}}, None)
        token: str = answer.headers["X-Subject-Token"]
        return token

    def get(self, path: str, token: str) -> Any:
        """The decoded answer."""
        return self._ask("GET", path, None, token).json

    def put(self, path: str, token: str) -> None:
        """Make something that has no content, such as a role assignment."""
        self._ask("PUT", path, None, token)

    def post(self, kind: str, content: dict[str, Any], token: str, *, under: str = "/v3") -> dict[str, Any]:
        """Make a thing of this kind and return it."""
        made: dict[str, Any] = self._ask("POST", f"{under}/{kind}s", {kind: content}, token).json[kind]
        return made

    def post_all(self, kind: str, content: dict[str, Any], token: str) -> None:
        """Make a thing of a kind that the API takes only as a list."""
        self._ask("POST", f"/v3/{kind}s", {f"{kind}s": [content]}, token)

    def _ask(self, method: str, path: str, content: Any, token: str | None) -> Any:
        headers = {"X-Auth-Token": token} if token else {}
        answer = self.client.open(path, method=method, json=content, headers=headers)
        if answer.status_code >= 300:
            sys.exit(f"Keystone refused {method} {path}: {answer.status} {answer.text}")
        return answer


def manage(*arguments: str) -> None:
    """Run one command of ``keystone-manage`` in a copy of this process.

    In the same one a second command, or the application after it, finds the options parsed and the backends locked.
    """
    file = Path(os.environ["OS_KEYSTONE_CONFIG_DIR"], "keystone.conf")
    main = importlib.import_module("keystone.cmd.cli").main
    command = ["keystone-manage", "--config-file", str(file), *arguments]
    process = multiprocessing.get_context("fork").Process(target=main, args=(command,))
    process.start()
    process.join()
    if process.exitcode:
        sys.exit(f"keystone-manage {arguments[0]} ended with status {process.exitcode}")


def bootstrap(password: str) -> None:
    """Make the database, the keys, the administrator and the roles."""
    # Root has to say whose the keys shall be, everybody else may.
    owner = ("--keystone-user", str(os.getuid()), "--keystone-group", str(os.getgid()))
    manage("db_sync")
    manage("fernet_setup", *owner)
    manage("credential_setup", *owner)
    manage(
        "bootstrap",
        "--bootstrap-username", cast.ADMIN,
        "--bootstrap-project-name", cast.ADMIN_PROJECT,
        "--bootstrap-password", password,
    )  # fmt: skip


def fill(admin_password: str) -> dict[str, Any]:
    """Make the cast. Returns what the other side has to know."""
    identity = Identity()
    token = identity.token(cast.ADMIN, admin_password, cast.ADMIN_PROJECT)
    projects = make_projects(identity, token)
    passwords = {name: secrets.token_hex(8) for name in user_names()} | {cast.ADMIN: admin_password}
    users = make_users(identity, token, passwords)
    assign_roles(identity, token, projects, users)
    services = make_endpoints(identity, token)
    limits_endpoint_id = make_limits(identity, token, services["image"], projects[cast.SMALL_PROJECT])
    return {
        "projects": projects,
        "users": users,
        "passwords": passwords,
        "limits_endpoint_id": limits_endpoint_id,
        "application_credentials": make_application_credentials(identity, passwords, users),
    }


def user_names() -> list[str]:
    """Everybody but the administrator, whom the bootstrap made."""
    return sorted({login.user for login in cast.LOGINS.values()} - {cast.ADMIN} | {cast.GLANCE_USER})


def make_projects(identity: Identity, token: str) -> dict[str, str]:
    """Name → ID, of all projects."""
    for name in (cast.SERVICE_PROJECT, *cast.PROJECTS):
        identity.post("project", {"name": name, "domain_id": cast.DOMAIN_ID}, token)
    return {project["name"]: project["id"] for project in identity.get("/v3/projects", token)["projects"]}


def make_users(identity: Identity, token: str, passwords: dict[str, str]) -> dict[str, str]:
    """Name → ID, of all users."""
    for name in user_names():
        identity.post("user", {"name": name, "password": passwords[name], "domain_id": cast.DOMAIN_ID}, token)
    return {user["name"]: user["id"] for user in identity.get("/v3/users", token)["users"]}


def assign_roles(identity: Identity, token: str, projects: dict[str, str], users: dict[str, str]) -> None:
    """Give the users their roles, and Glance the one by which it may check tokens."""
    roles = {role["name"]: role["id"] for role in identity.get("/v3/roles", token)["roles"]}
    glance = cast.Login(cast.GLANCE_USER, cast.SERVICE_PROJECT, "service")
    for login in (*cast.LOGINS.values(), glance):
        project, user, role = projects[login.project], users[login.user], roles[login.role]
        identity.put(f"/v3/projects/{project}/users/{user}/roles/{role}", token)


def make_endpoints(identity: Identity, token: str) -> dict[str, str]:
    """Service type → ID; both services get an endpoint for each region and interface."""
    services = {
        "identity": identity.post("service", {"type": "identity", "name": "keystone"}, token)["id"],
        "image": identity.post("service", {"type": "image", "name": "glance"}, token)["id"],
    }
    for region, path in cast.REGIONS.items():
        identity.post("region", {"id": region}, token)
        urls = {"identity": f"{cast.IDENTITY_PLACEHOLDER}/v3", "image": f"{cast.IMAGE_PLACEHOLDER}{path}"}
        for service, url in urls.items():
            for interface in INTERFACES:
                endpoint = {"service_id": services[service], "region_id": region, "interface": interface, "url": url}
                identity.post("endpoint", endpoint, token)
    return services


def make_limits(identity: Identity, token: str, service_id: str, small_project_id: str) -> str:
    """Register Glance's limits. Returns the ID of the endpoint that they belong to."""
    place = {"service_id": service_id, "region_id": cast.FIRST_REGION}
    for name, limit in cast.LIMITS.items():
        identity.post_all("registered_limit", {**place, "resource_name": name, "default_limit": limit}, token)
    for name, limit in cast.SMALL_LIMITS.items():
        small = {**place, "project_id": small_project_id, "resource_name": name, "resource_limit": limit}
        identity.post_all("limit", small, token)
    query = f"service_id={service_id}&region_id={cast.FIRST_REGION}&interface=public"
    endpoint_id: str = identity.get(f"/v3/endpoints?{query}", token)["endpoints"][0]["id"]
    return endpoint_id


def make_application_credentials(
    identity: Identity, passwords: dict[str, str], users: dict[str, str]
) -> dict[str, dict[str, str]]:
    """Name of the entry → ID and secret."""
    made = {}
    for name, entry in cast.APPLICATION_CREDENTIALS.items():
        login = cast.LOGINS[entry]
        token = identity.token(login.user, passwords[login.user], login.project)
        under = f"/v3/users/{users[login.user]}"
        credential = identity.post("application_credential", {"name": name}, token, under=under)
        made[name] = {"id": credential["id"], "secret": credential["secret"]}
    return made


def main() -> None:
    """Fill an empty Keystone, found by its configuration folder in the environment."""
    result = sys.argv.pop()  # Keystone must not see it, it parses the arguments too
    password = secrets.token_hex(8)
    bootstrap(password)
    Path(result).write_text(json.dumps(fill(password), indent=2))


if __name__ == "__main__":
    main()
