"""Shared risk: which losses a pool bears, within which bounds, and what comes back (docs/algorithms/pool.md)."""
