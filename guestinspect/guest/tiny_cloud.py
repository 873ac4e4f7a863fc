"""tiny-cloud, the agent of Alpine's cloud images: its settings, its clouds and its actions.

Source: tiny-cloud 2.0.0 to 3.0.7: lib/tiny-cloud/common, init and cloud/*/imds, bin/imds, sbin/tiny-cloud.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from guestinspect.disk.tree import Tree, is_file

_LIBRARIES = ("/lib/tiny-cloud", "/usr/lib/tiny-cloud")
_CONFIGS = ("/etc/tiny-cloud.conf", "/etc/conf.d/tiny-cloud")
"""The file of version 3, and of those before."""
_PROGRAMS = ("/sbin/tiny-cloud", "/usr/sbin/tiny-cloud")
_DISABLED = "/etc/tiny-cloud.disabled"
_COMPLETE = "/var/lib/cloud/.bootstrap-complete"
_LIMIT_BYTES = 64 * 1024
_AUTOMATIC = "auto"


@dataclass(frozen=True)
class TinyCloud:
    """The tiny-cloud of a guest.

    Args:
        tree: The guest's files.
        library: The folder of its functions.
    """

    tree: Tree
    library: str

    @classmethod
    def find(cls, tree: Tree) -> TinyCloud | None:
        """Return the guest's tiny-cloud; None: it is not installed."""
        library = next((folder for folder in _LIBRARIES if is_file(tree, f"{folder}/common")), None)
        return None if library is None else cls(tree, library)

    @property
    def config(self) -> str:
        """Return the path of the settings."""
        return next((path for path in _CONFIGS if is_file(self.tree, path)), _CONFIGS[0])

    @property
    def cloud(self) -> str:
        """Return the name of the cloud in the settings: ``aws``, ``nocloud``; ``auto`` without one."""
        return self.setting("CLOUD") or _AUTOMATIC

    @property
    def knows_openstack(self) -> bool:
        """Return True if this version has functions for OpenStack; those until 3.0.7 have none."""
        folders = (f"{self.library}/cloud", self.library)
        return any("openstack" in self.tree.names(folder) for folder in folders)

    @property
    def is_finished(self) -> bool:
        """Return True if it does nothing, because it is disabled (since 3.0.4) or has done its work."""
        if self.tree.status(_COMPLETE) is not None:
            return True
        program = "".join(self._read(path) for path in _PROGRAMS)
        return self.tree.status(_DISABLED) is not None and _DISABLED.rpartition("/")[2] in program

    def setting(self, name: str) -> str:
        """Return the value that the settings assign last; empty if there is none."""
        text = self._read(self.config)
        found = re.findall(rf"""^[ \t]*{name}=(?:"([^"]*)"|'([^']*)'|([^\s#"';]*))""", text, re.MULTILINE)
        return "".join(found[-1]) if found else ""

    def read(self, name: str) -> str:
        """Return the text of a file of functions: ``init``, ``cloud/nocloud/init``; empty if there is none."""
        return self._read(f"{self.library}/{name}")

    def _read(self, path: str) -> str:
        return (self.tree.head(path, _LIMIT_BYTES) or b"").decode("utf-8", "surrogateescape")
