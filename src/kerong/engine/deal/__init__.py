"""Deals: states and moves, working days, terms."""
