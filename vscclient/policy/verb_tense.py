"""Verbs for messages: a value is there already, or the plan would set it."""

from __future__ import annotations

from vscclient.model.plan import Plan


def is_or_would_be(plan: Plan, field: str) -> str:
    """Return the verb for a field of the image: «is» if the image has this value already, else «would be»."""
    is_old = plan.before is not None and getattr(plan.before, field) == getattr(plan.image, field)
    return "is" if is_old else "would be"


def is_or_would_be_property(plan: Plan, key: str) -> str:
    """Return the verb for a property of the image, as ``is_or_would_be`` does for a field."""
    is_old = plan.before is not None and plan.before.properties.get(key) == plan.image.properties.get(key)
    return "is" if is_old else "would be"
