"""The worker process: it inspects damaged guests one by one, within limits. A case that ends the process has failed."""

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
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from unittest import mock

from fuzzing.case import Case, End, Outcome, parse_case, to_line
from fuzzing.configurations import make_guest
from fuzzing.disk_damage import DamagedBlocks, damage_disk
from fuzzing.forged_checksums import forge_checksums
from fuzzing.intact_disk import IntactDisk, KnownFacts, inspect_intact, list_known_facts, list_unknown_reasons
from fuzzing.memory_file_system import Folder, MemoryFileSystem
from fuzzing.text_damage import damage_guest
from guestinspect import inspector
from guestinspect.disk.blocks import FileBlocks
from guestinspect.disk.device_names import DiskVolumes
from guestinspect.disk.filesystems.volume_contents import VolumeContent
from guestinspect.disk.mounted_tree import MountedTree
from guestinspect.disk.open_disk import DiskKind, OpenDisk
from guestinspect.disk.tree import Unreadable
from guestinspect.disk.volumes.partitions import PartitionLayout
from guestinspect.disk.volumes.volume import Volume
from guestinspect.model.inspection import Inspection, from_json, plain, to_json

MEMORY_BYTES = 500 * 1024**2
PROCESSOR_S = 10.0
DEVICES = frozenset({"/dev/vda1"})
_FORGED_SHARE = 0.5


def main() -> None:
    """Read cases from standard input, and write their outcomes to standard output."""
    with os.fdopen(os.dup(1), "w", encoding="ascii") as output:
        os.dup2(2, 1)  # a library that prints must not write between the outcomes
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        faulthandler.enable()
        faulthandler.register(signal.SIGPROF, chain=True)
        for line in sys.stdin:
            case = parse_case(line)
            chance = random.Random(str(case))
            outcome = inspect_disk(case, chance) if case.path else inspect_guest(case, chance)
            output.write(to_line(outcome))
            output.flush()


def inspect_disk(case: Case, chance: random.Random) -> Outcome:
    """Damage a disk, inspect it and return the outcome."""
    intact = _inspect_intact(case.path)
    with Path(case.path).open("rb") as file:
        whole = FileBlocks(file)
        damage = damage_disk(chance, whole, intact.metadata)
        is_forged = chance.random() < _FORGED_SHARE
        details = f"{'checksums forged; ' if is_forged else ''}{damage}"
        _log_damage(details)
        with forge_checksums() if is_forged else nullcontext():
            result = _measure(lambda: inspector.inspect(DamagedBlocks(whole, damage)))
    return _build_outcome(result, intact.facts, details, is_explained=is_forged or damage.touches(intact.content))


def inspect_guest(case: Case, chance: random.Random) -> Outcome:
    """Damage the configuration of a guest, inspect it and return the outcome."""
    guest = make_guest(case.specimen)
    facts = _list_intact_facts(case.specimen)
    details = damage_guest(chance, guest)
    _log_damage(details)
    result = _measure(lambda: _inspect_folder(guest))
    return _build_outcome(result, facts, details, is_explained=True)


def _log_damage(details: str) -> None:
    """Write the damage to standard error, where the parent finds it if this process ends."""
    os.ftruncate(2, 0)
    os.lseek(2, 0, os.SEEK_SET)
    os.write(2, f"{details}\n".encode("utf-8", "backslashreplace"))


@cache
def _inspect_intact(path: str) -> IntactDisk:
    return inspect_intact(Path(path))


@cache
def _list_intact_facts(name: str) -> KnownFacts:
    return list_known_facts(_inspect_folder(make_guest(name)))


def _inspect_folder(guest: Folder) -> Inspection:
    """Inspect a guest in memory as if it were on a disk."""
    root = MemoryFileSystem(guest)
    content = VolumeContent(
        Volume("partition 1", Unreadable("memory", "it has no bytes"), devices=DEVICES), "ext", root
    )
    disk = OpenDisk(
        disk_format="raw",
        size_bytes=0,
        layout=PartitionLayout("mbr", boot_code=True, active_partition=True),
        contents=(content,),
        unclean_file_systems=(),
        outcome=DiskKind.LINUX,
        root=MountedTree(root),
        volumes=DiskVolumes((content,), content, root),
    )
    with mock.patch.object(inspector, "_open_disk", lambda blocks: disk):
        return inspector.inspect(_NoBlocks())


class _NoBlocks:
    size_bytes = 0

    def read_at(self, offset_bytes: int, length_bytes: int) -> bytes:
        return b""


@dataclass(frozen=True)
class _Result:
    """The result of an inspection, with its costs.

    Args:
        inspection: The inspection, or the exception that ended it.
        seconds: The processor time in seconds.
        peak_mib: The peak of the memory of this process, in MiB.
    """

    inspection: Inspection | Exception
    seconds: float
    peak_mib: float


def _measure(inspect: Callable[[], Inspection]) -> _Result:
    """Run an inspection within the limit of processor time."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")  # resets the peak of the memory, VmHWM: proc(5)
    signal.setitimer(signal.ITIMER_PROF, PROCESSOR_S)
    before_s = time.process_time()
    inspection: Inspection | Exception
    try:
        inspection = _serialize(inspect())
    except Exception as error:  # noqa: BLE001 - the fuzz test looks for unexpected exceptions
        inspection = error
    seconds = time.process_time() - before_s
    signal.setitimer(signal.ITIMER_PROF, 0)
    peak_kib = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
    return _Result(inspection, seconds, peak_kib / 1024)


def _serialize(inspection: Inspection) -> Inspection:
    """Return an inspection as the reader of its JSON gets it."""
    received = from_json(to_json(inspection))
    assert plain(received) == plain(inspection), "its JSON differs"
    return received


def _build_outcome(result: _Result, before: KnownFacts, details: str, *, is_explained: bool) -> Outcome:
    """Return the outcome of a case.

    Args:
        result: The inspection of the damaged guest.
        before: The known facts of the intact guest.
        details: The damage, in words.
        is_explained: Whether content of files was damaged, or checksums were forged.
    """
    outcome = partial(Outcome, seconds=result.seconds, peak_mib=result.peak_mib)
    if isinstance(result.inspection, Exception):
        error = f"{type(result.inspection).__name__}: {result.inspection}"
        return outcome(end=End.UNCAUGHT, details=f"{error}; {details}")
    reasons = list_unknown_reasons(result.inspection)
    of_memory = sorted({each for each in reasons if inspector.OUT_OF_MEMORY in each or "MemoryError" in each})
    unexpected = sorted({each for each in reasons if inspector.FAILED in each})
    now = list_known_facts(result.inspection)
    return outcome(
        end=End.MEMORY if of_memory else End.CAUGHT if unexpected else End.INSPECTED,
        different=tuple(f"{name}: {now[name][:200]}" for name in now if now[name] != before.get(name)),
        is_explained=is_explained,
        unknown=len(reasons),
        details="; ".join((*of_memory, *unexpected, details))[:4000],
    )


if __name__ == "__main__":
    main()
