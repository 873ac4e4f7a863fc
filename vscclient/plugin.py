"""The entry point of the plugin. Every ``openstack`` command imports it: nothing heavy here.

Source: python-openstackclient, «Plugin commands».
"""

from __future__ import annotations

import logging
from argparse import ArgumentParser
from typing import Any

API_NAME = "vsc"
API_VERSION_OPTION = "os_vsc_api_version"
API_VERSIONS = ("1",)
DEFAULT_API_VERSION = "1"


def make_client(instance: Any) -> Any:
    """Return the cloud of an ``openstack`` that is signed in; it becomes ``client_manager.vsc``."""
    from vscclient.images.cloud import Cloud, connection_of

    return Cloud(lambda: connection_of(instance))


def build_option_parser(parser: ArgumentParser) -> ArgumentParser:
    """Add no global option: there is only one version to choose. Make the log of our command lines safe to look at."""
    logging.getLogger("osc_lib.shell").addFilter(_escape_command_line)
    return parser


def _escape_command_line(record: logging.LogRecord) -> bool:
    """Make ``START with options: …`` one line: osc-lib logs it with ``-v`` before it looks for the command.

    A script may have got a name in it from a list of other people's images.
    """
    message = record.getMessage()
    if message.startswith("START with options"):  # logged once
        logging.getLogger(record.name).removeFilter(_escape_command_line)
    if not message.isprintable() and API_NAME in message.split():
        from guestinspect.model.printable import printable

        record.msg, record.args = printable(message), None
    return True
