"""``openstack vsc image rule show``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from vscclient.osc.command import Columns, ShowOne
from vscclient.osc.options import consent
from vscclient.osc.policy_file_output import PolicyFileOutput

if TYPE_CHECKING:
    from vscclient.images.rules import RuleInForce


class ShowRule(PolicyFileOutput, ShowOne):
    """Display a rule for images: its requirement, the reason, the fix, and the severity for each visibility"""

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
        return _columns(rule)


def _columns(rule: RuleInForce) -> Columns:
    from vscclient.osc.fix_commands.rule_examples import commands
    from vscclient.osc.inspection import PrintableColumn

    lines = commands(rule.examples, rule.code)
    columns = {
        **vars(rule.page),
        **{str(visibility): str(severity) for visibility, severity in rule.severities.items()},
        "code": rule.code,
        "example_fixes": PrintableColumn(lines, lines),
        "unknown": str(rule.unknown),
        "waivable": rule.is_waivable,
    }
    return sorted(columns), [columns[name] for name in sorted(columns)]
