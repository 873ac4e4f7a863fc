"""Built by pbr: the version comes from git, everything else from setup.cfg."""

from __future__ import annotations

import setuptools

setuptools.setup(setup_requires=["pbr>=6.1.1"], pbr=True)
