"""Fixes that several rules use."""

from __future__ import annotations

from vscclient.model.fix import Fix, Recreate, Step
from vscclient.model.plan import Plan


def then_recreate(plan: Plan, *steps: Step) -> Fix:
    """Return a fix of the data. The data of an image in the cloud cannot be replaced: a new image is made last.

    Args:
        plan: The plan, whose image has data or not.
        steps: What to do with the file of the data, or the guest in it.
    """
    return Fix.by(*steps, Recreate()) if plan.has_data else Fix.by(*steps)
