"""Every speed that we claim, beside its peer: `kerong bench [NAME] [--json]`."""
