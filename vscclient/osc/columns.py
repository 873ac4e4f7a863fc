"""Images as columns: those of the installed standard client, in its order and nesting, then ours."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from osc_lib.cli.format_columns import ListColumn

from vscclient.osc.command import Columns, Rows

if TYPE_CHECKING:  # making its dataclasses costs every openstack a few milliseconds
    from vscclient.images.image_change.membership import MemberRow
    from vscclient.model.image import Image

LOG = logging.getLogger(__name__)

MEMBER_COLUMNS = ("Project", "ID", "Status", "Result")


_MISTAKEN = frozenset(
    "_synchronized cls connection has_auto_disk_config hash_algo hash_value is_hidden is_hw_boot_menu_enabled "
    "is_hw_vif_multiqueue_enabled is_protected metadata microversion needs_config_drive needs_secure_boot owner_id "
    "properties".split()
)
"""Property names that openstacksdk mistakes for its own arguments, or for its own names of other fields. One image of a
stranger with such a property would end the whole list, or show another owner."""


def standard() -> Callable[[Image], Columns]:
    """Return the function of the installed client that makes the columns of ``openstack image show``.

    The columns differ between its versions, and scripts rely on them. The function is looked up before anything is
    sent: it is private, so a later version may lack it.
    """
    from openstackclient.image.v2.image import _format_image

    def of_image(image: Image) -> Columns:
        columns: dict[str, Any] = _format_image(standard_image(image.record))
        names = sorted(columns)
        return names, [columns[name] for name in names]

    return of_image


def human_readable(columns: Columns) -> Columns:
    """Return the columns with the size as ``openstack image show --human-readable`` writes it."""
    from osc_lib.utils import format_size

    names, values = columns
    return names, [format_size(value) if name == "size" else value for name, value in zip(names, values, strict=True)]


def and_ours(columns: Columns, **ours: Any) -> Columns:
    """Return the columns with ours after them."""
    names, values = columns
    shown = [ListColumn(list(value)) if isinstance(value, tuple) else value for value in ours.values()]
    return [*names, *ours], [*values, *shown]


def of_members(rows: Iterable[MemberRow]) -> Rows:
    """Return a row for each project: its name, its ID, its answer, the result."""
    return MEMBER_COLUMNS, [(row.project.name, row.project.project_id, row.status, row.result) for row in rows]


def of_member(row: MemberRow) -> Columns:
    """Return a member as the standard client shows one; nothing, if the project did not become a member."""
    return sorted(row.record), [row.record[name] for name in sorted(row.record)]


def standard_image(record: Mapping[str, Any]) -> Any:
    """Return the image as openstacksdk has it, whatever properties its owner has set.

    Args:
        record: The image as Glance describes it.
    """
    from openstack.image.v2.image import Image as StandardImage

    fields: dict[str, Any] = {field: value for field, value in record.items() if field != "self"}
    if _MISTAKEN.isdisjoint(fields):
        try:
            return StandardImage.existing(**fields)
        except (AttributeError, KeyError, TypeError, ValueError) as failure:  # hw_boot_menu=maybe
            LOG.info("openstacksdk cannot read the properties of image %r: %r", record.get("id"), failure)
    base = {field: value for field, value in fields.items() if _is_base(field)}
    properties = {field: value for field, value in fields.items() if not _is_base(field)}
    return StandardImage.existing(**base, properties=properties)


def _is_base(field: str) -> bool:
    from vscclient.model.image import BASE_PROPERTIES, RESERVED_PREFIXES

    return field in BASE_PROPERTIES or field.startswith(RESERVED_PREFIXES)
