"""Programs that run until they end."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from guests.errors import GuestsError

_SBIN = "/usr/sbin:/sbin"
"""The folders of ``mkfs`` in Debian, which are not in the PATH of an ordinary user."""
_CHARACTERS_SHOWN = 1500


def run(command: Sequence[str | Path], *, stdin: bytes = b"") -> str:
    """Run a program and return its standard output.

    Raises:
        GuestsError: The program does not exist, or its exit status is not 0.
    """
    environment = os.environ | {"PATH": f"{os.environ.get('PATH', '/usr/bin:/bin')}:{_SBIN}", "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(command, input=stdin, capture_output=True, check=False, env=environment)
    except OSError as error:
        raise GuestsError(f"{command[0]} could not be run: {error.strerror}") from error
    if done.returncode:
        output = done.stderr.decode("utf-8", "replace")[-_CHARACTERS_SHOWN:]
        raise GuestsError(f"{command[0]} failed (status {done.returncode}):\n{output}")
    return done.stdout.decode("utf-8", "replace")
