"""Show an image: ``openstack vsc image show`` beside ``openstack image show``, in turn."""

from __future__ import annotations

import argparse
import statistics
import tempfile

from benchmarks.measurement import Run, measure, output, ratio_text

GOAL = 1.05
MIB = 1024**2


def main() -> None:
    """Print the medians of both commands, and the ratio of each pair, in processor time and wall time."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=15)
    args = parser.parse_args()
    with tempfile.NamedTemporaryFile(prefix="vscclient-benchmark-") as disk:
        disk.truncate(MIB)
        image = output(f"image create --file {disk.name} benchmark -f value -c id".split()).strip()
    ours, standard = f"vsc image show {image}".split(), f"image show {image}".split()
    measure(ours), measure(standard)  # not counted: fills caches
    pairs = [(measure(ours), measure(standard)) for _ in range(args.pairs)]
    output(f"image delete {image}".split())
    _report(pairs)


def _report(pairs: list[tuple[Run, Run]]) -> None:
    print(f"{len(pairs)} pairs, in turn")
    for label, seconds in (
        ("processor time", [(ours.cpu_seconds, standard.cpu_seconds) for ours, standard in pairs]),
        ("wall time", [(ours.seconds, standard.seconds) for ours, standard in pairs]),
    ):
        ours, standard = (statistics.median(column) for column in zip(*seconds, strict=True))
        print(f"{label}: {ours:.3f} s, the standard command {standard:.3f} s (medians)")
        print(f"  ratio: {ratio_text([mine / theirs for mine, theirs in seconds])}, at most {GOAL}")


if __name__ == "__main__":
    main()
