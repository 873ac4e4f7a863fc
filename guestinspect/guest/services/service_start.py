"""The answer to the question whether a service is started at boot."""

from __future__ import annotations

from dataclasses import dataclass

from guestinspect.guest.services.activation import Activation
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Step


@dataclass(frozen=True)
class ServiceStart:
    """The start of a service at boot.

    Args:
        is_started: Whether the service is started.
        why: The link that enables the service, or what prevents its start.
        activation: The way by which the service may start although nothing wants it; None: there is none.
    """

    is_started: bool
    why: Step
    activation: Activation | None = None

    def require_known(self) -> ServiceStart:
        """Return the start itself.

        Raises:
            Unknown: Something starts the service at a time that is unknown.
        """
        if self.activation is not None and not self.is_started:
            step = self.activation.step
            raise Unknown(f"{step.what} ({step.location}), at a time that is unknown")
        return self
