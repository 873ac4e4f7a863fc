"""Share an image with 100 projects: one command of ours, beside three single ones of the standard client."""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterable
from uuid import uuid4

from benchmarks.measurement import output, ratio_text

MIB = 1024**2
SINGLE_COMMANDS = 3


def main() -> None:
    """Run the two in turn; print medians and the ratio of each pair."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--projects", type=int, default=100)
    parser.add_argument("--pairs", type=int, default=5)
    args = parser.parse_args()
    with tempfile.NamedTemporaryFile(prefix="vscclient-benchmark-") as disk:
        disk.truncate(MIB)
        _ours(disk.name, 1)  # not counted: fills caches
        pairs = [(_ours(disk.name, args.projects), _standard(disk.name)) for _ in range(args.pairs)]
    _report(args.projects, pairs)


def _ours(disk: str, projects: int) -> float:
    """Return the seconds of one command for all projects."""
    image = _create(disk)
    seconds = _seconds([f"vsc image share {image} {' '.join(_projects(projects))}"])
    members = output(f"image member list {image} -f value".split()).splitlines()
    assert len(members) == projects, f"{len(members)} of {projects} projects are members"
    output(f"image delete {image}".split())
    return seconds


def _standard(disk: str) -> float:
    """Return the seconds of the standard client's commands, each for one project."""
    image = _create(disk)
    seconds = _seconds(f"image add project {image} {project}" for project in _projects(SINGLE_COMMANDS))
    output(f"image delete {image}".split())
    return seconds


def _create(disk: str) -> str:
    """Create an image by the standard client: ``shared``, without members. Return its ID."""
    return output(f"image create --file {disk} --min-disk 1 benchmark -f value -c id".split()).strip()


def _projects(count: int) -> list[str]:
    return [uuid4().hex for _ in range(count)]


def _seconds(commands: Iterable[str]) -> float:
    before = time.monotonic()
    for command in commands:
        output(command.split())
    return time.monotonic() - before


def _report(projects: int, pairs: list[tuple[float, float]]) -> None:
    ours, standard = zip(*pairs, strict=True)
    print(f"{len(pairs)} pairs, in turn")
    print(f"openstack vsc image share, {projects} projects: {statistics.median(ours):.1f} s (median)")
    print(f"openstack image add project, {SINGLE_COMMANDS} times: {statistics.median(standard):.1f} s (median)")
    ratios = [mine / theirs for mine, theirs in pairs]
    print("ratio of the times:", ratio_text(ratios))


if __name__ == "__main__":
    main()
