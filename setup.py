"""Built by pbr: the version comes from git, everything else from setup.cfg."""

from __future__ import annotations

import setuptools

setuptools.setup(pbr=True)
