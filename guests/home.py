"""Where what is made once is kept: packages, installed guests."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

from devcloud.home import make_once

HOME_VARIABLE = "VSCCLIENT_GUESTS_HOME"


def home() -> Path:
    """The folder of all that is kept, made if need be. It is safe to delete."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = Path(os.environ.get(HOME_VARIABLE) or cache / "vscclient-guests").absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def kept(kind: str, of: Sequence[str], make: Callable[[Path], None]) -> Path:
    """The folder for what depends on these words, made by ``make`` unless it is there already."""
    digest = hashlib.sha256("\0".join(of).encode()).hexdigest()[:12]
    return make_once(home() / f"{kind}-{digest}", make)
