"""The rules, and the policy and rules of a site."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from tests import sites
from tests.functional.base import FunctionalTest
from tests.guest_disks import sound_guest

FAILING_RULE = """\
from vscclient.policy.rule import ERROR, Rule, everywhere

class Mine(Rule):
    "Images have the name of their project."

    code = "X102"
    severity = everywhere(ERROR)

    def check(self, plan, facts):
        raise SystemExit(7)
"""


class SiteTest(FunctionalTest):
    def setUp(self) -> None:
        super().setUp()
        self.disk = sound_guest()

    def policy(self, content: str) -> Path:
        """A policy file with this content."""
        path = self.folder / "policy.yaml"
        path.write_text(content, encoding="utf-8")
        return path


class TestRules(SiteTest):
    def test_the_rules_are_listed_without_credentials(self) -> None:
        listed = self.openstack("vsc image rule list -f json", environment={}).json()

        self.assertEqual(["Code", "Requirement", "Private", "Shared", "Community", "Public"], list(listed[0]))
        self.assertIn("D305", [row["Code"] for row in listed])

    def test_the_rules_are_listed_without_a_cloud(self) -> None:
        dead = self.cloud.users["alice"].environment | {"OS_AUTH_URL": "http://127.0.0.1:9/v3"}

        self.assertEqual(
            self.openstack("vsc image rule list", environment={}).stdout,
            self.openstack("vsc image rule list", environment=dead).stdout,
        )

    def test_a_rule_is_shown_without_credentials(self) -> None:
        shown = self.openstack("vsc image rule show d305 -f json", environment={}).json()

        self.assertEqual(("D305", "error", True), (shown["code"], shown["private"], shown["waivable"]))

    def test_an_unknown_rule_is_reported_with_the_known_ones(self) -> None:
        self.openstack("vsc image rule show D999", environment={}, status=2, says=["No rule has the code D999; there"])

    def test_the_policy_file_of_the_rules_gives_the_same_list(self) -> None:
        path = self.policy(self.openstack("vsc image rule list --as-policy-file", environment={}).stdout)

        for options in ("-f json", "-f csv", "-f value", "-f yaml", "--as-policy-file"):
            with self.subTest(options=options):
                built_in = self.openstack(f"vsc image rule list {options}", environment={}).stdout
                listed = self.openstack(f"vsc image rule list {options} --policy {path}", environment={}).stdout
                self.assertEqual(built_in, listed)


class TestPolicy(SiteTest):
    def test_the_policy_of_the_environment_is_used(self) -> None:
        path = self.policy("rules: {V104: {private: error}}")
        environment = self.cloud.users["alice"].environment | {"VSCCLIENT_POLICY": str(path)}
        name = self.name("rna")

        self.openstack(
            f"vsc image create {name} --file {self.disk}",
            environment=environment,
            status=3,
            says=["error V104", "--description", "1 error.", "Refused by V104; nothing was changed."],
        )

        self.assert_nothing_left(name)

    def test_the_policy_of_the_option_overrides_the_environment(self) -> None:
        path = self.policy("rules: {V104: {private: ignored}}")
        environment = self.cloud.users["alice"].environment | {"VSCCLIENT_POLICY": "/nonexistent"}

        self.openstack(
            f"vsc image create {self.name('rna')} --file {self.disk} --policy {path}", environment=environment
        )

    def test_a_policy_can_let_another_role_publish(self) -> None:
        path = self.policy("publishing_role: image_publisher")

        self.openstack(
            f"vsc image create {self.name('rna')} --file {self.disk} --public --single-nic --policy {path}",
            user="admin",
            status=3,
            says=["error V101", "--community", "", "Refused by V101"],
        )

    def test_a_policy_can_forbid_a_waiver(self) -> None:
        weights = ", ".join(f"{who}: forbidden" for who in ("private", "shared", "community", "public"))
        path = self.policy(f"rules: {{D305: {{{weights}}}}}")

        self.openstack(
            f"vsc image create {self.name('rna')} --file {self.disk} --waive D305 --policy {path}",
            status=2,
            says=["D305 cannot be waived"],
        )

    def test_an_invalid_policy_is_reported_with_its_line(self) -> None:
        path, name = self.policy("rules:\n  D305:\n    private: fatal\n"), self.name("rna")

        for command in ("rule list", "rule show D305", f"create {name} --file {self.disk}"):
            self.openstack(
                f"vsc image {command} --policy {path}",
                status=2,
                says=[f"{path}, line 3: private of D305 cannot be 'fatal'; possible: ignored, note, warning"],
            )

        self.assert_nothing_left(name)


class TestPackage(SiteTest):
    """A package with a rule of the site. Each command is a process of its own, which searches for packages."""

    def setUp(self) -> None:
        super().setUp()
        self.packages = self.folder / "packages"
        self.packages.mkdir()

    def run_with_packages(self, command: str, *, status: int = 0) -> tuple[str, str]:
        """Run a command with the packages installed; return its stdout and stderr."""
        environment = self.cloud.users["alice"].environment | {
            "PYTHONPATH": str(self.packages),
            "VSCCLIENT_POLICY": "",
        }
        process = self.process(command, environment=environment, stdout=-1, stderr=-1)
        stdout, stderr = (text.decode() for text in process.communicate(timeout=120))
        self.assertEqual(status, process.returncode, stderr)
        return stdout, stderr

    def test_the_rule_of_a_package_is_listed_and_its_severity_changes(self) -> None:
        sites.install_example(self.packages)
        path = self.policy("rules: {X101: {private: error}}")

        listed, _ = self.run_with_packages("vsc image rule list -f csv --quote none")
        shown, _ = self.run_with_packages(f"vsc image rule show x101 -f value -c private -c fix --policy {path}")

        self.assertIn("X101,The name of an image has no spaces.,warning,error,error,error", listed)
        self.assertEqual("write rna-tools for rna tools.\nerror\n", shown)

    def test_images_are_checked_by_the_rule_of_a_package(self) -> None:
        sites.install_example(self.packages)
        path, name = self.policy("rules: {X101: {private: error}}"), self.name("rna tools")
        create = f"vsc image create {shlex.quote(name)} --file {self.disk}"

        _, refused = self.run_with_packages(f"{create} --policy {path}", status=3)
        _, created = self.run_with_packages(create)

        self.assertIn("error X101: there are spaces in the name", refused)
        self.assertIn("Refused by X101; nothing was changed. To proceed anyway, add: --waive X101", refused)
        self.assertIn("warning X101: there are spaces in the name", created)
        self.assertEqual(1, len(self.images_named(name)))

    def test_a_rule_that_fails_could_not_be_checked(self) -> None:
        (self.packages / "failing_rules.py").write_text(FAILING_RULE, encoding="utf-8")
        sites.install(self.packages, "failing-rules", {"mine": "failing_rules:Mine"})
        path, name = self.policy("rules: {X102: {unknown: error}}"), self.name("rna")
        failed = "X102 could not be checked: the rule Mine of the package failing-rules failed (SystemExit: 7, in "

        _, refused = self.run_with_packages(f"vsc image create {name} --file {self.disk} --policy {path}", status=3)
        self.assert_nothing_left(name)
        _, created = self.run_with_packages(f"vsc image create {name} --file {self.disk}")
        checked, _ = self.run_with_packages(f"vsc image check {name} -f json")

        self.assertIn(f"error {failed}failing_rules.py, line 10)", refused)
        self.assertIn(f"warning {failed}", created)
        self.assertEqual(["unknown"], [row["Outcome"] for row in json.loads(checked) if row["Code"] == "X102"])
        for output in (refused, created):
            self.assertNotIn("Traceback", output)

    def test_an_unusable_rule_is_reported_with_its_package(self) -> None:
        sites.install(self.packages, "broken-rules", {"mine": "no_such_rules:Mine"})
        name = self.name("rna")

        for command in ("rule list", f"create {name} --file {self.disk}"):
            with self.subTest(command=command):
                stdout, stderr = self.run_with_packages(f"vsc image {command}", status=1)

                self.assertEqual("", stdout)
                self.assertIn("The rule 'mine' (no_such_rules:Mine) of the package broken-rules cannot be used", stderr)

        self.assert_nothing_left(name)
