"""The portal: a Django project whose faces show one published run."""
