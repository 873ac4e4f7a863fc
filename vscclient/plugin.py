"""The entry point that makes ``openstack`` know of us. Every ``openstack`` imports it: nothing heavy here.

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
    """What ``client_manager.vsc`` is: the cloud of an ``openstack`` that is signed in."""
    from vscclient.images.cloud import Cloud, connection_of

    return Cloud(lambda: connection_of(instance))


def build_option_parser(parser: ArgumentParser) -> ArgumentParser:
    """Adds no global option: there is one version, and a choice of one is none."""
    return parser
