"""The Python package of several versions of cloud-init: of each module the lines that tell versions apart.

Source: cloud-init's git history, by tag; the patches of Ubuntu's and SUSE's packages.
"""

from __future__ import annotations

from tests.unit.guestinspect.network import guests
from tests.unit.guestinspect.network.guests import Part

DEBIAN_PYTHON = "/usr/lib/python3/dist-packages/cloudinit"
RED_HAT_PYTHON = "/usr/lib/python2.7/site-packages/cloudinit"

_CONFIG_DRIVE = "class DataSourceConfigDrive(openstack.SourceMixin, sources.DataSource):\n"
_NETWORK = "    @property\n    def network_config(self):\n        return self._network_config\n"
_OPENSTACK = "class DataSourceOpenStack(openstack.SourceMixin, sources.DataSource):\n"
_APPLY = "        if util.is_false(self.ds_cfg.get('apply_network_config', {default})):\n            return None\n"
_LOCAL = "class DataSourceOpenStackLocal(DataSourceOpenStack):\n    perform_dhcp_setup = True\n"
_SEARCH = "    search = ['/sbin', '/usr/sbin']\n"
_ANY_PATH = (
    "    for p in expected_paths:\n        if os.path.isfile(subp.target_path(target, p)):\n            return True\n"
)
_EVERY_PATH = _ANY_PATH.replace("if os", "if not os").replace("True", "False")
_KNOWN = "KNOWN_DISTROS = ['centos', 'fedora', 'rhel', 'suse']\n"
_PRIORITY = '["eni", "sysconfig", "netplan"]'


def _package(folder: str, modules: dict[str, str]) -> Part:
    return guests.files({f"{folder}/{name}.py": text for name, text in modules.items()})


def of_0_7_5(folder: str = RED_HAT_PYTHON) -> Part:
    """Return the package of CentOS 6 and 7.0, Debian 8 and Ubuntu 14.04: without ``net``."""
    sources = {"DataSourceConfigDrive": _CONFIG_DRIVE, "DataSourceOpenStack": _OPENSTACK}
    return _package(folder, {"__init__": ""} | {f"sources/{name}": text for name, text in sources.items()})


def of_0_7_9(folder: str = DEBIAN_PYTHON) -> Part:
    """Return the package of Debian 9 and CentOS 7.4: a config drive, and renderers that the distribution fixes."""
    modules = {f"net/{name}": "" for name in ("__init__", "eni", "sysconfig")}
    debian = 'class Distro(distros.Distro):\n    network_conf_fn = "/etc/network/interfaces.d/50-cloud-init.cfg"\n'
    return of_0_7_5(folder) | _package(
        folder,
        modules | {"sources/DataSourceConfigDrive": _CONFIG_DRIVE + _NETWORK, "distros/debian": debian},
    )


def of_18_2(folder: str = DEBIAN_PYTHON, paths: str = "") -> Part:
    """Return the package of CentOS 7.6: it selects a renderer, and every file of the network scripts must exist."""
    paths = paths or "'etc/sysconfig/network-scripts/network-functions', 'etc/sysconfig/network-scripts/ifdown-eth'"
    sysconfig = (
        f"def available(target=None):\n    expected = ['ifup', 'ifdown']\n{_SEARCH}"
        f"    expected_paths = [\n        {paths}]\n{_EVERY_PATH}    return True\n"
    )
    modules = {"renderers": f"DEFAULT_PRIORITY = {_PRIORITY}\n", "netplan": "", "sysconfig": sysconfig}
    return of_0_7_9(folder) | _package(folder, {f"net/{name}": text for name, text in modules.items()})


def of_20_1(folder: str = DEBIAN_PYTHON, paths: str = "", default: bool = True) -> Part:
    """Return the package of a version that asks the metadata service, with patches of distributions.

    Args:
        folder: The folder of the package.
        paths: The files by which it finds the network scripts; empty: those of upstream.
        default: The default of ``apply_network_config``, which Ubuntu 16.04 and 18.04 make false.
    """
    paths = paths or "'etc/sysconfig/network-scripts/network-functions',\n        'etc/sysconfig/config'"
    sysconfig = (
        f"{_KNOWN}\n\ndef available(target=None):\n    return available_sysconfig(target) or available_nm(target)\n\n\n"
        f"def available_sysconfig(target=None):\n    expected = ['ifup', 'ifdown']\n{_SEARCH}"
        f"    expected_paths = [{paths}]\n{_ANY_PATH}    return False\n\n\n"
        "def available_nm(target=None):\n    return os.path.isfile(util.target_path(target, path=NM_CFG_FILE))\n"
    )
    openstack = f"{_OPENSTACK}{_NETWORK}{_APPLY.format(default=default)}{_LOCAL}"
    return of_18_2(folder) | _package(folder, {"net/sysconfig": sysconfig, "sources/DataSourceOpenStack": openstack})


def of_25_1(folder: str = DEBIAN_PYTHON) -> Part:
    """Return the package of a new version, with all renderers."""
    debian = 'class Distro(distros.Distro):\n    network_conf_fn = {"eni": "/etc/network/interfaces.d/50-cloud-init"}\n'
    modules = {"net/networkd": "", "net/network_manager": "", "cmd/devel/hotplug_hook": "", "distros/debian": debian}
    names = "".join(f'    "{name}",\n' for name in ("eni", "sysconfig", "netplan", "network-manager", "networkd"))
    priority = f"DEFAULT_PRIORITY = [\n{names}]\n"
    return of_20_1(folder) | _package(folder, modules | {"net/renderers": priority})
