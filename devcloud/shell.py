"""``shell``: a cloud to try commands on."""

from __future__ import annotations

import os
import shlex
import sys
import time
from pathlib import Path

from devcloud import signals
from devcloud.cloud import Cloud, User
from devcloud.command import CHECK_EVERY_S, environment, run_in_foreground
from devcloud.instance import Instance, start_instance
from devcloud.terminal import say


def run(*, keep: bool) -> int:
    """Run a shell with a cloud, and return its exit status. Without a terminal, wait for a signal instead."""
    with start_instance(keep=keep) as instance:
        say(explanation(instance.cloud))
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            wait_for_signal(instance)
        # The standard streams are a terminal that tox created, where a shell has no job control and Ctrl-C ends tox.
        with open(os.ttyname(sys.stdin.fileno()), "r+b", buffering=0) as terminal:
            status = run_in_foreground(instance, *interactive_shell(instance.cloud), signals.FOR_A_SHELL, terminal)
        signals.ignore_signals()
        return status


def explanation(cloud: Cloud) -> str:
    """Return the users of the cloud, and how to sign in as one of them."""
    users = [f"  {entry:14} {user.role:7} in {user.project_name}" for entry, user in cloud.users.items()]
    return "\n".join(
        [
            "users:",
            *users,
            f"  Sign in as a user:   . {cloud.folder / 'openrc'}/NAME.sh",
            f"  or:                  export OS_CLIENT_CONFIG_FILE={cloud.clouds_yaml} OS_CLOUD=NAME",
            f"  Regions (OS_REGION_NAME): {', '.join(cloud.regions)}",
            f"  Logs: {cloud.logs['glance'].parent}",
        ]
    )


def interactive_shell(cloud: Cloud) -> tuple[list[str], dict[str, str]]:
    """Return the command of a shell that is signed in as the first ordinary user, and its environment."""
    first = first_user(cloud)
    variables = {name: value for name, value in environment(cloud).items() if not name.startswith("OS_")}
    # ``openstack`` of the environment that runs this program, even if it was not activated.
    variables["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{variables.get('PATH', os.defpath)}"
    variables |= first.environment
    shell = variables.get("SHELL") or "/bin/sh"
    say(f"You are signed in as {first.entry} in {shell}; exit ends the cloud.")
    if Path(shell).name == "bash":
        return [shell, "--rcfile", str(_write_rcfile(cloud, variables["PATH"], first)), "-i"], variables
    return [shell, "-i"], {**variables, "PS1": "(devcloud) $ "}


def first_user(cloud: Cloud) -> User:
    """Return the first ordinary user."""
    return next(iter(cloud.users.values()))


def wait_for_signal(instance: Instance) -> None:
    """Watch the services until a signal raises ``SystemExit``.

    Raises:
        ProcessFailed: A service has ended.
    """
    say(f"There is no terminal for a shell: the cloud runs until process {os.getpid()} is ended.")
    while True:
        time.sleep(CHECK_EVERY_S)
        instance.check()


def _write_rcfile(cloud: Cloud, path: str, first: User) -> Path:
    """Write the start file of the shell. The user's own settings come first: they may set PATH and the prompt."""
    file = cloud.folder / "bashrc"
    file.write_text(
        "\n".join(
            [
                "[ -f ~/.bashrc ] && . ~/.bashrc",
                f"PATH={shlex.quote(path)}",
                f". {shlex.quote(str(first.openrc))}",
                'PS1="(devcloud:${OS_USERNAME:-appcred}) $PS1"',
                "",
            ]
        ),
        encoding="utf-8",
    )
    return file
