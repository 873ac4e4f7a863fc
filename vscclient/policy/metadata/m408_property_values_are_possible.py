"""M408."""

from __future__ import annotations

from collections.abc import Iterator

from vscclient.model.facts import Facts
from vscclient.model.plan import Plan
from vscclient.model.property_definition import Misfit
from vscclient.policy.example import Example, case
from vscclient.policy.property_misfits import misfits
from vscclient.policy.rule import ERROR, WARNING, Flaw, Rule, by_visibility


class PropertyValuesArePossible(Rule):
    """The value of a known property is one of its possible values.

    Known are the properties that Nova reads, those of the VSC, and those of the cloud's catalogue of metadata
    definitions. Where several define a property, a value that one of them accepts is fine. A value that only the
    catalogue does not accept is a warning, unless the site trusts the namespace.

    Why: with a value that Nova does not know, the instance does not start.
    Fix: set the property to one of its values; the message lists them.
    """

    code = "M408"
    severity = by_visibility(private=WARNING, shared=WARNING, community=ERROR, public=ERROR)

    @staticmethod
    def good() -> Example:
        return case(image={"properties": {"hw_disk_bus": "virtio"}})

    @staticmethod
    def bad() -> Example:
        return case(image={"properties": {"hw_disk_bus": "virtoi"}})

    def check(self, plan: Plan, facts: Facts) -> Iterator[Flaw]:
        for misfit in misfits(plan, facts):
            if misfit.kind is Misfit.CHOICE:
                yield misfit.flaw(plan, f"which is not one of: {', '.join(misfit.definition.values)}")
