"""The installed cloud-init of a guest."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from guestinspect.disk.tree import Unreadable
from guestinspect.guest.cloud_init.installation import find_cloud_init
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import CloudInit
from tests import base
from tests.trees import MemoryTree

PYTHON = "/usr/lib/python3/dist-packages"
UNITS = "/usr/lib/systemd/system"
CONFIG = "cloud_init_modules:\n - seed_random\n - [ssh, always]\n"
DEBIAN = {
    "/usr/bin/cloud-init": "#!/usr/bin/python3\n",
    "/etc/machine-id": "",
    "/etc/cloud/cloud.cfg": CONFIG,
    "/usr/lib/systemd/system-generators/cloud-init-generator": "#!/bin/sh\n",
    f"{PYTHON}/cloudinit/version.py": '__VERSION__ = "22.4.2"\n_PACKAGED_VERSION = "22.4.2-1+deb12u3"\n',
    f"{UNITS}/cloud-init.target": "[Unit]\nAfter=multi-user.target\n",
    f"{UNITS}/cloud-init.service": "[Service]\nExecStart=/bin/sh\n[Install]\nWantedBy=cloud-init.target\n",
}
WANTED = {"/etc/systemd/system/cloud-init.target.wants/cloud-init.service": f"{UNITS}/cloud-init.service"}


class CloudInitTestCase(base.BaseTestCase):
    def found(
        self,
        files: dict[str, str] | None = None,
        links: dict[str, str] | None = None,
        parameters: tuple[str, ...] | Unknown = ("quiet",),
    ) -> CloudInit:
        """Return the cloud-init of a Debian guest with more files."""
        tree = MemoryTree(DEBIAN | (files or {}), links=WANTED if links is None else links)
        found = find_cloud_init(tree, parameters).value
        assert found is not None
        return found


class TestCloudInit(CloudInitTestCase):
    def test_cloud_init_of_debian_runs_and_makes_host_keys(self) -> None:
        expected = CloudInit(version="22.4.2-1+deb12u3", datasources=(), disabled_by="", makes_host_keys=True)

        self.assertEqual(expected, self.found())

    def test_a_guest_may_have_no_cloud_init(self) -> None:
        self.assertIsNone(find_cloud_init(MemoryTree({"/etc/os-release": "ID=debian"}), ()).value)

    def test_the_configured_data_sources_are_listed(self) -> None:
        listed = self.found({"/etc/cloud/cloud.cfg.d/90_dpkg.cfg": "datasource_list: [ NoCloud, OpenStack, None ]\n"})

        self.assertEqual(("NoCloud", "OpenStack", "None"), listed.datasources)

    def test_a_setting_keeps_the_host_keys(self) -> None:
        for setting in ("ssh_deletekeys: false\n", "ssh_deletekeys: 0\n", "cloud_init_modules: [ users-groups ]\n"):
            with self.subTest(setting=setting):
                self.assertFalse(self.found({"/etc/cloud/cloud.cfg.d/99.cfg": setting}).makes_host_keys, setting)

    def test_the_name_of_the_package_has_the_version(self) -> None:
        package = "/usr/lib/python3.9/site-packages"
        files = {
            "/usr/bin/cloud-init": "",
            f"{package}/cloudinit/version.py": '__VERSION__ = "23.1.1"\n_PACKAGED_VERSION = "@@PACKAGED_VERSION@@"\n',
            f"{package}/cloud_init-23.4-py3.9.egg-info": "",
        }
        found = find_cloud_init(MemoryTree(files), ()).value

        assert found is not None
        self.assertEqual("23.4", found.version)


class TestDisabled(CloudInitTestCase):
    def test_a_file_disables_it(self) -> None:
        found = self.found({"/etc/cloud/cloud-init.disabled": ""})

        self.assertEqual("/etc/cloud/cloud-init.disabled", found.disabled_by)
        self.assertFalse(found.makes_host_keys)

    def test_a_kernel_parameter_disables_it(self) -> None:
        self.assertIn("cloud-init=disabled", self.found(parameters=("ro", "cloud-init=disabled")).disabled_by)

    def test_a_mask_disables_it(self) -> None:
        mask = "/etc/systemd/system/cloud-init.service"

        self.assertEqual(mask, self.found(links=WANTED | {mask: "/dev/null"}).disabled_by)

    def test_a_missing_link_disables_it(self) -> None:
        self.assertNotEqual("", self.found(links={}).disabled_by)

    def test_a_masked_generator_disables_it(self) -> None:
        mask = {"/etc/systemd/system-generators/cloud-init-generator": "/dev/null"}

        self.assertNotEqual("", self.found(links=WANTED | mask).disabled_by)

    def test_ds_identify_disables_it(self) -> None:
        found = self.found({"/etc/cloud/ds-identify.cfg": "# it\npolicy: disabled\n"})

        self.assertEqual("/etc/cloud/ds-identify.cfg:2", found.disabled_by)

    def test_unknown_kernel_parameters_may_disable_it(self) -> None:
        unknown = self.assertRaises(Unknown, self.found, parameters=Unknown("/boot/grub/grub.cfg is damaged"))

        self.assertEqual("a kernel parameter may disable cloud-init, and /boot/grub/grub.cfg is damaged", unknown.why)

    def test_a_link_without_a_generator_enables_it(self) -> None:
        files = {path: text for path, text in DEBIAN.items() if "generator" not in path}
        links = {"/etc/systemd/system/multi-user.target.wants/cloud-init.service": f"{UNITS}/cloud-init.service"}
        found = find_cloud_init(MemoryTree(files, links=links), ()).value

        assert found is not None
        self.assertEqual("", found.disabled_by)

    def test_the_newer_name_of_its_stage_is_found(self) -> None:
        service = f"{UNITS}/cloud-init-network.service"
        links = {"/etc/systemd/system/cloud-init.target.wants/cloud-init-network.service": service}

        self.assertEqual("", self.found({service: "[Service]\nExecStart=/bin/sh\n"}, links).disabled_by)


class TestConfiguration(CloudInitTestCase):
    def test_an_unreadable_configuration_is_reported(self) -> None:
        tree = MemoryTree(DEBIAN, links=WANTED, unreadable=["/etc/cloud/cloud.cfg.d"])

        self.assertRaises(Unreadable, find_cloud_init, tree, ())

    @settings(max_examples=100, deadline=2000)
    @given(st.text(alphabet="datsource_lit:[]{}-, \n&*!|\"'") | st.text())
    def test_any_configuration_is_understood_or_unknown(self, text: str) -> None:
        with suppress(Unknown):
            self.found({"/etc/cloud/cloud.cfg.d/90.cfg": text, "/etc/cloud/ds-identify.cfg": text})
