"""Limits of the process that inspects a guest: a hostile disk can break that process, not the user's machine.

The limits for single structures of a disk are in ``guestinspect/disk/limits.py``.
"""

from __future__ import annotations

import resource
from dataclasses import dataclass, replace

MIB = 1024**2


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The most that an inspection may cost; one that costs more is stopped, and the guest stays unknown.

    Args:
        memory_bytes: Address space. 768 MiB were enough for every library that was tried, on every real guest.
        cpu_s: Seconds of processor time; a guest takes one or two. Facts that were found by then are kept.
        wall_s: Seconds on the clock.
        fetched_bytes: Number of bytes that are fetched of a remote disk; a guest needs about 8 MiB.
        requests: Number of requests to a remote disk.
    """

    memory_bytes: int = 768 * MIB
    cpu_s: int = 9
    wall_s: float = 60.0
    fetched_bytes: int = 64 * MIB
    requests: int = 1000

    def within_inherited(self) -> Limits:
        """Return these limits, lowered to what this process itself may use."""
        return replace(
            self,
            memory_bytes=_within(self.memory_bytes, resource.RLIMIT_AS),
            cpu_s=_within(self.cpu_s, resource.RLIMIT_CPU),
        )

    def of_process(self) -> list[tuple[int, int]]:
        """Return the limits as resources of a process, which writes no file, starts no process and leaves no core."""
        return [
            (resource.RLIMIT_AS, self.memory_bytes),
            (resource.RLIMIT_CPU, self.cpu_s),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_NPROC, 0),
            (resource.RLIMIT_NOFILE, _OPEN_FILES),
        ]


_OPEN_FILES = 64
"""The disk, the pipe for the report, and modules while they are imported."""

LOCAL = Limits()
"""For a disk in a file of this machine."""

REMOTE = Limits(wall_s=300.0)
"""For a disk on the other side of a network, where 150 requests can take half a second each."""


def _within(most: int, limit: int) -> int:
    soft, _ = resource.getrlimit(limit)
    return most if soft == resource.RLIM_INFINITY else min(most, soft)
