"""`python -m bot` is `deskmate`."""

from bot.cli import main

main(prog_name="deskmate")
