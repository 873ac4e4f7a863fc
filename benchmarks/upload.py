"""Create an image from a file: ours, which verifies, beside the standard client, which does not."""

from __future__ import annotations

import argparse
import filecmp
import os
import statistics
import tempfile
from pathlib import Path

from benchmarks.measurement import Run, measure, output, ratio_text

MIB = 1024**2


def main() -> None:
    """Run the two in turn; print medians and the ratio of each pair."""
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
        _report(args.size_mib, pairs)
        _compare(disk, Path(folder) / "downloaded")


def _make_disk(folder: Path, size_mib: int) -> Path:
    disk = folder / "disk.raw"
    with disk.open("wb") as file:
        for _ in range(size_mib):
            file.write(os.urandom(MIB))
    return disk


def _create(command: str, disk: Path) -> Run:
    """Create the image and delete it; only the creation is measured."""
    run = measure(f"{command} --file {disk} benchmark".split())
    output("image delete benchmark".split())
    return run


def _report(size_mib: int, pairs: list[tuple[Run, Run]]) -> None:
    ours, standard = zip(*pairs, strict=True)
    print(f"{size_mib} MiB, {len(pairs)} pairs, in turn")
    for name, runs in (("openstack vsc image create", ours), ("openstack image create", standard)):
        seconds = statistics.median(run.seconds for run in runs)
        print(f"{name}: {seconds:.1f} s (median), at most {max(run.peak_mib for run in runs):.0f} MiB")
    ratios = [mine.seconds / theirs.seconds for mine, theirs in pairs]
    print("ratio of the times:", ratio_text(ratios))


def _compare(disk: Path, downloaded: Path) -> None:
    output(f"vsc image create --no-progress --file {disk} benchmark".split())
    output(f"image save --file {downloaded} benchmark".split())
    output("image delete benchmark".split())
    print("downloaded again:", "identical" if filecmp.cmp(disk, downloaded, shallow=False) else "DIFFERENT")


if __name__ == "__main__":
    main()
