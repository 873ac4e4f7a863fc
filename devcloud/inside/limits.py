"""Glance's limits for one project only."""

from __future__ import annotations

import importlib
import os
from typing import Any

LIMITED_PROJECT_VARIABLE = "DEVCLOUD_LIMITED_PROJECT"


def check_one_project_only() -> None:
    """Check the limits only for the project that has small ones; the limits of the others are too high to matter.

    Each check is four requests to Keystone, and an upload has two checks: they took 65 of 120 ms for each new image and
    140 of 210 ms for each upload.
    """
    quota: Any = importlib.import_module("glance.quota.keystone")
    limited = os.environ[LIMITED_PROJECT_VARIABLE]
    enforce = quota._enforce_some

    def enforce_for_limited_project(context: Any, project_id: str, *arguments: Any) -> None:
        if project_id == limited:
            enforce(context, project_id, *arguments)

    quota._enforce_some = enforce_for_limited_project
