"""Facts that need a file of the guest which is too long for range requests: a copy of the whole image shows them."""

from __future__ import annotations

from dataclasses import replace

from guestinspect.api import Inspection, UnknownReason
from guestinspect.model.fact import TOO_LONG_TO_FETCH

_HINT = (
    "; fetch the whole image: openstack vsc image check --download IMAGE, or check a local copy: "
    "openstack vsc image check IMAGE --file FILE"
)


def needs_whole_image(inspection: Inspection) -> bool:
    """Return True if a fact of the guest is unknown because a file is too long."""
    return any(isinstance(fact, UnknownReason) and _is_too_long(fact) for fact in inspection.guest.values())


def with_hint(inspection: Inspection) -> Inspection:
    """Return the inspection whose reasons name the next step."""
    facts = {
        name: UnknownReason(f"{fact.unknown}{_HINT}")
        if isinstance(fact, UnknownReason) and _is_too_long(fact)
        else fact
        for name, fact in inspection.guest.items()
    }
    return replace(inspection, guest=facts)


def _is_too_long(fact: UnknownReason) -> bool:
    return TOO_LONG_TO_FETCH in fact.unknown
