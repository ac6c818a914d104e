"""What stands behind `kerong.lab.compare`: each part of a comparison in a file of its own."""
