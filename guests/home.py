"""The cache of packages and installed guests."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from devcloud.home import make_once

HOME_VARIABLE = "VSCCLIENT_GUESTS_HOME"


def find_home() -> Path:
    """Return the folder of the cache, which is made if necessary. It is safe to delete."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = Path(os.environ.get(HOME_VARIABLE) or cache / "vscclient-guests").absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def cached_folder(kind: str, inputs: Sequence[str], make: Callable[[Path], None]) -> Path:
    """Return a folder that is made once.

    Args:
        kind: The beginning of its name.
        inputs: The strings that its content depends on.
        make: Fills the folder, if it does not exist yet.
    """
    digest = hashlib.sha256("\0".join(inputs).encode()).hexdigest()[:12]
    return make_once(find_home() / f"{kind}-{digest}", make)
