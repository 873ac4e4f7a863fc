"""SSH host keys and authorized keys."""

from __future__ import annotations

from guestinspect.disk.tree import Status, Type, Unreadable
from guestinspect.leftovers.finder import find_leftovers
from guestinspect.model.leftover import Kind
from tests.trees import MemoryTree
from tests.unit.guestinspect.leftovers.leftover_case import PEM, USERS, LeftoverTestCase

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExampleExampleExampleExampleExampleExampleExa me@home\n"


class TestHostKeys(LeftoverTestCase):
    kind = Kind.HOST_KEY

    def test_each_host_key_is_found(self) -> None:
        found = self.find({f"/etc/ssh/ssh_host_{sort}_key": PEM for sort in ("rsa", "ecdsa", "ed25519")})

        self.assertEqual([f"/etc/ssh/ssh_host_{sort}_key" for sort in ("ecdsa", "ed25519", "rsa")], list(found))

    def test_a_host_key_of_dropbear_is_found(self) -> None:
        self.assert_found("/etc/dropbear/dropbear_rsa_host_key", b"\0\0\0\7ssh-rsa", "SSH host key")

    def test_a_host_key_that_sshd_config_names_is_found(self) -> None:
        files = {"/etc/ssh/sshd_config": "HostKey /srv/keys/host\n", "/srv/keys/host": PEM}

        self.assertEqual({"/srv/keys/host": "SSH host key"}, self.find(files))

    def test_a_path_of_a_folder_is_skipped(self) -> None:
        for path in ("/", "/etc/**", "~/", "/srv//"):
            with self.subTest(path=path):
                files = {"/etc/ssh/sshd_config": f"HostKey {path}\nHostKey /srv/host\n", "/srv/host": PEM}

                self.assertEqual({"/srv/host": "SSH host key"}, self.find(files), path)

    def test_a_public_or_empty_key_is_harmless(self) -> None:
        self.assert_harmless("/etc/ssh/ssh_host_rsa_key.pub", "ssh-rsa AAAAB3 root@host\n")
        self.assert_harmless("/etc/ssh/ssh_host_rsa_key", "")


class TestAuthorizedKeys(LeftoverTestCase):
    kind = Kind.AUTHORIZED_KEY

    def test_keys_of_every_user_are_found(self) -> None:
        homes = ("/root", "/home/alice", "/var/lib/postgresql", "/home/gone", "/etc/skel")

        found = self.find({f"{home}/.ssh/authorized_keys": KEY for home in homes})

        self.assertEqual({f"{home}/.ssh/authorized_keys" for home in homes}, set(found))

    def test_keys_are_counted(self) -> None:
        content = f"# my keys\n{KEY}\n{KEY.replace('ssh-ed25519', 'ssh-rsa')}"

        self.assert_found("/root/.ssh/authorized_keys", content, "2 authorized keys")

    def test_a_key_with_options_is_found(self) -> None:
        options = 'no-port-forwarding,no-pty,command="echo \'Please login as the user \\"debian\\".\';sleep 10"'

        self.assert_found("/root/.ssh/authorized_keys", f"{options} {KEY}", "1 authorized key")

    def test_a_key_of_a_hardware_token_is_found(self) -> None:
        content = KEY.replace("ssh-ed25519", "sk-ssh-ed25519@openssh.com")

        self.assert_found("/home/alice/.ssh/authorized_keys", content, "1 authorized key")

    def test_comments_and_an_empty_file_are_harmless(self) -> None:
        self.assert_harmless("/root/.ssh/authorized_keys", "")
        self.assert_harmless("/root/.ssh/authorized_keys", f"# {KEY}\n\n  # nothing\n")

    def test_files_that_sshd_config_names_are_found(self) -> None:
        files = {
            "/etc/ssh/sshd_config": "Include sshd_config.d/*.conf\n",
            "/etc/ssh/sshd_config.d/50-keys.conf": "AuthorizedKeysFile .keys /srv/keys/%u/authorized %h/.more\n",
            "/home/alice/.keys": KEY,
            "/srv/keys/gone/authorized": KEY,
            "/root/.more": KEY,
        }

        self.assertEqual({"/home/alice/.keys", "/root/.more", "/srv/keys/gone/authorized"}, set(self.find(files)))

    def test_the_owner_has_a_name_or_a_number(self) -> None:
        path, other = "/home/alice/.ssh/authorized_keys", "/home/gone/.ssh/authorized_keys"
        statuses = {path: Status(Type.FILE, uid=1000), other: Status(Type.FILE, uid=1007)}

        leftovers = find_leftovers(MemoryTree({**USERS, path: KEY, other: KEY}, statuses=statuses), self.kind).value

        self.assertEqual(["alice", "1007"], [leftover.owner for leftover in leftovers])

    def test_a_file_with_a_link_is_reported_once(self) -> None:
        links = {"/home/alice/.ssh/authorized_keys2": "authorized_keys"}

        self.assertEqual(1, len(self.find({"/home/alice/.ssh/authorized_keys": KEY}, links=links)))

    def test_an_unreadable_file_is_unknown(self) -> None:
        tree = MemoryTree(USERS, unreadable=["/root/.ssh/authorized_keys"])

        self.assertRaises(Unreadable, find_leftovers, tree, self.kind)

    def test_an_unreadable_list_of_users_is_unknown(self) -> None:
        self.assertRaises(Unreadable, find_leftovers, MemoryTree(unreadable=["/etc/passwd"]), self.kind)

    def test_an_unreadable_home_does_not_hide_the_others(self) -> None:
        files = {"/root/.ssh/authorized_keys": KEY}

        found = find_leftovers(MemoryTree({**USERS, **files}, unreadable=["/home/alice"]), self.kind)

        self.assertEqual(["/root/.ssh/authorized_keys"], [leftover.path for leftover in found.value])
        self.assertIn("/home/alice could not be read", found.location)

    def test_an_unreadable_home_alone_is_unknown(self) -> None:
        self.assertRaises(Unreadable, find_leftovers, MemoryTree(USERS, unreadable=["/home/alice"]), self.kind)
