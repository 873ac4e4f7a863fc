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
    """Return a row for each image."""
    return [dict(zip(IMAGES.columns, (*_image_cells(one), *_count_cells(one)), strict=True)) for one in audited]


def rows_of_findings(audited: Iterable[Audited]) -> list[Row]:
    """Return a row for each finding; an image that could not be checked has one row, without a code."""
    return [
        dict(zip(FINDINGS.columns, (*_image_cells(one), *cells), strict=True))
        for one in audited
        for cells in _finding_cells(one)
    ]


def _image_cells(one: Audited) -> tuple[Any, ...]:
    image = one.image
    if image is None:
        return None, one.name, None, None
    return image.id, image.name, image.owner, str(image.visibility)


def _count_cells(one: Audited) -> tuple[Any, ...]:
    if one.checked is None:
        return one.nics_at_boot, None, None, None, one.failure
    return one.nics_at_boot, len(one.errors), len(one.warnings), len(one.unknown), one.why


def _finding_cells(one: Audited) -> Iterable[tuple[Any, ...]]:
    if one.checked is None:
        return [(None, None, "not checked", one.failure, "", False)]
    return [
        (
            finding.code,
            str(finding.severity),
            str(finding.outcome),
            finding.message,
            finding.location,
            one.checked.is_waived(finding),
        )
        for finding in one.checked.report.findings
    ]
