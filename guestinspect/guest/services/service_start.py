"""The answer to the question whether a service is started at boot."""

from __future__ import annotations

from dataclasses import dataclass

from guestinspect.model.guest import Step


@dataclass(frozen=True)
class ServiceStart:
    """The start of a service at boot.

    Args:
        is_started: Whether the service is started.
        why: The link that enables the service, or what prevents its start.
    """

    is_started: bool
    why: Step
