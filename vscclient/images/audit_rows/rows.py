"""The rows of an audit: one for each image, or for each finding. They hold neither times nor amounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from vscclient.images.audit_rows.audited import Audited

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Layout:
    """The columns of rows.

    Args:
        columns: All of them, in their order.
        identity: The columns that make two rows equal: a new name of an image is not a change.
    """

    columns: tuple[str, ...]
    identity: tuple[str, ...]


IMAGES = Layout(
    ("ID", "Name", "Owner", "Visibility", "NICs At Boot", "Errors", "Warnings", "Unknown", "Why"),
    ("ID", "Visibility", "NICs At Boot", "Errors", "Warnings", "Unknown", "Why"),
)
FINDINGS = Layout(
    ("ID", "Name", "Owner", "Visibility", "Code", "Severity", "Outcome", "Message", "Location", "Waived"),
    ("ID", "Code", "Severity", "Outcome", "Message", "Location", "Waived"),
)


def rows_of_images(audited: Iterable[Audited]) -> list[Row]:
    """Return a row for each image; one that could not be checked has no numbers of findings."""
    rows: list[Row] = []
    for one in audited:
        counts = (len(one.errors), len(one.warnings), len(one.unknown)) if one.checked else (None, None, None)
        cells = (*_image_cells(one), one.nics_at_boot, *counts, one.why)
        rows.append(dict(zip(IMAGES.columns, cells, strict=True)))
    return rows


def rows_of_findings(audited: Iterable[Audited]) -> list[Row]:
    """Return a row for each finding; an image that could not be checked has one row, without a code."""
    rows: list[Row] = []
    for one in audited:
        cells: list[tuple[Any, ...]] = [(None, None, "not checked", one.failure, "", False)]
        if one.checked:
            cells = [
                (
                    finding.code,
                    str(finding.severity),
                    str(finding.outcome),
                    finding.sentence,
                    finding.location,
                    one.checked.is_waived(finding),
                )
                for finding in one.checked.report.findings
            ]
        rows += [dict(zip(FINDINGS.columns, (*_image_cells(one), *each), strict=True)) for each in cells]
    return rows


def _image_cells(one: Audited) -> tuple[Any, ...]:
    image = one.image
    if image is None:
        return None, one.name, None, None
    return image.id, image.name, image.owner, str(image.visibility)
