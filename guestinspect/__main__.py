"""``guestinspect DISK``: inspect a disk and print its facts."""

from __future__ import annotations

import argparse
import errno
import os
import signal
import stat
import sys
from types import FrameType
from typing import NoReturn

from guestinspect.model.machine import DEFAULT_MACHINE, MachineType, family_or_text
from guestinspect.model.printable import escape_unencodable, printable

_DESCRIPTION = """\
Inspect a disk and the guest on it: format, operating system, boot loader, network interfaces that come up, and what a
previous user left. The guest is not booted, and root is not needed. Facts that cannot be found are unknown, with the
reason.
"""

_REASONS = {
    errno.ENOENT: "no such file",
    errno.EISDIR: "it is a directory; give the file of a disk",
    errno.EACCES: "permission denied",
}


class _Unreadable(Exception):
    """The disk cannot be read, for this reason."""


def main(words: list[str] | None = None) -> int:
    """Run the command.

    Args:
        words: Its arguments; by default those of this process.

    Returns:
        The exit status: 0 if the disk was inspected, 1 if it cannot be read, 128 + n after a signal.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # under nohup, SIGHUP stays ignored
            signal.signal(number, _exit)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # a reader that closes its end, as head does, ends it silently
    escape_unencodable(sys.stdout, sys.stderr)
    args = _parser().parse_args(words)
    try:
        print(_output(args), flush=True)  # noqa: T201 - the result is the output
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except _Unreadable as failure:
        return _fail(f"{args.disk}: {failure}")
    except OSError as failure:
        # Python would flush the rest at its exit, fail again and end with 120 (its documentation, "Note on SIGPIPE").
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _fail(f"the output cannot be written: {os.strerror(failure.errno or 0)}")
    return 0


class _Parser(argparse.ArgumentParser):
    """A parser whose errors quote any text in one line."""

    def error(self, message: str) -> NoReturn:
        super().error(printable(message))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="guestinspect",
        description=_DESCRIPTION,
        epilog="Exit status: 0 done; 1 the disk cannot be read; 2 wrong usage; 128 + n after signal n.",
    )
    parser.add_argument("disk", metavar="DISK", help="file of a disk (qcow2, raw, vmdk …), or block device")
    output = parser.add_mutually_exclusive_group()
    output.add_argument(
        "--json", action="store_const", const="json", dest="output", help="print JSON (default, except on a terminal)"
    )
    output.add_argument(
        "--text",
        action="store_const",
        const="text",
        dest="output",
        help="print text for people (default on a terminal)",
    )
    parser.add_argument(
        "--machine",
        metavar="TYPE",
        type=family_or_text,
        choices=[str(machine) for machine in MachineType],
        default=str(DEFAULT_MACHINE),
        help="machine type of the instance, which decides the names of its network interfaces: i440fx (default) or q35",
    )
    parser.add_argument(
        "--without-locations",
        action="store_true",
        help="omit everything that shows where a secret is: paths, owners and names of what was left",
    )
    return parser


def _output(args: argparse.Namespace) -> str:
    """Inspect the disk and return the text to print."""
    import json

    from guestinspect.api import inspect_file, to_json
    from guestinspect.text_output import to_text

    try:
        kind = os.stat(args.disk).st_mode  # to open a FIFO would wait for a writer
        if not (stat.S_ISREG(kind) or stat.S_ISBLK(kind) or stat.S_ISDIR(kind)):
            raise _Unreadable("it is neither a file nor a block device")
        inspection = inspect_file(args.disk)
    except OSError as failure:
        reason = _REASONS.get(failure.errno or 0, os.strerror(failure.errno or 0).lower())
        raise _Unreadable(reason) from failure
    inspection = inspection.in_machine(MachineType(args.machine))
    if args.without_locations:
        inspection = inspection.without_locations()
    if (args.output or ("text" if sys.stdout.isatty() else "json")) == "text":
        return to_text(inspection)
    return json.dumps(json.loads(to_json(inspection)), indent=2)


def _fail(sentence: str) -> int:
    print(f"guestinspect: {printable(sentence)}", file=sys.stderr)  # noqa: T201 - errors go to standard error
    return 1


def _exit(number: int, _: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
