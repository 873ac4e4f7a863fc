"""Try faults: each kind, at each moment, at each request of each command.

In a development cloud: ``python -m devcloud run -- python -m tests.functional.faults --all``.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from pathlib import Path

from devcloud.cloud import CLOUD_VARIABLE, read
from tests.functional.faults import table
from tests.functional.faults.jobs import outcomes_of
from tests.functional.faults.rows import ROWS
from tests.functional.faults.scenarios import SCENARIOS
from tests.functional.faults.trial import Laboratory, Outcome, Trial, trials
from tests.functional.faults.truth import is_hedged, untruths


def main() -> int:
    """Try the chosen faults, and show what came of each; return 1 if an end was told wrongly."""
    arguments = _parser().parse_args()
    with tempfile.TemporaryDirectory() as home:
        cloud = os.environ[CLOUD_VARIABLE]
        chosen = _chosen(arguments, Laboratory(read(cloud), Path(home)))
        outcomes, wrong = [], 0
        for number, outcome in enumerate(outcomes_of(chosen, arguments.jobs, cloud, home), 1):
            problems = list(untruths(outcome))
            wrong += bool(problems)
            outcomes.append(outcome)
            if problems or arguments.verbose:
                _show(f"{number}/{len(chosen)} {outcome.trial}", outcome, problems)
        print(f"{len(outcomes)} faults, {wrong} with an end that is told wrongly")
        if arguments.all:
            others = [row for row in table.read() if not row.command.startswith(arguments.command)]
            table.write(table.in_order([*others, *table.rows_of(outcomes)]))
    return int(wrong > 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.functional.faults", description=__doc__)
    parser.add_argument("--all", action="store_true", help="try all, and write the table of the documentation")
    parser.add_argument("--rows", action="store_true", help="only those of the functional tests")
    parser.add_argument(
        "--command", default="", help="only commands that begin with this; the table keeps the rows of others"
    )
    parser.add_argument("--request", default="", help="only requests whose method or path contains this")
    parser.add_argument("--fault", default="", help="only faults whose title contains this")
    parser.add_argument("--sample", type=int, help="only so many, by chance")
    parser.add_argument("--seed", type=int, default=0, help="the seed of the sample")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="commands at a time")
    parser.add_argument("--verbose", action="store_true", help="show the ends that are true, too")
    return parser


def _chosen(arguments: argparse.Namespace, laboratory: Laboratory) -> list[Trial]:
    if arguments.rows:
        return [row.trial for row in ROWS]
    stages = {
        scenario.title: list(laboratory.stages(scenario))
        for scenario in SCENARIOS
        if scenario.title.startswith(arguments.command)
    }
    chosen = [
        trial
        for trial in trials(stages)
        if arguments.request in f"{trial.stage.method} {trial.stage.path.replace('[^/]+', '*')}"
        and arguments.fault in trial.fault
    ]
    if arguments.sample:
        random.Random(arguments.seed).shuffle(chosen)
        return chosen[: arguments.sample]
    return chosen


def _show(title: str, outcome: Outcome, problems: list[str]) -> None:
    hedged = ", hedged" if is_hedged(outcome) else ""
    print(f"{title}: {outcome.status}, {outcome.left}{hedged}, {outcome.seconds:.1f} s")
    for line in outcome.sentence.splitlines():
        print(f"    {line}")
    for problem in problems:
        print(f"  ! {problem}")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
