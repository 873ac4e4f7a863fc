"""The base of all our commands: signing in when it is needed, exit statuses, output that is safe to look at."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from osc_lib.command import command

from vscclient.osc.formatters import safe_formatter, shown
from vscclient.osc.terminal import OscTerminal

if TYPE_CHECKING:
    from vscclient.errors import Error
    from vscclient.images.cloud import Cloud

Columns = tuple[Sequence[str], Sequence[Any]]
Rows = tuple[Sequence[str], Iterable[Sequence[Any]]]

NO_MEMORY = "There is not enough memory for this command. If a limit is set (ulimit -v), raise it"

LOGIN_TIMEOUT_S = 60
"""How long the login may take, in seconds. ``openstack`` sets none, and waits for a dead server for ever."""


class BaseCommand:
    """What all our commands have.

    It signs in only when it needs the cloud, so that a wrong option or a missing file is told at once.
    """

    app: Any
    log: Any
    auth_required = False

    afterwards: Error | None = None
    """What to tell, and to end with, after the result was written: some of the work failed."""

    @property
    def cloud(self) -> Cloud:
        """The user's cloud; it is not asked anything before it is needed."""
        from vscclient.images.cloud import Cloud, connection_of

        def sign_in() -> Any:
            self.auth_required = True
            self.app.options.api_timeout = getattr(self.app.options, "api_timeout", None) or LOGIN_TIMEOUT_S
            self.app.prepare_to_run_command(self)
            return connection_of(self.app.client_manager)

        return Cloud(sign_in)

    def terminal(self, *, bar: bool | None = None) -> OscTerminal:
        """The user's terminal.

        Args:
            bar: Whether the user wants a progress bar; None: where there is a terminal.
        """
        return OscTerminal(self.app.stderr, quiet=self.app.options.verbose_level == 0, bar=bar)

    def run(self, parsed_args: Namespace) -> int:
        """Runs it; an error of ours has an exit status of its own."""
        from vscclient.errors import Error

        try:
            status = int(super().run(parsed_args) or 0)  # type: ignore[misc]  # cliff's, which stands behind
            if self.afterwards:
                raise self.afterwards
            return status
        except Error as failure:
            return self._told(failure, str(failure), failure.exit_status)
        except MemoryError as failure:  # it has no words of its own, and cliff would print an empty line
            return self._told(failure, NO_MEMORY, 1)

    def _told(self, failure: BaseException, sentence: str, exit_status: int) -> int:
        """Says what failed; with ``--debug`` where, too."""
        self.log.error(sentence, exc_info=failure if self.app.options.debug else None)
        return exit_status


class Command(BaseCommand, command.Command):
    """A command without a result: what it did is said on stderr."""


class ShowOne(BaseCommand, command.ShowOne):
    """A command that shows one object."""

    def produce_output(self, parsed_args: Namespace, column_names: Sequence[str], data: Any) -> int:
        """Writes the result to stdout."""
        if self.app.stdout is None:  # closed at the start: >&-
            return 0
        self.formatter = safe_formatter(parsed_args.formatter, self.formatter)
        values = [shown(value, parsed_args.formatter) for value in data]
        return int(super().produce_output(parsed_args, column_names, values) or 0)


class Lister(BaseCommand, command.Lister):
    """A command that shows several objects, one a row."""

    def produce_output(self, parsed_args: Namespace, column_names: Sequence[str], data: Any) -> int:
        """Writes the result to stdout."""
        if self.app.stdout is None:  # closed at the start: >&-
            return 0
        rows = [[shown(value, parsed_args.formatter) for value in row] for row in data]
        return int(super().produce_output(parsed_args, column_names, rows) or 0)
