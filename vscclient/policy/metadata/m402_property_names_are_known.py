"""M402."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from vscclient.model.facts import Facts
from vscclient.model.finding import Severity
from vscclient.model.fix import Fix, SetField, UnsetField
from vscclient.model.image import BASE_PROPERTIES, RESERVED_PREFIXES
from vscclient.model.plan import Plan
from vscclient.policy.example import Example, case
from vscclient.policy.known_properties import KNOWN, is_known
from vscclient.policy.rule import WARNING, Flaw, Rule, everywhere

_ALIKE, _ALIKE_FOR_SERVICES = 0.85, 0.75
"""The ratios from which two names are alike: one or two letters of a short name. Source: Python, ``difflib``."""

_SERVICE_PREFIXES = ("hw_", "img_", "os_", "vsc_")
"""The beginnings of names that services read: such a name is rarely one of the user's own."""


class PropertyNamesAreKnown(Rule):
    """The name of a property is not a misspelt name of a known one.

    Known are the properties that Nova, Cinder, Glance and the VSC use, and those of the cloud's catalogue of metadata
    definitions. A name that resembles none of them is for information: properties of your own are fine.

    Why: no service reads a property whose name has a typo, and none reports it.
    Fix: set the property with the right name, and remove the other one.
    """

    code = "M402"
    severity = everywhere(WARNING)

    @staticmethod
    def good() -> Example:
        return case(image={"properties": {"hw_disk_bus": "virtio"}})

    @staticmethod
    def bad() -> Example:
        return case(image={"properties": {"hw_disk_buss": "virtio"}})

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        strange = [
            key
            for key in sorted(plan.image.properties)
            if not is_known(key)
            # M403 is about these:
            and not (key in BASE_PROPERTIES or key.startswith(RESERVED_PREFIXES))
        ]
        catalogue = facts.property_definitions().value if strange else {}
        names = {name.lower(): name for name in (*KNOWN, *catalogue)}
        for key in strange:
            if key in catalogue:
                continue
            name = key.strip().lower()
            alike = _ALIKE_FOR_SERVICES if name.startswith(_SERVICE_PREFIXES) else _ALIKE
            nearest = get_close_matches(name, names, n=1, cutoff=alike)
            if nearest:
                name = names[nearest[0]]
                yield Flaw(
                    message=f"{key} is not a known property; the nearest one is {name}",
                    location=f"property {key}",
                    fix=Fix.by(SetField(name, plan.image.properties[key]), UnsetField(key)),
                )
            else:
                yield Flaw(message=f"{key} is not a known property", location=f"property {key}", at_most=Severity.NOTE)
