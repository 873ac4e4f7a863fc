"""A look inside a guest, beside libguestfs on the same disks; through Glance; and where all is known already."""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import full_guest
from benchmarks.full_guest import MIB
from benchmarks.measuring import in_words, measured, output, said_of
from devcloud.cloud import CLOUD_VARIABLE

TIMES_FASTER = 50
MEMORY_MIB = 150
READ_MIB = 16
PART_OF_IMAGE = 0.01
REQUESTS = 150
VERDICT_S = 2.0
KNOWN_RATIO = 1.2

_OTHERS = (("virt-cat", "/etc/os-release"), ("virt-inspector",))
"""The programs of libguestfs, and what follows the disk's name."""

_RANGE = re.compile(r"-H \"Range: bytes=(\d+)-(\d+)\"")


@dataclass(frozen=True)
class Look:
    """One look at a file, by a fresh process.

    Args:
        memory_mib: The most that it and its child held, together.
    """

    seconds: float
    processor_s: float
    memory_mib: float
    read_mib: float
    nics: str


def main() -> None:
    """Measures all of it, and says what holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--disks", nargs="+", choices=full_guest.DISKS, default=full_guest.DISKS)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--without-libguestfs", action="store_true", help="it takes a minute for each disk, or more")
    parser.add_argument("--look", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.inspect:
        print(json.dumps(vars(_look(args.inspect))))
        return
    if CLOUD_VARIABLE not in os.environ:
        parser.error("there is no cloud: run it by «python -m devcloud run --»")  # before minutes of making disks
    folder = full_guest.disks()
    with tempfile.TemporaryDirectory(prefix="vscclient-benchmark-") as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        for disk in args.disks:
            print(f"\n{disk}, {_occupied(folder / disk) // MIB} MiB")
            _here(folder / disk, () if args.without_libguestfs else _OTHERS, args.pairs)
            _in_glance(folder / disk, args.pairs)


def _here(disk: Path, others: Sequence[Sequence[str]], times: int) -> None:
    looks = [_fresh_look(disk) for _ in range(times)]
    whole = measured(["vsc", "image", "inspect", "--file", str(disk), "-f", "json"])
    memory = whole.peak_mib + max(inspect.memory_mib for inspect in looks)
    print(f"  nics at boot: {looks[0].nics}")
    print(f"  look {_seconds(looks):.2f} s (median of {times}), whole command {whole.seconds:.2f} s")
    _judge("memory of command and child, MiB", memory, MEMORY_MIB)
    _judge("read, MiB", looks[0].read_mib, READ_MIB)
    for program, *words in others:
        clock_s, processor_s = _cost([program, "-a", str(disk), *words])
        # Some machines are faster in one minute than in the next: the looks are those just before and just after.
        after = [_fresh_look(disk) for _ in range(times)]
        around, looks = [*looks, *after], after
        faster = clock_s / _seconds(around)
        print(f"  {program} {clock_s:.1f} s, {processor_s:.1f} s of processor time; {faster:.0f} times the look")
        # Both are one busy thread: what others do on the machine counts on the clock only.
        used_s = median(inspect.processor_s for inspect in around)
        _judge(f"{TIMES_FASTER} looks, by {program}, processor time", TIMES_FASTER * used_s / processor_s, 1)


def _seconds(looks: Sequence[Look]) -> float:
    return median(inspect.seconds for inspect in looks)


def _fresh_look(disk: Path) -> Look:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.inspecting", "--look", disk], check=True, capture_output=True, text=True
    )
    return Look(**json.loads(done.stdout))


def _look(disk: Path) -> Look:
    """A look as every command has it, in this process and a child."""
    from guestinspect.process.run import inspect_file

    with disk.open("rb") as file:
        begun = time.monotonic()
        found = inspect_file(file)
        seconds = time.monotonic() - begun
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    nics = found.as_guest().nics_at_boot().value.verdict
    return Look(seconds, child.ru_utime + child.ru_stime, child.ru_maxrss / 1024, found.bytes_read / MIB, str(nics))


def _in_glance(disk: Path, pairs: int) -> None:
    size = disk.stat().st_size
    kind = "raw" if disk.suffix == ".raw" else "qcow2"
    words = f"image create --file {disk} --disk-format {kind} --min-disk 10 benchmark -f value -c id"
    image = output(words.split()).strip()
    try:
        seen: dict[str, Any] = json.loads(output(f"vsc image inspect {image} --no-cache -f json".split()))
        print(f"  in Glance, {size // MIB} MiB; nics at boot: {seen['nics_at_boot']}")
        _judge("verdict, s", seen["seconds"], VERDICT_S)
        for verb in ("inspect", "check"):
            ranges = _RANGE.findall(said_of(f"--debug vsc image {verb} {image} --no-cache".split()))
            moved = sum(int(last) - int(first) + 1 for first, last in ranges)
            _judge(f"{verb}: requests", len(ranges), REQUESTS)
            _judge(f"{verb}: part of the image ({moved / MIB:.1f} MiB)", moved / size, PART_OF_IMAGE)
        _known(image, pairs)
    finally:
        output(f"image delete {image}".split())


def _known(image: str, pairs: int) -> None:
    """A look whose result is kept, beside the standard client's view of the same image."""
    ours, standard = f"vsc image inspect {image} -f json".split(), f"image show {image} -f json".split()
    output(ours)  # fills the cache
    assert json.loads(output(ours))["requests"] == 0, "nothing was kept"
    ratios = [measured(ours).seconds / measured(standard).seconds for _ in range(pairs)]
    print("  known bits, by the time of image show:", in_words(ratios))
    _judge("the same", median(ratios), KNOWN_RATIO)


def _judge(what: str, value: float, most: float) -> None:
    print(f"  {'PASS' if value < most else 'FAIL'} {what}: {value:.4g} (less than {most:g})")


def _cost(command: Sequence[str]) -> tuple[float, float]:
    """Seconds on the clock, and of processor time, without libvirt and without KVM, as in a cloud's virtual machine."""
    environment = os.environ | {"LIBGUESTFS_BACKEND": "direct", "LIBGUESTFS_BACKEND_SETTINGS": "force_tcg"}
    before = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, f"{' '.join(command)} failed"
    return time.monotonic() - before, usage.ru_utime + usage.ru_stime


def _occupied(disk: Path) -> int:
    return disk.stat().st_blocks * 512


if __name__ == "__main__":
    main()
