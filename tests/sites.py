"""A site with a package of rules of its own."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

EXAMPLE = Path(__file__).parent / "site_package"
"""The package that the operators' page shows."""


def install_example(folder: Path) -> None:
    """Install the example as a package in a folder, for the search path of Python."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    shutil.copy(EXAMPLE / "example_image_rules.py", folder)
    install(folder, project["name"], project["entry-points"]["vscclient.rules"])


def install(folder: Path, package: str, entry_points: dict[str, str]) -> None:
    """Install a package that names rules, as pip would record it.

    Args:
        folder: A folder on the search path of Python.
        package: The name of the package.
        entry_points: The names of the rules, and their objects.
    """
    written = folder / f"{package.replace('-', '_')}-1.0.dist-info"
    written.mkdir()
    (written / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n", encoding="utf-8")
    lines = "".join(f"{name} = {value}\n" for name, value in entry_points.items())
    (written / "entry_points.txt").write_text(f"[vscclient.rules]\n{lines}", encoding="utf-8")
