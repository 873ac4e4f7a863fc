"""Images as columns: those of the installed standard client, in its order and nesting, and ours after them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from osc_lib.cli.format_columns import ListColumn

from vscclient.osc.command import Columns, Rows

if TYPE_CHECKING:  # making its dataclasses costs every openstack a few milliseconds
    from vscclient.images.image_change.membership import Row
    from vscclient.model.image import Image

PROJECT_COLUMNS = ("Project", "ID", "Status", "Result")


def standard() -> Callable[[Image], Columns]:
    """What makes the columns of ``openstack image show``: the installed client's own code.

    They differ between its versions, and scripts rely on them. It is looked up before anything is sent, since that code
    is not promised to stay where it is.
    """
    from openstackclient.image.v2.image import _format_image

    from vscclient.osc.standard import standard_image

    def of_image(image: Image) -> Columns:
        columns: dict[str, Any] = _format_image(standard_image(image.record))
        names = sorted(columns)
        return names, [columns[name] for name in names]

    return of_image


def human_readable(columns: Columns) -> Columns:
    """The columns with the size as ``openstack image show --human-readable`` writes it."""
    from osc_lib.utils import format_size

    names, values = columns
    return names, [format_size(value) if name == "size" else value for name, value in zip(names, values, strict=True)]


def and_ours(columns: Columns, **ours: Any) -> Columns:
    """The columns with ours after them."""
    names, values = columns
    shown = [ListColumn(list(value)) if isinstance(value, tuple) else value for value in ours.values()]
    return [*names, *ours], [*values, *shown]


def of_projects(rows: Iterable[Row]) -> Rows:
    """What became of each project: as it was named, its ID, what it said, what was done."""
    return PROJECT_COLUMNS, [(row.project.said, row.project.project_id, row.status, row.done) for row in rows]
