"""Signing in by ``openstack``'s own code, with each answer checked, and with advice if it fails."""

from __future__ import annotations

from typing import Any

from vscclient.identity.login import LOGIN_FAILURES, LoginSettings, guard_login, login_error_of
from vscclient.images.cloud import Connection, connection_of

TIMEOUT_S = 60
"""The longest that a login may take, in seconds. ``openstack`` sets no limit, and waits for a dead server for ever."""


def sign_in(app: Any, command: Any) -> Connection:
    """Return the connection of an ``openstack`` that signs in for a command.

    Args:
        app: The ``openstack`` that runs.
        command: The command, which needs the cloud.

    Raises:
        Error: Why the login failed, and what to do.
    """
    command.auth_required = True
    app.options.api_timeout = getattr(app.options, "api_timeout", None) or TIMEOUT_S
    manager = app.client_manager
    set_up = manager.setup_auth

    def set_up_guarded() -> None:
        """Make the session as osc-lib does, and guard it before the first request."""
        set_up()
        guard_login(manager.session)

    manager.setup_auth = set_up_guarded
    try:
        app.prepare_to_run_command(command)
    except LOGIN_FAILURES as failure:
        raise login_error_of(failure, _settings(app)) from failure
    finally:
        manager.setup_auth = set_up
    return connection_of(manager)


def _settings(app: Any) -> LoginSettings:
    """Return how the user signs in, by the options, the environment and clouds.yaml; all may be incomplete."""
    config = getattr(getattr(app, "cloud", None), "config", None) or {}
    auth = config.get("auth") or {}
    return LoginSettings(
        auth_url=str(auth.get("auth_url") or ""),
        auth_type=str(config.get("auth_type") or ""),
        ca_file=config.get("cacert") or config.get("verify"),
    )
