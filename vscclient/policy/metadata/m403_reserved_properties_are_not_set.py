"""M403."""

from __future__ import annotations

from collections.abc import Iterator

from vscclient.model.facts import Facts
from vscclient.model.fix import Fix, SetField, UnsetField, Value
from vscclient.model.image import BASE_PROPERTIES, RESERVED_PREFIXES
from vscclient.model.plan import Plan
from vscclient.model.visibility import Visibility
from vscclient.policy.example import Example, case
from vscclient.policy.rule import FORBIDDEN, Flaw, Rule, everywhere

_SETTABLE = frozenset(
    "container_format disk_format min_disk min_ram name os_hidden owner protected tags visibility".split()
)
"""Fields of an image that its owner can set, though not as a property."""

_ID = "id"
"""A field that only a new image takes."""

_BOOLEANS = {"true": True, "false": False}


class ReservedPropertiesAreNotSet(Rule):
    """No property has the name of a field of the image, or a name that Glance reserves.

    Why: as a property, ``visibility=community`` publishes the image, and ``name=x`` renames it, without any check.
    Fix: set the field itself.
    """

    code = "M403"
    severity = everywhere(FORBIDDEN)

    @staticmethod
    def good() -> Example:
        return case(plan={"properties": {"os_distro": "debian"}})

    @staticmethod
    def bad() -> Example:
        return case(plan={"properties": {"visibility": "community"}})

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        for key, text in plan.properties.items():
            field = key.strip()  # as Glance does
            if field in BASE_PROPERTIES or field.startswith(RESERVED_PREFIXES):
                is_settable = field in _SETTABLE or (field == _ID and plan.before is None)
                yield Flaw(
                    message=f"{key} cannot be set as a property",
                    location=f"property {key}",
                    fix=Fix.by(SetField(field, _value(field, text)) if is_settable else UnsetField(field)),
                )


def _value(field: str, text: str) -> Value | None:
    """Return the value of a field that was given as a property; None: the field cannot have this value."""
    if field in ("os_hidden", "protected"):
        return _BOOLEANS.get(text.strip().lower())
    if field == "visibility":
        return text if text in tuple(Visibility) else None
    return text
