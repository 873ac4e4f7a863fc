"""The documentation. Built by ``tox -e docs``; needs the project installed and no network."""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "ext"))

project = "python-vscclient"
author = "The vscclient developers"
project_copyright = f"2026, {author}"
release = metadata.version(project)

extensions = ["cliff.sphinxext", "rules"]
html_theme = "furo"
html_title = project
html_copy_source = False
nitpicky = True

autoprogram_cliff_application = "openstack"
autoprogram_cliff_app_dist_name = project
# Those of every command of openstack, explained in its own documentation.
autoprogram_cliff_ignored = [
    "--help",
    "--format",
    "--column",
    "--noindent",
    "--prefix",
    "--max-width",
    "--fit-width",
    "--print-empty",
]
