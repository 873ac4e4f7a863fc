"""Built by pbr: the version comes from git, everything else from setup.cfg."""

import setuptools

setuptools.setup(setup_requires=["pbr>=6.1.1"], pbr=True)
