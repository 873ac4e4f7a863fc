"""The services' own virtual environment."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

from devcloud import processes
from devcloud.home import REPOSITORY, home, made_once
from devcloud.terminal import say

REQUIREMENTS = Path(__file__).with_name("requirements.txt")


def fingerprint() -> str:
    """Changes when the environment has to be another: requirements, Python, or where that Python is."""
    parts = (REQUIREMENTS.read_text(encoding="utf-8"), sys.version, sys.base_prefix)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def environment() -> Path:
    """The virtual environment, made on first use."""
    return made_once(home() / f"venv-{fingerprint()}", _make)


def python(environment: Path) -> Path:
    """Its interpreter."""
    return environment / "bin" / "python"


def _make(folder: Path) -> None:
    say(f"Installing Keystone and Glance into {folder} with pip; once only, one to three minutes.")
    log = folder.with_name(f"{folder.name}.log")
    log.unlink(missing_ok=True)
    # pip's own settings (indexes, proxies, certificates) stay; another environment's modules must not come in.
    surroundings = {
        name: value for name, value in os.environ.items() if not name.startswith(("OS_", "PYTHON", "VIRTUAL_ENV"))
    } | {"PYTHONPATH": str(REPOSITORY)}
    make = processes.leashed(sys.executable, "venv", "--clear", folder)
    processes.run(make, log, surroundings, "Making a virtual environment (on Debian: package python3-venv)")
    install = processes.leashed(
        python(folder), "pip", "install", "--disable-pip-version-check", "--no-input", "--requirement", REQUIREMENTS
    )
    processes.run(install, log, surroundings, "Installing Keystone and Glance with pip")
