"""``python -m dosemap``."""

from dosemap.cli import main

main()
