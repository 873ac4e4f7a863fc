"""``python -m devcloud.inside.fill_identity RESULT``: create Keystone's database and keys, and fill it.

It is all done in one process, and the API is called without a server: importing Keystone takes longer than the rest.
The IDs and passwords are written to the file RESULT, as JSON, for the program that starts the services.
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

from devcloud import population

INTERFACES = ("public", "internal", "admin")


class Identity:
    """Keystone's API, version 3, as its administrator, in this process.

    Raises:
        SystemExit: Keystone refused a request; its answer is the message.
    """

    def __init__(self) -> None:
        self.client = importlib.import_module("werkzeug.test").Client(
            importlib.import_module("keystone.wsgi.api").application
        )

    def token(self, user: str, password: str, project: str) -> str:
        """Return a token of a user."""
        domain = {"id": population.DOMAIN_ID}
        who = {"name": user, "password": password, "domain": domain}
        identity = {"methods": ["password"], "password": {"user": who}}
        scope = {"project": {"name": project, "domain": domain}}
        answer = self._ask("POST", "/v3/auth/tokens", {"auth": {"identity": identity, "scope": scope}}, None)
        token: str = answer.headers["X-Subject-Token"]
        return token

    def get(self, path: str, token: str) -> Any:
        """Return the decoded answer."""
        return self._ask("GET", path, None, token).json

    def put(self, path: str, token: str) -> None:
        """Create an object that has no content, such as a role assignment."""
        self._ask("PUT", path, None, token)

    def post(self, kind: str, content: dict[str, Any], token: str, *, under: str = "/v3") -> dict[str, Any]:
        """Create an object of this kind and return it.

        Args:
            kind: The name of the kind in the API, singular.
            content: The object.
            token: Of the administrator, or of the user that it is for.
            under: The path above the kind.
        """
        made: dict[str, Any] = self._ask("POST", f"{under}/{kind}s", {kind: content}, token).json[kind]
        return made

    def post_all(self, kind: str, content: dict[str, Any], token: str) -> None:
        """Create an object of a kind that the API accepts only as a list."""
        self._ask("POST", f"/v3/{kind}s", {f"{kind}s": [content]}, token)

    def _ask(self, method: str, path: str, content: Any, token: str | None) -> Any:
        headers = {"X-Auth-Token": token} if token else {}
        answer = self.client.open(path, method=method, json=content, headers=headers)
        if answer.status_code >= 300:
            sys.exit(f"Keystone refused {method} {path}: {answer.status} {answer.text}")
        return answer


def manage(*arguments: str) -> None:
    """Run one command of ``keystone-manage`` in a copy of this process.

    In the same process, a second command (or the application) would find the options parsed and the backends locked.
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
    """Create the database, the keys, the administrator and the roles."""
    # The owner of the keys is a required option for root.
    owner = ("--keystone-user", str(os.getuid()), "--keystone-group", str(os.getgid()))
    manage("db_sync")
    manage("fernet_setup", *owner)
    manage("credential_setup", *owner)
    manage(
        "bootstrap",
        "--bootstrap-username", population.ADMIN,
        "--bootstrap-project-name", population.ADMIN_PROJECT,
        "--bootstrap-password", password,
    )  # fmt: skip


def fill(admin_password: str) -> dict[str, Any]:
    """Create projects, users, endpoints and limits. Return their IDs and passwords."""
    identity = Identity()
    token = identity.token(population.ADMIN, admin_password, population.ADMIN_PROJECT)
    projects = make_projects(identity, token)
    passwords = {name: secrets.token_hex(8) for name in user_names()} | {population.ADMIN: admin_password}
    users = make_users(identity, token, passwords)
    assign_roles(identity, token, projects, users)
    services = make_endpoints(identity, token)
    limits_endpoint_id = make_limits(identity, token, services["image"], projects[population.SMALL_PROJECT])
    return {
        "projects": projects,
        "users": users,
        "passwords": passwords,
        "limits_endpoint_id": limits_endpoint_id,
        "application_credentials": make_application_credentials(identity, passwords, users),
    }


