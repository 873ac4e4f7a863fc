"""The process that looks into damaged guests, one after the other, under limits. What ends it is a failure."""

from __future__ import annotations

import faulthandler
import gc
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from functools import cache
from pathlib import Path
from unittest import mock

from fuzzing import configurations, damage, text_damage
from fuzzing.case import Case, End, Outcome, case_of, to_line
from fuzzing.forging import forged
from fuzzing.intact import Answers, Intact, answers, looked_at, unknown
from fuzzing.memory import Folder, MemoryFileSystem
from guestinspect import inspector
from guestinspect.disk.blocks import FileBlocks
from guestinspect.disk.mounted_tree import MountedTree
from guestinspect.disk.open_disk import DiskKind, OpenDisk
from guestinspect.disk.volumes.partitions import PartitionLayout
from guestinspect.model.inspection import Inspection
from guestinspect.serialization import from_json, plain, to_json

MEMORY_BYTES = 500 * 1024**2
PROCESSOR_S = 10.0
_FORGED = 0.5


def main() -> None:
    """Reads cases from standard input, and writes to standard output what became of each."""
    with os.fdopen(os.dup(1), "w", encoding="ascii") as answers_to:
        os.dup2(2, 1)
        _limit_itself()
        for line in sys.stdin:
            answers_to.write(to_line(_outcome(case_of(line))))
            answers_to.flush()


def _limit_itself() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    faulthandler.enable()
    faulthandler.register(signal.SIGPROF, chain=True)


def _outcome(case: Case) -> Outcome:
    chance = random.Random(str(case))
    return _of_disk(case, chance) if case.path else _of_memory(case, chance)


def _of_disk(case: Case, chance: random.Random) -> Outcome:
    intact = _intact(case.path)
    with Path(case.path).open("rb") as file:
        whole = FileBlocks(file)
        done = damage.damage(chance, whole, intact.metadata)
        is_forged = chance.random() < _FORGED
        told = f"{'check sums forged; ' if is_forged else ''}{done}"
        _leave_word(told)
        with forged() if is_forged else nullcontext():
            inspect, cost = _timed(lambda: inspector.inspect(damage.DamagedBlocks(whole, done)))
    return _told(inspect, cost, intact.answers, (told, is_forged or done.touches(intact.content)))


def _of_memory(case: Case, chance: random.Random) -> Outcome:
    guest = configurations.guest(case.specimen)
    before = _answers_of(case.specimen)
    done = text_damage.damage(chance, guest)
    _leave_word(done)
    inspect, cost = _timed(lambda: _look_at(guest))
    return _told(inspect, cost, before, (done, True))


def _leave_word(done: str) -> None:
    """Says what was done where the parent finds it if this process does not live to tell."""
    os.ftruncate(2, 0)
    os.lseek(2, 0, os.SEEK_SET)
    os.write(2, f"{done}\n".encode("utf-8", "backslashreplace"))


@cache
def _intact(path: str) -> Intact:
    return looked_at(Path(path))


@cache
def _answers_of(name: str) -> Answers:
    return answers(_look_at(configurations.guest(name)))


def _look_at(guest: Folder) -> Inspection:
    """A look inside a guest in memory, as if it were on a disk."""
    disk = OpenDisk(
        disk_format="raw",
        size_bytes=0,
        layout=PartitionLayout("mbr", boot_code=True, active_partition=True),
        contents=(),
        unclean_file_systems=(),
        outcome=DiskKind.LINUX,
        root=MountedTree(MemoryFileSystem(guest)),
    )
    with mock.patch.object(inspector, "_open_disk", lambda blocks: disk):
        return inspector.inspect(_NoBlocks())


class _NoBlocks:
    size_bytes = 0

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        return b""


_Cost = tuple[float, float]


def _timed(inspect: Callable[[], Inspection]) -> tuple[Inspection | Exception, _Cost]:
    """Looks, within the time that is allowed. Returns: the look, processor seconds and the most MiB held."""
    gc.collect()
    _forget_peak()
    signal.setitimer(signal.ITIMER_PROF, PROCESSOR_S)
    before = time.process_time()
    found: Inspection | Exception
    try:
        found = _reported(inspect())
    except Exception as failure:  # noqa: BLE001
        found = failure
    seconds = time.process_time() - before
    signal.setitimer(signal.ITIMER_PROF, 0)
    return found, (seconds, _peak_mib())


def _reported(inspect: Inspection) -> Inspection:
    """The look as it arrives at whoever reads its report."""
    arrived = from_json(to_json(inspect))
    assert plain(arrived) == plain(inspect), "its report says something else"
    return arrived


def _forget_peak() -> None:
    """Lets the kernel count the most memory held anew. Source: proc(5), clear_refs."""
    Path("/proc/self/clear_refs").write_text("5")


def _peak_mib() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def _told(found: Inspection | Exception, cost: _Cost, before: Answers, done: tuple[str, bool]) -> Outcome:
    seconds, peak_mib = cost
    details, is_explained = done
    if isinstance(found, Exception):
        return Outcome(
            end=End.RAISED, seconds=seconds, peak_mib=peak_mib, details=f"{type(found).__name__}: {found}; {details}"
        )
    reasons = unknown(found)
    now = answers(found)
    return Outcome(
        end=_end(reasons),
        seconds=seconds,
        peak_mib=peak_mib,
        different=tuple(f"{name}: {now[name][:200]}" for name in now if now[name] != before.get(name)),
        is_explained=is_explained,
        unknown=len(reasons),
        details=f"{_unforeseen(reasons)}{details}"[:4000],
    )


def _end(reasons: list[str]) -> End:
    if any("MemoryError" in reason or "too much memory" in reason for reason in reasons):
        return End.MEMORY
    return End.STUMBLED if any("stumbled" in reason for reason in reasons) else End.LOOKED


def _unforeseen(reasons: list[str]) -> str:
    return "".join(f"{reason}; " for reason in sorted(set(reasons)) if "stumbled" in reason or "emory" in reason)


if __name__ == "__main__":
    main()
