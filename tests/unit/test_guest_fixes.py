"""Each command that fixes a guest is run on a guest with the flaw: the finding disappears, and nothing else changes."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import fixtures

from guestinspect.disk.volumes.partitions import PartitionLayout
from guestinspect.guest import facts as system_facts
from guestinspect.leftovers.finder import find_leftovers
from guestinspect.model.fact import Unknown
from guestinspect.model.guest import Guest
from guestinspect.network import verdict
from tests import base
from tests.guest_folder import GuestFolder
from tests.trees import MemoryTree
from tests.unit.guestinspect.network import guests
from tests.unit.guestinspect.network.guests import (
    ALPINE,
    CLOUD_INIT,
    DEBIAN,
    IFUPDOWN,
    NETWORKD,
    ROCKY,
    SYSTEM,
    Part,
    service,
)
from vscclient.model.finding import Finding
from vscclient.model.fix import Fix
from vscclient.model.settings import Settings
from vscclient.model.visibility import Visibility
from vscclient.osc.fix_commands.commands import Names, command
from vscclient.policy.engine import check_image
from vscclient.policy.example import case

ID = "0123456789abcdef0123456789abcdef\n"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA me\n"
PRIVATE = "-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----\n"
HASH = "$6$saltsalt$abcdefghijklmnop"
NEW_LIST = "/etc/cloud/cloud.cfg.d/99-datasources.cfg"
INITIATOR = "/etc/iscsi/initiatorname.iscsi"

USERS = guests.files(
    {
        "/etc/passwd": "root:x:0:0:root:/root:/bin/bash\nalice:x:1000:1000::/home/alice:/bin/bash\n",
        "/etc/shadow": "root:*:19000:0:99999:7:::\nalice:!:19000:0:99999:7:::\n",
        "/etc/machine-id": "",
    }
)
ALL_NICS = guests.files({"/etc/systemd/network/20.network": "[Match]\nName=en* eth*\n[Network]\nDHCP=yes\n"})
GUEST = DEBIAN | NETWORKD | ALL_NICS | USERS
HOST_KEYS = guests.files(
    {f"/etc/ssh/ssh_host_{kind}_key{end}": "-----BEGIN\n" for kind in ("rsa", "ecdsa") for end in ("", ".pub")}
)
CENTOS = guests.files({"/etc/os-release": 'ID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="7"\n'})
OLD_INITIATOR = guests.files({INITIATOR: "InitiatorName=iqn.1\n"})
ISCSI_INIT = guests.files({f"{SYSTEM}/iscsi-init.service": service("iscsi-iname")})

ENABLED_CLOUD_INIT = CLOUD_INIT | Part(
    {
        f"{SYSTEM}/cloud-init.service": service("cloud-init", "cloud-init.target"),
        "/etc/cloud/cloud.cfg": "cloud_init_modules: [ssh]\nsystem_info:\n  distro: debian\n",
    },
    {"/etc/systemd/system/cloud-init.target.wants/cloud-init.service": f"{SYSTEM}/cloud-init.service"},
)


@dataclass(frozen=True)
class Case:
    """A guest with a flaw.

    Args:
        code: Code of the rule.
        guest: The guest.
        count: The number of findings of the rule.
    """

    code: str
    guest: Part
    count: int = 1


def leftovers(code: str, files: Mapping[str, str], count: int = 1, links: Mapping[str, str] | None = None) -> Case:
    """Return a sound guest with these files."""
    return Case(code, GUEST | Part(files, links or {}), count)


CASES = {
    "host keys of Debian": Case("H501", GUEST | HOST_KEYS),
    "host keys that cloud-init makes anew": Case("H501", GUEST | HOST_KEYS | ENABLED_CLOUD_INIT),
    "host keys of Rocky": Case("H501", ROCKY | USERS | HOST_KEYS),
    "authorized keys": leftovers(
        "H502", {"/root/.ssh/authorized_keys": KEY, "/home/alice/.ssh/authorized_keys": KEY}, count=2
    ),
    "private keys": leftovers("H503", {"/root/.ssh/id_x": PRIVATE, "/etc/ssl/private/a.key": PRIVATE}, count=2),
    "passwords": leftovers(
        "H504",
        {
            "/etc/shadow": f"root:{HASH}:19000:0:99999:7:::\nalice:{HASH}:19000:0:99999:7:::\n",
            "/etc/shadow-": f"root:{HASH}:1:0:9:7:::\nalice:{HASH}:1:0:9:7:::\n",
        },
        count=3,
    ),
    "a password outside of shadow": leftovers(
        "H504", {"/etc/passwd": f"root:{HASH}:0:0:root:/root:/bin/bash\nalice:x:1000:1000::/home/alice:/bin/bash\n"}
    ),
    "a user without a password": leftovers("H504", {"/etc/shadow": "root:*:19000:0:99999:7:::\nalice::1:0:9:7:::\n"}),
    "histories": leftovers("H505", {"/root/.bash_history": "ls\n", "/home/alice/.viminfo": "x\n"}, count=2),
    "credentials": leftovers(
        "H506",
        {"/root/.aws/credentials": "aws_secret_access_key = x\n", "/root/openrc.sh": "export OS_PASSWORD=x\n"},
        2,
    ),
    "machine ID": leftovers("H507", {"/etc/machine-id": ID}),
    "machine ID and its copy": leftovers("H507", {"/etc/machine-id": ID, "/var/lib/dbus/machine-id": ID}),
    "machine ID and its link": leftovers(
        "H507", {"/etc/machine-id": ID}, links={"/var/lib/dbus/machine-id": "/etc/machine-id"}
    ),
    "machine ID of dbus behind a link": leftovers(
        "H507",
        {"/var/lib/dbus/machine-id": ID} | {"/etc/machine-id": ""},
    ),
    "machine ID of Alpine": Case("H507", ALPINE | USERS | guests.files({"/etc/machine-id": ID})),
    "state of cloud-init": leftovers(
        "H507",
        {
            "/var/lib/cloud/instances/i-1/obj.pkl": "x",
            "/var/lib/cloud/instances/i-2/obj.pkl": "x",
            "/var/lib/cloud/data/instance-id": "i-1\n",
            "/var/lib/cloud/scripts/per-boot/a": "#!/bin/sh\n",
        },
    ),
    "leases": leftovers(
        "H507",
        {
            "/var/lib/dhcp/dhclient.ens3.leases": "x",
            "/var/lib/dhcp/dhclient.ens4.leases": "x",
            "/var/lib/NetworkManager/internal-1-ens3.lease": "x",
        },
    ),
    "state of NetworkManager": leftovers(
        "H507",
        {
            "/var/lib/NetworkManager/secret_key": "x",
            "/var/lib/NetworkManager/seen-bssids": "x",
            "/var/lib/NetworkManager/NetworkManager.state": "[main]\nNetworkingEnabled=true\n",
        },
    ),
    "random seeds": leftovers("H507", {"/var/lib/systemd/random-seed": "x", "/var/lib/urandom/random-seed": "x"}),
    "name of an initiator of Debian": leftovers("H507", {INITIATOR: "## comment\nInitiatorName=iqn.1\n"}),
    "name of an initiator of Alpine": Case("H507", ALPINE | USERS | OLD_INITIATOR),
    "name of an initiator of Rocky": Case("H507", ROCKY | USERS | OLD_INITIATOR),
    "name of an initiator of CentOS 7": Case("H507", ROCKY | USERS | OLD_INITIATOR | CENTOS),
    "name of another initiator": Case("H507", ROCKY | USERS | OLD_INITIATOR | ISCSI_INIT),
    "NVMe": leftovers("H507", {"/etc/nvme/hostid": "x", "/etc/nvme/hostnqn": "nqn.2014-08.org.nvmexpress:uuid:x"}),
    "SSH server": leftovers(
        "H508",
        {"/usr/sbin/sshd": "ELF", "/etc/ssh/sshd_config": "PasswordAuthentication yes\nPermitRootLogin yes\n"},
    ),
    "SSH server with a file of cloud-init": leftovers(
        "H508",
        {
            "/usr/sbin/sshd": "ELF",
            "/etc/ssh/sshd_config": "Include /etc/ssh/sshd_config.d/*.conf\nPasswordAuthentication no\n",
            "/etc/ssh/sshd_config.d/50-cloud-init.conf": "PasswordAuthentication yes\n",
        },
    ),
    "SSH server of SUSE": leftovers(
        "H508",
        {
            "/usr/sbin/sshd": "ELF",
            "/usr/etc/ssh/sshd_config": "Include /etc/ssh/sshd_config.d/*.conf\nPermitRootLogin yes\n"
            "PasswordAuthentication yes\n",
        },
    ),
    "SSH server of SUSE with its default": leftovers(
        "H508",
        {"/usr/sbin/sshd": "ELF", "/usr/etc/ssh/sshd_config": "Include /etc/ssh/sshd_config.d/*.conf\nUsePAM yes\n"},
    ),
    "logs": leftovers(
        "H509", {"/var/log/syslog": "x", "/var/log/journal/1/a.journal": "x", "/var/log/nginx/access.log": "x"}
    ),
    "mail": leftovers("H509", {"/var/mail/alice": "x", "/var/mail/root": "x"}),
    "a mailbox": leftovers("H509", {"/var/mail/alice": "x"}),
    "cloud-init is missing": leftovers(
        "N205", {"/usr/sbin/sshd": "ELF", "/etc/ssh/sshd_config": "PasswordAuthentication no\n"}
    ),
    "cloud-init is disabled": Case(
        "N205", GUEST | ENABLED_CLOUD_INIT | guests.files({"/etc/cloud/cloud-init.disabled": ""})
    ),
}


def guest_of(tree: MemoryTree) -> Guest:
    """Return the facts of a guest."""
    of_system = system_facts.facts_of(tree, PartitionLayout("gpt"), lambda: None)
    return Guest(**of_system, **verdict.facts_of(tree), leftovers=partial(find_leftovers, tree))


def findings_of(tree: MemoryTree) -> list[Finding]:
    """Return the findings for a guest that everybody can use."""
    example = case(image={"visibility": Visibility.COMMUNITY})
    facts: Any = type(example.facts)(disk=example.facts.disk, guest=guest_of(tree))
    return list(check_image(example.plan, facts, Settings()).findings)


def network_of(tree: MemoryTree) -> tuple[str, str]:
    """Return the forecast for the NICs, in words."""
    found = verdict.facts_of(tree)
    words = []
    for ask in (lambda: found["nics_at_boot"]().value.verdict, lambda: found["nic_hotplug"]().value.comes_up):
        try:
            words.append(str(ask()))
        except Unknown as unknown:
            words.append(unknown.why)
    return words[0], words[1]


class TestFixesOfGuests(base.BaseTestCase):
    def folder(self, guest: Part) -> GuestFolder:
        root = Path(self.useFixture(fixtures.TempDir()).path)
        return GuestFolder(root, guest, {"cloud-init": ENABLED_CLOUD_INIT})

    def fix(self, folder: GuestFolder, code: str) -> list[Finding]:
        """Run the fixes of the findings of one rule; return these findings."""
        findings = [finding for finding in findings_of(folder.tree) if finding.code == code]
        for finding in findings:
            folder.run(command(Fix.of(finding.fix), code, Names.of(None, "rna.raw")))
        return findings

    def test_a_fix_removes_its_finding_and_no_other(self) -> None:
        if shutil.which("perl") is None:
            self.skipTest("perl is not installed")
        for name, each in CASES.items():
            with self.subTest(name):
                folder = self.folder(each.guest)
                before, network = findings_of(folder.tree), network_of(folder.tree)

                fixed = self.fix(folder, each.code)

                self.assertEqual(each.count, len(fixed), str(fixed))
                after = findings_of(folder.tree)
                self.assertEqual([], [finding for finding in after if finding.code == each.code])
                others = [finding.flaw for finding in before if finding.code != each.code]
                self.assertEqual(others, [finding.flaw for finding in after])
                self.assertEqual(network, network_of(folder.tree))

    def test_debian_makes_host_keys_before_its_ssh_service(self) -> None:
        folder = self.folder(CASES["host keys of Debian"].guest)

        self.fix(folder, "H501")

        self.assertEqual(
            "[Service]\nExecStartPre=\nExecStartPre=/usr/bin/ssh-keygen -A\nExecStartPre=/usr/sbin/sshd -t\n",
            folder.read("/etc/systemd/system/ssh.service.d/host-keys.conf"),
        )

    def test_guests_that_make_host_keys_are_not_changed_more(self) -> None:
        for name in ("host keys that cloud-init makes anew", "host keys of Rocky"):
            with self.subTest(name):
                folder = self.folder(CASES[name].guest)

                self.fix(folder, "H501")

                self.assertIsNone(folder.read("/etc/systemd/system/ssh.service.d/host-keys.conf"))

    def test_debians_iscsi_service_makes_a_new_name(self) -> None:
        folder = self.folder(CASES["name of an initiator of Debian"].guest)
        self.fix(folder, "H507")
        other = self.folder(CASES["name of another initiator"].guest)
        self.fix(other, "H507")

        self.assertEqual("## comment\nGenerateName=yes\n", folder.read(INITIATOR))
        self.assertIsNone(other.read(INITIATOR))

    def test_the_iscsi_service_makes_a_name_where_no_other_unit_does(self) -> None:
        folder = self.folder(ROCKY | USERS | OLD_INITIATOR)
        self.fix(folder, "H507")
        drop_in = folder.read("/etc/systemd/system/iscsid.service.d/initiator-name.conf") or ""
        pre_start = re.search('ExecStartPre=/bin/sh -c "(.+)"\n', drop_in)
        assert pre_start is not None
        line = pre_start[1].replace("iscsi-iname", "echo iqn.2")

        for name in ("iqn.2", "iqn.3"):
            folder.run(f"virt-customize -a rna.raw --run-command {shlex.quote(line.replace('iqn.2', name))}")

        self.assertEqual("InitiatorName=iqn.2\n", folder.read(INITIATOR))

    def test_a_unit_that_makes_the_name_needs_no_other(self) -> None:
        folder = self.folder(CASES["name of another initiator"].guest)

        self.fix(folder, "H507")

        self.assertIsNone(folder.read("/etc/systemd/system/iscsid.service.d/initiator-name.conf"))

    def test_a_name_that_perhaps_nothing_makes_anew_is_not_deleted_by_a_command(self) -> None:
        folder = self.folder(GUEST | OLD_INITIATOR | guests.files({"/etc/os-release": "ID=void\n"}))
        (found,) = (finding for finding in findings_of(folder.tree) if finding.code == "H507")

        line = command(found.fix, "H507", Names.of(None, "rna.raw"))

        self.assertEqual(f"let the iSCSI service of the guest make a new name at boot, and delete {INITIATOR}", line)

    def test_a_machine_id_stays_empty_with_systemd_and_is_gone_without(self) -> None:
        with_systemd, without = self.folder(CASES["machine ID"].guest), self.folder(CASES["machine ID of Alpine"].guest)
        self.fix(with_systemd, "H507")
        self.fix(without, "H507")

        self.assertEqual("", with_systemd.read("/etc/machine-id"))
        self.assertIsNone(without.read("/etc/machine-id"))

    def test_a_copy_of_the_machine_id_is_removed_too(self) -> None:
        """From the copy, systemd would take the machine ID. Source: systemd-machine-id-setup(1)."""
        folder = self.folder(CASES["machine ID and its copy"].guest)

        self.fix(folder, "H507")

        self.assertEqual(("", None), (folder.read("/etc/machine-id"), folder.read("/var/lib/dbus/machine-id")))

    def test_other_state_stays(self) -> None:
        cloud_init, manager = (
            self.folder(CASES[f"state of {name}"].guest) for name in ("cloud-init", "NetworkManager")
        )
        self.fix(cloud_init, "H507")
        self.fix(manager, "H507")

        self.assertIsNotNone(cloud_init.read("/var/lib/cloud/scripts/per-boot/a"))
        self.assertIsNotNone(manager.read("/var/lib/NetworkManager/NetworkManager.state"))

    def test_a_file_that_holds_more_than_a_secret_is_edited(self) -> None:
        secret = "network:\n  tunnels:\n    wg0:\n      mode: wireguard\n      key: " + "A" * 43 + "=\n"
        for code, path, content in (
            ("H503", "/etc/netplan/90-lan.yaml", secret),
            ("H506", "/root/.bashrc", "export OS_PASSWORD=secret\n"),
            ("H506", "/var/lib/cloud/seed/nocloud/user-data", "#cloud-config\npassword: secret\n"),
        ):
            with self.subTest(path=path):
                folder = self.folder(GUEST | guests.files({path: content}))
                (found,) = (finding for finding in findings_of(folder.tree) if finding.code == code)

                self.assertEqual(f"virt-edit -a rna.raw {path}", command(found.fix, code, Names.of(None, "rna.raw")))

    def test_a_host_id_may_belong_to_a_pool(self) -> None:
        folder = self.folder(GUEST | guests.files({"/etc/hostid": "abcd"}))
        (found,) = (finding for finding in findings_of(folder.tree) if finding.code == "H507")

        self.assertIn("unless the guest has ZFS pools", command(found.fix, "H507", Names.of(None, None)))

    def test_a_list_of_data_sources_has_its_effect(self) -> None:
        old = guests.files({"/etc/cloud/cloud.cfg.d/90_dpkg.cfg": "datasource_list: [NoCloud, None]\n"})
        folder = self.folder(GUEST | ENABLED_CLOUD_INIT | old)
        (found,) = (finding for finding in findings_of(folder.tree) if finding.code == "N205")
        line = re.search(r"write (datasource_list: \[[^]]+\]) into", command(found.fix, "N205", Names.of(None, None)))
        assert line is not None

        fixed = self.folder(GUEST | ENABLED_CLOUD_INIT | old | guests.files({NEW_LIST: f"{line[1]}\n"}))

        self.assertEqual([], [finding for finding in findings_of(fixed.tree) if finding.code == "N205"])
        self.assertEqual(network_of(folder.tree)[0], network_of(fixed.tree)[0])


class TestNamesBesideCloudInit(base.BaseTestCase):
    """A builder writes ``eth0``, ``eth1`` and ``eth2`` beside the configuration of cloud-init."""

    def codes(self, guest: Part) -> dict[str, str]:
        """Return the severities of the findings about NICs, by their codes."""
        found = findings_of((guest | USERS).tree)
        return {finding.code: str(finding.severity) for finding in found if finding.code in ("N202", "N204", "N206")}

    def test_an_image_whose_nics_all_come_up_needs_no_waiver(self) -> None:
        names = "".join(f"auto eth{number}\niface eth{number} inet dhcp\n" for number in range(3))
        listed = guests.files({"/etc/network/interfaces": f"source /etc/network/interfaces.d/*\n{names}"})

        self.assertEqual({"N204": "note"}, self.codes(DEBIAN | IFUPDOWN | ENABLED_CLOUD_INIT | listed))
        self.assertEqual({"N204": "error", "N206": "error"}, self.codes(DEBIAN | IFUPDOWN | listed))
