"""Passwords of users and groups."""

from __future__ import annotations

from guestinspect.disk.tree import Unreadable
from guestinspect.leftovers.finder import find_leftovers
from guestinspect.model.leftover import Kind
from tests.trees import MemoryTree
from tests.unit.guestinspect.leftovers.leftover_case import USERS, LeftoverTestCase


class TestPasswords(LeftoverTestCase):
    kind = Kind.PASSWORD

    def test_every_kind_of_hash_is_a_password(self) -> None:
        for password in (
            "$y$j9T$salt$hash",
            "$6$rounds=5000$salt$hash",
            "$1$salt$hash",
            "$2b$12$hash",
            "abJnggxhB/yWI",
        ):
            with self.subTest(password=password):
                self.assert_found("/etc/shadow", f"root:{password}:19000:0:99999:7:::\n", "password of root")

    def test_a_locked_user_has_no_password(self) -> None:
        for password in ("*", "!", "!!", "!*", "!$6$salt$hash", "*LK*", "x", "NP", "!locked"):
            with self.subTest(password=password):
                self.assert_harmless("/etc/shadow", f"root:{password}:19000:0:99999:7:::\n")

    def test_an_empty_password_is_reported(self) -> None:
        self.assert_found("/etc/shadow", "alice::19000:0:99999:7:::\n", "empty password of alice")

    def test_an_empty_password_without_a_login_shell_is_harmless(self) -> None:
        self.assert_harmless("/etc/shadow", "daemon::19000:0:99999:7:::\n")

    def test_a_password_in_passwd_is_found(self) -> None:
        self.assert_found("/etc/passwd", "root:$6$salt$hash:0:0:root:/root:/bin/bash\n", "password of root")
        self.assert_found("/etc/passwd", "root::0:0:root:/root:/bin/bash\n", "empty password of root")

    def test_each_user_is_reported(self) -> None:
        shadow = "root:$y$j9T$a$b:1::::::\nalice::1::::::\n"

        leftovers = find_leftovers(MemoryTree({**USERS, "/etc/shadow": shadow}), self.kind).value

        self.assertEqual(["alice", "root"], [leftover.owner for leftover in leftovers])
        self.assertNotIn("$y$", repr(leftovers))

    def test_a_removed_password_is_found_in_the_backup(self) -> None:
        for path, line in (
            ("/etc/shadow-", "root:$6$salt$hash:19000:0:99999:7:::\n"),
            ("/etc/passwd-", "root:$6$salt$hash:0:0:root:/root:/bin/bash\n"),
        ):
            with self.subTest(path=path, line=line):
                self.assert_found(path, line, "password of root")

    def test_a_backup_without_a_password_is_harmless(self) -> None:
        for password in ("", "*", "!", "!$6$salt$hash"):
            with self.subTest(password=password):
                self.assert_harmless("/etc/shadow-", f"root:{password}:19000:0:99999:7:::\n")
        self.assert_harmless("/etc/passwd-", USERS["/etc/passwd"])

    def test_a_password_of_a_group_is_found(self) -> None:
        for path in ("/etc/gshadow", "/etc/gshadow-"):
            with self.subTest(path=path):
                self.assert_found(path, "root:*::\nadm:$6$salt$hash::alice\n", "password of the group adm")
                self.assert_harmless(path, "root:*::\nadm:!::alice\nusers:::\ntape:!$6$salt$hash::\n")

    def test_earlier_passwords_are_found(self) -> None:
        for path in ("/etc/security/opasswd", "/etc/security/opasswd.old"):
            with self.subTest(path=path):
                self.assert_found(path, "alice:1000:2:$y$j9T$a$b,$6$salt$hash\n", "earlier password of alice")
                self.assert_harmless(path, "alice:1000:0:\nbob:1001:1:!\n")

    def test_an_unreadable_file_does_not_hide_the_others(self) -> None:
        files = {**USERS, "/etc/gshadow": "adm:$6$salt$hash::\n"}

        found = find_leftovers(MemoryTree(files, unreadable=["/etc/shadow-"]), self.kind)

        self.assertEqual(["/etc/gshadow"], [leftover.path for leftover in found.value])
        self.assertIn("/etc/shadow- could not be read", found.location)
        for path in ("/etc/shadow-", "/etc/gshadow", "/etc/security/opasswd"):
            with self.subTest(path=path):
                self.assertRaises(Unreadable, find_leftovers, MemoryTree(USERS, unreadable=[path]), self.kind)

    def test_a_password_in_the_configuration_of_cloud_init_is_found(self) -> None:
        for content in (
            "system_info:\n  default_user:\n    name: me\n    plain_text_passwd: 'hello'\n",
            "password: hello\n",
            "users:\n  - name: me\n    passwd: $6$salt$hash\n",
            "chpasswd:\n  expire: false\n  list: |\n    root:hello\n",
            'chpasswd: {list: "root:hello"}\n',
            'users:\n- {name: me, passwd: "$6$salt$hash"}\n',
            "users: [default, {name: me, plain_text_passwd: hello}]\n",
            "users:\n- {name: me, lock_passwd: false,\n   hashed_passwd: $y$j9T$a$b}\n",
            "users:\n- name: me\n  hashed_passwd: $6$salt$hash\n",
            '{"users": [{"name": "me", "passwd": "$6$salt$hash"}]}\n',
            '{\n  "password": "hello"\n}\n',
            "chpasswd: {users: [{name: me, password: '!hello', type: text}]}\n",
            "password: '#hello'\n",
            "system_info: {default_user: {gecos: 'a#b', plain_text_passwd: hello}}\n",
        ):
            with self.subTest(content=content):
                self.assert_found(
                    "/etc/cloud/cloud.cfg.d/99-mine.cfg", content, "password in cloud-init's configuration"
                )

    def test_the_default_configuration_of_cloud_init_is_harmless(self) -> None:
        content = "# password: hello\nssh_pwauth: false\nchpasswd: {expire: false}\nlock_passwd: True\npasswd: '*'\n"

        self.assert_harmless("/etc/cloud/cloud.cfg", content)

    def test_placeholders_and_comments_are_harmless(self) -> None:
        for content in (
            "#cloud-config\n# users: [{name: me, passwd: hello}]\n",
            "users: [default]  # {name: me, passwd: hello}\n",
            "# {passwd: hello}\n",
            "users:\n- {name: me, lock_passwd: true, passwd: '*'}\n",
            "users:\n- {name: me, passwd: '!$6$salt$hash', hashed_passwd: \"!\"}\n",
            "users:\n- {name: me, passwd: , plain_text_passwd: null, hashed_passwd: ''}\n",
            "users:\n- {name: me, plain_text_passwd: '{{ secret }}'}\n",
            "users:\n- {name: me, plain_text_passwd: ${SECRET}}\n",
            "users:\n- {name: me, plain_text_passwd: <yours>}\n",
            "chpasswd: {users: [{name: me, type: RANDOM}]}\n",
        ):
            with self.subTest(content=content):
                self.assert_harmless("/etc/cloud/cloud.cfg.d/99-mine.cfg", content)

    def test_a_password_in_the_answers_of_an_installer_is_found(self) -> None:
        content = "lang en_US\nrootpw --iscrypted $6$salt$hash\n"

        self.assert_found("/root/anaconda-ks.cfg", content, "password in an installer's answers")
        self.assert_harmless("/root/anaconda-ks.cfg", "rootpw --lock\nrootpw --iscrypted locked\n")
        for content in ("  identity:\n    password: $6$a$b\n", "  identity: {hostname: x, password: $6$a$b}\n"):
            with self.subTest(content=content):
                path = "/var/log/installer/autoinstall-user-data"
                self.assert_found(path, f"autoinstall:\n{content}", "password in an installer's answers")

    def test_an_unreadable_file_is_unknown(self) -> None:
        tree = MemoryTree({"/etc/passwd": USERS["/etc/passwd"]}, unreadable=["/etc/shadow"])

        self.assertRaises(Unreadable, find_leftovers, tree, self.kind)
