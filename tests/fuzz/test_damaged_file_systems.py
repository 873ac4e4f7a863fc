"""Damage file systems at random: a reader finds the damage or reads on, and raises nothing else."""

from __future__ import annotations

import contextlib
import os
import random

from guestinspect.disk.filesystems.explorer_filesystems import open_btrfs, open_ext
from guestinspect.disk.filesystems.xfs import Xfs
from guestinspect.disk.mounted_tree import MountedTree
from guestinspect.disk.tree import Tree, Unreadable
from tests import volumes
from tests.unit.guestinspect.reading import MemoryBlocks, ReadingTest


class TestDamagedFileSystems(ReadingTest):
    def test_damage_anywhere_is_unreadable_and_nothing_else(self) -> None:
        noise = random.Random(9)
        for read, image in (
            (open_ext, volumes.ext(self.made / "e", self.guest)),
            (Xfs, volumes.xfs(self.made / "x", self.guest)),
            (open_btrfs, volumes.btrfs(self.made / "b", self.guest)),
        ):
            blocks = MemoryBlocks(image.read_bytes())
            used = [at for at in range(0, blocks.size_bytes, 4096) if any(blocks.content[at : at + 4096])]
            for _ in range(12):
                kept = []
                for _ in range(40):
                    at = noise.choice(used) + noise.randrange(4096)
                    kept.append((at, blocks.read_at(at, 4)))
                    blocks.write(at, noise.randbytes(4))
                with contextlib.suppress(Unreadable):
                    _walk(MountedTree(read(blocks)), "/")
                for at, before in reversed(kept):
                    blocks.write(at, before)


def _walk(tree: Tree, folder: str) -> None:
    """Read everything that can be read."""
    for name in tree.names(folder):
        path = os.path.join(folder, name)
        with contextlib.suppress(Unreadable):
            if tree.link(path) is None and tree.read(path) is None:
                _walk(tree, path)
