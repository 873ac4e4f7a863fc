"""How ``--help`` looks."""

from __future__ import annotations

from argparse import RawDescriptionHelpFormatter


class KeepsLines(RawDescriptionHelpFormatter):
    """Keeps the lines of what stands behind the options; argparse folds them into one paragraph. Takes markup off."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return super()._fill_text(text.replace("``", ""), width, indent)
