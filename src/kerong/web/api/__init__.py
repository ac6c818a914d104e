"""The portal's API: one typed file per noun, the same permissions as the pages."""
