"""A pattern that identifies a leftover by its path and its content."""

from __future__ import annotations

import re
from dataclasses import dataclass

from guestinspect.leftovers import key_descriptions
from guestinspect.model.leftover import Kind


@dataclass(frozen=True)
class LeftoverPattern:
    """A description of a leftover: the paths where it lies, and the content that identifies it.

    Args:
        kind: The kind of leftover.
        what: Its name in a finding, without an article: ``rclone credentials``.
        paths: Patterns of paths. ``~`` stands for every home folder, ``*`` for any part of one name, ``**`` for a
            folder and all folders below it. A pattern that ends in ``/`` matches a folder that is not empty.
        content: A regular expression for the beginning of the file, where the path alone proves nothing; None: the
            file only has to be non-empty.
        exclude: Patterns of file names that are not leftovers.
    """

    kind: Kind
    what: str
    paths: tuple[str, ...]
    content: re.Pattern[bytes] | None = None
    exclude: tuple[str, ...] = ()

    def describe(self, head: bytes) -> str:
        """Return the words for a leftover, with details of keys.

        Args:
            head: The beginning of the file.
        """
        if self.kind is Kind.AUTHORIZED_KEY:
            return key_descriptions.describe_authorized_keys(head)
        return key_descriptions.describe_private_key(head) if self.what == "private key" else self.what


def leftover_pattern(
    kind: Kind, what: str, paths: str, content: bytes | None = None, *, exclude: str = ""
) -> LeftoverPattern:
    """Return a pattern from short notation.

    The content comes from strangers, so the expression must take no more than linear time. ``^`` and ``$`` match at
    every line.

    Args:
        kind: The kind of leftover.
        what: Its name in a finding.
        paths: Patterns of paths, separated by spaces.
        content: A regular expression for the beginning of the file; None: any content.
        exclude: Patterns of file names that are not leftovers, separated by spaces.
    """
    compiled = None if content is None else re.compile(content, re.MULTILINE)
    return LeftoverPattern(kind, what, tuple(paths.split()), compiled, tuple(exclude.split()))
