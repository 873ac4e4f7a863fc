"""What an audit found before, to compare with."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator

from vscclient import errors
from vscclient.images.audit_rows.audited import Audited, said
from vscclient.images.audit_rows.rows import Form, Row
from vscclient.model.finding import Finding

LIMIT_BYTES = 256 * 1024**2
"""The longest baseline that is read, in bytes; a thousand images with twenty findings each have 10 MiB."""

COLUMN = "Change"
"""The column that says whether a row is new or gone."""


def read(path: str, form: Form) -> tuple[Row, ...]:
    """The rows of an earlier audit.

    Args:
        path: What ``-f json`` wrote.
        form: That of the rows of this audit.

    Raises:
        UnusableFile: It cannot be read, or is something else.
    """
    try:
        with open(path, "rb") as file:
            content = file.read(LIMIT_BYTES + 1)
        rows = json.loads(content) if len(content) <= LIMIT_BYTES else None
    except OSError as failure:
        raise errors.UnusableFile(path, os.strerror(failure.errno or 0).lower()) from failure
    except (ValueError, RecursionError) as failure:
        raise errors.UnusableFile(path, "it is no JSON; an audit with -f json writes one") from failure
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise errors.UnusableFile(path, "it is no result of an audit with -f json")
    if any(not set(form.columns) <= row.keys() for row in rows):
        raise errors.UnusableFile(
            path, "it has other columns; make both with --findings, or both without, and with all their columns"
        )
    return tuple(rows)


def changes(before: Iterable[Row], now: Iterable[Row], form: Form) -> Iterator[Row]:
    """What is new, in the order of now, then what is gone."""
    old, new = {_key(row, form): row for row in before}, {_key(row, form): row for row in now}
    for word, rows, others in (("new", new, old), ("gone", old, new)):
        yield from ({**row, COLUMN: word} for key, row in rows.items() if key not in others)


def has_new_errors(one: Audited, before: Iterable[Row]) -> bool:
    """Whether something stands against an image that did not then. Rows of images tell it in words."""
    if one.image is None:
        return False
    then = [row for row in before if row["ID"] == one.image.id]
    return any(not any(_tells(row, found) for row in then) for found in one.errors)


def _tells(row: Row, found: Finding) -> bool:
    if "Code" in row:
        return (row["Code"], row["Message"], row["Location"]) == (found.code, found.message, found.location)
    return said(found) in str(row["Why"])


def _key(row: Row, form: Form) -> str:
    return json.dumps([row[column] for column in form.identity], sort_keys=True)
