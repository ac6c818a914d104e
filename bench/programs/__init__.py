"""Our side of the claims."""
