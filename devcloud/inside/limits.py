"""Glance's limits for one project only."""

from __future__ import annotations

import importlib
import os
from typing import Any

LIMITED_PROJECT_VARIABLE = "DEVCLOUD_LIMITED_PROJECT"


def spare_the_others() -> None:
    """Check the limits of the project that has small ones; the others' are too high to be met.

    Each check is four requests to Keystone and there are two in an upload: measured, 65 of 120 ms for each new image
    and 140 of 210 ms for each upload.
    """
    quota: Any = importlib.import_module("glance.quota.keystone")
    limited = os.environ[LIMITED_PROJECT_VARIABLE]
    enforce = quota._enforce_some

    def enforce_for_the_limited(context: Any, project_id: str, *arguments: Any) -> None:
        if project_id == limited:
            enforce(context, project_id, *arguments)

    quota._enforce_some = enforce_for_the_limited
