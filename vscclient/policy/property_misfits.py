"""The properties whose value no definition accepts: Nova's, the VSC's, and those of the cloud's catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from textwrap import shorten

from guestinspect.model.fact import Unknown
from vscclient.model.facts import Facts
from vscclient.model.finding import Severity
from vscclient.model.fix import Fix, SetField
from vscclient.model.plan import Plan
from vscclient.model.property_definition import Misfit, PropertyDefinition, PropertyType
from vscclient.policy.known_properties import KNOWN, is_known
from vscclient.policy.rule import Flaw
from vscclient.policy.verb_tense import is_or_would_be_property

_LONGEST_VALUE = 60
"""The longest value in a message, in characters."""

Catalogue = Mapping[str, tuple[PropertyDefinition, ...]]


@dataclass(frozen=True, kw_only=True)
class PropertyMisfit:
    """A property whose value does not fit.

    Args:
        kind: The way in which it does not fit the definition that it fits best.
        definition: That definition; a trusted one before others.
    """

    key: str
    value: str
    kind: Misfit
    definition: PropertyDefinition

    def flaw(self, plan: Plan, problem: str) -> Flaw:
        """Return the flaw of a plan; ``problem`` is the end of its sentence: «which is not a whole number»."""
        values = {value.lower(): value for value in self.definition.values}
        nearest = get_close_matches(self.value.strip().lower(), values, n=1)
        shown = shorten(self.value, _LONGEST_VALUE, placeholder=" …") or "empty"
        fix = Fix.by(SetField(self.key, values[nearest[0]] if nearest else None))
        if self.definition.type is PropertyType.BOOLEAN:
            fix = Fix.by(SetField(self.key, "true")) | Fix.by(SetField(self.key, "false"))
        return Flaw(
            message=f"{self.key} {is_or_would_be_property(plan, self.key)} {shown}, {problem}",
            location=f"property {self.key}",
            fix=fix,
            at_most=Severity.FORBIDDEN if self.definition.is_trusted else Severity.WARNING,
        )


def misfits(plan: Plan, facts: Facts) -> Iterator[PropertyMisfit]:
    """Yield the properties with a value that no definition of the property accepts.

    The catalogue of the cloud is asked for only where Nova and the VSC do not accept the value: it may be newer.

    Raises:
        Unknown: The catalogue could not be read, and a property has no other definition.
    """
    unknown: Unknown | None = None
    for key, value in sorted(plan.image.properties.items()):
        known = KNOWN.get(key)
        if (known and known.misfit_of(value) is None) or (known is None and is_known(key)):
            continue
        try:
            others = facts.property_definitions().value.get(key, ())
        except Unknown as reason:
            others = ()
            if known is None:
                unknown = reason
        definitions = (known, *others) if known else others
        if definitions and (misfit := _misfit(key, value, definitions)):
            yield misfit
    if unknown:
        raise unknown


def _misfit(key: str, value: str, definitions: tuple[PropertyDefinition, ...]) -> PropertyMisfit | None:
    kinds = [(definition.misfit_of(value), definition) for definition in definitions]
    if any(kind is None for kind, _ in kinds):
        return None
    # the one that the value fits best: a wrong choice is nearer than a wrong type
    kind, definition = min(kinds, key=lambda pair: (not pair[1].is_trusted, pair[0] is not Misfit.CHOICE))
    return PropertyMisfit(key=key, value=value, kind=kind or Misfit.TYPE, definition=definition)
