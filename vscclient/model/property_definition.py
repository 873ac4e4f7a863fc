"""Definitions of an image's properties: their type, and the values that they can have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

TRUE = ("1", "on", "t", "true", "y", "yes")
FALSE = ("0", "f", "false", "n", "no", "off")
"""The spellings of a boolean that Nova reads, in any case. Every other text counts as false there, without a word.

Source: oslo.utils, ``strutils.bool_from_string``; oslo.versionedobjects, ``FlexibleBooleanField``.
"""

COMMON = "OS::Glance::CommonImageProperties"
"""Glance's own list of properties of images, which it does not associate with images."""

_INTEGER = re.compile(r"\s*[+-]?[0-9]+\s*", re.ASCII)
_NUMBER = re.compile(r"\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*", re.ASCII)


class PropertyType(StrEnum):
    """The types of a property. Source: Image API v2, «Metadata Definitions», property types (JSON schema)."""

    STRING = "string"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    ARRAY = "array"


class Misfit(StrEnum):
    """The way in which a value does not fit a definition."""

    TYPE = "type"
    RANGE = "range"
    CHOICE = "choice"


@dataclass(frozen=True, kw_only=True)
class PropertyDefinition:
    """One definition of a property. Several namespaces can define the same property differently.

    Args:
        key: The property, with the prefix of its namespace.
        namespace: The namespace that defines it; ``Nova`` for Nova's own table.
        type: The type of its value; an image stores every value as text.
        values: The values that it can have; none: every value of the type.
        other_values: Older names of values, which are read, but not shown.
        ignores_case: True if the case of a value does not matter.
        minimum: The smallest number; None: no limit.
        maximum: The largest number; None: no limit.
        default: The value where the image has none.
        title: A short name for people.
        description: An explanation for people.
        is_trusted: True if a value that does not fit is an error: on some clouds any user can write definitions.
    """

    key: str
    namespace: str
    type: PropertyType = PropertyType.STRING
    values: tuple[str, ...] = ()
    other_values: tuple[str, ...] = ()
    ignores_case: bool = False
    minimum: float | None = None
    maximum: float | None = None
    default: str = ""
    title: str = ""
    description: str = ""
    is_trusted: bool = False

    def misfit_of(self, value: str) -> Misfit | None:
        """Return the way in which a value does not fit; None if it fits."""
        text = value.strip()
        if self.type is PropertyType.BOOLEAN:
            return None if text.lower() in (*TRUE, *FALSE) else Misfit.TYPE
        if self.type in (PropertyType.INTEGER, PropertyType.NUMBER):
            pattern = _INTEGER if self.type is PropertyType.INTEGER else _NUMBER
            if not pattern.fullmatch(value):
                return Misfit.TYPE
            number = float(text)
            if (self.minimum is not None and number < self.minimum) or (
                self.maximum is not None and number > self.maximum
            ):
                return Misfit.RANGE
        return None if self._is_possible(value) else Misfit.CHOICE

    def _is_possible(self, value: str) -> bool:
        if not self.values or self.type is PropertyType.ARRAY:
            return True  # an image has no form for a list that every service agrees on
        possible = (*self.values, *self.other_values)
        if self.ignores_case:
            return value.lower() in {text.lower() for text in possible}
        return value in possible
