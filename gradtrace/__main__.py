"""The command line: ``gradtrace``, or ``python -m gradtrace``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from . import demo
from . import train as lesson
from .live_page import write_page
from .sheet import add_commands
from .terminal import speak_unicode

DESCRIPTION = """\
See backpropagation: every gradient traced edge by edge, explained in symbols and numbers, drawn,
and checked against a calculation by hand.
"""

EXAMPLES = """\
start here:
  gradtrace demo                 the 2-2-1 network of a textbook, from its first number to its last:
                                 traced, verified against the printed digits, explained and drawn
  gradtrace train --digits       the digits network, trained, and what its gradients mean

your own calculation, as a text file (see README):
  gradtrace check sheet.calc     every number judged; the first mistake, its consequences, the slip
  gradtrace blank sheet.calc     the same sheet with blanks, as an exercise
  gradtrace show sheet.calc      its graph as sheet.svg
  gradtrace trace sheet.calc     every step, forward and backward
  gradtrace page sheet.calc      a live page: step through it, change its numbers

in Python:
  from autograd import Value, trace, explain, draw, page
  a, b = Value(2.0, label="a"), Value(-3.0, label="b")
  c = (a * b).tanh()
  c.backward()                   a.grad is now ∂c/∂a
  print(explain(c, wrt=a))       why it is what it is
  print(trace(c))                every step, forward and backward
  draw(c).save("c.svg")          the graph, with every local derivative
  page(c).save("c.html")         the same to step through, with leaves that can be changed

exit status:
  0  all is right      1  something in the calculation is wrong      2  it cannot be read or done
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    speak_unicode(sys.stdout, sys.stderr)
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except OSError as error:
        print(f"gradtrace: {error.filename or ''}: {error.strerror}", file=sys.stderr)
        return 2
    except ValueError as error:
        print(f"gradtrace: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gradtrace",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"gradtrace {_version()}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_demo(commands)
    _add_page(commands)
    _add_train(commands)
    add_commands(commands)
    return parser


def _add_demo(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "demo",
        help="trace, verify, explain and draw a hand computation",
        description="Run the 2-2-1 hand computation: forward, backward edge by edge, one update, "
        "each number beside the one its text prints; then repeat until the error is driven down.",
    )
    command.add_argument(
        "--output",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="where to write gradtrace-demo.svg and .html (default: here)",
    )
    command.set_defaults(run=_demo)


def _add_page(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "page",
        help="write the live page of a worksheet or a recorded graph",
        description="Write one HTML file that steps through a graph forward and backward, edge by "
        "edge, and computes again when a leaf is changed. It needs no network.",
    )
    command.add_argument(
        "file",
        metavar="FILE",
        help="a worksheet (- is standard input), or a .json file that holds "
        "Graph.of(output).to_json()",
    )
    command.add_argument("-o", "--output", type=Path, help="the page (default: FILE.html, here)")
    command.add_argument("--title", default="", help="what stands above it (default: FILE)")
    command.add_argument("--focus", metavar="LABEL", help="show only the paths through this node")
    command.add_argument("--depth", type=int, metavar="N", help="at most N steps from the output")
    command.add_argument("--collapse", choices=("neuron", "layer"), help="one box for each")
    command.set_defaults(run=_page)


def _page(options: argparse.Namespace) -> int:
    written = write_page(
        options.file,
        options.output,
        title=options.title,
        focus=options.focus,
        depth=options.depth,
        collapse=options.collapse,
    )
    print(f"The live page is {written}")
    return 0


def _demo(options: argparse.Namespace) -> int:
    return 0 if demo.run(options.output) else 1


def _add_train(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "train",
        help="train the digits network and look into it",
        description="Train the network with two hidden layers of 16 neurons on handwritten digits; "
        "print its accuracy, its most and least sensitive weights, and what one example wants. "
        "Ctrl-C ends the training and keeps what was learnt.",
    )
    data = command.add_mutually_exclusive_group(required=True)
    data.add_argument("--mnist", type=Path, metavar="DIR", help="a folder with MNIST's IDX files")
    data.add_argument("--digits", action="store_true", help="the 8×8 digits of scikit-learn")
    command.add_argument("--epochs", type=int, metavar="N", help="how often each digit comes by")
    command.add_argument("--save", type=Path, metavar="FILE", help="where to keep the network")
    command.add_argument("--seed", type=int, default=0, help="the same seed, the same bits (0)")
    command.add_argument("--quiet", action="store_true", help="no progress bar")
    command.set_defaults(run=_train)


def _train(options: argparse.Namespace) -> int:
    try:
        lesson.train(
            options.mnist, options.epochs, options.save, options.seed, progress=not options.quiet
        )
    except (ImportError, ValueError) as error:
        print(f"gradtrace: {error}", file=sys.stderr)
        return 2
    return 0


def _version() -> str:
    try:
        return version("gradtrace")
    except PackageNotFoundError:  # run from a source tree that was never installed
        return "(not installed)"


if __name__ == "__main__":
    sys.exit(main())
