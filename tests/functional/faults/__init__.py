"""Faults between the client and the services."""

from __future__ import annotations

from tests.functional.faults.fault import Fault, When, once
from tests.functional.faults.proxy import faulty_glance

__all__ = ["Fault", "When", "faulty_glance", "once"]
