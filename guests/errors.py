"""Errors of this package; their texts are sentences."""

from __future__ import annotations


class GuestsError(Exception):
    """A guest could not be made, booted or compared."""


class PackagesUnavailable(GuestsError):
    """Debian packages cannot be downloaded or unpacked on this machine."""
