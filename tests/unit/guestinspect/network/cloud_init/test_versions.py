"""Verdicts on guests with old or patched versions of cloud-init.

Source: cloud-init's git history, by tag; the packages of CentOS 7, Debian 8 and 9, Ubuntu 14.04 to 18.04, SUSE.
"""

from __future__ import annotations

from guestinspect.disk.tree import Unreadable
from guestinspect.guest.cloud_init import configuration as cloud_config
from guestinspect.guest.cloud_init.python_package import PythonPackage, function_of, strings_of
from guestinspect.guest.services.units import Units
from guestinspect.model.guest import Nics
from guestinspect.network.cloud_init import package as cloud_init_package
from guestinspect.network.cloud_init.package import Renderer
from tests import base
from tests.unit.guestinspect.network import guests
from tests.unit.guestinspect.network.cloud_init import versions
from tests.unit.guestinspect.network.guests import DEBIAN, IFUPDOWN, NETWORK_MANAGER, Part
from tests.unit.guestinspect.network.verdicts import VerdictTest

CLOUD_INIT = guests.CLOUD_INIT_WITHOUT_PACKAGE
CONFIG_DRIVE = "the instance has a config drive that lists every NIC"
SUSE_PATHS = "'etc/sysconfig/network/scripts/functions.netconfig'"
LEAP = Part(
    {
        **{path: text for path, text in DEBIAN.files.items() if "dpkg" not in path and "debian" not in path},
        "/etc/os-release": 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.5"\n',
        "/etc/sysconfig/network/scripts/functions.netconfig": "",
        **{f"/usr/sbin/{name}": "ELF" for name in ("ifup", "ifdown", "wicked", "dhclient")},
        f"{guests.SYSTEM}/wicked.service": "[Service]\nExecStart=/usr/sbin/wicked\n",
        f"{guests.SYSTEM}/network.service": "[Service]\nExecStart=/usr/sbin/wicked\n",
    },
    {**DEBIAN.links, f"{guests.WANTS}/wicked.service": f"{guests.SYSTEM}/wicked.service"},
)
SUSE_DISTRO = guests.files({"/etc/cloud/cloud.cfg": "system_info:\n  distro: opensuse\n"})
STATIC_ETH0 = guests.files({"/etc/network/interfaces": "auto lo ens3\niface lo inet loopback\niface ens3 inet dhcp\n"})
INCLUDED = guests.files({"/etc/network/interfaces": "auto lo\niface lo inet loopback\nsource interfaces.d/*\n"})
INCLUDED_FOLDER = guests.files(
    {"/etc/network/interfaces": "auto lo\niface lo inet loopback\nsource-directory interfaces.d\n"}
)


