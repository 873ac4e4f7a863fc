"""``shell``: a cloud to try things in."""

from __future__ import annotations

import os
import shlex
import sys
import time
from pathlib import Path

from devcloud import signals
from devcloud.cloud import Cloud, User
from devcloud.command import CHECK_EVERY_S, attend, environment
from devcloud.instance import Instance, started
from devcloud.terminal import say


def run(*, keep: bool) -> int:
    """Returns the exit status of the shell; without a terminal, does not return until a signal comes."""
    with started(keep=keep) as instance:
        say(explanation(instance.cloud))
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            stay(instance)
        # tox gives its commands terminals of its own making, on which no shell has job control, and Ctrl-C ends tox
        with open(os.ttyname(sys.stdin.fileno()), "r+b", buffering=0) as terminal:
            status = attend(instance, *interactive_shell(instance.cloud), signals.FOR_A_SHELL, terminal)
        signals.hold_back()
        return status


def explanation(cloud: Cloud) -> str:
    """Who is there, and how to become them."""
    users = [f"  {entry:14} {user.role:7} in {user.project_name}" for entry, user in cloud.users.items()]
    return "\n".join(
        [
            "users:",
            *users,
            f"  Become one of them:  . {cloud.folder / 'openrc'}/NAME.sh",
            f"  or:                  export OS_CLIENT_CONFIG_FILE={cloud.clouds_yaml} OS_CLOUD=NAME",
            f"  Regions (OS_REGION_NAME): {', '.join(cloud.regions)}",
            f"  Logs: {cloud.logs['glance'].parent}",
        ]
    )


def interactive_shell(cloud: Cloud) -> tuple[list[str], dict[str, str]]:
    """The user's shell as the first ordinary user, as a command and its environment."""
    first = first_user(cloud)
    variables = {name: value for name, value in environment(cloud).items() if not name.startswith("OS_")}
    # ``openstack`` of the environment that runs us, even when that was not activated.
    variables["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{variables.get('PATH', os.defpath)}"
    variables |= first.environment
    shell = variables.get("SHELL") or "/bin/sh"
    say(f"You are {first.entry} in {shell}; exit ends the cloud.")
    if Path(shell).name == "bash":
        return [shell, "--rcfile", str(_write_rcfile(cloud, variables["PATH"], first)), "-i"], variables
    return [shell, "-i"], {**variables, "PS1": "(devcloud) $ "}


def first_user(cloud: Cloud) -> User:
    """The first ordinary user."""
    return next(iter(cloud.users.values()))


def stay(instance: Instance) -> None:
    """Look after the services until a signal raises ``SystemExit``, or a service dies.

    Raises:
        ProcessFailed: A service is not running any more.
    """
    say(f"No terminal, so no shell: the cloud stays until process {os.getpid()} is ended.")
    while True:
        time.sleep(CHECK_EVERY_S)
        instance.check()


def _write_rcfile(cloud: Cloud, path: str, first: User) -> Path:
    """The user's own settings first: they may set PATH and the prompt anew."""
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
