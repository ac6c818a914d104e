"""Registers to one row per enterprise: clean, identify, link, features."""
