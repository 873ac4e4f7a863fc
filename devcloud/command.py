"""``run``: a command with a cloud for as long as it runs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from typing import BinaryIO

from devcloud import signals
from devcloud.cloud import CLOUD_VARIABLE, Cloud, without_proxy
from devcloud.errors import DevcloudError
from devcloud.instance import Instance, started
from devcloud.terminal import say

CHECK_EVERY_S = 1.0


def run(command: Sequence[str], *, keep: bool) -> int:
    """Returns the command's exit status, 128 + n if signal n ended it."""
    with started(keep=keep) as instance:
        status = attend(instance, command, environment(instance.cloud))
        signals.hold_back()
    return status


def environment(cloud: Cloud) -> dict[str, str]:
    """The environment of whoever uses the cloud."""
    return without_proxy(os.environ) | {CLOUD_VARIABLE: str(cloud.folder)}


def attend(
    instance: Instance,
    command: Sequence[str],
    variables: Mapping[str, str],
    changed_signals: Mapping[int, int] = signals.AS_THEY_ARE,
    terminal: BinaryIO | None = None,
) -> int:
    """Run a command in the foreground while looking after the services.

    Args:
        instance: The cloud that it uses.
        command: The program and its arguments.
        variables: Its whole environment.
        changed_signals: Signals of which it gets another one instead.
        terminal: What it reads from and writes to; None: what we do.

    Returns:
        Its exit status, 128 + n if signal n ended it.

    Raises:
        DevcloudError: The command could not be started.
    """
    try:
        process = subprocess.Popen(command, env=dict(variables), stdin=terminal, stdout=terminal, stderr=terminal)
    except OSError as error:
        raise DevcloudError(f"{command[0]} could not be run: {error.strerror}") from error
    with signals.forwarded(process, changed_signals):
        _watch(process, instance)
        status = process.wait()
    return status if status >= 0 else 128 - status


def _watch(process: subprocess.Popen[bytes], instance: Instance) -> None:
    """Return when the command ends, or a service, whose death is told at once: what the command says then misleads."""
    while True:
        try:
            process.wait(CHECK_EVERY_S)
            return
        except subprocess.TimeoutExpired:
            try:
                instance.check()
            except DevcloudError as error:
                say(str(error))
                return
