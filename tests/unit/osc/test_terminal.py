from __future__ import annotations

import io
import time
from unittest import mock

from tests import base
from vscclient.model.finding import Finding, Outcome, Report, Severity
from vscclient.model.fix import Fix, Recreate, SetField
from vscclient.osc.terminal import OscTerminal, _Lines


def _shown(*findings: Finding, quiet: bool = False) -> str:
    stderr = io.StringIO()
    OscTerminal(stderr, quiet=quiet, bar=False).findings(Report.of(findings))
    return stderr.getvalue()


ERROR = Finding(
    code="D305", severity=Severity.ERROR, message="too small", location="header", fix=Fix.by(SetField("min_disk", 3))
)
NOTE = Finding(code="N201", severity=Severity.NOTE, message="m")


MORE = "Details: openstack vsc image rule show D305"


class TestFindings(base.BaseTestCase):
    def test_an_error_is_a_sentence_with_its_fix_below(self) -> None:
        self.assertEqual(f"error D305: too small (header)\n  use --min-disk 3\n1 error. {MORE}\n", _shown(ERROR))

    def test_a_note_is_not_shown(self) -> None:
        self.assertEqual("", _shown(NOTE))

    def test_the_same_reason_is_shown_once(self) -> None:
        unknown = [
            Finding(code=code, severity=Severity.WARNING, outcome=Outcome.UNKNOWN, message="it is locked")
            for code in ("D301", "D303")
        ]

        more = MORE.replace("D305", "D301")
        self.assertEqual(
            f"warning D301, D303 could not be checked: it is locked\n2 rules could not be checked. {more}\n",
            _shown(*unknown),
        )

    def test_a_waived_error_counts_as_a_warning(self) -> None:
        waived = Finding(code="D305", severity=Severity.ERROR, message="too small", fix=Fix.by(Recreate()), waived=True)

        self.assertEqual(f"warning D305 (waived): too small\n1 warning. {MORE}\n", _shown(waived))

    def test_an_error_is_shown_with_the_quiet_option(self) -> None:
        self.assertIn("D305", _shown(ERROR, quiet=True))

    def test_control_characters_of_a_stranger_are_made_visible(self) -> None:
        self.assertNotIn("\x1b", _shown(Finding(code="D302", severity=Severity.ERROR, message="file '\x1b[2J'")))


class TestConfirm(base.BaseTestCase):
    def test_no_answer_is_given_without_a_terminal(self) -> None:
        stderr = io.StringIO()

        self.assertFalse(OscTerminal(stderr, quiet=False, bar=False).confirm("Delete it?"))
        self.assertEqual("", stderr.getvalue())


class TestProgress(base.BaseTestCase):
    def test_a_line_is_written_for_each_step_without_a_terminal(self) -> None:
        stderr = io.StringIO()

        with OscTerminal(stderr, quiet=False, bar=None).progress("sending", 1000) as progress:
            progress.advance(1000)
            progress.set_step("the cloud is storing the data")

        self.assertEqual("sending\nthe cloud is storing the data\n", stderr.getvalue())

    def test_a_line_is_written_for_every_tenth_and_at_most_one_a_second(self) -> None:
        stderr, clock = io.StringIO(), iter(range(100))

        with (
            mock.patch("vscclient.osc.terminal.time.monotonic", side_effect=lambda: next(clock)),
            OscTerminal(stderr, quiet=False, bar=False).progress("sending", 1000) as progress,
        ):
            for _ in range(40):
                progress.advance(25)

        percents = [line.split()[1] for line in stderr.getvalue().splitlines()[1:]]
        self.assertEqual([str(percent) for percent in range(10, 101, 10)], percents)

    def test_a_line_is_written_each_minute_while_nothing_moves(self) -> None:
        said: list[str] = []
        lines = _Lines(said.append, "sending", 1000)
        with mock.patch("vscclient.osc.terminal.time.monotonic", return_value=time.monotonic() + 61):
            lines.remind()
            lines.remind()

        self.assertEqual(["sending: 0 %, 0 bytes of 1000 bytes"], said)

    def test_a_closed_terminal_ends_nothing(self) -> None:
        class Gone(io.StringIO):
            def write(self, text: str) -> int:
                raise OSError(5, "Input/output error")

        for bar in (True, False):
            terminal = OscTerminal(Gone(), quiet=False, bar=bar)
            with terminal.progress("sending", 1000) as progress:
                progress.advance(1000)
                progress.set_step("verifying")
            terminal.say("Created")

    def test_a_bar_can_be_forced_and_goes_to_stderr(self) -> None:
        stderr = io.StringIO()

        with OscTerminal(stderr, quiet=False, bar=True).progress("sending", 1000) as progress:
            progress.advance(1000)

        self.assertIn("sending", stderr.getvalue())

    def test_no_progress_is_shown_with_the_quiet_option(self) -> None:
        stderr = io.StringIO()

        with OscTerminal(stderr, quiet=True, bar=True).progress("sending", 1000) as progress:
            progress.advance(1000)

        self.assertEqual("", stderr.getvalue())
