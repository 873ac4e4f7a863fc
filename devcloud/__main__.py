"""``python -m devcloud``."""

from __future__ import annotations

import argparse
import sys

from devcloud import command, shell, signals
from devcloud.environment import environment
from devcloud.errors import DevcloudError
from devcloud.seed import seed
from devcloud.terminal import say


def main() -> int:
    """Do what the arguments say, and return the exit status."""
    arguments = parser().parse_args()
    signals.exit_on_signals()
    try:
        return do(arguments)
    except DevcloudError as error:
        say(str(error))
        return 1


def parser() -> argparse.ArgumentParser:
    """Return the parser of the arguments."""
    top = argparse.ArgumentParser(prog="python -m devcloud", description="A real Keystone and Glance on loopback.")
    actions = top.add_subparsers(dest="action", required=True)
    keep = argparse.ArgumentParser(add_help=False)
    keep.add_argument("--keep", action="store_true", help="do not remove the cloud's folder (logs, images) at the end")
    actions.add_parser(
        "shell", parents=[keep], help="start a cloud and a shell; without a terminal, run until a signal"
    )
    run = actions.add_parser("run", parents=[keep], help="start a cloud, run a command, end the cloud")
    run.add_argument("command", nargs="+", metavar="COMMAND", help="the command and its arguments, after --")
    actions.add_parser("install", help="install the services and fill their databases, without a start")
    return top


def do(arguments: argparse.Namespace) -> int:
    """Do one action, and return the exit status."""
    match arguments.action:
        case "shell":
            return shell.run(keep=arguments.keep)
        case "run":
            return command.run(arguments.command, keep=arguments.keep)
    say(f"Ready to start: {seed(environment()).folder.parent}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
