"""The configuration of cloud-init, merged as cloud-init merges it."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from guestinspect.disk.tree import Unreadable
from guestinspect.guest.cloud_init import configuration as cloud_config
from guestinspect.guest.cloud_init.configuration import CloudConfig
from tests import base
from tests.trees import MemoryTree

MAPPINGS = st.recursive(
    st.dictionaries(st.sampled_from("abc"), st.integers() | st.lists(st.integers(), max_size=2), max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=10,
)


def load(main: str, **parts: str) -> CloudConfig:
    files = {f"{cloud_config.FOLDER}/{name}": text for name, text in parts.items()}
    return cloud_config.load(MemoryTree({cloud_config.MAIN: main, **files}))


class TestMerging(base.BaseTestCase):
    def test_the_last_file_takes_precedence_and_lists_are_not_joined(self) -> None:
        found = load(
            "datasource_list: [None]\nsystem_info: {distro: debian, network: {renderers: [eni]}}\n",
            **{"10.cfg": "datasource_list: [NoCloud]\n", "20.cfg": "datasource_list: [OpenStack, None]\nusers: []\n"},
        )

        self.assertEqual(["OpenStack", "None"], found.get("datasource_list"))
        self.assertEqual("debian", found.get("system_info", "distro"))
        self.assertEqual(f"{cloud_config.FOLDER}/20.cfg:1", found.location("datasource_list"))
        self.assertEqual(f"{cloud_config.MAIN}:2", found.location("system_info", "network", "renderers"))

    def test_a_huge_configuration_is_unreadable(self) -> None:
        parts = {f"{number}.cfg": "#" * 100_000 for number in range(9)}

        self.assertRaises(Unreadable, load, "a: 1\n", **parts)

    def test_mappings_are_merged(self) -> None:
        found = load("datasource: {Ec2: {a: 1}}\n", **{"10.cfg": "datasource: {OpenStack: {b: 2}}\n"})

        self.assertEqual((1, 2), (found.get("datasource", "Ec2", "a"), found.get("datasource", "OpenStack", "b")))

    def test_other_files_in_the_folder_are_skipped(self) -> None:
        self.assertIsNone(load("a: 1\n", **{"README": "b: 1\n", "x.cfg.dpkg-old": "b: 1\n"}).get("b"))

    def test_a_template_or_a_file_with_merge_rules_is_unreadable(self) -> None:
        for text in ("## template: jinja\na: {{ v1.x }}\n", "merge_how: list(append)\n", "- 1\n", "a: [\n"):
            with self.subTest(text=text):
                self.assertRaises(Unreadable, load, text)


class TestArbitraryContent(base.BaseTestCase):
    @settings(deadline=None)
    @given(MAPPINGS, MAPPINGS)
    def test_the_stronger_mapping_keeps_its_values(
        self, stronger: dict[str, object], weaker: dict[str, object]
    ) -> None:
        merged = cloud_config.merge(stronger, weaker)

        self.assertEqual(merged, cloud_config.merge(merged, weaker))
        self.assertEqual(set(stronger) | set(weaker), set(merged))
        for key, value in stronger.items():
            with self.subTest(key=key, value=value):
                if not isinstance(value, dict):
                    self.assertEqual(value, merged[key])

    @settings(deadline=None)
    @given(st.binary(max_size=200))
    def test_any_bytes_are_read_or_unreadable(self, content: bytes) -> None:
        with suppress(Unreadable):
            cloud_config.load(MemoryTree({cloud_config.MAIN: content}))