class TestOldVersions(VerdictTest):
    def test_a_version_without_a_network_package_configures_nothing(self) -> None:
        for folder in ("/usr/lib/python2.7/site-packages", "/usr/lib/python2.7/dist-packages"):
            with self.subTest(folder=folder):
                old = CLOUD_INIT | versions.of_0_7_5(f"{folder}/cloudinit")

                self.assert_verdict(DEBIAN | IFUPDOWN | old, "none", "no")
                self.assert_verdict(DEBIAN | IFUPDOWN | STATIC_ETH0 | old, "first", "no")

    def test_a_version_before_18_3_needs_a_config_drive(self) -> None:
        for version in (versions.of_0_7_9(), versions.of_18_2()):
            with self.subTest(version=version):
                found = self.at_boot(DEBIAN | IFUPDOWN | INCLUDED | CLOUD_INIT | version)

                self.assertEqual((Nics.ALL, CONFIG_DRIVE, Nics.FIRST), (found.verdict, found.assumes, found.otherwise))

    def test_a_version_before_18_3_takes_nothing_from_the_metadata_service(self) -> None:
        alone = guests.files({"/etc/cloud/cloud.cfg.d/90.cfg": "datasource_list: [OpenStack]\n"})

        self.assert_verdict(DEBIAN | IFUPDOWN | INCLUDED | CLOUD_INIT | alone | versions.of_18_2(), "first", "no")
        self.assert_verdict(DEBIAN | IFUPDOWN | INCLUDED | CLOUD_INIT | alone | versions.of_20_1(), "all", "no")

    def test_the_packages_of_ubuntu_18_04_ignore_the_network_of_the_metadata_service(self) -> None:
        patched = DEBIAN | IFUPDOWN | INCLUDED | CLOUD_INIT | versions.of_20_1(default=False)
        on = guests.files({"/etc/cloud/cloud.cfg.d/9.cfg": "datasource: {OpenStack: {apply_network_config: true}}\n"})

        self.assertEqual(CONFIG_DRIVE, self.at_boot(patched).assumes)
        self.assertEqual("the cloud's data source lists every NIC", self.at_boot(patched | on).assumes)

    def test_a_config_drive_source_without_network_gives_none(self) -> None:
        source = f"{versions.DEBIAN_PYTHON}/sources/DataSourceConfigDrive.py"
        package = versions.of_18_2() | guests.files({source: "class DataSourceConfigDrive:\n    pass\n"})

        self.assert_verdict(DEBIAN | IFUPDOWN | INCLUDED | CLOUD_INIT | package, "first", "no")

    def test_the_version_of_an_unknown_package_is_an_assumption(self) -> None:
        found = self.at_boot(DEBIAN | IFUPDOWN | INCLUDED | CLOUD_INIT)

        self.assertIn("cloud-init is version 18.3 or later, and the cloud's data source", found.assumes)

    def test_a_package_without_data_sources_is_unknown(self) -> None:
        net = guests.files({f"{versions.DEBIAN_PYTHON}/net/__init__.py": ""})

        self.assert_verdict(DEBIAN | IFUPDOWN | CLOUD_INIT | net, "unknown", "unknown")

    def test_the_first_line_of_the_program_names_the_package(self) -> None:
        both = versions.of_0_7_5("/usr/lib/python2.7/dist-packages/cloudinit") | versions.of_25_1()
        old = guests.files({"/usr/bin/cloud-init": "#!/usr/bin/python2\n"})

        self.assert_verdict(DEBIAN | IFUPDOWN | INCLUDED | CLOUD_INIT | both, "all", "no")
        self.assert_verdict(DEBIAN | IFUPDOWN | INCLUDED | CLOUD_INIT | both | old, "none", "no")


