"""The directive ``last-act``: the commands that clean a guest before its snapshot, as the code has and tests them."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from vscclient.policy.hygiene.mending import LAST_ACT


class LastAct(SphinxDirective):
    """The commands, one per line."""

    def run(self) -> list[nodes.Node]:
        text = "\n".join(LAST_ACT)
        return [nodes.literal_block(text, text, language="bash")]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive with Sphinx."""
    app.add_directive("last-act", LastAct)
    return {"parallel_read_safe": True}
