"""Damages disks, file systems and configuration files at random, and looks whether a look inside them ends well.

No crash, no hang over 10 s of processor time, no memory over 500 MiB; what breaks one of them is printed, and the exit
status is 1. The same seed on the same corpus is the same damage.
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

from fuzzing import corpus
from fuzzing.case import FAILURES, Case, Outcome
from fuzzing.configurations import CONFIGURATIONS
from fuzzing.tally import Tally, is_silent
from fuzzing.watching import Worker


def main() -> None:
    """Makes the corpus, runs the cases, prints the numbers."""
    parser = argparse.ArgumentParser(prog="python -m fuzzing", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=10_000, help="how many, of all together (default: 10,000)")
    parser.add_argument("--first", type=int, default=0, help="the number of the first (default: 0)")
    parser.add_argument("--minutes", type=float, default=inf, help="end after that long (default: when all are done)")
    parser.add_argument("--only", default="", help="what is damaged: all whose name begins like this")
    parser.add_argument("--corpus", type=Path, help="the folder where the disks are kept (default: a new one, removed)")
    parser.add_argument("--show-silent", action="store_true", help="print what was answered differently without a sign")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="vscclient-fuzzing-") as folder:
        made = corpus.make(args.corpus or Path(folder), only=args.only)
        for name, why in made.left_out.items():
            print(f"left out: {name}: {why}")
        names = [(one.name, str(one.path)) for one in made.specimens]
        names += [(name, "") for name in CONFIGURATIONS if name.startswith(args.only)]
        if not names:
            parser.error(f"nothing is called {args.only}")
        these = islice(cases(names, args.seed, args.first), args.count)
        tally = run(_until(time.monotonic() + 60 * args.minutes, these), show_silent=args.show_silent)
    print(*tally.lines(), sep="\n")
    sys.exit(1 if tally.failures else 0)


def cases(names: Sequence[tuple[str, str]], seed: int, first: int = 0) -> Iterator[Case]:
    """Cases without end, of each specimen in turn.

    Args:
        names: Of the specimens, with the paths of those that are disks.
    """
    for number in count(first):
        for name, path in names:
            yield Case(name, path, seed, number)


def _until(end_s: float, these: Iterable[Case]) -> Iterator[Case]:
    """Those whose turn comes before a time."""
    return takewhile(lambda _: time.monotonic() < end_s, these)


def run(these: Iterable[Case], *, show_silent: bool = False) -> Tally:
    """Lets a worker look into them, and prints what went wrong."""
    tally = Tally()
    with Worker() as worker:
        for case in these:
            outcome = worker.outcome(case)
            tally.add(case, outcome)
            if outcome.end in FAILURES or (show_silent and is_silent(outcome)):
                print(_told(case, outcome), flush=True)
    return tally


def _told(case: Case, outcome: Outcome) -> str:
    different = f"; now {'; '.join(outcome.different)}" if outcome.different else ""
    return f"{outcome.end} {case}: {outcome.details}{different}"


if __name__ == "__main__":
    main()
