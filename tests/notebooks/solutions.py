"""The exercises in code, solved: for each notebook and cell, the lines that replace the blanks."""

SOLUTIONS = {
    ("01", "in-code-1"): "C.backward()\nslope = x.grad",
    ("01", "in-code-2"): (
        "a, b = 1.5, 1.5001\nquotient = round(((b**3 + 4 * b**2) - (a**3 + 4 * a**2)) / 0.0001, 2)"
    ),
    ("02", "in-code-1"): "gradient = (0.392 - 0.8) * 0.6 * 1 * 0.1",
    ("02", "in-code-2"): (
        "C.backward()\n"
        "SGD(0.1).step(net.parameters())\n"
        "cost = round(half_squared_error(net([0.5, 0.1]), 0.8).data, 8)"
    ),
    ("03", "in-code-1"): "h2.backward()\nfirst, last = w1.grad, w2.grad",
    ("03", "in-code-2"): 'total = sum(p.contribution for p in explain(C, wrt="x1").paths)',
    ("04", "in-code-1"): (
        "output = float(np.tanh(0.8 * 0.5 - 0.5 * 0.1 - 0.3 * 0.4 + 0.2))\n"
        "slope = (1 - output**2) * 0.5"
    ),
    ("04", "in-code-2"): (
        "z = np.array(W) @ [0.5, 0.1, -0.4] + np.array(b)\n"
        "found = float((1 / (1 + np.exp(-z))).sum())"
    ),
    ("05", "in-code-1"): (
        "off = 0.5 * x + 1.0 - y\n"
        "slope_w, slope_b = float(2 * np.mean(off * x)), float(2 * np.mean(off))"
    ),
    ("05", "in-code-2"): "w = 1.0\nfor _ in range(5):\n    w -= 0.25 * 2 * (w - 3)",
    ("06", "in-code-1"): (
        "a1 = 1 / (1 + np.exp(-(W[0] @ x + b[0])))\n"
        "a2 = 1 / (1 + np.exp(-(W[1] @ a1 + b[1])))\n"
        "delta2 = (a2 - t) * a2 * (1 - a2)\n"
        "delta1 = W[1].T @ delta2 * a1 * (1 - a1)"
    ),
    ("06", "in-code-2"): "gradient = np.outer(delta2, a1)",
    ("07", "in-code-1"): (
        "a1 = 1 / (1 + np.exp(-(W1 @ x + b1)))\n"
        "a2 = 1 / (1 + np.exp(-(W2 @ a1 + b2)))\n"
        "found = float(((a2 - y) ** 2).sum())"
    ),
    ("07", "in-code-2"): (
        "w = small.layers[1].neurons[0].w[0]\n"
        "w.data += 0.0001\n"
        "quotient = f'{(squared_error(small(x), y).data - C.data) / 0.0001:.3g}'\n"
        "w.data -= 0.0001"
    ),
    ("08", "in-code-1"): 'slope = explain(C, wrt="w").total',
    ("08", "in-code-2"): (
        "squared = (0.7 * 2) ** 2\n"
        "answers = {\n"
        '    "y": squared,\n'
        '    "C": 0.5 * (squared - 1) ** 2,\n'
        '    "dC/dw": (squared - 1) * 2 * 0.7 * 2 * 2,\n'
        "}"
    ),
    ("09", "in-code-1"): (
        "s = ops.SIGMOID.forward(FLOATS, 1.5)\n"
        "slope = s + 1.5 * ops.SIGMOID.partials(FLOATS, s, 1.5)[0]"
    ),
    ("09", "in-code-2"): (
        "program = compile(C, inputs=[x, t])\n"
        'slope = float(program.value_and_grad([[1.0, 2.0], [1.0, 0.0]], "mean")[1][0])'
    ),
}
