"""What a site may set otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vscclient.model.finding import Severity
from vscclient.model.visibility import Visibility


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The policy's settings; the built-in ones unless a site says otherwise.

    Args:
        publishing_role: The role whose holders provide public images.
        severities: Severities that differ from the rules' own, by code and visibility.
        unknown_is_error: Codes of the rules that count as broken where nobody can tell.
    """

    publishing_role: str = "admin"
    severities: Mapping[tuple[str, Visibility], Severity] = field(default_factory=dict)
    unknown_is_error: frozenset[str] = frozenset()
