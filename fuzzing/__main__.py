"""Damage disks, file systems and configuration files at random, and inspect them.

An inspection fails if it crashes, takes more than 10 s of processor time, or needs more than 500 MiB of memory.
Failures are printed, and the exit status is 1. The same seed and the same corpus give the same damage.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import count, islice, takewhile
from math import inf
from pathlib import Path

from fuzzing.case import FAILURES, Case
from fuzzing.configurations import CONFIGURATIONS
from fuzzing.corpus import make_corpus
from fuzzing.tally import Tally, is_silent
from fuzzing.worker_process import Worker


def main() -> None:
    """Make the corpus, run the cases and print the statistics."""
    parser = argparse.ArgumentParser(prog="python -m fuzzing", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the seed of the random damage (default: 1)")
    parser.add_argument(
        "--count", type=int, default=10_000, help="the number of cases of all guests together (default: 10,000)"
    )
    parser.add_argument("--first", type=int, default=0, help="the number of the first case (default: 0)")
    parser.add_argument(
        "--minutes", type=float, default=inf, help="stop after that time (default: after the last case)"
    )
    parser.add_argument("--only", default="", metavar="NAME", help="damage only guests whose name begins with NAME")
    parser.add_argument(
        "--corpus", type=Path, metavar="FOLDER", help="keep the disks in FOLDER (default: a temporary folder)"
    )
    parser.add_argument(
        "--show-silent",
        action="store_true",
        help="print cases with different facts although neither content nor a checksum changed",
    )
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vscclient-fuzzing-") as folder:
        corpus = make_corpus(args.corpus or Path(folder), only=args.only)
        for name, why in corpus.omitted.items():
            print(f"omitted: {name}: {why}")
        names = [(specimen.name, str(specimen.path)) for specimen in corpus.specimens]
        names += [(name, "") for name in CONFIGURATIONS if name.startswith(args.only)]
        if not names:
            parser.error(f"no guest has a name that begins with {args.only}")
        end_s = time.monotonic() + 60 * args.minutes
        selected = islice(list_cases(names, args.seed, args.first), args.count)
        tally = run(takewhile(lambda _: time.monotonic() < end_s, selected), show_silent=args.show_silent)
    print(*tally.lines(), sep="\n")
    sys.exit(1 if tally.failures else 0)


def list_cases(names: Sequence[tuple[str, str]], seed: int, first: int = 0) -> Iterator[Case]:
    """Yield cases without end, of each specimen in turn.

    Args:
        names: The names of the specimens, with the paths of their disks; an empty path: a guest in memory.
        seed: The seed of the run.
        first: The number of the first case.
    """
    for number in count(first):
        for name, path in names:
            yield Case(name, path, seed, number)


def run(cases: Iterable[Case], *, show_silent: bool = False) -> Tally:
    """Inspect the guests of the cases in a worker process, and print failures."""
    tally = Tally()
    with Worker() as worker:
        for case in cases:
            outcome = worker.outcome(case)
            tally.add(case, outcome)
            if outcome.end in FAILURES or (show_silent and is_silent(outcome)):
                different = f"; now {'; '.join(outcome.different)}" if outcome.different else ""
                print(f"{outcome.end} {case}: {outcome.details}{different}", flush=True)
    return tally


if __name__ == "__main__":
    main()
