"""Reading order is import order: a module imports only modules that come before it."""

import ast
import sys
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import autograd

ROOT = Path(autograd.__file__).parents[1]
PACKAGES = ("autograd", "nn", "gradtrace")

# The order in which to read the packages. A module imports only what comes before it in this list.
# A package inside a room, such as `views.layout`, has one place in it.
ORDER = [
    "autograd.version",
    "autograd.encoding",
    "autograd.late_pattern",
    "autograd.files",
    "autograd.hooks",
    "autograd.engine.collector",
    "autograd.engine.number",
    "autograd.engine.arrays",
    "autograd.engine.namespace",
    "autograd.engine.operation",
    "autograd.engine.error_function",
    "autograd.engine.table",
    "autograd.engine.ops",
    "autograd.engine.dialect",
    "autograd.engine.formula",
    "autograd.engine.recorder_source",
    "autograd.engine.description",
    "autograd.engine.errors",
    "autograd.engine.topological",
    "autograd.engine.source_line",
    "autograd.engine.note",
    "autograd.engine.node",
    "autograd.engine.generated_code",
    "autograd.engine.compiled_recorders",
    "autograd.engine.recorder",
    "autograd.engine.block",
    "autograd.engine.user_code",
    "autograd.engine.guard_copies",
    "autograd.engine.kept_guards",
    "autograd.engine.guard_selection",
    "autograd.engine.copies",
    "autograd.engine.condition",
    "autograd.engine.number_like",
    "autograd.engine.value",
    "autograd.engine.adjoints",
    "autograd.engine.functions",
    "autograd.engine.second_order",
    "autograd.naming.held",
    "autograd.naming.bytecode",
    "autograd.naming.keys",
    "autograd.naming.target",
    "autograd.naming.stored_targets",
    "autograd.naming.destination",
    "autograd.naming.callees",
    "autograd.naming.code_sites",
    "autograd.naming.operand_texts",
    "autograd.naming.sites",
    "autograd.naming.name_groups",
    "autograd.naming.waiting",
    "autograd.naming.noter",
    "autograd.naming.recording",
    "autograd.graph.parts",
    "autograd.graph.guards",
    "autograd.graph.serialization",
    "autograd.graph.characters",
    "autograd.graph.lookup",
    "autograd.graph.rerecording",
    "autograd.graph.code_names",
    "autograd.graph.snapshot",
    "autograd.graph.sweep",
    "autograd.graph.subgraph",
    "autograd.graph.graph",
    "autograd.graph.location",
    "autograd.graph.latex_names",
    "autograd.graph.wording",
    "autograd.graph.formulas",
    "autograd.graph.steps",
    "autograd.graph.step_text",
    "autograd.graph.tracing",
    "autograd.graph.paths",
    "autograd.graph.derivations",
    "autograd.graph.rules_of_calculus",
    "autograd.graph.path_text",
    "autograd.graph.explanation",
    "autograd.program.fuse",
    "autograd.program.instructions",
    "autograd.program.calls",
    "autograd.program.grouping",
    "autograd.program.schedule",
    "autograd.program.places",
    "autograd.program.stacking",
    "autograd.program.contraction",
    "autograd.program.registers",
    "autograd.program.recipe",
    "autograd.program.call_work",
    "autograd.program.plan",
    "autograd.program.frame",
    "autograd.program.contributions",
    "autograd.program.forward",
    "autograd.program.backward",
    "autograd.program.lower",
    "autograd.program.planner",
    "autograd.program.computation",
    "autograd.program.liveness",
    "autograd.program.products",
    "autograd.program.finiteness",
    "autograd.program.binding",
    "autograd.program.numpy_engine",
    "autograd.program.runner",
    "autograd.program.source",
    "autograd.program.replay",
    "autograd.program.examples",
    "autograd.program.passes",
    "autograd.program.engines",
    "autograd.program.weights",
    "autograd.program.program",
    "autograd.program.recorded_result",
    "autograd.program.rerecording",
    "autograd.program.branching",
    "autograd.program.compiler",
    "autograd.pytorch.entries",
    "autograd.pytorch.choices",
    "autograd.pytorch.contractions",
    "autograd.pytorch.elementwise",
    "autograd.pytorch.reductions",
    "autograd.pytorch.norms",
    "autograd.pytorch.operations",
    "autograd.pytorch.nested_arguments",
    "autograd.pytorch.origins",
    "autograd.pytorch.rerun",
    "autograd.pytorch.sizes",
    "autograd.pytorch.interpreter",
    "autograd.pytorch.agreement",
    "autograd.pytorch.torch_graph",
    "autograd.numeric.extrapolation",
    "autograd.numeric.differences",
    "autograd.numeric.complex_step",
    "autograd.numeric.gradient_report",
    "autograd.numeric.subject",
    "autograd.numeric.gradcheck",
    "autograd.numeric.own_value",
    "autograd.numeric.operation_checks",
    "autograd.numeric.custom_operation",
    "autograd.language.spelling",
    "autograd.language.scripts",
    "autograd.language.sheet_source",
    "autograd.language.trees",
    "autograd.language.lists",
    "autograd.language.token",
    "autograd.language.latex_tokens",
    "autograd.language.tokens",
    "autograd.language.suggestion",
    "autograd.language.chain",
    "autograd.language.quantity",
    "autograd.language.vocabulary",
    "autograd.language.ranks",
    "autograd.language.known_names",
    "autograd.language.cursor",
    "autograd.language.differentials",
    "autograd.language.short_gradients",
    "autograd.language.fractions",
    "autograd.language.brackets",
    "autograd.language.sums",
    "autograd.language.calls",
    "autograd.language.factors",
    "autograd.language.exponents",
    "autograd.language.grammar",
    "autograd.language.patterns",
    "autograd.language.scopes",
    "autograd.language.evaluate",
    "autograd.language.product_readings",
    "autograd.language.matlab",
    "autograd.language.respelling",
    "autograd.language.labels",
    "autograd.language.side_by_side",
    "autograd.language.printed_values",
    "autograd.language.printing",
    "autograd.language.transcripts",
    "autograd.language.plain_data",
    "autograd.language.comments",
    "autograd.language.adornment",
    "autograd.language.doubles",
    "autograd.language.layout",
    "autograd.language.latex_macros",
    "autograd.language.formats",
    "autograd.language.program_lines",
    "autograd.language.table_entries",
    "autograd.language.tables",
    "autograd.language.written_numbers",
    "autograd.language.sheet_quantity",
    "autograd.language.names",
    "autograd.language.sheet_names",
    "autograd.language.expansion",
    "autograd.language.members",
    "autograd.language.alignment",
    "autograd.language.target_labels",
    "autograd.language.chain_targets",
    "autograd.language.units",
    "autograd.language.line_parser",
    "autograd.language.notation",
    "autograd.language.recognition",
    "autograd.language.activation_recognition",
    "autograd.language.loss_recognition",
    "autograd.language.step_recognition",
    "autograd.language.dot_recognition",
    "autograd.language.numbered",
    "autograd.language.slope_sums",
    "autograd.language.missing_names",
    "autograd.language.meanings",
    "autograd.language.name_resolution",
    "autograd.language.step_tracking",
    "autograd.language.rounds",
    "autograd.language.indexed_targets",
    "autograd.language.acts",
    "autograd.language.waiting",
    "autograd.language.step_reading",
    "autograd.language.recognized_formulas",
    "autograd.language.definitions",
    "autograd.language.sheet_functions",
    "autograd.language.gradient_chains",
    "autograd.language.worded_targets",
    "autograd.language.chain_reading",
    "autograd.language.row_reading",
    "autograd.language.bare_lines",
    "autograd.language.leaving_out",
    "autograd.language.unexplained",
    "autograd.language.reader",
    "autograd.grading.intervals",
    "autograd.grading.interval_functions",
    "autograd.grading.written",
    "autograd.grading.single_precision",
    "autograd.grading.verdict",
    "autograd.grading.short_names",
    "autograd.grading.indices",
    "autograd.grading.lines",
    "autograd.grading.structure",
    "autograd.grading.sweep",
    "autograd.grading.ledger",
    "autograd.grading.choices",
    "autograd.grading.fingerprints",
    "autograd.grading.equal_numbers",
    "autograd.grading.derivatives",
    "autograd.grading.held_fixed",
    "autograd.grading.layers",
    "autograd.grading.inner_parts",
    "autograd.grading.second_names",
    "autograd.grading.definitions",
    "autograd.grading.book",
    "autograd.grading.naming",
    "autograd.grading.counterfactual",
    "autograd.grading.subgraphs",
    "autograd.grading.segment",
    "autograd.grading.slips",
    "autograd.grading.substitution",
    "autograd.grading.working",
    "autograd.grading.rounded_steps",
    "autograd.grading.recomputation",
    "autograd.grading.rounding",
    "autograd.grading.consequences",
    "autograd.grading.expected",
    "autograd.grading.explainer",
    "autograd.grading.member_verdicts",
    "autograd.grading.answer_verdicts",
    "autograd.grading.calculator",
    "autograd.grading.grader",
    "autograd.grading.convention",
    "autograd.grading.siblings",
    "autograd.grading.feedback",
    "autograd.grading.report",
    "autograd.grading.blanks",
    "autograd.grading.worksheet",
    "autograd.grading.check",
    "autograd.grading.magic",
    "autograd.views.text",
    "autograd.views.neurons",
    "autograd.views.selection",
    "autograd.views.picture_parts",
    "autograd.views.picture",
    "autograd.views.palette",
    "autograd.views.templates",
    "autograd.views.javascript",
    "autograd.views.interval_script",
    "autograd.views.answer_sheet",
    "autograd.views.layout",
    "autograd.views.direction",
    "autograd.views.unit_parts",
    "autograd.views.folding",
    "autograd.views.blocks",
    "autograd.views.heat_maps",
    "autograd.views.unit_columns",
    "autograd.views.examples",
    "autograd.views.units",
    "autograd.views.spots",
    "autograd.views.network_names",
    "autograd.views.network_wires",
    "autograd.views.network_notes",
    "autograd.views.network_captions",
    "autograd.views.block_cells",
    "autograd.views.network_columns",
    "autograd.views.network_scene",
    "autograd.views.network_data",
    "autograd.views.card_sizes",
    "autograd.views.svg_parts",
    "autograd.views.svg",
    "autograd.views.unit_svg",
    "autograd.views.network_svg",
    "autograd.views.host_html",
    "autograd.views.film",
    "autograd.views.dot",
    "autograd.views.page_data",
    "autograd.views.box_scene",
    "autograd.views.levels",
    "autograd.views.png",
    "autograd.views.pdf",
    "autograd.views.display",
    "autograd.views.self_contained",
    "autograd.views.drawing",
    "autograd.views.code_lines",
    "autograd.views.page",
    "nn.arrays",
    "nn.module",
    "nn.activations",
    "nn.initialization",
    "nn.outputs",
    "nn.inputs",
    "nn.neuron",
    "nn.layers",
    "nn.network",
    "nn.losses",
    "nn.targets",
    "nn.parameters",
    "nn.updates",
    "nn.learning_rate",
    "nn.optimizer_base",
    "nn.optimizers",
    "nn.groups",
    "nn.matrix",
    "nn.surface",
    "nn.torch_state",
    "nn.dropout",
    "nn.data.batches",
    "nn.data.idx",
    "nn.data.datasets",
    "nn.data.clouds",
    "nn.data.first_names",
    "nn.sequences.vectors",
    "nn.sequences.embedding",
    "nn.sequences.norms",
    "nn.sequences.attention",
    "nn.sequences.transformer",
    "nn.sequences.gpt",
    "nn.sequences.rnn",
    "nn.train.arguments",
    "nn.train.recorded_example",
    "nn.train.branched",
    "nn.train.target_checks",
    "nn.train.batched",
    "nn.train.shares",
    "nn.train.data_parallel",
    "nn.train.prediction",
    "nn.train.metrics",
    "nn.train.identity",
    "nn.train.history",
    "nn.train.saved_history",
    "nn.train.checkpoint",
    "nn.train.progress",
    "nn.train.run",
    "nn.train.interruption",
    "nn.train.weighting",
    "nn.train.resumption",
    "nn.train.persistence",
    "nn.train.watch",
    "nn.train.training",
    "nn.lessons.nudges",
    "nn.lessons.avenues",
    "nn.lessons.votes",
    "nn.lessons.sensitivities",
    "nn.lessons.array_text",
    "nn.lessons.equations",
    "nn.lessons.surface_data",
    "nn.lessons.landscape",
    "nn.lessons.wiggles",
    "nn.play.script_data",
    "nn.play.playground",
    "nn.plots.canvas",
    "nn.plots.boundary",
    "nn.plots.activation_curves",
    "nn.plots.training_curves",
    "nn.plots.images",
    "nn.plots.neuron_diagram",
    "nn.plots.network_diagram",
    "nn.plots.surfaces",
    "gradtrace.nn",
    "gradtrace.exit_status",
    "gradtrace.terminal",
    "gradtrace.results",
    "gradtrace.sheet",
    "gradtrace.listing",
    "gradtrace.show",
    "gradtrace.live_page",
    "gradtrace.demo",
    "gradtrace.launcher",
    "gradtrace.process_share",
    "gradtrace.training_setup",
    "gradtrace.train",
    "gradtrace.__main__",
]
ROOMS = list(dict.fromkeys(module.rpartition(".")[0] for module in ORDER))
# These export or start what other modules define.
DOORS = (
    *("autograd", "nn", "nn.plots", "nn.surface"),
    *("gradtrace", "gradtrace.__main__"),
)
DEPENDENCIES = {"numpy", "graphviz"}


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
    # PyInstaller runs the files of autograd/hooks; no import statement can name them.
    return {name_of(path, root): path for path in files if "-" not in path.name}


