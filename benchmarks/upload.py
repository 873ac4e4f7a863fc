"""Creating an image from a file: ours, which verifies, beside the standard client, which does not."""

from __future__ import annotations

import argparse
import filecmp
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from devcloud.cloud import CLOUD_VARIABLE, read

MIB = 1024**2


@dataclass(frozen=True)
class Run:
    """One command: how long it took, in seconds, and the most memory that its process held, in MiB."""

    seconds: float
    peak_mib: float


def main() -> None:
    """Runs the two in turn; prints medians, and the ratio of each pair."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size-mib", type=int, default=2048)
    parser.add_argument("--pairs", type=int, default=5)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vscclient-benchmark-") as folder:
        disk = _make_disk(Path(folder), args.size_mib)
        _create("vsc image create --no-progress", disk)  # not counted: fills caches
        pairs = [
            (_create("vsc image create --no-progress", disk), _create("image create --disk-format raw", disk))
            for _ in range(args.pairs)
        ]
        _tell(args.size_mib, pairs)
        _compare(disk, Path(folder) / "downloaded")


def _make_disk(folder: Path, size_mib: int) -> Path:
    disk = folder / "disk.raw"
    with disk.open("wb") as file:
        for _ in range(size_mib):
            file.write(os.urandom(MIB))
    return disk


def _create(command: str, disk: Path) -> Run:
    """Creates the image and deletes it again; only the first is measured, in a process of its own."""
    before = time.monotonic()
    peak_mib = _peak_mib(f"{command} --file {disk} benchmark".split())
    seconds = time.monotonic() - before
    _openstack("image delete benchmark".split())
    return Run(seconds, peak_mib)


def _peak_mib(words: list[str]) -> float:
    """Runs it as a child of a child, since Linux tells the peak of the largest child only."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _openstack(words)
        os.write(writer, str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss).encode())
        os._exit(0)
    os.close(writer)
    with open(reader, "rb") as pipe:
        peak_kib = pipe.read()
    os.waitpid(child, 0)
    assert peak_kib, f"openstack {' '.join(words)} failed"
    return int(peak_kib) / 1024


def _openstack(words: list[str]) -> None:
    cloud = read(os.environ[CLOUD_VARIABLE])
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
    command = [str(Path(sys.executable).with_name("openstack")), *words]
    subprocess.run(
        command,
        env=environment | cloud.users["alice"].environment,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def _tell(size_mib: int, pairs: list[tuple[Run, Run]]) -> None:
    ours, standard = zip(*pairs, strict=True)
    print(f"{size_mib} MiB, {len(pairs)} pairs, in turn")
    for name, runs in (("openstack vsc image create", ours), ("openstack image create", standard)):
        seconds = statistics.median(run.seconds for run in runs)
        print(f"{name}: {seconds:.1f} s (median), at most {max(run.peak_mib for run in runs):.0f} MiB")
    ratios = [mine.seconds / theirs.seconds for mine, theirs in pairs]
    print(f"ratio of the times: {statistics.median(ratios):.3f} (median; {min(ratios):.3f} to {max(ratios):.3f})")


def _compare(disk: Path, downloaded: Path) -> None:
    _openstack(f"vsc image create --no-progress --file {disk} benchmark".split())
    _openstack(f"image save --file {downloaded} benchmark".split())
    _openstack("image delete benchmark".split())
    print("downloaded again:", "identical" if filecmp.cmp(disk, downloaded, shallow=False) else "DIFFERENT")


if __name__ == "__main__":
    main()
