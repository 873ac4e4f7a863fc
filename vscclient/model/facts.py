"""Everything that a rule may ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn

from guestinspect.model.disk import Disk
from guestinspect.model.fact import Fact, Provider, Unknown, unknown_fact
from guestinspect.model.guest import Guest
from vscclient.model.image import Image
from vscclient.model.project import ProjectId
from vscclient.model.recipients import Recipients

NO_CLOUD_ASKED = "for a file alone, no cloud is asked; 'openstack vsc image create … --dry-run' asks it"


def _nobody_to_ask(about: str) -> NoReturn:
    raise Unknown(NO_CLOUD_ASKED)


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Providers of what is true; a rule opens nothing itself. What was not looked at raises Unknown when asked for.

    Args:
        disk: What the bytes of the disk show.
        guest: What a look inside shows.
        is_staff: Whether the user has the cloud's publishing role.
        project_id: The project that the user is signed in to.
        public_namesakes: The public images whose name is this one, or can be taken for it.
        reach_of: Whom the image with this ID reaches; None: there is none that the user may see.
    """

    disk: Disk = field(default_factory=Disk)
    guest: Guest = field(default_factory=Guest)
    is_staff: Provider[bool] = unknown_fact(NO_CLOUD_ASKED)
    project_id: Provider[ProjectId | None] = unknown_fact(NO_CLOUD_ASKED)
    public_namesakes: Callable[[str], Fact[tuple[Image, ...]]] = _nobody_to_ask
    reach_of: Callable[[str], Fact[Recipients | None]] = _nobody_to_ask
