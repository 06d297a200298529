"""`lower` returns one frozen plan: where leaves, results and guards are, and what begins where."""

from autograd import Value, compile, dot, tanh  # noqa: A004 - its name, as re.compile has it


def plan_of(output, inputs, keep=()):
    program = compile(output, inputs=inputs, keep=keep)
    return program, program._runner.planner.plan("gradients", grouped=True)


def test_parameters_come_first_and_constants_after_them():
    w, x = Value(0.5, "w"), Value(2.0, "x")
    program, plan = plan_of(tanh(w * x) * 3.0 + 7.0, [x])

    assert [program.graph.nodes[k].label for k in plan.parameters] == ["w"]
    assert sorted(plan.constants) == [3.0, 7.0]
    assert plan.rows["shared"] >= 3


def test_the_roots_are_the_output_what_is_kept_and_what_guards_compare():
    w, x = Value(0.5, "w"), Value(2.0, "x")
    assert x > w
    z = w * x
    _, plan = plan_of(tanh(z), [x], keep=[z])

    output, kept, *compared = plan.roots
    assert output.array == kept.array == "values"
    assert {place.array for place in compared} == {"inputs", "shared"}
    (guard,) = plan.guards
    assert {guard.left, guard.right} == set(compared)
    assert (guard.relation, guard.outcome) == (">", True)


def test_a_comment_says_what_begins_at_an_instruction():
    w, x = [Value(0.1, f"w{k}") for k in range(4)], [Value(1.0, f"x{k}") for k in range(2)]
    _, plan = plan_of(tanh(dot(w[:2], x)) * tanh(dot(w[2:], x)), x)

    kinds = [comment.kind for _, comment in sorted(plan.comments["forward"].items())]
    assert kinds == ["matrix product", "tanh", "mul"]
    assert (plan.calls, plan.products) == (3, 1)
