"""The text of single steps, as the cells of a table and as LaTeX."""

from __future__ import annotations

from .formulas import Writer
from .latex_names import name_latex
from .parts import Edge
from .steps import Step
from .wording import LATEX, factors_in_numbers, latex_number, number_text


def forward_row(writer: Writer, step: Step) -> list[str]:
    """Return name, formula, numbers, value and line of code of a forward step, as text."""
    return [
        writer.name(step.child),
        f"= {writer.formula(step.child)}",
        f"= {writer.formula_in_numbers(step.child)}",
        f"= {number_text(step.after)}",
        writer.graph.nodes[step.child].code,
    ]


def backward_row(writer: Writer, step: Step) -> list[str]:
    """Return edge, rule, numbers, contribution and total of a backward step, as text."""
    assert step.parent is not None and step.slot is not None
    edge = Edge(step.child, step.parent, step.slot, step.local)
    before = f"{number_text(step.before)} → " if step.before else ""
    return [
        f"{writer.name(step.parent)} ← {writer.name(step.child)}",
        f"{writer.gradient(step.child)} · {writer.factor_derivative(edge)}",
        f"= {factors_in_numbers((step.upstream, step.local))}",
        f"= {number_text(step.contribution)}",
        f"{writer.gradient(step.parent)}: {before}{number_text(step.after)}",
    ]


def forward_latex(writer: Writer, step: Step) -> str:
    name = name_latex(writer.graph.nodes[step.child].name)
    # A product of names has a thin space. Two numbers with a thin space between them would look
    # like one number, so a dot takes its place.
    numbers = writer.formula_in_numbers(step.child).replace(r" \, ", r" \cdot ")
    return f"{name} &= {writer.formula(step.child)} = {numbers} = {latex_number(step.after)}"


def backward_latex(writer: Writer, step: Step) -> str:
    """Return "gradient of the parent += upstream · local derivative = numbers = contribution"."""
    assert step.parent is not None and step.slot is not None
    edge = Edge(step.child, step.parent, step.slot, step.local)
    numbers = factors_in_numbers((step.upstream, step.local), LATEX)
    return (
        rf"{writer.gradient(step.parent)} &\mathrel{{+}}= {writer.gradient(step.child)} \cdot "
        f"{writer.factor_derivative(edge)} = {numbers} = {latex_number(step.contribution)}"
    )
