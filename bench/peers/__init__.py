"""What a user would pick today for the same work."""
