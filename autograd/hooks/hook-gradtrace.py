"""The modules of the commands, which are imported when a command is run."""

from gradtrace.__main__ import COMMANDS

hiddenimports = sorted({f"gradtrace.{command.module}" for command in COMMANDS.values()} | {"nn"})
