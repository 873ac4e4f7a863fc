"""The user's terminal, on stderr: sentences, findings, questions, progress. stdout belongs to the result."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import TextIO

from vscclient.model.finding import Finding, Outcome, Report, Severity
from vscclient.model.printable import printable
from vscclient.model.terminal import Progress, SilentProgress


class Enduring:
    """A stream whose reader may go away: a closed terminal must not end an upload that runs under ``nohup``."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Writes it, if there is still somebody to read it."""
        try:
            self._stream.write(text)
        except (OSError, ValueError):
            self._give_up()
        return len(text)

    def flush(self) -> None:
        """Flushes it, likewise."""
        try:
            self._stream.flush()
        except (OSError, ValueError):
            self._give_up()

    def _give_up(self) -> None:
        """Sends what is still buffered to nowhere: Python would try again at its end, and leave with status 120.

        Source: Python, ``signal``, «Note on SIGPIPE».
        """
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)

    def isatty(self) -> bool:
        """Whether a person reads it; not, once it is closed."""
        with suppress(OSError, ValueError):
            return self._stream.isatty()
        return False

    def fileno(self) -> int:
        """Its file descriptor, for the width of the terminal."""
        return self._stream.fileno()

    @property
    def encoding(self) -> str:
        """What it can show."""
        return getattr(self._stream, "encoding", None) or "utf-8"


class OscTerminal:
    """Talks to the user of ``openstack``.

    Args:
        stderr: Where to write; None where it was closed at the start (``2>&-``).
        quiet: Only what is wrong is said (``-q``).
        bar: A progress bar is wanted, or not; None: on a terminal.
    """

    def __init__(self, stderr: TextIO | None, *, quiet: bool, bar: bool | None) -> None:
        self._stderr = Enduring(stderr or open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        self._quiet = quiet
        self._bar = self._stderr.isatty() if bar is None else bar

    def say(self, sentence: str) -> None:
        """One sentence; nothing when it is empty, or with ``-q``."""
        if sentence and not self._quiet:
            self._write(printable(sentence))

    def findings(self, report: Report) -> None:
        """Warnings and errors, what mends each, and a line that counts them."""
        told = _once(report.at_least(Severity.WARNING))
        for line in (*_broken(told), *_unknown(told)):
            self._write(line)
        if told:
            self._write(_count(told))

    def confirm(self, question: str) -> bool:
        """Asks; no where nobody can answer."""
        if not (sys.stdin.isatty() and self._stderr.isatty()):
            return False
        self._stderr.write(f"{printable(question)} [y/N] ")
        self._stderr.flush()
        return sys.stdin.readline().strip().lower() in ("y", "yes")

    def progress(self, doing: str, total_bytes: int | None) -> AbstractContextManager[Progress]:
        """A bar on a terminal, lines without one, nothing with ``-q``."""
        from vscclient.osc.progress import bar, lines

        if self._quiet:
            return nullcontext(SilentProgress())
        if self._bar:
            return bar(self._stderr, doing, total_bytes)
        return lines(self._write, doing, total_bytes)

    def _write(self, text: str) -> None:
        self._stderr.write("".join(f"{printable(line)}\n" for line in text.splitlines()))
        self._stderr.flush()


def _once(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Without those that could not be judged for a reason that is told as a flaw: "it is empty"."""
    flaws = {found.message for found in findings if found.outcome is Outcome.BROKEN}
    return tuple(found for found in findings if found.outcome is Outcome.BROKEN or found.message not in flaws)


def _broken(findings: tuple[Finding, ...]) -> list[str]:
    return [_sentence(found) for found in findings if found.outcome is Outcome.BROKEN]


def _sentence(found: Finding) -> str:
    """``error D305: …`` with the mending on a line of its own, never wrapped, so that it can be copied."""
    waived = " (waived)" if found.waived else ""
    seen_at = f" ({found.seen_at})" if found.seen_at else ""
    severity = Severity.ERROR if found.stops else Severity.WARNING
    return f"{severity} {found.code}{waived}: {found.message}{seen_at}" + (
        f"\n  {found.mend}" if found.mend and not found.waived else ""
    )


def _unknown(findings: tuple[Finding, ...]) -> list[str]:
    """What nobody could judge: one line for a reason, however many rules it stops."""
    reasons: dict[str, list[Finding]] = {}
    for found in findings:
        if found.outcome is Outcome.UNKNOWN:
            reasons.setdefault(found.message, []).append(found)
    return [
        f"{_weight(group)} {', '.join(found.code for found in group)}: not judged, {reason}"
        for reason, group in reasons.items()
    ]


def _weight(findings: list[Finding]) -> Severity:
    return Severity.ERROR if any(found.stops for found in findings) else Severity.WARNING


def _count(findings: tuple[Finding, ...]) -> str:
    """``2 errors, 1 warning, 4 not judged. What a rule asks: openstack vsc image rule show D305``."""
    light = [found.outcome for found in findings if not found.stops]
    counts = {"error": len(findings) - len(light), "warning": light.count(Outcome.BROKEN)}
    said = [f"{count} {word}{'s' if count > 1 else ''}" for word, count in counts.items() if count]
    if Outcome.UNKNOWN in light:
        said.append(f"{light.count(Outcome.UNKNOWN)} not judged")
    return f"{', '.join(said)}. What a rule asks: openstack vsc image rule show {findings[0].code}"
