"""Sharing an image with 100 projects: one command of ours, beside three single ones of the standard client."""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

from devcloud.cloud import CLOUD_VARIABLE, read

MIB = 1024**2
SINGLE_COMMANDS = 3


def main() -> None:
    """Runs the two in turn; prints medians, and the ratio of each pair."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--projects", type=int, default=100)
    parser.add_argument("--pairs", type=int, default=5)
    args = parser.parse_args()
    with tempfile.NamedTemporaryFile(prefix="vscclient-benchmark-") as disk:
        disk.truncate(MIB)
        _ours(disk.name, 1)  # not counted: fills caches
        pairs = [(_ours(disk.name, args.projects), _standard(disk.name)) for _ in range(args.pairs)]
    _tell(args.projects, pairs)


def _ours(disk: str, projects: int) -> float:
    """Seconds of one command for all projects."""
    image = _create(disk)
    seconds = _seconds([f"vsc image share {image} {' '.join(_projects(projects))}"])
    members = _openstack(f"image member list {image} -f value").splitlines()
    assert len(members) == projects, f"{len(members)} of {projects} projects have it"
    _openstack(f"image delete {image}")
    return seconds


def _standard(disk: str) -> float:
    """Seconds of the standard client's commands, each for one project."""
    image = _create(disk)
    seconds = _seconds(f"image add project {image} {project}" for project in _projects(SINGLE_COMMANDS))
    _openstack(f"image delete {image}")
    return seconds


def _create(disk: str) -> str:
    """An image as the standard client makes it: ``shared``, with nobody."""
    return _openstack(f"image create --file {disk} --min-disk 1 benchmark -f value -c id").strip()


def _projects(count: int) -> list[str]:
    return [uuid4().hex for _ in range(count)]


def _seconds(commands: Iterable[str]) -> float:
    before = time.monotonic()
    for command in commands:
        _openstack(command)
    return time.monotonic() - before


def _openstack(words: str) -> str:
    cloud = read(os.environ[CLOUD_VARIABLE])
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OS_")}
    done = subprocess.run(
        [str(Path(sys.executable).with_name("openstack")), *words.split()],
        env=environment | cloud.users["alice"].environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def _tell(projects: int, pairs: list[tuple[float, float]]) -> None:
    ours, standard = zip(*pairs, strict=True)
    print(f"{len(pairs)} pairs, in turn")
    print(f"openstack vsc image share, {projects} projects: {statistics.median(ours):.1f} s (median)")
    print(f"openstack image add project, {SINGLE_COMMANDS} times: {statistics.median(standard):.1f} s (median)")
    ratios = [mine / theirs for mine, theirs in pairs]
    print(f"ratio of the times: {statistics.median(ratios):.2f} (median; {min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main()
