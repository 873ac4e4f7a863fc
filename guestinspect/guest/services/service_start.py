"""Whether a service is started at boot, and why."""

from __future__ import annotations

from dataclasses import dataclass

from guestinspect.model.guest import Step


@dataclass(frozen=True)
class ServiceStart:
    """Whether a service is started at boot, and why: the link that wants it, or the mask."""

    is_started: bool
    why: Step
