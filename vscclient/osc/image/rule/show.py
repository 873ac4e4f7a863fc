"""``openstack vsc image rule show``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from vscclient.osc.command import Columns, ShowOne
from vscclient.osc.options import consent
from vscclient.osc.policy_file import PolicyFileOutput


class ShowRule(PolicyFileOutput, ShowOne):
    """Display what a rule for images asks, why, how to fix an image, and the severity for each visibility"""

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("code", metavar="<code>", help="Code of the rule, such as D305")
        consent.add_policy(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> Columns:
        from vscclient.images import rules

        in_force = rules.one_rule(parsed_args.policy, parsed_args.code)
        self.as_policy_file = in_force.as_file
        (rule,) = in_force.rules
        severities = {str(visibility): str(severity) for visibility, severity in rule.severities.items()}
        shown = vars(rule.page) | severities | {"code": rule.code, "unknown": str(rule.unknown)}
        columns = sorted((shown | {"waivable": rule.is_waivable}).items())
        return [name for name, _ in columns], [value for _, value in columns]
