"""The table for users: what a command says after a fault, its exit status, and what is in Glance afterwards."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path

from tests.functional.faults.fault import When
from tests.functional.faults.kinds import KINDS, Stage
from tests.functional.faults.trial import Outcome

PAGE_TABLE = Path(__file__).parents[3] / "doc/source/user/what-can-go-wrong.csv"

_TITLES = ("Command", "Step", "What happens", "Exit status", "What the command says", "In the cloud afterwards")

_STEPS = {
    ("GET", "/v2/images"): "find images",
    ("GET", "/v2/images/*"): "read the image",
    ("GET", "/v2/images/*/file"): "inspect the data",
    ("GET", "/v2/images/*/members"): "list the members",
    ("POST", "/v2/images"): "create the record",
    ("POST", "/v2/images/*/members"): "add a member",
    ("POST", "/v2/images/*/import"): "import the data",
    ("POST", "/v2/images/*/actions/deactivate"): "deactivate the image",
    ("PUT", "/v2/images/*/file"): "send the data",
    ("PUT", "/v2/images/*/stage"): "send the data",
    ("PATCH", "/v2/images/*"): "change the image",
    ("DELETE", "/v2/images/*"): "delete the image",
    ("DELETE", "/v2/images/*/members/*"): "remove a member",
}
"""The words for the requests."""

_CAUSES = (
    r"The Image service (?:does not|failed|rejects|returned|reports|finds|of this cloud|did not)\b.*?",
    r"This exceeds your quota or a limit of the Image service.*?",
)
"""The sentences about the cause, which differs with each fault."""


@dataclass(frozen=True, order=True)
class Row:
    """A row of the table."""

    command: str
    step: str
    faults: str
    status: str
    sentence: str
    left: str


def step_of(stage: Stage) -> str:
    """Return the words for a request."""
    return _STEPS[stage.method, stage.path.replace("[^/]+", "*")]


def fault_of(outcome: Outcome) -> str:
    """Return the word for a fault, and whether the service did the work before."""
    is_done = outcome.trial.when in (When.DONE, When.ANSWERING) and outcome.trial.stage.method != "GET"
    return outcome.trial.kind.group + (" (after the work was done)" if is_done else "")


def sentence_of(outcome: Outcome) -> str:
    """Return the messages of a command, with a word for the cause."""
    text = outcome.sentence
    for cause in _CAUSES:
        text = re.sub(rf"{cause}(?=$|\n|\)\.|; )", "CAUSE", text)
    return " / ".join(line.strip() for line in text.splitlines())


def rows_of(outcomes: Iterable[Outcome]) -> list[Row]:
    """Return the rows of a table; faults with the same end share one."""
    groups = [f"{kind.group}{suffix}" for suffix in ("", " (after the work was done)") for kind in KINDS]
    ends: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for outcome in outcomes:
        ends[key_of(outcome)].add(fault_of(outcome))
    return [
        Row(command, step, ", ".join(sorted(faults, key=groups.index)), *end)
        for (command, step, *end), faults in ends.items()
    ]


def key_of(outcome: Outcome) -> tuple[str, str, str, str, str]:
    """Return the command, the step, and the end."""
    trial = outcome.trial
    return trial.command, step_of(trial.stage), str(outcome.status), sentence_of(outcome), outcome.left


def write(rows: Iterable[Row], path: Path = PAGE_TABLE) -> None:
    """Write the table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(_TITLES)
        table.writerows(astuple(row) for row in rows)


def read(path: Path = PAGE_TABLE) -> list[Row]:
    """Read a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return [Row(*cells) for cells in list(csv.reader(file))[1:]]
