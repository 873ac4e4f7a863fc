"""The base of all our commands: signing in when it is needed, exit statuses, output that is safe to look at."""

from __future__ import annotations

import os
import re
import signal
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NoReturn

from cliff.columns import FormattableColumn
from osc_lib.command import command
from osc_lib.exceptions import CommandError

from guestinspect.model.printable import escape_unencodable, printable
from vscclient.osc.formatters import FORMATTERS
from vscclient.osc.safe_output import LINES, make_logs_safe
from vscclient.osc.terminal import OscTerminal

if TYPE_CHECKING:
    from vscclient.errors import Error
    from vscclient.images.cloud import Cloud, Connection
    from vscclient.images.inspection.own_files import DatedEntries

Columns = tuple[Sequence[str], Sequence[Any]]
Rows = tuple[Sequence[str], Iterable[Sequence[Any]]]

NO_MEMORY = "There is not enough memory for this command. If a limit is set (ulimit -v), raise it"

_MISTAKES = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError)
"""What Python raises for a mistake in a program, or in an answer that was not checked."""

FILE_OPTIONS = frozenset({"baseline", "file", "policy", "property_file"})
"""Options with the name of a file, which can be any bytes; no service gets it."""

TIMEOUT_S = 60.0
"""How long a service may take for an answer, in seconds, unless the user sets another time (``api_timeout``).
``openstack`` sets no limit, and waits for a dead server for ever."""


_EXACT = ("json", "yaml", "shell")
"""Formats for programs; each of them quotes. All others are for people, and for tools that read lines: their output
reaches a terminal in the end."""


class BaseCommand:
    """The base of all our commands.

    A command signs in only when it needs the cloud, so that a wrong option or a missing file is reported at once.
    """

    app: Any
    log: Any
    auth_required = False

    parsed_args: Namespace = Namespace()
    """The command line, once the command runs."""

    names: DatedEntries | None = None
    """The names for Tab completion, in the place of the login that the command line and the environment select."""

    failure: Error | None = None
    """The error to end with after the result was written, if some of the work failed."""

    def get_parser(self, prog_name: str) -> ArgumentParser:
        """Return the parser of the options; its errors quote what was typed, which can be a stranger's text."""
        return with_safe_errors(super().get_parser(prog_name))  # type: ignore[misc]  # cliff's, which stands behind

    @property
    def cloud(self) -> Cloud:
        """The user's cloud. The first request signs in."""
        from vscclient.images.cloud import Cloud

        return Cloud(self.sign_in, self.names)

    def sign_in(self) -> Connection:
        """Sign in by ``openstack``'s own code, with each answer checked, and with advice if it fails.

        Raises:
            Error: Why the login failed, and what to do.
        """
        from vscclient.identity.login import LOGIN_FAILURES, LoginSettings, login_error_of
        from vscclient.images.cloud import connection_of
        from vscclient.transport.answers import guard_answers

        self.auth_required = True
        manager = self.app.client_manager
        set_up = manager.setup_auth

        def set_up_guarded() -> None:
            """Make the session as osc-lib does, with a timeout, and guard it before the first request."""
            self.app.cloud.config["api_timeout"] = _timeout_s(self.app.cloud.config)
            set_up()
            guard_answers(manager.session, "Identity service")

        manager.setup_auth = set_up_guarded
        try:
            self.app.prepare_to_run_command(self)
        except (*LOGIN_FAILURES, CommandError) as failure:
            region = getattr(self.app, "cloud", None)
            settings = LoginSettings.of_config(getattr(region, "config", None) or {}, getattr(region, "name", ""))
            raise login_error_of(failure, settings) from failure
        finally:
            manager.setup_auth = set_up
        return connection_of(manager)

    def terminal(self, *, bar: bool | None = None) -> OscTerminal:
        """Return the user's terminal.

        Args:
            bar: Whether to show a progress bar; None: if there is a terminal.
        """
        return OscTerminal(
            self.app.stderr,
            quiet=self.app.options.verbose_level == 0,
            bar=bar,
            image=getattr(self.parsed_args, "image", None),
            file=getattr(self.parsed_args, "file", None),
        )

    def end_with(self, failure: Error) -> None:
        """Let the command end with this error, after its result was written."""
        self.failure = failure

    def run(self, parsed_args: Namespace) -> int:
        """Run the command; return the exit status. An error of ours has its own, a signal 128 and its number."""
        from vscclient.errors import Error, system_reason
        from vscclient.images.candidates.names import names_of_login
        from vscclient.images.interruption.signals import exit_on_signals

        self.parsed_args = parsed_args
        options = vars(self.app.options)
        self.names = names_of_login({f"OS_{name.upper()}": value for name, value in options.items()})
        escape_unencodable(self.app.stdout, self.app.stderr)
        handlers, log_filters = exit_on_signals(), make_logs_safe()
        try:
            _decode_texts(parsed_args)
            status = int(super().run(parsed_args) or 0)  # type: ignore[misc]  # cliff's, which stands behind
            if self.failure:
                raise self.failure
            return status
        except Error as failure:
            return self._log_failure(failure, str(failure), failure.exit_status)
        except MemoryError as failure:  # it has no message: cliff would print an empty line
            return self._log_failure(failure, NO_MEMORY, 1)
        except BrokenPipeError:
            raise  # the reader of a pipe has enough; cliff ends quietly
        except OSError as failure:
            return self._log_failure(failure, printable(f"The command failed: {system_reason(failure)}"), 1)
        except _MISTAKES as failure:
            sentence = f"Unexpected error ({type(failure).__name__}: {failure}). Report it with the output of --debug"
            return self._log_failure(failure, printable(sentence), 1)
        except Exception as failure:  # noqa: BLE001  # of openstack's own code: cliff would print its text as it is
            return self._log_failure(failure, printable(str(failure) or type(failure).__name__), 1)
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
            for log_handler, log_filter in log_filters:
                log_handler.removeFilter(log_filter)

    def _log_failure(self, failure: BaseException, sentence: str, exit_status: int) -> int:
        """Log the failure, with ``--debug`` its traceback, too; return the exit status."""
        self.log.error("%s", sentence, exc_info=failure if self.app.options.debug else None, extra=LINES)
        return exit_status