class TestFilesOfVersions(VerdictTest):
    def test_the_name_of_the_file_for_ifupdown_depends_on_the_version(self) -> None:
        """A folder is read without names that have a dot. Source: interfaces(5), "source-directory"."""
        guest = DEBIAN | IFUPDOWN | INCLUDED_FOLDER | CLOUD_INIT

        self.assert_verdict(guest | versions.of_0_7_9(), "none", "no")
        self.assert_verdict(guest | versions.of_25_1(), "all", "no")

    def test_old_versions_write_for_their_distribution_only(self) -> None:
        rhel = guests.files({"/etc/cloud/cloud.cfg": "system_info: {distro: rhel}\n"})
        arch = guests.files({"/etc/cloud/cloud.cfg": "system_info: {distro: arch}\n"})

        self.assertEqual(Renderer.SYSCONFIG, self.renderer(DEBIAN | IFUPDOWN | CLOUD_INIT | versions.of_0_7_9() | rhel))
        self.assert_verdict(DEBIAN | IFUPDOWN | CLOUD_INIT | versions.of_0_7_9() | arch, "unknown", "unknown")

    def test_every_file_of_the_network_scripts_must_exist_before_19_2(self) -> None:
        one = guests.files({"/etc/sysconfig/network-scripts/network-functions": ""})
        other = guests.files({"/etc/sysconfig/network-scripts/ifdown-eth": ""})
        guest = DEBIAN | CLOUD_INIT | versions.of_18_2() | guests.files({"/usr/sbin/ifup": "", "/usr/sbin/ifdown": ""})

        self.assertIsNone(self.renderer(guest | one))
        self.assertEqual(Renderer.SYSCONFIG, self.renderer(guest | one | other))

    def test_suse_moves_the_file_by_which_sysconfig_is_found(self) -> None:
        guest = LEAP | CLOUD_INIT | SUSE_DISTRO

        self.assert_verdict(guest | versions.of_20_1(paths=SUSE_PATHS), "all", "no")
        self.assertIsNone(self.renderer(guest | versions.of_20_1()))

    def test_upstreams_ifcfg_files_exclude_networkmanager(self) -> None:
        """Fedora and RHEL remove that line from the package."""
        plugin = guests.files({"/usr/lib64/NetworkManager/1.46.0/libnm-settings-plugin-ifcfg-rh.so": "ELF"})
        plain = guests.files({"/etc/NetworkManager/NetworkManager.conf": "[main]\n"})
        sysconfig = (
            "KNOWN_DISTROS = ['rocky']\n\n\ndef available_nm_ifcfg_rh(target=None):\n    pass\n"
            'rhel = {\n    "ONBOOT": True,\n'
        )
        module = f"{versions.DEBIAN_PYTHON}/net/sysconfig.py"
        rocky = guests.ROCKY | NETWORK_MANAGER | CLOUD_INIT | versions.of_25_1() | plugin | plain
        upstream = guests.files({module: f'{sysconfig}    "NM_CONTROLLED": False,\n}}\n'})

        self.assert_verdict(rocky | guests.files({module: f"{sysconfig}}}\n"}), "all", "yes")
        self.assert_verdict(rocky | upstream, "none", "yes")

    def test_a_version_before_21_3_configures_no_later_nic(self) -> None:
        hotplug = guests.files({"/etc/cloud/cloud.cfg.d/9.cfg": "updates: {network: {when: [boot, hotplug]}}\n"})
        guest = DEBIAN | IFUPDOWN | INCLUDED | CLOUD_INIT | hotplug

        self.assert_verdict(guest | versions.of_20_1(), "all", "no")
        self.assert_verdict(guest | versions.of_25_1(), "all", "unknown")

    def test_the_order_of_renderers_is_that_of_the_package(self) -> None:
        order = guests.files({f"{versions.DEBIAN_PYTHON}/net/renderers.py": 'DEFAULT_PRIORITY = ["netplan", "eni"]\n'})
        guest = DEBIAN | IFUPDOWN | guests.NETPLAN | CLOUD_INIT | versions.of_25_1()

        self.assertEqual(Renderer.ENI, self.renderer(guest))
        self.assertEqual(Renderer.NETPLAN, self.renderer(guest | order))

    def test_the_folders_of_programs_are_those_of_the_package(self) -> None:
        moved = "def available(target=None):\n    expected = ['netplan']\n    search = ['/opt/netplan/bin']\n"
        package = versions.of_25_1() | guests.files({f"{versions.DEBIAN_PYTHON}/net/netplan.py": moved})
        guest = Part({"/etc/os-release": "ID=debian\n", "/opt/netplan/bin/netplan": ""}) | CLOUD_INIT

        self.assertEqual(Renderer.NETPLAN, self.renderer(guest | package))
        self.assertIsNone(self.renderer(guest | versions.of_25_1()))

    def test_a_distribution_that_the_package_does_not_know_gets_no_ifcfg_files(self) -> None:
        scripts = guests.files(
            {f"/usr/sbin/{name}": "" for name in ("ifup", "ifdown")}
            | {"/etc/sysconfig/network-scripts/network-functions": ""}
        )
        rocky = guests.ROCKY | NETWORK_MANAGER | CLOUD_INIT | versions.of_25_1() | scripts
        known = f"{versions.DEBIAN_PYTHON}/net/sysconfig.py"
        patched = guests.files(
            {known: "KNOWN_DISTROS = ['rhel', 'rocky']\n\n\ndef available(target=None):\n    pass\n"}
        )

        self.assertEqual(Renderer.NETWORK_MANAGER, self.renderer(rocky))
        self.assertEqual(Renderer.SYSCONFIG, self.renderer(rocky | patched))

    def renderer(self, guest: Part) -> Renderer | None:
        tree = guest.tree
        return cloud_init_package.select_renderer(tree, Units(tree, ()), cloud_config.load(tree)).renderer