MODULES = modules_under(ROOT)


def imports(path, name, modules):
    """Return every import of a module, relative ones resolved, from the text alone."""
    found = set()
    stack = [(ast.parse(path.read_text(encoding="utf-8")), False)]
    while stack:
        node, late = stack.pop()
        if isinstance(node, ast.Import):
            found |= {Import(alias.name, late) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            package = name if path.name == "__init__.py" else name.rpartition(".")[0]
            base = package.split(".")[: len(package.split(".")) - node.level + 1]
            source = ".".join([*(base if node.level else []), *filter(None, [node.module])])
            for alias in node.names:
                deeper = f"{source}.{alias.name}"
                found.add(Import(deeper if deeper in modules else source, late))
        elif not isinstance(node, ast.expr):  # an expression has no import in it
            late = late or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            stack += [(child, late) for child in ast.iter_child_nodes(node)]
    return found


@pytest.fixture(scope="module")
def all_imports():
    return {name: imports(path, name, MODULES) for name, path in MODULES.items()}


@pytest.fixture(scope="module")
def our_imports(all_imports):
    return {
        name: {found for found in all_found if found.target.split(".")[0] in PACKAGES}
        for name, all_found in all_imports.items()
    }


def room_of(name):
    """Return the room that a module is in: the longest listed package that holds it."""
    return max((room for room in ROOMS if f"{name}.".startswith(f"{room}.")), key=len)


def place(name):
    """Return where a module is in the reading order, or -1 for the door of a room."""
    room = room_of(name)
    inside = name.removeprefix(room).strip(".").split(".")[0]
    return ORDER.index(f"{room}.{inside}") if inside else -1


def cycle(graph):
    """Return the modules of a cycle of imports, or None."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return None


def test_every_module_has_its_place_in_the_list():
    inside = {name for name in MODULES if name not in ROOMS}
    rooms = {name: room_of(name) for name in inside}
    places = {f"{rooms[name]}.{name.removeprefix(rooms[name]).split('.')[1]}" for name in inside}
    assert places == set(ORDER)


def test_a_module_imports_only_modules_that_are_read_before_it(our_imports):
    for name in set(MODULES) - set(DOORS):
        for found in our_imports[name]:
            below = place(found.target) > place(name)
            assert not below, f"{name} imports {found.target}, which is read after it"


def test_no_imports_form_a_cycle(our_imports):
    graph = {name: {found.target for found in all_found} for name, all_found in our_imports.items()}
    assert cycle(graph) is None


def test_nothing_inside_imports_the_door(our_imports):
    for name in set(MODULES) - set(DOORS) - {"gradtrace.nn"}:
        assert not {found.target for found in our_imports[name]} & {"autograd", "nn"}, name


def test_imports_are_at_the_top_except_in_the_doors_and_for_what_is_optional(all_imports):
    for name, all_found in all_imports.items():
        for found in all_found:
            top = found.target.split(".")[0]
            optional = top not in {*PACKAGES, *DEPENDENCIES, *sys.stdlib_module_names}
            if found.late:
                assert optional or name in DOORS, f"{name} imports {found.target} in a function"
            else:
                assert not optional, f"{name} imports {found.target}, which is not a dependency"


def test_only_the_views_import_graphviz(all_imports):
    for name, all_found in all_imports.items():
        uses = any(found.target.split(".")[0] == "graphviz" for found in all_found)
        assert not uses or name.startswith("autograd.views."), name


def test_importing_a_package_imports_nothing_that_is_optional(run_python):
    modules = ["autograd", "gradtrace.train", *(name for name in MODULES if name.startswith("nn"))]
    loaded = run_python(f"import sys, {', '.join(modules)}; print(*sys.modules)").split()
    assert set(modules) <= set(loaded)
    of_figures, of_data = {"graphviz", "matplotlib", "IPython"}, {"tqdm", "sklearn", "scipy"}
    assert not (of_figures | of_data | {"sympy", "torch", "jax"}) & {*loaded}


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


def test_a_cycle_is_found():
    assert cycle({"a": {"b"}, "b": {"c"}}) is None
    assert set(cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}})) == {"a", "b", "c"}
