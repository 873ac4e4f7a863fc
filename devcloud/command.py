"""``run``: a command with a cloud for as long as it runs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from typing import BinaryIO

from devcloud import signals
from devcloud.cloud import CLOUD_VARIABLE, Cloud, without_proxy
from devcloud.errors import DevcloudError
from devcloud.instance import Instance, start_instance
from devcloud.terminal import say

CHECK_EVERY_S = 1.0


def run(command: Sequence[str], *, keep: bool) -> int:
    """Run a command with a cloud. Return its exit status, 128 + n if signal n ended it."""
    with start_instance(keep=keep) as instance:
        status = run_in_foreground(instance, command, environment(instance.cloud))
        signals.ignore_signals()
    return status


def environment(cloud: Cloud) -> dict[str, str]:
    """Return the environment of a user of the cloud."""
    return without_proxy(os.environ) | {CLOUD_VARIABLE: str(cloud.folder)}


def run_in_foreground(
    instance: Instance,
    command: Sequence[str],
    variables: Mapping[str, str],
    replaced_signals: Mapping[int, int] = signals.UNCHANGED,
    terminal: BinaryIO | None = None,
) -> int:
    """Run a command in the foreground while the services are watched.

    Args:
        instance: The cloud that it uses.
        command: The program and its arguments.
        variables: Its whole environment.
        replaced_signals: Signals, and those that the command gets in their place.
        terminal: The terminal to read from and write to; None: ours.

    Returns:
        Its exit status, 128 + n if signal n ended it.

    Raises:
        DevcloudError: The command could not be started.
    """
    try:
        process = subprocess.Popen(command, env=dict(variables), stdin=terminal, stdout=terminal, stderr=terminal)
    except OSError as error:
        raise DevcloudError(f"cannot run {command[0]}: {error.strerror}") from error
    with signals.forward_signals(process, replaced_signals):
        _watch(process, instance)
        status = process.wait()
    return status if status >= 0 else 128 - status


def _watch(process: subprocess.Popen[bytes], instance: Instance) -> None:
    """Return when the command or a service ends.

    The end of a service is reported at once: the errors of the command that follow from it are misleading.
    """
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
