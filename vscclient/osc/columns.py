"""Images as columns: those of the installed standard client, in its order and nesting, and ours after them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from osc_lib.cli.format_columns import ListColumn

from vscclient.osc.command import Columns

if TYPE_CHECKING:  # making its dataclasses costs every openstack a few milliseconds
    from vscclient.model.image import Image


def of_image(image: Image, *, human_readable: bool = False) -> Columns:
    """What ``openstack image show`` shows of it.

    The installed client's own code makes the columns, since they differ between its versions and scripts rely on them.
    """
    from openstack.image.v2.image import Image as StandardImage
    from openstackclient.image.v2.image import _format_image

    record: dict[str, Any] = {
        field: value for field, value in image.record.items() if field != "self"
    }  # which the standard one drops, too
    columns: dict[str, Any] = _format_image(StandardImage.existing(**record), human_readable)
    names = sorted(columns)
    return names, [columns[name] for name in names]


def and_ours(columns: Columns, **ours: Any) -> Columns:
    """The columns with ours after them."""
    names, values = columns
    shown = [ListColumn(list(value)) if isinstance(value, tuple) else value for value in ours.values()]
    return [*names, *ours], [*values, *shown]
