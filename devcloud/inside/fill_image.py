"""``python -m devcloud.inside.fill_image FOLDER…``: create Glance's database and load the metadata definitions."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path


def manage(*arguments: str) -> None:
    """Run one command of ``glance-manage`` in this process: importing it takes longer than the work."""
    module = importlib.import_module("glance.cmd.manage")
    module.CONF.reset()
    file = Path(os.environ["OS_GLANCE_CONFIG_DIR"], "glance-api.conf")
    sys.argv = ["glance-manage", "--config-file", str(file), *arguments]
    if failed := module.main():
        sys.exit(failed)


def main() -> None:
    """Fill an empty Glance, found by its configuration folder in the environment."""
    folders = sys.argv[1:]
    manage("db_sync")
    for folder in folders:
        manage("db_load_metadefs", folder)


if __name__ == "__main__":
    main()
