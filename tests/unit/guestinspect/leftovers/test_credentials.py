"""Credentials of clouds, services and networks."""

from __future__ import annotations

from guestinspect.disk.tree import Unreadable
from guestinspect.leftovers.finder import find_leftovers
from guestinspect.model.leftover import Kind
from tests.trees import MemoryTree
from tests.unit.guestinspect.leftovers.leftover_case import USERS, LeftoverTestCase

LEFT = (
    ("/root/VSC_00001-openrc.sh", 'export OS_USERNAME="me"\nexport OS_PASSWORD="hello"\n', "OpenStack credentials"),
    ("/root/app-openrc.sh", "export OS_APPLICATION_CREDENTIAL_SECRET=abc\n", "OpenStack credentials"),
    ("/root/.config/openstack/clouds.yaml", "clouds:\n  a:\n    auth: {password: hello}\n", "OpenStack credentials"),
    ("/etc/openstack/secure.yaml", "clouds:\n  a:\n    auth:\n      password: hello\n", "OpenStack credentials"),
    ("/home/alice/.aws/credentials", "[default]\naws_secret_access_key = abc\n", "AWS credentials"),
    ("/root/.docker/config.json", '{"auths": {"r": {"auth": "bWU6"}}}', "container registry credentials"),
    ("/root/.git-credentials", "https://me:hello@github.com\n", "Git credentials"),
    ("/root/.netrc", "machine a login me password hello\n", "passwords for hosts"),
    ("/root/.kube/config", "users:\n- name: me\n  user:\n    token: abc\n", "Kubernetes credentials"),
    ("/root/.config/rclone/rclone.conf", "[s3]\nsecret_access_key = abc\n", "rclone credentials"),
    ("/root/.pgpass", "db:5432:*:me:hello\n", "database password"),
    ("/root/.my.cnf", "[client]\npassword=hello\n", "database password"),
    ("/root/.s3cfg", "[default]\nsecret_key = abc\n", "S3 credentials"),
    ("/root/.config/gh/hosts.yml", "github.com:\n    oauth_token: abc\n", "Git credentials"),
    ("/root/.pypirc", "[pypi]\nusername = __token__\npassword = pypi-abc\n", "package index credentials"),
    ("/root/.npmrc", "//packages.example.org/:_authToken=abc\n", "package index credentials"),
    ("/root/.irods/.irodsA", ".abc", "token"),
    ("/root/.vault-token", "hvs.abc", "token"),
    ("/root/.cache/huggingface/token", "hf_abc", "token"),
    ("/etc/fstab", "//s/x /mnt cifs username=me,password=hello 0 0\n", "password for a share"),
    ("/etc/cifs-credentials", "username=me\npassword=hello\n", "password for a share"),
    ("/etc/wpa_supplicant/wpa_supplicant.conf", 'network={\n  psk="hello"\n}\n', "password for a network"),
    ("/etc/ipsec.secrets", '10.0.0.1 : PSK "hello"\n', "password for a network"),
    ("/etc/netplan/60-wlan.yaml", '      access-points:\n        "x": {password: "hello"}\n', "password for a network"),
    ("/etc/netplan/60-wlan.yaml", "        x:\n          password: '!hello'\n", "password for a network"),
    (
        "/etc/netplan/60-lan.yaml",
        "    eth0: {dhcp4: true, auth: {key-management: 802.1x, identity: me, password: hello}}\n",
        "password for a network",
    ),
    ("/etc/netplan/60-lan.yaml", "    eth0:\n      auth: {client-key-password: hello}\n", "password for a network"),
    ("/etc/netplan/60-wlan.yaml", '        "a#b": {password: "hello"}\n', "password for a network"),
    (
        "/etc/netplan/90-NM-1.yaml",
        '        passthrough:\n          wifi-security.psk: "hello"\n',
        "password for a network",
    ),
    (
        "/etc/NetworkManager/system-connections/office.nmconnection",
        "[vpn]\nservice-type=org.freedesktop.NetworkManager.vpnc\n\n[vpn-secrets]\nIPSec secret=hello\n",
        "password for a network",
    ),
    (
        "/etc/NetworkManager/system-connections/office.nmconnection",
        "[vpn-secrets]\n# of the office\nIPSec secret=\nXauth password=hello\n\n[ipv4]\nmethod=auto\n",
        "password for a network",
    ),
    (
        "/etc/NetworkManager/system-connections/lan.nmconnection",
        "[802-1x]\nprivate-key=/root/me.p12\nprivate-key-password=hello\n",
        "password for a network",
    ),
    ("/home/alice/.vnc/passwd", b"\x17Rk\x06#Nx\xe1", "password for a desktop"),
    ("/root/.config/tigervnc/passwd", b"\x17Rk\x06#Nx\xe1", "password for a desktop"),
    ("/etc/ppp/chap-secrets", "me * hello *\n", "password for a network"),
    (
        "/var/lib/cloud/instances/i-1/user-data.txt",
        "#cloud-config\npassword: hello\n",
        "user data of an instance",
    ),
    (
        "/var/lib/cloud/seed/nocloud/user-data",
        '#cloud-config\nusers:\n- {name: a, passwd: "$6$abc"}\n',
        "user data of an instance",
    ),
    (
        "/var/lib/cloud/seed/nocloud/user-data",
        "#cloud-config\nusers: [default, {name: a, plain_text_passwd: hello}]\n",
        "user data of an instance",
    ),
    (
        "/var/lib/cloud/seed/nocloud/vendor-data",
        "#cloud-config\nusers:\n  - name: a\n    hashed_passwd: $6$abc\n",
        "user data of an instance",
    ),
)

