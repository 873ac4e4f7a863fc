"""The release notes. Built by ``tox -e releasenotes``, from the notes and the history of the repository.

A clone without its whole history (``git clone --depth 1``, an unpacked archive) cannot tell which release a note
belongs to: reno 4.1 follows a commit to parents that are not there, and dies with a KeyError. It has no setting for
that. There all notes are shown under one heading that says so.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from docutils.statemachine import StringList
from dulwich.errors import NotGitRepository
from dulwich.repo import Repo
from reno import config, formatter
from reno.sphinxext import ReleaseNotesDirective
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

project = "python-vscclient"
author = "The vscclient developers"
project_copyright = f"2026, {author}"

extensions = ["reno.sphinxext"]
html_theme = "furo"
html_title = f"{project} release notes"
html_copy_source = False

REPOSITORY = Path(__file__).resolve().parents[2]
HEADING = "All notes; which release each belongs to is not known in a clone without history"


class Notes:
    """The notes as they lie in the folder, as reno's formatter wants them."""

    def __getitem__(self, version: str) -> list[tuple[str, None]]:
        return [
            (str(path.relative_to(REPOSITORY)), None) for path in sorted(REPOSITORY.glob("releasenotes/notes/*.yaml"))
        ]

    def parse_note_file(self, name: str, commit: None) -> dict[str, Any]:
        """What a note says, by section."""
        content: dict[str, Any] = yaml.safe_load((REPOSITORY / name).read_text(encoding="utf-8"))
        return content


class WithoutHistory(SphinxDirective):
    """``release-notes`` where there is no history to ask."""

    option_spec = ReleaseNotesDirective.option_spec
    has_content = True

    def run(self) -> list[Any]:
        lines = formatter.format_report(Notes(), config.Config(str(REPOSITORY)), [HEADING], show_source=False)
        return self.parse_text_to_nodes(StringList(lines.splitlines(), "release notes"), allow_section_headings=True)


def history_is_whole() -> bool:
    """Whether all ancestors of the current commit are there."""
    try:
        with Repo.discover(str(REPOSITORY)) as repository:
            return not repository.get_shallow()
    except NotGitRepository:
        return False


def setup(app: Sphinx) -> None:
    """Puts another directive in reno's place where reno cannot work."""
    if not history_is_whole():
        app.connect("config-inited", lambda app, _: app.add_directive("release-notes", WithoutHistory, override=True))
