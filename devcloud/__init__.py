"""A real Keystone and a real Glance on loopback, for trying and testing vscclient."""

from __future__ import annotations

from devcloud.instance import start

__all__ = ["start"]
