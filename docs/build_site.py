"""Build the documentation as a site that works offline: ``make docs``, or this script.

Sphinx with Furo and MyST is used, because its pages and its search work from files without a
server, nothing is loaded from elsewhere, and the docstrings are read as they are. The sources are
the Markdown files in this folder, the notebooks, and what is generated here: the reference, the
sheet language, and the live pages.

    python docs/build_site.py [FOLDER]       # default: build/site
"""

from __future__ import annotations

import inspect
import shutil
import sys
from importlib import import_module
from importlib.resources import files
from pathlib import Path

from sphinx.cmd.build import main as sphinx

import autograd
import nn
from autograd import Value, page
from nn import MLP, half_squared_error

DOCS = Path(__file__).parent
ROOT = DOCS.parent
GROUPS = {"autograd": autograd, "nn": nn}


def main(target: Path) -> int:
    """Write the sources to a folder beside the site, and build the site."""
    sources, parsed = (target.with_name(f"{target.name}-{end}") for end in ("sources", "doctrees"))
    for folder in (sources, parsed, target):
        shutil.rmtree(folder, ignore_errors=True)
    ignored = shutil.ignore_patterns("*.py", "__pycache__")
    shutil.copytree(DOCS, sources, ignore=ignored)
    shutil.copytree(ROOT / "notebooks", sources / "notebooks", ignore=ignored)
    for name in ("CHANGELOG.md", "CONTRIBUTING.md"):
        text = (ROOT / name).read_text(encoding="utf-8").replace("](docs/", "](")
        (sources / name).write_text(text, encoding="utf-8")
    (sources / "sheets.md").write_text(sheet_language(), encoding="utf-8")
    (sources / "reference.md").write_text(reference(), encoding="utf-8")
    live = sources / "live"
    live.mkdir()
    (live / "two-two-one.html").write_text(two_two_one(), encoding="utf-8")
    arguments = ["-q", "-W", "--keep-going", "-c", str(DOCS), "-d", str(parsed), "-b", "html"]
    status = sphinx([*arguments, str(sources), str(target)])
    shutil.copytree(live, target / "live", dirs_exist_ok=True)
    print(f"the site is in {target / 'index.html'}")
    return int(status)


def two_two_one() -> str:
    """Return the live page of the network that is computed by hand in notebook 2."""
    net = MLP.from_arrays([[[0.4, 0.2], [0.3, 0.7]], [[0.6, 0.9]]], [[0.1, -0.3], [0.2]])
    cost = half_squared_error(net([Value(0.5, "x1"), Value(0.1, "x2")]), Value(0.8, "y"))
    cost.label = "C"
    cost.backward()
    return page(cost).html


def sheet_language() -> str:
    """Return the page about worksheets, which is what ``gradtrace help sheet`` prints."""
    forms = files("autograd.language").joinpath("forms.txt").read_text(encoding="utf-8")
    return f"# The sheet language\n\n```text\n{forms}\n```\n"


def reference() -> str:
    """Return the reference of every public name, from its docstring."""
    parts = ["# Reference", ""]
    for name, module in GROUPS.items():
        parts += [f"## {name}", ""]
        for public in sorted(module.__all__, key=str.lower):
            parts += ["```{eval-rst}", *directive(name, public), "```", ""]
    return "\n".join(parts)


def directive(module: str, name: str) -> list[str]:
    """Return the lines that document one public name."""
    thing = getattr(import_module(module), name)
    if inspect.isclass(thing):
        members = "" if issubclass(thing, Exception | tuple) else "   :members:"
        return [f".. autoclass:: {module}.{name}", members]
    if callable(thing):
        return [f".. autofunction:: {module}.{name}"]
    return [f".. autodata:: {module}.{name}"]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "site").resolve()))