class TestDsIdentify(VerdictTest):
    """The verdict without a config drive, of which ds-identify decides."""

    LISTED = guests.files({"/etc/cloud/cloud.cfg.d/90.cfg": "datasource_list: [ConfigDrive, NoCloud, None]\n"})
    GUEST = DEBIAN | IFUPDOWN | INCLUDED | CLOUD_INIT | versions.of_25_1()

    def otherwise(self, *parts: Part) -> Nics | None:
        guest = self.GUEST
        for part in parts:
            guest |= part
        found = self.at_boot(guest)
        self.assertEqual(Nics.ALL, found.verdict)
        return found.otherwise

    def test_ds_identify_disables_cloud_init_without_a_source(self) -> None:
        self.assertEqual(Nics.NONE, self.otherwise(self.LISTED))

    def test_the_name_of_the_machine_is_enough_for_openstack(self) -> None:
        listed = guests.files({"/etc/cloud/cloud.cfg.d/90.cfg": "datasource_list: [ConfigDrive, OpenStack, None]\n"})

        self.assertEqual(Nics.FIRST, self.otherwise(listed))

    def test_the_only_source_of_a_list_is_not_checked(self) -> None:
        listed = guests.files({"/etc/cloud/cloud.cfg.d/90.cfg": "datasource_list: [ConfigDrive, None]\n"})

        self.assertEqual(Nics.FIRST, self.otherwise(listed))

    def test_a_policy_keeps_cloud_init_enabled(self) -> None:
        for policy in ("enabled", "report", "search,found=all,maybe=all,notfound=enabled"):
            with self.subTest(policy=policy):
                config = guests.files({"/etc/cloud/ds-identify.cfg": f"policy: {policy}\n"})

                self.assertEqual(Nics.FIRST, self.otherwise(self.LISTED, config))
        disabled = guests.files(
            {"/etc/cloud/ds-identify.cfg": "policy: search,found=all,maybe=all,notfound=disabled\n"}
        )
        self.assertEqual(Nics.NONE, self.otherwise(self.LISTED, disabled))

    def test_the_default_policy_is_that_of_the_script(self) -> None:
        script = '#!/bin/sh\nDI_DEFAULT_POLICY="report,found=all,maybe=all,notfound=${DI_ENABLED}"\n'
        of_xenial = guests.files({"/usr/lib/cloud-init/ds-identify": script})
        config = guests.files({"/etc/cloud/ds-identify.cfg": "policy: search,notfound=disabled\n"})

        self.assertEqual(Nics.FIRST, self.otherwise(self.LISTED, of_xenial))
        self.assertEqual(Nics.NONE, self.otherwise(self.LISTED, of_xenial, config))

    def test_a_guest_that_is_not_cleaned_runs_cloud_init(self) -> None:
        kept = guests.files({"/var/lib/cloud/instance/manual-clean": ""})

        self.assertEqual(Nics.FIRST, self.otherwise(self.LISTED, kept))

    def test_the_seed_of_another_source_is_unknown(self) -> None:
        seed = guests.files({"/var/lib/cloud/seed/ec2/meta-data": "x\n"})

        self.assertIsNone(self.otherwise(self.LISTED, seed))

    def test_nothing_runs_ds_identify_without_the_generator(self) -> None:
        wanted = guests.links({f"{guests.WANTS}/cloud-init-local.service": f"{guests.SYSTEM}/cloud-init-local.service"})
        masked = guests.links({"/etc/systemd/system-generators/cloud-init-generator": "/dev/null"})

        self.assertEqual(Nics.FIRST, self.otherwise(self.LISTED, wanted, masked))


class TestText(base.BaseTestCase):
    def test_comments_are_not_strings(self) -> None:
        self.assertEqual(("a", "b"), strings_of("x = [\n  'a',  # don't take 'c'\n  \"b\",\n]\n", "x"))

    def test_a_function_ends_before_the_next(self) -> None:
        text = "def f(\n    a,\n):\n    return 1\n\n\ndef g():\n    return 2\n"

        self.assertIn("return 1", function_of(text, "f"))
        self.assertNotIn("return 2", function_of(text, "f"))
        self.assertEqual("", function_of(text, "h"))

    def test_a_long_module_is_unreadable(self) -> None:
        tree = guests.files({f"{versions.DEBIAN_PYTHON}/net/eni.py": "#" * 300_000}).tree
        package = PythonPackage.find(tree)

        assert package is not None
        self.assertRaises(Unreadable, package.read, "net/eni")
