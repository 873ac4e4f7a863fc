"""Checks that the sentences of a command about its end are true."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.functional.faults.client import HUNG
from tests.functional.faults.records import Record
from tests.functional.faults.scenarios import SHA512
from tests.functional.faults.trial import Outcome

SIGNAL_STATUSES = (129, 130, 143)
KNOWN_STATUSES = (0, 1, *SIGNAL_STATUSES)


SECOND_SIGNAL_S = 2.0
"""The longest time after a second Ctrl-C, in seconds: one second, and one more on a busy machine."""


@dataclass(frozen=True)
class Claim:
    """A sentence about what is in Glance.

    Args:
        pattern: A regular expression for the sentence.
        holds: Whether it is true, by what is there before and afterwards, and the match.
    """

    pattern: str
    holds: Callable[[Outcome, re.Match[str]], bool]


def _only(outcome: Outcome) -> Record | None:
    """Return the image; None if there is none, or more than one."""
    return outcome.after[0] if len(outcome.after) == 1 else None


def _is(outcome: Outcome, **fields: object) -> bool:
    record = _only(outcome)
    return record is not None and all(getattr(record, name) == value for name, value in fields.items())


def _is_unchanged(outcome: Outcome) -> bool:
    return outcome.after == ((outcome.before,) if outcome.before else ())


def _change_holds(outcome: Outcome, match: re.Match[str]) -> bool:
    field, value = match["field"], match["value"]
    record = _only(outcome)
    if record is None or not hasattr(record, field):
        return record is not None
    known = getattr(record, field)
    return value == (", ".join(known) if isinstance(known, tuple) else str(known))


def _created_holds(outcome: Outcome, match: re.Match[str]) -> bool:
    return _is(outcome, status=match["status"], visibility=match["visibility"])


CLAIMS = (
    Claim(r"Nothing is left|The unfinished image was deleted", lambda outcome, _: not outcome.after),
    Claim(r"The image does not exist any more|Deleted NAME|; it was deleted$", lambda outcome, _: not outcome.after),
    Claim(r"(?:Nothing|nothing) was (?:changed|sent)", lambda outcome, _: _is_unchanged(outcome)),
    Claim(r"has not changed\.", lambda outcome, _: _is_unchanged(outcome)),
    Claim(r"could not be deleted|Not deleted: ", lambda outcome, _: bool(outcome.after)),
    Claim(
        r"is (?:uploaded and verified|uploaded and not verified|complete and (?P<visibility>\w+))",
        lambda outcome, match: (
            _is(outcome, status="active", sha512=SHA512) and match["visibility"] in (None, outcome.after[0].visibility)
        ),
    ),
    Claim(r"Created NAME \(ID\): (?P<status>\w+), (?P<visibility>\w+)", _created_holds),
    Claim(r"\d \w+, verified\.", lambda outcome, _: any(record.sha512 == SHA512 for record in outcome.after)),
    Claim(r"(?m)^  (?P<field>\w+): .+ → (?P<value>.+)$", _change_holds),
    Claim(r"its protection was restored(?!, but)", lambda outcome, _: _is(outcome, protected=True)),
    Claim(r"is not protected any more", lambda outcome, _: _is(outcome, protected=False)),
    Claim(
        r"Finish with: |NAME is complete, but (?:could|may) not be shared|\d of 1 failed:",
        lambda outcome, _: not _is_goal(outcome) or is_hedged(outcome) or _hides_members(outcome),
    ),
    Claim(r"(?m)Stopped\. Done: PROJECT\.$", lambda outcome, _: not outcome.trial.scenario.goal or _is_goal(outcome)),
    Claim(r"NAME (?:\(ID\) )?is private", lambda outcome, _: _is(outcome, visibility="private")),
    Claim(r"The image is still shared", lambda outcome, _: _is(outcome, visibility="shared")),
)

HEDGES = (
    r"may be (?:left|complete|shared|deleted)",
    r"may still (?:be (?:shared|deleted|removed|done)|take effect)",
    r"may be a member",
    r"No record was found\. If one appears",
    r"could not be checked",
    r"not changed so far",
)
"""Sentences of a command that does not know what is there."""

_PYTHON = r"Traceback|'NoneType'|\[Errno|object (?:has no|is not)|(?:Key|Type|Value|Attribute)Error"
"""Words of Python, which help nobody."""


def is_hedged(outcome: Outcome) -> bool:
    """Return True if the command says that it does not know what is there."""
    return any(re.search(pattern, outcome.sentence) for pattern in HEDGES)


def _hides_members(outcome: Outcome) -> bool:
    """Return True if Glance may know members that it does not list: the image is not shared any more."""
    return outcome.trial.scenario.is_shared and _is(outcome, visibility="private")


def _is_goal(outcome: Outcome) -> bool:
    goal = outcome.trial.scenario.goal
    if goal is None:
        return not outcome.after
    record = _only(outcome)
    return record is not None and goal(record)


def untruths(outcome: Outcome) -> Iterator[str]:
    """Yield what is wrong with the end of a command."""
    yield from _false_claims(outcome)
    if outcome.status == HUNG:
        yield "it did not end"
    elif outcome.status not in KNOWN_STATUSES:
        yield f"its exit status is {outcome.status}"
    if outcome.status == 0 and not _is_goal(outcome):
        yield "it succeeded, but the image is not what was requested"
    if outcome.status != 0 and not _is_unchanged(outcome) and not _says_what_is_there(outcome):
        yield "it failed, but something changed, and it does not say so"
    if match := re.search(_PYTHON, outcome.sentence):
        yield f"it shows Python's words: {match[0]}"
    if outcome.trial.kind.signals[1:] and outcome.seconds_after_signal > SECOND_SIGNAL_S:
        yield f"it went on for {outcome.seconds_after_signal:.1f} s after the second signal"
    if outcome.leaks:
        yield f"its token or its data went to another address: {', '.join(outcome.leaks)}"
    if outcome.status == 1 and not outcome.sentence.strip():
        yield "it failed without a word"


def _false_claims(outcome: Outcome) -> Iterator[str]:
    for claim in CLAIMS:
        for match in re.finditer(claim.pattern, outcome.stderr):
            if not claim.holds(outcome, match):
                yield f"«{match[0].strip()}» is not true"


def _says_what_is_there(outcome: Outcome) -> bool:
    return is_hedged(outcome) or any(re.search(claim.pattern, outcome.stderr) for claim in CLAIMS)
