"""`python -m tablecast`, the command line."""

from tablecast.command_line import main

main()
