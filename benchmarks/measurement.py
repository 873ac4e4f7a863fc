"""Run ``openstack`` as a user of the development cloud, and measure time and memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from devcloud.cloud import CLOUD_VARIABLE, read


@dataclass(frozen=True)
class Run:
    """The duration of a command and the processor time of its process, in seconds, and the peak memory, in MiB."""

    seconds: float
    cpu_seconds: float
    peak_mib: float


def measure(words: Sequence[str]) -> Run:
    """Run ``openstack`` as alice, in a process of its own."""
    before = time.monotonic()
    process = subprocess.Popen(_command(words), env=_environment("alice"), stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, f"openstack {' '.join(words)} failed"
    return Run(time.monotonic() - before, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def output(words: Sequence[str], user: str = "alice") -> str:
    """Return the standard output of ``openstack``."""
    done = subprocess.run(_command(words), env=_environment(user), check=True, capture_output=True, text=True)
    return done.stdout


def stderr_of(words: Sequence[str]) -> str:
    """Return the standard error of ``openstack``, whatever its exit status is."""
    return subprocess.run(
        _command(words), env=_environment("alice"), capture_output=True, text=True, check=False
    ).stderr


def ratio_text(ratios: Sequence[float]) -> str:
    """Return ratios as ``0.91 (median; 0.75 to 1.06)``."""
    return f"{statistics.median(ratios):.3f} (median; {min(ratios):.3f} to {max(ratios):.3f})"


def _command(words: Sequence[str]) -> list[str]:
    return [str(Path(sys.executable).with_name("openstack")), *words]


def _environment(user: str) -> dict[str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
    return environment | read(os.environ[CLOUD_VARIABLE]).users[user].environment