def user_names() -> list[str]:
    """Return the names of all users but the administrator, whom the bootstrap creates."""
    return sorted({login.user for login in population.LOGINS.values()} - {population.ADMIN} | {population.GLANCE_USER})


def make_projects(identity: Identity, token: str) -> dict[str, str]:
    """Create the projects. Return name → ID of all projects."""
    for name in (population.SERVICE_PROJECT, *population.PROJECTS):
        identity.post("project", {"name": name, "domain_id": population.DOMAIN_ID}, token)
    return {project["name"]: project["id"] for project in identity.get("/v3/projects", token)["projects"]}


def make_users(identity: Identity, token: str, passwords: dict[str, str]) -> dict[str, str]:
    """Create the users. Return name → ID of all users."""
    for name in user_names():
        identity.post("user", {"name": name, "password": passwords[name], "domain_id": population.DOMAIN_ID}, token)
    return {user["name"]: user["id"] for user in identity.get("/v3/users", token)["users"]}


def assign_roles(identity: Identity, token: str, projects: dict[str, str], users: dict[str, str]) -> None:
    """Assign the users their roles, and Glance the role that lets it validate tokens."""
    roles = {role["name"]: role["id"] for role in identity.get("/v3/roles", token)["roles"]}
    glance = population.Login(population.GLANCE_USER, population.SERVICE_PROJECT, "service")
    for login in (*population.LOGINS.values(), glance):
        project, user, role = projects[login.project], users[login.user], roles[login.role]
        identity.put(f"/v3/projects/{project}/users/{user}/roles/{role}", token)


def make_endpoints(identity: Identity, token: str) -> dict[str, str]:
    """Create an endpoint of both services for each region and interface. Return service type → ID."""
    services = {
        "identity": identity.post("service", {"type": "identity", "name": "keystone"}, token)["id"],
        "image": identity.post("service", {"type": "image", "name": "glance"}, token)["id"],
    }
    for region, path in population.REGIONS.items():
        identity.post("region", {"id": region}, token)
        urls = {"identity": f"{population.IDENTITY_PLACEHOLDER}/v3", "image": f"{population.IMAGE_PLACEHOLDER}{path}"}
        for service, url in urls.items():
            for interface in INTERFACES:
                endpoint = {"service_id": services[service], "region_id": region, "interface": interface, "url": url}
                identity.post("endpoint", endpoint, token)
    return services


def make_limits(identity: Identity, token: str, service_id: str, small_project_id: str) -> str:
    """Register Glance's limits. Return the ID of their endpoint."""
    place = {"service_id": service_id, "region_id": population.FIRST_REGION}
    for name, limit in population.LIMITS.items():
        identity.post_all("registered_limit", {**place, "resource_name": name, "default_limit": limit}, token)
    for name, limit in population.SMALL_LIMITS.items():
        small = {**place, "project_id": small_project_id, "resource_name": name, "resource_limit": limit}
        identity.post_all("limit", small, token)
    query = f"service_id={service_id}&region_id={population.FIRST_REGION}&interface=public"
    endpoint_id: str = identity.get(f"/v3/endpoints?{query}", token)["endpoints"][0]["id"]
    return endpoint_id


def make_application_credentials(
    identity: Identity, passwords: dict[str, str], users: dict[str, str]
) -> dict[str, dict[str, str]]:
    """Create the application credentials. Return name of the entry → ID and secret."""
    made = {}
    for name, entry in population.APPLICATION_CREDENTIALS.items():
        login = population.LOGINS[entry]
        token = identity.token(login.user, passwords[login.user], login.project)
        under = f"/v3/users/{users[login.user]}"
        credential = identity.post("application_credential", {"name": name}, token, under=under)
        made[name] = {"id": credential["id"], "secret": credential["secret"]}
    return made


def main() -> None:
    """Fill an empty Keystone, found by its configuration folder in the environment."""
    result = sys.argv.pop()  # Keystone parses the arguments as well, and does not know this one
    password = secrets.token_hex(8)
    bootstrap(password)
    Path(result).write_text(json.dumps(fill(password), indent=2))


if __name__ == "__main__":
    main()
