"""``openstack vsc image rule show``."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from vscclient.osc.command import Columns, ShowOne
from vscclient.osc.options import policy
from vscclient.osc.policy_file import YamlIsAPolicyFile


class ShowRule(YamlIsAPolicyFile, ShowOne):
    """Display what a rule for images asks, why, and how to mend; -f yaml writes a policy file"""

    def get_parser(self, prog_name: str) -> ArgumentParser:
        parser = super().get_parser(prog_name)
        parser.add_argument("code", metavar="<code>", help="Code of the rule, such as D305")
        policy.add(parser)
        return parser

    def take_action(self, parsed_args: Namespace) -> Columns:
        from vscclient.images import rules

        in_force = rules.one_of(**policy.read(parsed_args), code=parsed_args.code)
        self.as_policy_file = in_force.as_file
        (rule,) = in_force.rules
        weights = {str(visibility): str(weight) for visibility, weight in rule.weights.items()}
        shown = vars(rule.page) | weights | {"code": rule.code, "unknown": str(rule.unknown)}
        columns = sorted((shown | {"waivable": rule.is_waivable}).items())
        return [name for name, _ in columns], [value for _, value in columns]
