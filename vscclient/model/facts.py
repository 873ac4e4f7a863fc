"""The facts that a rule can ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from guestinspect.model.disk import Disk
from guestinspect.model.fact import Fact, Provider, Unknown, unknown_fact
from guestinspect.model.guest import Guest
from vscclient.model.finding import Outcome
from vscclient.model.image import Image
from vscclient.model.project import ProjectId
from vscclient.model.property_definition import PropertyDefinition
from vscclient.model.visibility import Recipients

NO_CLOUD_ASKED = "a check of a file alone does not contact the cloud"
"""The reason why facts of a cloud are unknown: the user did not sign in."""


def _no_cloud_asked(_about: str) -> NoReturn:
    raise Unknown(NO_CLOUD_ASKED)


def _no_outcome(_code: str) -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Providers of facts; a rule opens nothing itself. A fact without a provider raises Unknown when asked for.

    Args:
        disk: The facts that the bytes of the disk show.
        guest: The facts that inspecting the guest shows.
        is_staff: True if the user has the cloud's publishing role.
        project_id: The project that the user is signed in to.
        public_namesakes: The public images whose name is the given one, or can be confused with it.
        reach_of: The recipients of the image with the given ID; None: no such image is visible to the user.
        property_definitions: The definitions of the cloud's catalogue, by the key of the property.
        outcome_of: The outcome of the rule with the given code for the same plan, for a rule about waivers; None: the
            image follows the rule, or there is no such rule.
    """

    disk: Disk = field(default_factory=Disk)
    guest: Guest = field(default_factory=Guest)
    is_staff: Provider[bool] = unknown_fact(NO_CLOUD_ASKED)
    project_id: Provider[ProjectId | None] = unknown_fact(NO_CLOUD_ASKED)
    public_namesakes: Callable[[str], Fact[tuple[Image, ...]]] = _no_cloud_asked
    reach_of: Callable[[str], Fact[Recipients | None]] = _no_cloud_asked
    property_definitions: Provider[Mapping[str, tuple[PropertyDefinition, ...]]] = unknown_fact(NO_CLOUD_ASKED)
    outcome_of: Callable[[str], Outcome | None] = _no_outcome
