"""Private keys where programs read them."""

from __future__ import annotations

import base64

from guestinspect.disk.tree import Unreadable
from guestinspect.leftovers.finder import find_leftovers
from guestinspect.model.leftover import Kind
from tests.trees import MemoryTree
from tests.unit.guestinspect.leftovers.leftover_case import PEM, USERS, LeftoverTestCase

CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
WIREGUARD = "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk="


def openssh(cipher: str) -> str:
    """The beginning of a private key of OpenSSH. Source: OpenSSH, ``PROTOCOL.key``."""
    body = b"openssh-key-v1\0" + len(cipher).to_bytes(4, "big") + cipher.encode() + bytes(40)
    return f"-----BEGIN OPENSSH PRIVATE KEY-----\n{base64.b64encode(body).decode()}\n"


class TestPrivateKeys(LeftoverTestCase):
    kind = Kind.PRIVATE_KEY

    def test_a_key_is_named_by_its_kind(self) -> None:
        for header, what in (
            ("-----BEGIN RSA PRIVATE KEY-----", "RSA private key"),
            ("-----BEGIN EC PRIVATE KEY-----", "EC private key"),
            ("-----BEGIN PRIVATE KEY-----", "private key"),
            ("-----BEGIN PGP PRIVATE KEY BLOCK-----", "PGP private key"),
            ("PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none", "PuTTY private key"),
        ):
            with self.subTest(header=header, what=what):
                self.assert_found("/root/.ssh/mine", f"{header}\n", what)

    def test_a_key_with_a_passphrase_is_reported(self) -> None:
        for content, what in (
            ("-----BEGIN ENCRYPTED PRIVATE KEY-----\n", "private key, with a passphrase"),
            ("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n", "RSA private key, with a passphrase"),
            ("PuTTY-User-Key-File-2: ssh-rsa\nEncryption: aes256-cbc\n", "PuTTY private key, with a passphrase"),
            (openssh("aes256-ctr"), "OpenSSH private key, with a passphrase"),
            (openssh("none"), "OpenSSH private key"),
        ):
            with self.subTest(content=content, what=what):
                self.assert_found("/home/alice/.ssh/id_ed25519", content, what)

    def test_keys_of_servers_are_found(self) -> None:
        paths = {
            "/etc/ssl/private/www.example.org.key",
            "/etc/pki/tls/private/localhost.key",
            "/etc/letsencrypt/archive/example.org/privkey1.pem",
            "/etc/ssl/example.org/server.key",
            "/etc/nginx/tls/server.key",
            "/etc/httpd/conf/server-key.pem",
            "/etc/openvpn/client/me.key",
            "/etc/openvpn/office.conf",
            "/etc/openvpn/client/office.conf",
            "/etc/openvpn/server/all.conf",
            "/etc/openvpn/client/office.ovpn",
            "/home/alice/office.ovpn",
            "/home/alice/.cert/nm-openvpn/office-key.pem",
            "/home/alice/.ssh/cloud.pem",
            "/home/alice/keys/cloud.pem",
            "/etc/ipsec.d/private/me.pem",
            "/etc/kubernetes/pki/ca.key",
            "/etc/puppetlabs/puppet/ssl/private_keys/host.pem",
            "/etc/pki/entitlement/1234-key.pem",
            "/root/cloud.pem",
            "/root/.acme.sh/example.org/example.org.key",
            "/home/alice/.ssh/old/2019/id_rsa",
        }

        self.assertEqual(paths, set(self.find(dict.fromkeys(paths, PEM))))

    def test_a_key_in_the_configuration_of_a_vpn_is_named_by_its_kind(self) -> None:
        office = f"client\nremote vpn.example.org\n<ca>\n{CERTIFICATE}</ca>\n<key>\n{PEM}</key>\n"

        self.assert_found("/etc/openvpn/client/office.conf", office, "private key")

    def test_a_link_to_a_key_is_reported_by_its_target(self) -> None:
        files = {"/etc/letsencrypt/archive/a/privkey1.pem": PEM}
        links = {"/etc/letsencrypt/live/a/privkey.pem": "../../archive/a/privkey1.pem"}

        self.assertEqual({"/etc/letsencrypt/archive/a/privkey1.pem": "private key"}, self.find(files, links=links))

    def test_other_kinds_of_keys_are_found(self) -> None:
        wg0 = f"[Interface]\nPrivateKey = {WIREGUARD}\n"
        netdev = f"[NetDev]\nName=wg0\nKind=wireguard\n[WireGuard]\nPrivateKey={WIREGUARD}\n"

        self.assert_found("/etc/wireguard/wg0.conf", wg0, "WireGuard private key")
        self.assert_found("/etc/systemd/network/wg0.netdev", netdev, "WireGuard private key")
        self.assert_found("/etc/wireguard/private.key", f"{WIREGUARD}\n", "WireGuard private key")
        for keys in (
            f"      key: {WIREGUARD}\n",
            f"      keys:\n        private: {WIREGUARD}\n",
            f'      keys: {{private: "{WIREGUARD}"}}\n',
        ):
            with self.subTest(keys=keys):
                netplan = f"network:\n  tunnels:\n    wg0:\n      mode: wireguard\n{keys}"
                self.assert_found("/etc/netplan/60-wg0.yaml", netplan, "WireGuard private key")
        self.assert_found("/etc/krb5.keytab", b"\x05\x02\0\0\0\x40", "Kerberos keytab")
        self.assert_found("/etc/munge/munge.key", bytes(range(128)), "MUNGE key")
        self.assert_found("/etc/slurm/slurm.key", b"0123456789abcdef", "Slurm key")
        self.assert_found("/etc/ceph/ceph.client.me.keyring", "[client.me]\n\tkey = AQBvX==\n", "Ceph key")
        self.assert_found("/root/.gnupg/private-keys-v1.d/AB.key", b"(21:protected", "PGP private key")
        self.assert_found("/etc/openvpn/ta.key", "-----BEGIN OpenVPN Static key V1-----\n", "OpenVPN static key")
        self.assert_found("/root/.config/sops/age/keys.txt", "# me\nAGE-SECRET-KEY-1QQ\n", "age key")
        self.assert_found("/root/me.p12", b"0\x82\x09\x61\x02\x01\x03\x30", "PKCS #12 bundle")

    def test_files_that_resemble_keys_are_harmless(self) -> None:
        for path, content in (
            ("/etc/ssl/private/ssl-cert-snakeoil.key", PEM),
            ("/usr/lib/python3.11/test/certdata/keycert.pem", PEM),
            ("/usr/share/doc/openvpn/examples/sample-keys/server.key", PEM),
            ("/opt/conda/pkgs/python-3.11.5/lib/python3.11/test/ssl_key.pem", PEM),
            ("/home/alice/miniconda3/envs/x/lib/python3.11/site-packages/tornado/test/test.key", PEM),
            ("/home/alice/.ssh/id_rsa.pub", "ssh-rsa AAAAB3 alice\n"),
            ("/home/alice/.ssh/known_hosts", "host ssh-rsa AAAAB3\n"),
            ("/etc/ssl/private/chain.pem", "-----BEGIN CERTIFICATE-----\n"),
            ("/etc/openvpn/client/office.conf", f"ca ca.crt\nkey me.key\n<ca>\n{CERTIFICATE}</ca>\n"),
            ("/home/alice/office.ovpn", f"client\n<ca>\n{CERTIFICATE}</ca>\nauth-user-pass\n"),
            ("/home/alice/keys/ca.pem", CERTIFICATE),
            ("/home/alice/keys/deep/down/test.pem", PEM),
            ("/etc/netplan/60-gre.yaml", "network: {tunnels: {gre0: {mode: gre, key: 1.2.3.4}}}\n"),
            (
                "/etc/netplan/60-wg0.yaml",
                f"      key: /etc/wireguard/x\n      peers: [{{keys: {{public: {WIREGUARD}}}}}]\n",
            ),
            ("/etc/krb5.keytab", b""),
            ("/etc/wireguard/wg0.conf", "[Peer]\nPublicKey = abc\n"),
            ("/etc/wireguard/public.key", f"{WIREGUARD}\n"),
            ("/etc/ssh/ssh_host_rsa_key", PEM),
        ):
            with self.subTest(path=path, content=content):
                self.assert_harmless(path, content)

    def test_a_link_to_the_snakeoil_key_is_harmless(self) -> None:
        files = {"/etc/ssl/private/ssl-cert-snakeoil.key": PEM}

        self.assertEqual({}, self.find(files, links={"/etc/postfix/key.pem": "/etc/ssl/private/ssl-cert-snakeoil.key"}))

    def test_an_unreadable_folder_is_unknown(self) -> None:
        self.assertRaises(Unreadable, find_leftovers, MemoryTree(USERS, unreadable=["/etc/ssl/private"]), self.kind)
