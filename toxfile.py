"""What an environment is about to install, and about how long that takes: told before it begins. A plugin of tox."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from tox.plugin import impl

_CLIENT = "the OpenStack client and its libraries (about 70 packages, half a minute)"
_CLOUD = (
    "at its first start a real Keystone and a real Glance, into .devcloud (about 150 packages, one to three minutes)"
)
_CONTENTS = {
    "py3": f"{_CLIENT}, and the test runner",
    "fuzz": f"{_CLIENT}, and the test runner",
    "functional": f"{_CLIENT}, and the test runner; {_CLOUD}",
    "demo": f"{_CLIENT}; {_CLOUD}",
    "devcloud": f"{_CLIENT}; {_CLOUD}",
    "pep8": f"{_CLIENT}, ruff, mypy and import-linter",
    "docs": f"{_CLIENT}, and Sphinx",
    "releasenotes": "Sphinx and reno (a quarter of a minute)",
    "cover": f"{_CLIENT}, the test runner, and coverage",
    "lowest": f"the oldest versions of {_CLIENT.removeprefix('the ')}, and the test runner",
}
_told: set[str] = set()


@impl
def tox_on_install(tox_env: Any, arguments: Any, section: str, of_type: str) -> None:
    """Called by tox before each call of pip."""
    name = tox_env.name
    _tell_if_git_is_of_no_use(Path(tox_env.core["tox_root"]))
    if name in _CONTENTS and name not in _told and not _is_filled(Path(tox_env.conf["env_dir"])):
        _told.add(name)
        print(f"{name}: installs {_CONTENTS[name]}. Nothing outside this folder is changed.", flush=True)


def _is_filled(env_dir: Path) -> bool:
    """Whether the environment has been filled before."""
    return any(next(env_dir.glob(f"lib/*/site-packages/{package}"), None) for package in ("openstackclient", "reno"))


@cache
def _tell_if_git_is_of_no_use(root: Path) -> None:
    """Pbr takes the version from git, and says only that it cannot."""
    done = subprocess.run(["git", "-C", root, "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    if done.returncode:
        print(
            f"git does not answer in {root}, and the version comes from it: {done.stderr.splitlines()[0]}\n"
            f"Fix: git config --global --add safe.directory {root} (a clone of somebody else), "
            "or export PBR_VERSION=0.0.1 (no clone)",
            flush=True,
        )
