"""What can go wrong, as sentences."""

from __future__ import annotations


class GuestsError(Exception):
    """A guest could not be made, booted or compared; its text says what and why."""


class NoArchive(GuestsError):
    """Debian's packages cannot be had on this machine."""
