"""A plugin of tox that prints what an environment installs, and how long it takes, before it begins."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path
from typing import Any

from tox.plugin import impl

_CLIENT = "the OpenStack client and its libraries (about 70 packages, half a minute)"
_CLOUD = "at its first start Keystone and Glance, into .devcloud (about 150 packages, one to three minutes)"
_CONTENTS = {
    "py3": f"{_CLIENT}, and the test runner",
    "fuzz": "the libraries that read disks, and the test runner (about 40 packages, a quarter of a minute)",
    "functional": f"{_CLIENT}, and the test runner; {_CLOUD}",
    "demo": f"{_CLIENT}; {_CLOUD}",
    "devcloud": f"{_CLIENT}; {_CLOUD}",
    "pep8": f"{_CLIENT}, ruff, mypy and import-linter",
    "docs": f"{_CLIENT}, and Sphinx",
    "releasenotes": "Sphinx and reno (a quarter of a minute)",
    "cover": f"{_CLIENT}, the test runner, and coverage",
    "lowest": f"the oldest supported versions of {_CLIENT.removeprefix('the ')}, and the test runner",
}
_announced: set[str] = set()


@impl
def tox_on_install(tox_env: Any, arguments: Any, section: str, of_type: str) -> None:
    """Print what the environment installs; tox calls this before each call of pip."""
    name = tox_env.name
    _check_git(Path(tox_env.core["tox_root"]))
    if name in _CONTENTS and name not in _announced and not _is_filled(Path(tox_env.conf["env_dir"])):
        _announced.add(name)
        print(f"{name}: installs {_CONTENTS[name]}. Nothing is changed outside this folder.", flush=True)


def _is_filled(env_dir: Path) -> bool:
    """Return True if the packages of the environment were installed before."""
    packages = ("openstackclient", "fs_explorer", "reno")
    return any(next(env_dir.glob(f"lib/*/site-packages/{package}"), None) for package in packages)


@cache
def _check_git(root: Path) -> None:
    """Print how to fix git if it fails: pbr takes the version from git, and its error does not give the reason."""
    done = subprocess.run(["git", "-C", root, "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    if done.returncode:
        print(
            f"git fails in {root}, which has the version of the package: {done.stderr.splitlines()[0]}\n"
            f"Fix: git config --global --add safe.directory {root} (a clone of another user), "
            "or export PBR_VERSION=0.0.1 (not a clone)",
            flush=True,
        )
