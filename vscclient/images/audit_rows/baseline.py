"""The rows of an earlier audit, to compare with."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator

from vscclient import errors
from vscclient.images.audit_rows.audited import Audited, in_words, separate
from vscclient.images.audit_rows.rows import Layout, Row
from vscclient.model.finding import Finding, Severity

LIMIT_BYTES = 256 * 1024**2
"""The longest baseline that is read, in bytes; a thousand images with twenty findings each have 10 MiB."""

_ERRORS = (Severity.ERROR, Severity.FORBIDDEN)

COLUMN = "Change"
"""The column that says whether a row is new or gone."""


def read_rows(path: str, layout: Layout) -> tuple[Row, ...]:
    """Return the rows of an earlier audit.

    Args:
        path: A file that ``-f json`` wrote.
        layout: The layout of the rows of this audit.

    Raises:
        UnusableFile: The file cannot be read, or has other content.
    """
    try:
        with open(path, "rb") as file:
            content = file.read(LIMIT_BYTES + 1)
        rows = json.loads(content) if len(content) <= LIMIT_BYTES else None
    except OSError as failure:
        raise errors.UnusableFile(path, os.strerror(failure.errno or 0).lower()) from failure
    except (ValueError, RecursionError) as failure:
        raise errors.UnusableFile(
            path, "not JSON; expected the output of: openstack vsc image audit -f json"
        ) from failure
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise errors.UnusableFile(path, "not the output of: openstack vsc image audit -f json")
    if any(not set(layout.columns) <= row.keys() for row in rows):
        raise errors.UnusableFile(
            path, "it has other columns; write both with --findings, or both without, and with all their columns"
        )
    return tuple(rows)


def changed_rows(before: Iterable[Row], now: Iterable[Row], layout: Layout) -> Iterator[Row]:
    """Yield the rows that are new, in their order, then those that are gone."""
    old, new = {_key(row, layout): row for row in before}, {_key(row, layout): row for row in now}
    for word, rows, others in (("new", new, old), ("gone", old, new)):
        yield from ({**row, COLUMN: word} for key, row in rows.items() if key not in others)


def has_new_errors(one: Audited, before: Iterable[Row]) -> bool:
    """Check whether an image has errors that the earlier audit did not report."""
    if one.image is None:
        return False
    earlier = [row for row in before if row["ID"] == one.image.id]
    return any(not any(_reports(row, finding) for row in earlier) for finding in one.errors)


def _reports(row: Row, finding: Finding) -> bool:
    """Check whether a row of the earlier audit reports an error: a warning for fewer people is none."""
    if "Code" in row:
        same = (row["Code"], row["Message"], row["Location"]) == (finding.code, finding.sentence, finding.location)
        return same and row["Severity"] in _ERRORS
    words = in_words(finding)  # a row of an image has its errors in words, then the reasons of what is unknown
    return any(part == words or part.startswith(f"{words}; ") for part in separate(str(row["Why"])))


def _key(row: Row, layout: Layout) -> str:
    return json.dumps([row[column] for column in layout.identity], sort_keys=True)
