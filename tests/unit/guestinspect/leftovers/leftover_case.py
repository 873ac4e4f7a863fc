"""A guest with two users, and assertions about its leftovers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from guestinspect.leftovers.finder import find_leftovers
from guestinspect.model.leftover import Kind
from tests import base
from tests.trees import MemoryTree

USERS = {
    "/etc/passwd": "root:x:0:0:root:/root:/bin/bash\n"
    "daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"
    "postgres:x:105:110::/var/lib/postgresql:/bin/bash\n"
    "alice:x:1000:1000:Alice:/home/alice:/bin/bash\n",
    "/etc/shadow": "root:*:19000:0:99999:7:::\nalice:!:19000:0:99999:7:::\n",
}

PEM = "-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----\n"


class LeftoverTestCase(base.BaseTestCase):
    """A test of one kind of leftover.

    Args:
        kind: The kind.
    """

    kind: Kind

    def find(self, files: Mapping[str, str | bytes], **tree: Any) -> dict[str, str]:
        """Return the leftovers of a guest with these files and ``USERS``, by path."""
        leftovers = find_leftovers(MemoryTree({**USERS, **files}, **tree), self.kind).value
        self.assertEqual({self.kind} if leftovers else set(), {leftover.kind for leftover in leftovers})
        return {leftover.path: leftover.what for leftover in leftovers}

    def assert_found(self, path: str, content: str | bytes, what: str) -> None:
        """Fail unless a file with this content is the only leftover, with these words."""
        self.assertEqual({path: what}, self.find({path: content}))

    def assert_harmless(self, path: str, content: str | bytes) -> None:
        """Fail if a guest with this file has a leftover."""
        self.assertEqual({}, self.find({path: content}))
