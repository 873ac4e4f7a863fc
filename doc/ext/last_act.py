"""The directive ``last-act``: what root runs in a guest before its snapshot, as the code has it and tests it."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from vscclient.policy.hygiene.mending import LAST_ACT


class LastAct(SphinxDirective):
    """The commands, one below the other."""

    def run(self) -> list[nodes.Node]:
        text = "\n".join(LAST_ACT)
        return [nodes.literal_block(text, text, language="bash")]


def setup(app: Sphinx) -> dict[str, Any]:
    """Makes the directive known to Sphinx."""
    app.add_directive("last-act", LastAct)
    return {"parallel_read_safe": True}
