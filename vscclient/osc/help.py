"""The layout of ``--help``."""

from __future__ import annotations

from argparse import RawDescriptionHelpFormatter


class KeepsLines(RawDescriptionHelpFormatter):
    """Keeps the lines of the text after the options, which argparse folds into one paragraph. Removes markup."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return super()._fill_text(text.replace("``", ""), width, indent)
