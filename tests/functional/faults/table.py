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
from tests.functional.faults.scenarios import SCENARIOS
from tests.functional.faults.trial import Outcome

PAGE_TABLE = Path(__file__).parents[3] / "doc/source/user/what-can-go-wrong.csv"

_TITLES = ("Command", "Step and fault", "Exit status", "What the command says", "In the cloud afterwards")

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

_CAUSE = (
    r"(?:The (?:Image|Identity) service (?!of your)|A proxy between you and the |This exceeds your quota)"
    r".*?(?=$|\n|; it(?:s| is| was| may) |\)\. (?:If|Delete))"
)
"""The sentences about a fault, which differ with each status."""

_GROUPS = tuple(dict.fromkeys(kind.group for kind in KINDS))
_DONE = ", done"


@dataclass(frozen=True)
class Row:
    """A row of the table: the faults after which a command has the same end."""

    command: str
    faults: str
    status: str
    sentence: str
    left: str


def step_of(stage: Stage, when: When) -> str:
    """Return the words for a request, and whether the service did the work before the fault."""
    step = "sign in" if stage.service == "identity" else _STEPS[stage.method, stage.path.replace("[^/]+", "*")]
    return f"{step}{_DONE}" if when in (When.DONE, When.ANSWERING) and stage.method != "GET" else step


def end_of(outcome: Outcome) -> tuple[str, str, str]:
    """Return the end of a command: its exit status, its messages with a word for the cause, and what is left."""
    text = re.sub(_CAUSE, "CAUSE", outcome.sentence)
    return str(outcome.status), _block(f"``{line.strip()}``" for line in text.splitlines()), outcome.left


def rows_of(outcomes: Iterable[Outcome]) -> list[Row]:
    """Return the rows of a table, in the order of the outcomes."""
    ends: dict[tuple[str, ...], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for outcome in outcomes:
        ends[outcome.trial.command, *end_of(outcome)][step_of(outcome.trial.stage, outcome.trial.when)].add(
            outcome.trial.kind.group
        )
    return [
        Row(command, _block(f"{step}: {_in_order(faults)}" for step, faults in steps.items()), *end)
        for (command, *end), steps in ends.items()
    ]


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Return rows in the order of the commands."""
    titles = [scenario.title for scenario in SCENARIOS]
    return sorted(rows, key=lambda row: titles.index(row.command))


def has(rows: Iterable[Row], outcome: Outcome) -> bool:
    """Return True if a table has this outcome."""
    wanted = (outcome.trial.command, *end_of(outcome))
    step, fault = step_of(outcome.trial.stage, outcome.trial.when), outcome.trial.kind.group
    lines = [
        line.removeprefix("| ")
        for row in rows
        if (row.command, row.status, row.sentence, row.left) == wanted
        for line in row.faults.splitlines()
    ]
    return any(line.startswith(f"{step}: ") and fault in line.removeprefix(f"{step}: ").split(", ") for line in lines)


def _in_order(faults: set[str]) -> str:
    return ", ".join(sorted(faults, key=_GROUPS.index))


def _block(lines: Iterable[str]) -> str:
    """Return lines as reStructuredText that keeps them."""
    return "\n".join(f"| {line}" for line in lines)


def write(rows: Iterable[Row], path: Path = PAGE_TABLE) -> None:
    """Write the table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(_TITLES)
        table.writerows(astuple(row) for row in rows)


def read(path: Path = PAGE_TABLE) -> list[Row]:
    """Read a table; one that does not exist has no rows."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [Row(*cells) for cells in list(csv.reader(file))[1:]]
