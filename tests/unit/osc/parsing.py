"""The parsers of commands, as the tests of the words need them."""

from __future__ import annotations

import argparse
from typing import Any
from unittest import mock


def parser_of(command: type[Any]) -> argparse.ArgumentParser:
    """Return the parser of a command, ours or a standard one."""
    parser: argparse.ArgumentParser = command(mock.Mock(), None).get_parser("openstack")
    return parser
