"""Reading order is import order: a module imports only modules that stand above it."""

import ast
import sys
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import autograd

ROOT = Path(autograd.__file__).parents[1]
PACKAGES = ("autograd", "nn")

# The order in which to read `autograd`. A package of several modules stands as one; inside it, any
# order without a circle is an order to read in. A new module takes its place in this list.
AUTOGRAD = (
    *("number", "symbols", "operation", "ops", "emit", "messages", "order", "value"),
    *("functions", "gradients", "graph", "wording", "trace", "paths", "explanation"),
    *("program", "tokens", "syntax", "cells", "expression", "intervals", "checks", "views"),
    *("terminal", "sheets", "commands", "demo", "__main__"),
)

DOORS = ("autograd", "autograd.__main__")  # may import at first use, to open quickly
CLIENTS = ("autograd.__main__",)  # may use nn
DEPENDENCIES = {"numpy", "graphviz"}
WITH_GRAPHVIZ = "autograd.views."


@dataclass(frozen=True)
class Import:
    """One imported module, and whether the statement stands inside a function."""

    target: str
    late: bool


def name_of(path, root):
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules_under(root):
    files = (path for package in PACKAGES for path in sorted((root / package).rglob("*.py")))
    return {name_of(path, root): path for path in files}


MODULES = modules_under(ROOT)


def imports(path, name, modules):
    """Return every import of a module, relative ones resolved, from the text alone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
    }
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {Import(alias.name, id(node) in inside) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = name if path.name == "__init__.py" else name.rpartition(".")[0]
            base = package.split(".")[: len(package.split(".")) - node.level + 1]
            source = ".".join([*(base if node.level else []), *filter(None, [node.module])])
            for alias in node.names:
                deeper = f"{source}.{alias.name}"
                found.add(Import(deeper if deeper in modules else source, id(node) in inside))
    return found


IMPORTS = {name: imports(path, name, MODULES) for name, path in MODULES.items()}
OURS = {
    name: {found for found in all_found if found.target.split(".")[0] in PACKAGES}
    for name, all_found in IMPORTS.items()
}


def place(name):
    """Return where a module of autograd stands in the list; the door comes last."""
    parts = name.split(".")
    return AUTOGRAD.index(parts[1]) if len(parts) > 1 else len(AUTOGRAD)


def circle(graph):
    """Return the modules of a circle of imports, or None."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return None


def test_every_module_has_its_place_in_the_list():
    present = {name.split(".")[1] for name in MODULES if name.startswith("autograd.")}
    assert present <= set(AUTOGRAD)


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith("autograd.")])
def test_a_module_imports_only_modules_above_it(name):
    for found in OURS[name]:
        if found.target.startswith("autograd"):
            below = place(found.target) > place(name)
            assert not below, f"{name} imports {found.target}, which is read after it"


def test_no_imports_run_in_a_circle():
    graph = {name: {found.target for found in all_found} for name, all_found in OURS.items()}
    assert circle(graph) is None


@pytest.mark.parametrize("name", MODULES)
def test_nobody_inside_imports_the_door(name):
    assert "autograd" not in {found.target for found in OURS[name]}


@pytest.mark.parametrize("name", MODULES)
def test_autograd_knows_nothing_of_its_clients(name):
    uses_nn = any(found.target.split(".")[0] == "nn" for found in OURS[name])
    assert not uses_nn or name in CLIENTS or name.startswith("nn")


@pytest.mark.parametrize("name", MODULES)
def test_imports_stand_at_the_top_except_at_the_doors_and_for_what_is_optional(name):
    for found in IMPORTS[name]:
        top = found.target.split(".")[0]
        optional = top not in {*PACKAGES, *DEPENDENCIES, *sys.stdlib_module_names}
        if found.late:
            assert optional or name in DOORS, f"{name} imports {found.target} inside a function"
        else:
            assert not optional, f"{name} imports {found.target}, which is not a dependency"


@pytest.mark.parametrize("name", MODULES)
def test_only_the_views_import_graphviz(name):
    uses = any(found.target.split(".")[0] == "graphviz" for found in IMPORTS[name])
    assert not uses or name.startswith(WITH_GRAPHVIZ)


@pytest.mark.parametrize("module", ["autograd", "nn", *(m for m in MODULES if "nn." in m)])
def test_importing_a_package_imports_nothing_that_is_optional(module, run_python):
    loaded = run_python(f"import sys, {module}; print(*sys.modules)").split()
    assert module in loaded
    assert not {"graphviz", "matplotlib", "tqdm", "sympy", "IPython"} & set(loaded)


# --- the test's own reading of imports ------------------------------------------------------------

SOURCE = """
import os.path, json
from . import door_name, sibling
from .deep.below import thing
from ..far import away
from elsewhere.there import this

def f():
    from .late import g
    return lambda: __import__("x")
"""


def test_imports_are_read_as_python_reads_them(tmp_path):
    path = tmp_path / "module.py"
    path.write_text(SOURCE)
    known = {"a.b.sibling": path, "a.b": path}
    found = {(i.target, i.late) for i in imports(path, "a.b.module", known)}
    assert found == {
        ("os.path", False),
        ("json", False),
        ("a.b", False),
        ("a.b.sibling", False),
        ("a.b.deep.below", False),
        ("a.far", False),
        ("elsewhere.there", False),
        ("a.b.late", True),
    }
    package = tmp_path / "__init__.py"
    package.write_text("from .late import g\nfrom . import sibling")
    assert {i.target for i in imports(package, "a.b", known)} == {"a.b.late", "a.b.sibling"}


def test_a_circle_is_found():
    assert circle({"a": {"b"}, "b": {"c"}}) is None
    assert set(circle({"a": {"b"}, "b": {"c"}, "c": {"a"}})) == {"a", "b", "c"}
