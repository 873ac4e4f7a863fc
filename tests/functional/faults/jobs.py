"""Several trials at a time, in processes: each starts clients, and only a process of its own can wait for them."""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from devcloud.cloud import read
from tests.functional.faults.trial import Laboratory, Outcome, Trial

_laboratory: Laboratory


def outcomes_of(trials: Sequence[Trial], jobs: int, cloud: str, home: str) -> Iterator[Outcome]:
    """Yield what came of each trial.

    Args:
        trials: The trials.
        jobs: How many run at a time.
        cloud: The folder of the development cloud.
        home: A folder for the files of the clients.
    """
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context, initializer=_start, initargs=(cloud, home)) as pool:
        yield from pool.map(_run, trials, chunksize=4)


def _start(cloud: str, home: str) -> None:
    global _laboratory
    _laboratory = Laboratory(read(cloud), Path(tempfile.mkdtemp(dir=home)))


def _run(trial: Trial) -> Outcome:
    return _laboratory.run(trial)
