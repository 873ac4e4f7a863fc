"""What the process that looks inside a guest may use: a hostile disk ends there, and not on the user's machine."""

from __future__ import annotations

import resource
from dataclasses import dataclass, replace

MIB = 1024**2


@dataclass(frozen=True, kw_only=True)
class Limits:
    """How much a look may cost; one that costs more is stopped, and the guest stays unknown.

    Args:
        memory_bytes: Address space. 768 MiB were enough for every library that was tried, on every real guest.
        cpu_s: Seconds of processor time; a guest takes one or two. What was found by then is told.
        wall_s: Seconds on the clock.
        moved_bytes: How many bytes of a disk that is elsewhere are fetched; a guest needs about 8 MiB.
        requests: In how many requests.
    """

    memory_bytes: int = 768 * MIB
    cpu_s: int = 9
    wall_s: float = 60.0
    moved_bytes: int = 64 * MIB
    requests: int = 1000

    def within_inherited(self) -> Limits:
        """The same, but no more than this process may use itself."""
        return replace(
            self,
            memory_bytes=_within(self.memory_bytes, resource.RLIMIT_AS),
            cpu_s=_within(self.cpu_s, resource.RLIMIT_CPU),
        )

    def of_process(self) -> list[tuple[int, int]]:
        """The same as limits of a process. It writes no file, starts no other process and leaves no core."""
        return [
            (resource.RLIMIT_AS, self.memory_bytes),
            (resource.RLIMIT_CPU, self.cpu_s),
            (resource.RLIMIT_FSIZE, 0),
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_NPROC, 0),
            (resource.RLIMIT_NOFILE, _OPEN_FILES),
        ]


_OPEN_FILES = 64
"""The disk, the pipe for what was found, and modules while they are imported."""

FILE = Limits()
"""For a disk that is here."""

ELSEWHERE = Limits(wall_s=300.0)
"""For a disk on the other side of a network, where 150 requests can take half a second each."""


def _within(most: int, limit: int) -> int:
    soft, _ = resource.getrlimit(limit)
    return most if soft == resource.RLIM_INFINITY else min(most, soft)
