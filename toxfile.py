"""What an environment is about to install, and about how long that takes: told before it begins. A plugin of tox."""

from __future__ import annotations

from typing import Any

from tox.plugin import impl

_CLIENT = "the OpenStack client and its libraries (about 70 packages, half a minute)"
_CLOUD = (
    "at its first start a real Keystone and a real Glance, into .devcloud (about 150 packages, one to three minutes)"
)
_CONTENTS = {
    "py3": f"{_CLIENT}, and the test runner",
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
    if name in _CONTENTS and name not in _told:
        _told.add(name)
        print(f"{name}: installs {_CONTENTS[name]}. Nothing outside this folder is changed.", flush=True)
