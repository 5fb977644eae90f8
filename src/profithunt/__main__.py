"""`python -m profithunt` is the same as the command `profithunt`."""

from profithunt.cli import main

main()
