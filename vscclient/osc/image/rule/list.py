"""``openstack vsc image rule list``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from vscclient.model.visibility import Visibility
from vscclient.osc.command import Lister, Rows
from vscclient.osc.options import consent
from vscclient.osc.policy_file_output import PolicyFileOutput


class ListRule(PolicyFileOutput, Lister):
    """List the rules for images and the severity of each rule for each visibility"""

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        consent.add_policy(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> Rows:
        from vscclient.images import rules

        in_force = rules.all_rules(parsed_args.policy)
        self.as_policy_file = in_force.as_file
        names = ("Code", "Requirement", *(visibility.capitalize() for visibility in Visibility))
        return names, [
            (rule.code, rule.page.first_sentence, *(str(rule.severities[visibility]) for visibility in Visibility))
            for rule in in_force.rules
        ]
