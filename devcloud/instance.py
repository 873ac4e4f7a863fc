"""A cloud from its start to its end."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from devcloud import configuration, openrc, population, services
from devcloud.cloud import Cloud, User
from devcloud.environment import environment
from devcloud.home import instance_folder
from devcloud.seed import Seed, seed
from devcloud.terminal import say


@dataclass(frozen=True)
class Instance:
    """A running cloud and its services."""

    cloud: Cloud
    services: list[services.Service]

    def check(self) -> None:
        """Check that all services are running.

        Raises:
            ProcessFailed: A service has ended.
        """
        for service in self.services:
            service.check()


@contextmanager
def start(*, keep: bool = False) -> Iterator[Cloud]:
    """Run a cloud in the context.

    Args:
        keep: Do not remove its folder (logs, databases, images) at the end.

    Raises:
        DevcloudError: The cloud could not be installed or started.
    """
    with start_instance(keep=keep) as instance:
        yield instance.cloud


@contextmanager
def start_instance(*, keep: bool) -> Iterator[Instance]:
    """Run a cloud in the context, as ``start``; for callers that watch its services."""
    sources = environment()
    filled = seed(sources)
    with instance_folder(keep=keep) as folder:
        began = time.monotonic()
        say(f"Starting Keystone and Glance in {folder}.")
        keystone, glance = services.reserve_port(), services.reserve_port()
        with keystone, glance:
            place = configuration.Place(
                folder=folder,
                environment=sources,
                identity_port=keystone.getsockname()[1],
                image_port=glance.getsockname()[1],
            )
            access = _access(filled)
            cloud = prepare(place, filled, access)
            variables = configuration.variables(place, access)
            with services.running(place, variables, keystone, glance) as running:
                say(f"Ready after {time.monotonic() - began:.1f} s: {cloud.auth_url} and {cloud.image_url}.")
                yield Instance(cloud, running)
        if keep:
            say(f"Kept: {folder}")


def prepare(place: configuration.Place, filled: Seed, access: configuration.GlanceAccess) -> Cloud:
    """Write the files that the services and the users need into the folder."""
    configuration.write(place, access)
    filled.copy_to(place.folder)
    set_endpoints(place)
    cloud = describe(place, filled)
    (place.folder / "openrc").mkdir()
    for user in cloud.users.values():
        openrc.write_openrc(user)
    openrc.write_clouds_yaml(cloud.clouds_yaml, cloud.users.values())
    cloud.write()
    return cloud


def set_endpoints(place: configuration.Place) -> None:
    """Write the addresses of this start into the catalogue.

    It is done in the database, before Keystone runs: 18 calls of its API would take more than a second.
    """
    with closing(sqlite3.connect(place.folder / "keystone.db")) as database, database:
        for placeholder, url in (
            (population.IDENTITY_PLACEHOLDER, place.identity_url),
            (population.IMAGE_PLACEHOLDER, place.image_url),
        ):
            database.execute("UPDATE endpoint SET url = replace(url, ?, ?)", (placeholder, url))


def describe(place: configuration.Place, filled: Seed) -> Cloud:
    """Return the description of the cloud for tests."""
    names = [program.name for program in (services.KEYSTONE, services.GLANCE)]
    return Cloud(
        folder=place.folder,
        auth_url=f"{place.identity_url}/v3",
        image_url=place.image_url,
        regions={region: place.image_url + path for region, path in population.REGIONS.items()},
        projects=filled.projects,
        users={user.entry: user for user in _users(place, filled)},
        clouds_yaml=place.folder / "clouds.yaml",
        logs={log: place.logs / f"{log}.log" for name in names for log in (name, f"{name}-access")},
        image_store=place.images / "store",
    )


def _access(filled: Seed) -> configuration.GlanceAccess:
    return configuration.GlanceAccess(
        glance_password=filled.passwords[population.GLANCE_USER],
        admin_password=filled.passwords[population.ADMIN],
        limits_endpoint_id=filled.limits_endpoint_id,
        limited_project_id=filled.projects[population.SMALL_PROJECT],
        protected_project_id=filled.projects[population.PROTECTED_PROJECT],
    )


def _users(place: configuration.Place, filled: Seed) -> Iterator[User]:
    auth_url = f"{place.identity_url}/v3"
    for entry, login in population.LOGINS.items():
        password = filled.passwords[login.user]
        variables = openrc.password_environment(login, auth_url, filled.projects[login.project], password)
        yield _user(entry, login, variables, place, filled)
    for entry, made_from in population.APPLICATION_CREDENTIALS.items():
        variables = openrc.application_credential_environment(auth_url, filled.application_credentials[entry])
        yield _user(entry, population.LOGINS[made_from], variables, place, filled)


def _user(
    entry: str, login: population.Login, variables: dict[str, str], place: configuration.Place, filled: Seed
) -> User:
    return User(
        entry=entry,
        name=login.user,
        password=filled.passwords[login.user],
        user_id=filled.users[login.user],
        user_domain_name=population.DOMAIN,
        project_name=login.project,
        project_id=filled.projects[login.project],
        project_domain_name=population.DOMAIN,
        role=login.role,
        openrc=place.folder / "openrc" / f"{entry}.sh",
        environment=variables,
    )
