"""The settings of the policy, which a site can change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from guestinspect.model.machine import DEFAULT_MACHINE, MachineType
from vscclient.model.finding import Severity
from vscclient.model.visibility import Visibility


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of the policy: the built-in ones, unless a site changes them.

    Args:
        publishing_role: The role whose holders provide public images.
        severities: Severities that differ from the built-in ones, by code and audience.
        unknown_is_error: Codes of the rules that count as broken where they could not be checked.
        trusted_namespaces: Namespaces of metadata definitions whose types and values are binding.
        machine_type: The machine type of an instance, unless the image sets another one.
    """

    publishing_role: str = "admin"
    severities: Mapping[tuple[str, Visibility], Severity] = field(default_factory=dict)
    unknown_is_error: frozenset[str] = frozenset()
    trusted_namespaces: frozenset[str] = frozenset()
    machine_type: MachineType = DEFAULT_MACHINE

    def unknown_severity(self, code: str) -> Severity:
        """Return the highest severity of a rule that could not be checked."""
        return Severity.ERROR if code in self.unknown_is_error else Severity.WARNING
