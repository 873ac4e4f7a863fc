"""What all of our commands have in common."""

from __future__ import annotations

import argparse
import csv
import io
import json
import shlex
from typing import Any
from unittest import mock

from osc_lib.cli.format_columns import DictColumn

from tests import base
from vscclient.osc.command import NO_MEMORY, Lister

HOSTILE = "/root/.ssh/\x1b[2Jid\nH999 fine\udcff"
HARMLESS = r"/root/.ssh/\x1b[2Jid\nH999 fine\udcff"


class _Listing(Lister):
    """A command that lists one thing, of a name that a stranger has made up."""

    def take_action(self, _: argparse.Namespace) -> Any:
        return ("Code", "Location", "Said"), [("H503", HOSTILE, DictColumn({"k": HOSTILE}))]


class _Greedy(Lister):
    """A command that finds no memory."""

    def take_action(self, _: argparse.Namespace) -> Any:
        raise MemoryError


def _ran(kind: type[Lister], words: str, *, debug: bool = False) -> tuple[int, str, mock.Mock]:
    """Runs a command; returns its exit status, what it wrote to stdout, and the log it wrote to."""
    app = mock.Mock(stdout=io.StringIO(), options=mock.Mock(debug=debug))
    command = kind(app, None, cmd_name="listing")
    with mock.patch.object(kind, "log") as log:
        status = command.run(command.get_parser("listing").parse_args(shlex.split(words)))
    return status, app.stdout.getvalue(), log


class TestLister(base.BaseTestCase):
    def test_a_name_of_two_lines_is_one_row_without_control_characters(self) -> None:
        for words in ("-f value", "-f csv", "-f table"):
            with self.subTest(words=words):
                _, written, _ = _ran(_Listing, words)

                self.assertIn(HARMLESS, written.replace("\\\\", "\\"))  # CSV doubles them
                self.assertEqual([], [char for char in written.replace("\n", "") if not char.isprintable()])

        self.assertEqual(f"H503 {HARMLESS}\n", _ran(_Listing, "-f value -c Code -c 'Location'")[1])
        rows = csv.reader(io.StringIO(_ran(_Listing, "-f csv")[1]), escapechar="\\")
        self.assertEqual(["H503", HARMLESS], [row[:2] for row in rows][1])

    def test_programs_get_the_exact_name(self) -> None:
        _, written, _ = _ran(_Listing, "-f json")

        self.assertEqual(HOSTILE, json.loads(written)[0]["Location"])

    def test_too_little_memory_is_reported_in_a_sentence(self) -> None:
        status, written, log = _ran(_Greedy, "-f value")

        self.assertEqual((1, ""), (status, written))
        log.error.assert_called_once_with(NO_MEMORY, exc_info=None)

    def test_the_traceback_is_shown_with_debug(self) -> None:
        _, _, log = _ran(_Greedy, "-f value", debug=True)

        self.assertIsInstance(log.error.call_args.kwargs["exc_info"], MemoryError)
