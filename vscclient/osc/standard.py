"""Images as openstacksdk has them, for the installed client's own code."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

LOG = logging.getLogger(__name__)

_MISTAKEN = frozenset(
    "_synchronized cls connection hash_algo hash_value is_hidden is_protected microversion owner_id".split()
)
"""Property names that openstacksdk mistakes for its own arguments, or for its own names of base fields. One image of a
stranger with such a property would end the whole list, or show another owner."""


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
        except (TypeError, ValueError) as failure:  # hw_boot_menu=maybe
            LOG.info("openstacksdk cannot read the properties of image %r: %r", record.get("id"), failure)
    base = {field: value for field, value in fields.items() if _is_base(field)}
    properties = {field: value for field, value in fields.items() if not _is_base(field)}
    return StandardImage.existing(**base, properties=properties)


def _is_base(field: str) -> bool:
    from vscclient.model.image import BASE_PROPERTIES, RESERVED_PREFIXES

    return field in BASE_PROPERTIES or field.startswith(RESERVED_PREFIXES)
