"""`python -m kerong` is `kerong`."""

from kerong.cli import main

main()
