"""The base of all our commands."""

from __future__ import annotations

import argparse
import csv
import io
import json
import logging
import shlex
from contextlib import redirect_stderr
from typing import Any, cast
from unittest import mock

import yaml
from osc_lib.cli.format_columns import DictColumn
from osc_lib.exceptions import CommandError

from tests import base
from vscclient.errors import DeletionNotConfirmed, UsageError
from vscclient.osc.command import NO_MEMORY, Lister, _decode_texts, _timeout_s
from vscclient.osc.guard.guard import Guard
from vscclient.osc.image.list import ListImage

HOSTILE = "/root/.ssh/\x1b[2Jid\nH999 fine\udcff"
WIDE = "ü→😀"
HARMLESS = r"/root/.ssh/\x1b[2Jid\nH999 fine\udcff"


class _Listing(Lister):
    """A command that lists one thing, of a name that a stranger has made up."""

    def take_action(self, _: argparse.Namespace) -> Any:
        return ("Code", "Location", "Said"), [("H503", HOSTILE, DictColumn({"k": HOSTILE}))]


class _Naming(Lister):
    """A command that lists, says and logs a name."""

    def take_action(self, _: argparse.Namespace) -> Any:
        self.terminal(bar=False).say(f"{WIDE} is said")
        logging.getLogger("naming").warning("%s is logged", WIDE)
        return ("Name",), [(WIDE,)]


class _Failing(Lister):
    """A command that fails as a test says."""

    failing_with: BaseException

    def take_action(self, _: argparse.Namespace) -> Any:
        raise self.failing_with


class _Greedy(Lister):
    """A command that finds no memory."""

    def take_action(self, _: argparse.Namespace) -> Any:
        raise MemoryError


def _content(stream: io.TextIOWrapper) -> bytes:
    stream.flush()
    return cast(io.BytesIO, stream.buffer).getvalue()


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
        self.assertEqual(NO_MEMORY, log.error.call_args.args[1])

    def test_the_traceback_is_shown_with_debug(self) -> None:
        _, _, log = _ran(_Greedy, "-f value", debug=True)

        self.assertIsInstance(log.error.call_args.kwargs["exc_info"], MemoryError)


class TestEncodings(base.BaseTestCase):
    """Outputs that cannot show a name: ``LC_ALL=C``, ``PYTHONIOENCODING=latin-1``."""

    def test_a_name_is_written_with_escapes(self) -> None:
        for encoding, errors, escaped in (
            ("ascii", "strict", rb"\xfc\u2192\U0001f600"),
            ("ascii", "surrogateescape", rb"\xfc\u2192\U0001f600"),
            ("latin-1", "strict", b"\xfc\\u2192\\U0001f600"),
        ):
            for words in ("-f value", "-f csv", "-f table", "-f json", "-f yaml"):
                with self.subTest(encoding=encoding, errors=errors, words=words):
                    stdout, stderr = (io.TextIOWrapper(io.BytesIO(), encoding, errors) for _ in range(2))
                    command = _Naming(mock.Mock(stdout=stdout, stderr=stderr), None, cmd_name="naming")

                    status = command.run(command.get_parser("naming").parse_args(shlex.split(words)))

                    content = _content(stdout)
                    self.assertEqual((0, 0), (status, _content(stderr).count(b"codec")))
                    if words == "-f json":
                        self.assertEqual([{"Name": WIDE}], json.loads(content))
                    elif words == "-f yaml":
                        self.assertEqual([{"Name": WIDE}], yaml.safe_load(content))
                    else:
                        self.assertIn(escaped, content)

    def test_messages_and_logs_are_written_with_escapes(self) -> None:
        stderr, log_file = (io.TextIOWrapper(io.BytesIO(), "ascii", "strict") for _ in range(2))
        root, handlers = logging.getLogger(), [logging.StreamHandler(stderr), logging.StreamHandler(log_file)]
        for handler in handlers:
            root.addHandler(handler)
            self.addCleanup(root.removeHandler, handler)
        command = _Naming(mock.Mock(stdout=io.StringIO(), stderr=stderr, options=mock.Mock(verbose_level=1)), None)

        status = command.run(command.get_parser("naming").parse_args([]))

        self.assertEqual(0, status)
        self.assertEqual(
            rb"\xfc\u2192\U0001f600 is said" + b"\n" + rb"\xfc\u2192\U0001f600 is logged" + b"\n", _content(stderr)
        )
        self.assertEqual(rb"\xfc\u2192\U0001f600 is logged" + b"\n", _content(log_file))

    def test_a_usage_error_is_written_with_escapes(self) -> None:
        stderr = io.TextIOWrapper(io.BytesIO(), "ascii", "strict")
        with redirect_stderr(stderr):
            self.assertRaises(SystemExit, _Naming(mock.Mock(), None).get_parser("naming").parse_args, [WIDE])

        self.assertIn(rb"unrecognized arguments: \xfc\u2192\U0001f600", _content(stderr))

    def test_the_guard_of_the_standard_commands_writes_escapes(self) -> None:
        stderr = io.TextIOWrapper(io.BytesIO(), "ascii", "strict")
        app = mock.Mock(stderr=stderr, command_options=["image", "delete", WIDE])
        guard = Guard(app, "delete", ["image", "delete"], "VSCCLIENT_GUARD", is_enforcing=True)
        refusal = DeletionNotConfirmed([f"{WIDE}: 2 projects"])
        with mock.patch.object(guard, "_check_delete", side_effect=refusal):
            self.assertRaises(SystemExit, guard.check, argparse.Namespace(images=[WIDE]))

        content = _content(stderr)
        self.assertIn(rb"Other people can use \xfc\u2192\U0001f600: 2 projects", content)
        self.assertIn(b"Use instead: openstack vsc image delete", content)

    def test_a_name_is_text_although_the_locale_cannot_show_it(self) -> None:
        typed = WIDE.encode().decode("ascii", "surrogateescape")  # as Python reads arguments in the locale C
        args = argparse.Namespace(
            name=typed, tags=[typed], properties=[("k", typed)], filters={typed: typed}, file=typed
        )

        _decode_texts(args)

        self.assertEqual(
            argparse.Namespace(name=WIDE, tags=[WIDE], properties=[("k", WIDE)], filters={WIDE: WIDE}, file=typed), args
        )

    def test_what_is_not_text_is_a_usage_error(self) -> None:
        for value in ("x\udcff", "x\ud800"):
            for args in (argparse.Namespace(name=value), argparse.Namespace(tags=["a", value])):
                with self.subTest(args=args):
                    self.assertRaises(UsageError, _decode_texts, args)