HARMLESS = (
    ("/root/VSC_00001-openrc.sh", 'read -sr OS_PASSWORD_INPUT\nexport OS_PASSWORD="$OS_PASSWORD_INPUT"\n'),
    ("/root/VSC_00001-openrc.sh", 'export OS_PASSWORD=""\nexport OS_AUTH_URL=https://a\n'),
    ("/root/.config/openstack/clouds.yaml", "clouds:\n  a:\n    auth:\n      username: me\n      password: <yours>\n"),
    ("/root/.docker/config.json", '{"auths": {"r": {}}, "credsStore": "pass"}'),
    ("/root/.aws/config", "[default]\nregion = eu\n"),
    ("/root/.gitconfig", "[user]\nemail = me@example.org\n[url]\ninsteadOf = https://github.com/\n"),
    ("/root/.kube/config", "apiVersion: v1\nkind: Config\nusers: null\n"),
    ("/root/.npmrc", "registry=https://packages.example.org/\n//r/:_authToken=${NPM_TOKEN}\n"),
    ("/root/.my.cnf", "[client]\nuser=me\npassword=\n"),
    ("/etc/mysql/debian.cnf", "[client]\nuser     = root\npassword = \n"),
    ("/etc/fstab", "# password=hello\n//s/x /mnt cifs credentials=/root/.smb,guest 0 0\nUUID=1 / ext4 defaults 0 1\n"),
    ("/etc/ppp/pap-secrets", '# me * hello\nguest\thostname\t"*"\t-\n*\thostname\t""\t*\n'),
    ("/etc/ipsec.secrets", '# : PSK "hello"\ninclude /var/lib/strongswan/ipsec.secrets.inc\n'),
    ("/etc/rhsm/rhsm.conf", "[server]\nproxy_password =\n"),
    ("/etc/exim4/passwd.client", "# target.mail.server.example:login:password\n"),
    ("/etc/chrony/chrony.keys", "# 1 MD5 hello\n"),
    ("/var/lib/cloud/instances/i-1/user-data.txt", "#cloud-config\nssh_pwauth: false\n"),
    ("/var/lib/cloud/seed/nocloud/user-data", "#cloud-config\nusers: [{name: a, lock_passwd: true, passwd: '!'}]\n"),
    ("/var/lib/cloud/seed/nocloud/user-data", "#cloud-config\n# users: [{name: a, passwd: hello}]\n"),
    ("/var/lib/cloud/seed/nocloud/user-data", '#!/bin/sh\ncurl -d "{\\"name\\": \\"me\\"}" https://a\n'),
    ("/etc/netplan/50-cloud-init.yaml", "network:\n  version: 2\n  ethernets: {ens3: {dhcp4: true}}\n"),
    ("/etc/netplan/60-wlan.yaml", '  # access-points: {"x": {password: "hello"}}\n'),
    ("/etc/netplan/60-wlan.yaml", '      access-points: {"open": {}, "other": {password: ""}}\n'),
    (
        "/etc/NetworkManager/system-connections/office.nmconnection",
        "[vpn]\npassword-flags=1\nIPSec secret-flags=1\n\n[vpn-secrets]\n# x=hello\nXauth password=\n\n[ipv4]\n",
    ),
    ("/home/alice/.vnc/passwd", ""),
    ("/home/alice/.vnc/xstartup", "exec startxfce4\n"),
    ("/usr/share/doc/x/.netrc", "machine a password hello\n"),
    ("/home/alice/project/.env", "PASSWORD=hello\n"),
)


class TestCredentials(LeftoverTestCase):
    kind = Kind.CREDENTIAL

    def test_each_credential_is_found(self) -> None:
        for path, content, what in LEFT:
            with self.subTest(path=path, content=content, what=what):
                self.assert_found(path, content, what)

    def test_files_without_a_secret_are_harmless(self) -> None:
        for path, content in HARMLESS:
            with self.subTest(path=path, content=content):
                self.assert_harmless(path, content)

    def test_no_secret_is_reported(self) -> None:
        found = find_leftovers(MemoryTree({**USERS, **{path: content for path, content, _ in LEFT}}), self.kind)

        self.assertNotIn("hello", repr(found))
        self.assertNotIn("abc", repr(found))

    def test_an_unreadable_folder_is_unknown(self) -> None:
        self.assertRaises(Unreadable, find_leftovers, MemoryTree(USERS, unreadable=["/etc/openstack"]), self.kind)
