"""Inspect a guest: beside libguestfs on the same disks, through Glance, and with a cached result."""

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
from benchmarks.measurement import measure, output, ratio_text, stderr_of
from devcloud.cloud import CLOUD_VARIABLE

SPEED_RATIO = 50
MEMORY_MIB = 150
READ_MIB = 16
SHARE_OF_IMAGE = 0.01
REQUESTS = 150
VERDICT_S = 2.0
CACHED_RATIO = 1.2

_OTHERS = (("virt-cat", "/etc/os-release"), ("virt-inspector",))
"""The programs of libguestfs, and their arguments behind the disk."""

_RANGE = re.compile(r"-H \"Range: bytes=(\d+)-(\d+)\"")


@dataclass(frozen=True)
class Measurement:
    """The inspection of a file by a fresh process.

    Args:
        seconds: Wall-clock time.
        processor_s: Processor time of the child, in seconds.
        memory_mib: Peak memory of the child.
        read_mib: Data that was read.
        nics: The verdict.
    """

    seconds: float
    processor_s: float
    memory_mib: float
    read_mib: float
    nics: str


def main() -> None:
    """Measure, and print which goals are reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--disks", nargs="+", choices=full_guest.DISKS, default=full_guest.DISKS)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument(
        "--without-libguestfs", action="store_true", help="omit libguestfs, which takes a minute or more for each disk"
    )
    parser.add_argument("--inspect", type=Path, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.inspect:
        print(json.dumps(vars(_inspect(args.inspect))))
        return
    if CLOUD_VARIABLE not in os.environ:
        parser.error(
            "there is no cloud: use python -m devcloud run --"
        )  # before the disks are made, which takes minutes
    folder = full_guest.disks()
    with tempfile.TemporaryDirectory(prefix="vscclient-benchmark-") as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        for disk in args.disks:
            print(f"\n{disk}, {_occupied(folder / disk) // MIB} MiB")
            _inspect_file(folder / disk, () if args.without_libguestfs else _OTHERS, args.pairs)
            _inspect_image(folder / disk, args.pairs)


def _inspect_file(disk: Path, others: Sequence[Sequence[str]], times: int) -> None:
    runs = [_fresh_run(disk) for _ in range(times)]
    whole = measure(["vsc", "image", "inspect", "--file", str(disk), "-f", "json"])
    memory = whole.peak_mib + max(run.memory_mib for run in runs)
    print(f"  nics at boot: {runs[0].nics}")
    print(f"  inspection {_seconds(runs):.2f} s (median of {times}), whole command {whole.seconds:.2f} s")
    _check("memory of command and child, MiB", memory, MEMORY_MIB)
    _check("read, MiB", runs[0].read_mib, READ_MIB)
    for program, *words in others:
        clock_s, processor_s = _cost([program, "-a", str(disk), *words])
        # Some machines are faster in one minute than in the next: the runs just before and just after are compared.
        after = [_fresh_run(disk) for _ in range(times)]
        around, runs = [*runs, *after], after
        faster = clock_s / _seconds(around)
        print(f"  {program} {clock_s:.1f} s, {processor_s:.1f} s of processor time; {faster:.0f} times the inspection")
        # Both are one busy thread: other programs on the machine change the clock time only.
        used_s = median(run.processor_s for run in around)
        _check(f"{SPEED_RATIO} inspections by {program}, processor time", SPEED_RATIO * used_s / processor_s, 1)


def _seconds(runs: Sequence[Measurement]) -> float:
    return median(run.seconds for run in runs)


def _fresh_run(disk: Path) -> Measurement:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.inspection", "--inspect", disk], check=True, capture_output=True, text=True
    )
    return Measurement(**json.loads(done.stdout))


def _inspect(disk: Path) -> Measurement:
    """Inspect a file as a command does, in this process and a child."""
    from guestinspect.process.run import inspect_file

    with disk.open("rb") as file:
        begun = time.monotonic()
        inspection = inspect_file(file)
        seconds = time.monotonic() - begun
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    nics = inspection.as_guest().nics_at_boot().value.verdict
    return Measurement(
        seconds, child.ru_utime + child.ru_stime, child.ru_maxrss / 1024, inspection.bytes_read / MIB, str(nics)
    )


def _inspect_image(disk: Path, pairs: int) -> None:
    size = disk.stat().st_size
    kind = "raw" if disk.suffix == ".raw" else "qcow2"
    words = f"image create --file {disk} --disk-format {kind} --min-disk 10 benchmark -f value -c id"
    image = output(words.split()).strip()
    try:
        result: dict[str, Any] = json.loads(output(f"vsc image inspect {image} --no-cache -f json".split()))
        print(f"  in Glance, {size // MIB} MiB; nics at boot: {result['nics_at_boot']}")
        _check("verdict, s", result["seconds"], VERDICT_S)
        for verb in ("inspect", "check"):
            ranges = _RANGE.findall(stderr_of(f"--debug vsc image {verb} {image} --no-cache".split()))
            moved = sum(int(last) - int(first) + 1 for first, last in ranges)
            _check(f"{verb}: requests", len(ranges), REQUESTS)
            _check(f"{verb}: share of the image ({moved / MIB:.1f} MiB)", moved / size, SHARE_OF_IMAGE)
        _inspect_cached(image, pairs)
    finally:
        output(f"image delete {image}".split())


def _inspect_cached(image: str, pairs: int) -> None:
    """Inspect an image with a cached result, beside the standard command that shows it."""
    ours, standard = f"vsc image inspect {image} -f json".split(), f"image show {image} -f json".split()
    output(ours)  # fills the cache
    assert json.loads(output(ours))["requests"] == 0, "the result is not cached"
    ratios = [measure(ours).seconds / measure(standard).seconds for _ in range(pairs)]
    print("  with a cached result, by the time of image show:", ratio_text(ratios))
    _check("the same", median(ratios), CACHED_RATIO)


def _check(what: str, value: float, most: float) -> None:
    print(f"  {'PASS' if value < most else 'FAIL'} {what}: {value:.4g} (less than {most:g})")


def _cost(command: Sequence[str]) -> tuple[float, float]:
    """Return the wall-clock and processor time of a command, in seconds.

    libguestfs runs without libvirt and KVM, as in a virtual machine of a cloud.
    """
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