def with_safe_errors(parser: ArgumentParser) -> ArgumentParser:
    """Return the parser; the text that its errors quote makes no line and moves no cursor."""
    plain = parser.error

    def error(message: str) -> NoReturn:
        escape_unencodable(sys.stderr)
        plain(printable(message))

    parser.error = error  # type: ignore[method-assign]
    return parser


def _timeout_s(config: Mapping[str, Any]) -> float:
    """Return how long a service may take for an answer, in seconds: by the environment, else by clouds.yaml.

    openstacksdk reads the variable only for users without a clouds.yaml, and osc-lib drops the value of both.

    Raises:
        UsageError: The value is not a number of seconds.
    """
    from vscclient.errors import UsageError

    values = {"OS_API_TIMEOUT": os.environ.get("OS_API_TIMEOUT"), "api_timeout": config.get("api_timeout")}
    for name, value in values.items():
        if value not in (None, ""):
            if not re.fullmatch(r"\d{1,9}(\.\d+)?", str(value)) or not float(str(value)):
                raise UsageError(f"{name} is '{value}', which is not a number of seconds above 0")
            return float(str(value))
    return TIMEOUT_S


def _decode_texts(args: Namespace) -> None:
    """Decode text that Python could not decode: it has lone surrogates, which no service accepts.

    In the locale C, that is each character beyond ASCII, though the terminal may well send UTF-8.

    Raises:
        UsageError: A text is not valid.
    """
    for name, value in vars(args).items():
        if name not in FILE_OPTIONS:
            setattr(args, name, _decoded(value))


def _decoded(value: Any) -> Any:
    from vscclient.errors import UsageError

    if isinstance(value, list | tuple):
        return type(value)(map(_decoded, value))
    if isinstance(value, dict):
        return {_decoded(key): _decoded(item) for key, item in value.items()}
    if not isinstance(value, str):
        return value
    try:
        return value if value.isascii() else value.encode("utf-8", "surrogateescape").decode()
    except UnicodeError:
        raise UsageError(f"'{value}' is not valid text (UTF-8)") from None


def shown(value: Any, formatter: str) -> Any:
    """Return a value as it is shown: exact for programs; with visible control characters and line ends for others."""
    value = str(value) if isinstance(value, StrEnum) else value  # YAML's writer knows no such type
    if formatter in _EXACT:
        return value
    if isinstance(value, FormattableColumn):
        if formatter == "table" and getattr(value, "is_safe", False):
            return value
        text = value.human_readable() if formatter == "table" else str(value.machine_readable())
        return value if text.isprintable() else printable(text)
    return printable(value) if isinstance(value, str) and not value.isprintable() else value


class Command(BaseCommand, command.Command):
    """A command without a result; it reports on stderr what it did."""


class ShowOne(BaseCommand, command.ShowOne):
    """A command that shows one object."""

    def produce_output(self, parsed_args: Namespace, column_names: Sequence[str], data: Any) -> int:
        """Write the result to stdout."""
        if self.app.stdout is None:  # closed at the start: >&-
            return 0
        if formatter := FORMATTERS.get(parsed_args.formatter):
            self.formatter = formatter()
        values = [shown(value, parsed_args.formatter) for value in data]
        return int(super().produce_output(parsed_args, column_names, values) or 0)


class Lister(BaseCommand, command.Lister):
    """A command that shows several objects, one a row."""

    def produce_output(self, parsed_args: Namespace, column_names: Sequence[str], data: Any) -> int:
        """Write the result to stdout."""
        if self.app.stdout is None:  # closed at the start: >&-
            return 0
        if formatter := FORMATTERS.get(parsed_args.formatter):
            self.formatter = formatter()
        rows = [[shown(value, parsed_args.formatter) for value in row] for row in data]
        return int(super().produce_output(parsed_args, column_names, rows) or 0)