class TestUsage(base.BaseTestCase):
    def test_a_usage_error_quotes_a_name_in_one_line(self) -> None:
        for command in (_Listing(mock.Mock(), None), ListImage(mock.Mock(), mock.Mock())):
            with self.subTest(command=command), redirect_stderr(io.StringIO()) as stderr:
                self.assertRaises(SystemExit, command.get_parser("listing").parse_args, [HOSTILE])

                self.assertIn(f"unrecognized arguments: {HARMLESS}\n", stderr.getvalue())


class TestFailures(base.BaseTestCase):
    def test_a_full_disk_is_reported_in_a_sentence(self) -> None:
        for failure, sentence in (
            (OSError(28, "No space left on device"), "The command failed: no space left on device"),
            (PermissionError(13, "Permission denied", "/x"), "The command failed: /x: permission denied"),
            (OSError("odd\nline"), r"The command failed: odd\nline"),
        ):
            with self.subTest(failure=failure), mock.patch.object(_Failing, "failing_with", failure, create=True):
                status, _, log = _ran(_Failing, "-f value")

                self.assertEqual((1, sentence), (status, log.error.call_args.args[1]))

    def test_an_error_of_another_library_is_one_line(self) -> None:
        for failure, sentence in ((CommandError(HOSTILE), HARMLESS), (ValueError(), "ValueError")):
            with self.subTest(failure=failure), mock.patch.object(_Failing, "failing_with", failure, create=True):
                status, _, log = _ran(_Failing, "-f value")

                self.assertEqual((1, sentence), (status, log.error.call_args.args[1]))

    def test_a_mistake_of_ours_is_reported_in_a_sentence(self) -> None:
        for failure in (TypeError("'NoneType' object is not subscriptable"), KeyError("id"), RecursionError("deep")):
            with self.subTest(failure=failure), mock.patch.object(_Failing, "failing_with", failure, create=True):
                status, _, log = _ran(_Failing, "-f value")

                self.assertEqual(1, status)
                self.assertRegex(log.error.call_args.args[1], r"^Unexpected error \(.+\)\. Report it with .+--debug$")


class TestTimeout(base.BaseTestCase):
    def timeout_s(self, variable: str | None, config: Any) -> float:
        environment = {} if variable is None else {"OS_API_TIMEOUT": variable}
        with mock.patch.dict("os.environ", environment, clear=True):
            return _timeout_s({"api_timeout": config})

    def test_the_environment_comes_before_clouds_yaml(self) -> None:
        self.assertEqual(
            [90, 120, 7.5, 60], [self.timeout_s(*one) for one in (("90", 120), (None, 120), ("", "7.5"), ("", None))]
        )

    def test_a_value_that_is_no_time_is_rejected(self) -> None:
        for text in ("soon", "0", "-1", "nan", "inf", "1e3"):
            with self.subTest(text=text):
                self.assertRaisesRegex(UsageError, "not a number of seconds", self.timeout_s, text, None)
