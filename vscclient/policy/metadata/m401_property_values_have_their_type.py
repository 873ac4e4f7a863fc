"""M401."""

from __future__ import annotations

from collections.abc import Iterator

from vscclient.model.facts import Facts
from vscclient.model.plan import Plan
from vscclient.model.property_definition import Misfit, PropertyType
from vscclient.policy.example import Example, case
from vscclient.policy.property_misfits import misfits
from vscclient.policy.rule import ERROR, Flaw, Rule, everywhere

_TYPES = {
    PropertyType.BOOLEAN: "which is not a boolean: true or false",
    PropertyType.INTEGER: "which is not a whole number",
    PropertyType.NUMBER: "which is not a number",
}


class PropertyValuesHaveTheirType(Rule):
    """The value of a known property is of the right type, and in its range.

    Known are the properties that Nova reads, those of the VSC, and those of the cloud's catalogue of metadata
    definitions. Where several define a property, a value that one of them accepts is fine. A value that only the
    catalogue does not accept is a warning, unless the site trusts the namespace.

    Why: Nova reads a boolean that it does not understand as false, without a word. With a number that it does not
    understand, the instance does not start.
    Fix: set the property to a value of its type.
    """

    code = "M401"
    severity = everywhere(ERROR)

    @staticmethod
    def good() -> Example:
        return case(image={"properties": {"hw_cpu_cores": "4", "hw_boot_menu": "yes"}})

    @staticmethod
    def bad() -> Example:
        return case(image={"properties": {"hw_cpu_cores": "four"}})

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        for misfit in misfits(plan, facts):
            if misfit.kind is Misfit.TYPE:
                yield misfit.flaw(plan, _TYPES[misfit.definition.type])
            elif misfit.kind is Misfit.RANGE:
                limits = (misfit.definition.minimum, misfit.definition.maximum)
                smallest, largest = ("" if limit is None else f"{limit:g}" for limit in limits)
                yield misfit.flaw(plan, f"which is not in the range {smallest} … {largest}".rstrip())
