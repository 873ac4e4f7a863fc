"""An interactive shell on a terminal of its own, for tests that press Tab."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

TIMEOUT_S = 60


class InteractiveShell:
    """bash or zsh, in which ``openstack`` is a function that writes its arguments to a file.

    Args:
        command: The shell and its options.
        folder: An empty folder: the home, and the current folder.
        environment: Variables besides the usual ones.
        set_up: Lines to run first.
    """

    def __init__(self, command: list[str], folder: Path, environment: Mapping[str, str], set_up: str) -> None:
        self._arguments = folder / "arguments"
        master, slave = pty.openpty()
        self._terminal = master
        variables = {"HOME": str(folder), "PATH": os.environ["PATH"], "TERM": "dumb", "LC_ALL": "C.UTF-8"}
        self._process = subprocess.Popen(
            command,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=folder,
            env={**variables, **environment},
            start_new_session=True,
        )
        os.close(slave)
        part = folder / "part"
        function = f"openstack() {{ printf '%s\\0' \"$@\" >{part}; mv {part} {self._arguments}; }}"
        (folder / "set_up").write_text(f"{set_up}\n{function}\n")
        self.output = b""
        self.run_line(". ./set_up; openstack ready\n")

    def run_line(self, keys: str) -> list[str]:
        """Press these keys, which end with Enter; return the arguments that ``openstack`` gets."""
        os.write(self._terminal, keys.encode())
        end = time.monotonic() + TIMEOUT_S
        while not self._arguments.exists():
            assert time.monotonic() < end, self.output
            if select.select([self._terminal], [], [], 0.01)[0]:
                self.output += os.read(self._terminal, 65536)
        arguments = self._arguments.read_bytes()
        self._arguments.unlink()
        return [os.fsdecode(each) for each in arguments.split(b"\0")[:-1]]

    def close(self) -> None:
        """End the shell."""
        os.close(self._terminal)
        self._process.kill()
        self._process.wait()
