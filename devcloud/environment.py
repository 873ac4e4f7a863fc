"""The services' own virtual environment."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

from devcloud import processes
from devcloud.home import REPOSITORY, home, make_once
from devcloud.terminal import say

REQUIREMENTS = Path(__file__).with_name("requirements.txt")


def fingerprint() -> str:
    """Return a hash that changes with the requirements, with Python, and with the path of that Python."""
    parts = (REQUIREMENTS.read_text(encoding="utf-8"), sys.version, sys.base_prefix)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def environment() -> Path:
    """Return the virtual environment; it is created at the first use."""
    return make_once(home() / f"venv-{fingerprint()}", _make)


def python(environment: Path) -> Path:
    """Return the interpreter of a virtual environment."""
    return environment / "bin" / "python"


def _make(folder: Path) -> None:
    say(f"Installing Keystone and Glance into {folder} with pip; once only, one to three minutes.")
    log = folder.with_name(f"{folder.name}.log")
    log.unlink(missing_ok=True)
    # pip's own settings (indexes, proxies, certificates) are kept; modules of another environment are not.
    variables = {
        name: value for name, value in os.environ.items() if not name.startswith(("OS_", "PYTHON", "VIRTUAL_ENV"))
    } | {"PYTHONPATH": str(REPOSITORY)}
    make = processes.watched(sys.executable, "venv", "--clear", folder)
    processes.run(make, log, variables, "Creating a virtual environment (on Debian: package python3-venv)")
    install = processes.watched(
        python(folder), "pip", "install", "--disable-pip-version-check", "--no-input", "--requirement", REQUIREMENTS
    )
    processes.run(install, log, variables, "Installing Keystone and Glance with pip")
