"""The command line: ``gradtrace``, or ``python -m gradtrace``.

`COMMANDS` is the table of commands. The module of a command is imported when the command is run,
so that ``gradtrace --help`` imports neither NumPy nor `autograd`.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import NamedTuple, NoReturn, TextIO

from .exit_status import CLOSED_PIPE, FAILED
from .terminal import open_streams, replace_unencodable


class Command(NamedTuple):
    """One command: the module and the function that run it, and one line for the help.

    The function takes an empty parser for this command, and the arguments that follow the name of
    the command. It returns the exit status.
    """

    module: str
    function: str
    help: str


COMMANDS = {
    "demo": Command("demo", "show_demo", "trace, verify, explain and draw a hand computation"),
    "check": Command("sheet", "check_sheets", "verify hand calculations, and name the mistakes"),
    "blank": Command("sheet", "write_blank", "make an exercise of a solved worksheet"),
    "show": Command("show", "draw_sheet", "draw the graph of a worksheet"),
    "trace": Command("listing", "list_steps", "list every step of a worksheet's sweeps"),
    "help": Command("listing", "show_language", "print what can be written in a worksheet"),
    "page": Command(
        "live_page", "run_page", "write the live page of a worksheet or a recorded graph"
    ),
    "train": Command("train", "train_digits", "train the digits network and look into it"),
}

DESCRIPTION = """\
See backpropagation: every gradient is traced edge by edge, explained in symbols and numbers, drawn,
and checked against a calculation by hand.
"""

EXAMPLES = """\
start here:
  gradtrace demo                 the 2-2-1 network of a textbook, from its first number to its last:
                                 traced, verified against the printed digits, explained and drawn
  gradtrace train --digits       the digits network, trained, and what its gradients mean

your own calculation, as a text file, such as sheet.txt with the line  y = 2*3 + 1 -> 7 :
  gradtrace check sheet.txt      judge every number; name the first mistake and what it caused
  gradtrace blank sheet.txt      the same sheet with blanks, as an exercise
  gradtrace show sheet.txt       draw its graph as sheet.svg
  gradtrace trace sheet.txt      list every step, forward and backward
  gradtrace help sheet           what can be written in a worksheet, in examples
  gradtrace page sheet.txt       a live page: step through it, change its numbers

in Python:
  from autograd import Value, trace, explain, draw, page
  a, b = Value(2.0, label="a"), Value(-3.0, label="b")
  c = (a * b).tanh()
  c.backward()                   a.grad is now ∂c/∂a
  print(explain(c, wrt=a))       why it is what it is
  print(trace(c))                every step, forward and backward
  draw(c).save("c.svg")          the graph, with every local derivative
  page(c).save("c.html")         the same graph as a page: step through it, change its leaves

exit status:
  0  nothing is wrong    1  something in the calculation is wrong    2  it cannot be read or done
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    open_streams()
    replace_unencodable(sys.stdout, sys.stderr)
    arguments = sys.argv[1:] if arguments is None else list(arguments)
    try:
        try:
            return _run(arguments)
        finally:  # so that a closed pipe or a full disk is reported here, not while Python exits
            sys.stdout.flush()
    except BrokenPipeError:  # the reader, such as `head`, has read enough
        _discard_output()
        return CLOSED_PIPE
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        print(f"gradtrace: {place}{error.strerror or error}", file=sys.stderr)
        _discard_output()
        return FAILED
    except (ImportError, ValueError) as error:
        print(f"gradtrace: {error}", file=sys.stderr)
        return FAILED


def _discard_output() -> None:
    """Send the rest of standard output to the null device."""
    with contextlib.suppress(OSError):  # in tests the stream may have no file descriptor
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(arguments: Sequence[str]) -> int:
    if not arguments:
        _parser().print_help()
        return 0
    name, *rest = arguments
    if name not in COMMANDS:
        if not name.startswith("-"):
            _suggest_command(name)
        # This ends the program with the help, the version, or an error that lists the commands.
        _parser().parse_args(arguments)
        return 0  # not reached; mypy needs it
    command = COMMANDS[name]
    run = _import_command(command)
    description = f"{command.help[0].upper()}{command.help[1:]}."
    return run(_Parser(prog=f"gradtrace {name}", description=description), rest)


def _suggest_command(name: str) -> None:
    """Raise ValueError if a similar command, or a file that could be checked, has this name."""
    from difflib import get_close_matches  # here, because this import is slow

    if similar := get_close_matches(name, COMMANDS, 1):
        raise ValueError(f"{name!r} is not a command. Did you mean {similar[0]!r}?")
    if os.path.exists(name):
        raise ValueError(f"{name!r} is a file, not a command: write gradtrace check {name}")


def _import_command(
    command: Command,
) -> Callable[[argparse.ArgumentParser, Sequence[str]], int]:
    """Return the function that runs a command."""
    # Garbage collections would take a tenth of the time of the imports, and find nothing to free.
    gc.disable()
    try:
        module = import_module(f"gradtrace.{command.module}")
    finally:
        gc.enable()
    function: Callable[[argparse.ArgumentParser, Sequence[str]], int]
    function = getattr(module, command.function)
    return function


class _Parser(argparse.ArgumentParser):
    def print_help(self, file: TextIO | None = None) -> None:  # type: ignore[override]
        """Print the help. The method of argparse hides a full disk and a closed pipe."""
        print(self.format_help(), end="", file=file)


class _ShowVersion(argparse.Action):
    """The action of --version. Only this action imports the engine, to find the version."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        print(f"gradtrace {import_module('autograd').__version__}")
        parser.exit()


def _parser() -> argparse.ArgumentParser:
    """Return the parser of everything but the commands, such as --help and --version."""
    parser = _Parser(
        prog="gradtrace",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_ShowVersion, nargs=0, help="show the version")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, command in COMMANDS.items():
        commands.add_parser(name, help=command.help)
    return parser


def run_process() -> NoReturn:
    """Run the command line and end the process with its exit status."""
    status = main()
    # Python's last garbage collection skips frozen objects, which saves a fifth of the time of a
    # short command.
    gc.freeze()
    sys.exit(status)


if __name__ == "__main__":
    run_process()
