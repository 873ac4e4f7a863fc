"""What an audit found, as rows: one for each image, or one for each finding. They hold no times and no amounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from vscclient.images.audit_rows.audited import Audited

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Form:
    """How rows look.

    Args:
        columns: All of them, in their order.
        identity: Those that make two rows the same: an image that was renamed is no news.
    """

    columns: tuple[str, ...]
    identity: tuple[str, ...]


IMAGES = Form(
    ("ID", "Name", "Owner", "Visibility", "NICs At Boot", "Errors", "Warnings", "Unknown", "Why"),
    ("ID", "Visibility", "NICs At Boot", "Errors", "Warnings", "Unknown", "Why"),
)
FINDINGS = Form(
    ("ID", "Name", "Owner", "Visibility", "Code", "Severity", "Outcome", "Message", "Location", "Waived"),
    ("ID", "Code", "Severity", "Outcome", "Message", "Location", "Waived"),
)


def of_images(audited: Iterable[Audited]) -> list[Row]:
    """A row for each image."""
    return [dict(zip(IMAGES.columns, (*_whose(one), *_counts(one)), strict=True)) for one in audited]


def of_findings(audited: Iterable[Audited]) -> list[Row]:
    """A row for each finding; one for an image that could not be judged at all, without a code."""
    return [
        dict(zip(FINDINGS.columns, (*_whose(one), *cells), strict=True)) for one in audited for cells in _findings(one)
    ]


def _whose(one: Audited) -> tuple[Any, ...]:
    image = one.image
    if image is None:
        return None, one.said, None, None
    return image.id, image.name, image.owner, str(image.visibility)


def _counts(one: Audited) -> tuple[Any, ...]:
    if one.checked is None:
        return one.nics_at_boot, None, None, None, one.failure
    return one.nics_at_boot, len(one.errors), len(one.warnings), len(one.unknown), one.why


def _findings(one: Audited) -> Iterable[tuple[Any, ...]]:
    if one.checked is None:
        return [(None, None, "not judged", one.failure, "", False)]
    return [
        (
            found.code,
            str(found.severity),
            str(found.outcome),
            found.message,
            found.location,
            one.checked.is_waived(found),
        )
        for found in one.checked.report.findings
    ]
