"""The entry point of the plugin. Every ``openstack`` command imports it: nothing heavy here.

Source: python-openstackclient, «Plugin commands».
"""

from __future__ import annotations

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
    """Add no global option: there is only one version to choose."""
    return parser
