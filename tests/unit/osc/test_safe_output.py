"""The log of a command: no text of a stranger makes a line."""

from __future__ import annotations

import io
import logging
import warnings
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager

from tests import base
from vscclient import plugin
from vscclient.osc.safe_output import LINES, make_logs_safe


@contextmanager
def safe_logs() -> Iterator[None]:
    """Make the log safe in the context, as a command does."""
    filters = make_logs_safe()
    try:
        yield
    finally:
        for handler, log_filter in filters:
            handler.removeFilter(log_filter)


HOSTILE = "rna\n2026-01-01 ERROR forged\r\x85\u2028\u202e\x1b[2J\x9b2J"


class TestSafeLogs(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.stream = io.StringIO()
        self.handler = logging.StreamHandler(self.stream)
        root = logging.getLogger()
        level = root.level
        root.addHandler(self.handler)
        root.setLevel(logging.DEBUG)
        self.addCleanup(root.setLevel, level)
        self.addCleanup(root.removeHandler, self.handler)

    def lines(self) -> list[str]:
        return self.stream.getvalue().splitlines()

    def test_records_of_every_library_are_one_line(self) -> None:
        with safe_logs():
            for name in ("keystoneauth.session", "urllib3.connectionpool", "vscclient.glance.images"):
                logging.getLogger(name).debug("RESP: %s", HOSTILE)

        self.assertEqual(3, len(self.lines()))
        self.assertTrue(all(line.isprintable() for line in self.lines()))

    def test_the_text_of_an_exception_does_not_look_like_a_record(self) -> None:
        with safe_logs():
            try:
                raise ValueError(HOSTILE)
            except ValueError:
                logging.getLogger("vscclient.x").exception("failed")

        self.assertEqual("failed", self.lines()[0])
        self.assertTrue(all(line.startswith("  ") and line.isprintable() for line in self.lines()[1:]))

    def test_the_lines_of_our_errors_stay(self) -> None:
        with safe_logs():
            logging.getLogger("vscclient.x").error("%s", "Refused\n  use --yes\x1b", extra=LINES)

        self.assertEqual(["Refused", r"  use --yes\x1b"], self.lines())

    def test_a_warning_of_ours_is_shown_once(self) -> None:
        with safe_logs():
            for _ in range(3):
                logging.getLogger("vscclient.x").warning("the cache is not used")
                logging.getLogger("keystoneauth.session").warning("Retrying")

        self.assertEqual(["the cache is not used", *["Retrying"] * 3], sorted(self.lines(), reverse=True))

    def test_a_handler_that_is_added_later_gets_safe_records(self) -> None:
        """osc-lib adds one for log_file of clouds.yaml when it signs in."""
        later = io.StringIO()
        handler = logging.StreamHandler(later)
        self.addCleanup(logging.getLogger().removeHandler, handler)

        with safe_logs():
            logging.getLogger().addHandler(handler)
            logging.getLogger("keystoneauth.session").debug("RESP: %s", HOSTILE)
            logging.getLogger("vscclient.x").error("%s", "Refused\n  use --yes", extra=LINES)

        self.assertEqual(3, len(later.getvalue().splitlines()))

    def test_after_a_command_the_log_is_as_before(self) -> None:
        with warnings.catch_warnings(), safe_logs():
            pass

        logging.getLogger("other").warning("two\nlines")

        self.assertEqual(["two", "lines"], self.lines())


class TestCommandLine(base.BaseTestCase):
    """``START with options: …``, which osc-lib logs before a command can make the log safe."""

    def logged(self, options: str) -> str:
        plugin.build_option_parser(ArgumentParser())
        with self.assertLogs("osc_lib.shell", "INFO") as logs:
            logging.getLogger("osc_lib.shell").info("START with options: %s", options)
        return logs.records[0].getMessage()

    def test_a_name_in_a_command_line_of_ours_makes_no_line(self) -> None:
        line = self.logged(f"-v vsc image show {HOSTILE}")

        self.assertTrue(
            line.startswith(r"START with options: -v vsc image show rna\n2026-01-01 ERROR forged\r\x85\u2028")
        )
        self.assertTrue(line.isprintable())

    def test_the_command_lines_of_others_stay(self) -> None:
        self.assertEqual("START with options: image show a\nb", self.logged("image show a\nb"))
