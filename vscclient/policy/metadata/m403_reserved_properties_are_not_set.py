"""M403."""

from __future__ import annotations

from collections.abc import Iterator

from vscclient.model.facts import Facts
from vscclient.model.finding import Outcome
from vscclient.model.fix import Advice, Fix, Reference, SetField, UnsetField, Value
from vscclient.model.image import BASE_PROPERTIES, RESERVED_PREFIXES, WAIVED
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

    And the property ``vsc_waived`` keeps a code while others see the image, unless the problem is known to be fixed.

    Why: as a property, ``visibility=community`` publishes the image, and ``name=x`` renames it, without any check. And
    the people who use an image would not learn of a flaw if its waiver disappeared.
    Fix: set the field itself. Fix the problem that was waived; its code then disappears from ``vsc_waived``.
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
        if plan.audience is not Visibility.PRIVATE or plan.may_have_unlisted_members:
            for code in sorted(plan.removed_waivers):
                if outcome := facts.outcome_of(code):
                    is_broken = outcome is Outcome.BROKEN
                    reason = f"the image still breaks {code}" if is_broken else f"{code} could not be checked"
                    yield Flaw(
                        message=f"{WAIVED} cannot lose {code} while others see the image: {reason}",
                        location=f"property {WAIVED}",
                        fix=Fix.by(Advice("fix the problem; its code then disappears", Reference.RULE)),
                    )


def _value(field: str, text: str) -> Value | None:
    """Return the value of a field that was given as a property; None: the field cannot have this value."""
    if field in ("os_hidden", "protected"):
        return _BOOLEANS.get(text.strip().lower())
    if field == "visibility":
        return text if text in tuple(Visibility) else None
    return text
