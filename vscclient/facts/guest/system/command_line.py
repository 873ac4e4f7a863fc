"""The parameters that the boot loader gives the kernel."""

from __future__ import annotations

from vscclient.facts.guest.tree import Tree
from vscclient.model.fact import Fact


def command_line(tree: Tree) -> Fact[tuple[str, ...]]:
    """The parameters of the entry that boots by default, in their order; empty: there is no boot loader to give any.

    Raises:
        Unknown: Entries differ in what matters, or the boot loader's files could not be read.
    """
    raise NotImplementedError
