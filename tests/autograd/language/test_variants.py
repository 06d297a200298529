"""Kinds of notation, each in the spellings of several writers, that all mean the same sheet."""

import pytest

from autograd import Worksheet

# What the first sheet of a kind says, every other one must say too.
LISTS = [
    "x = [1, 2, 4]\ns = sum(x) = 7",
    "x: 1 2 4\ns = sum(x) = 7",
    "x: 1, 2, 4\ns = sum(x) = 7",
    "x = 1 2 4\ns = sum(x) = 7",
    "x = 1, 2, 4\ns = sum(x) = 7",
    "  - x: 1  2  4\ns = sum(x) = 7",
    "inputs x: 1 2 4\ns = sum(x) = 7",
    "Input (x): 1 2 4\ns = sum(x) = 7",
    "**x**: 1 2 4\ns = sum(x) = 7",
    "data x = 1, 2, 4.\ns = sum(x) = 7",
    "x = 1.0 2.0 4.0\ns = sum(x) = 7.0",
]
TWO_LISTS = [
    "x = [1, 2]\ny = [3, 5]\ns = x @ y = 13",
    "x: 1 2, y: 3 5\ns = x @ y = 13",
    "x: 1 2; y: 3 5\ns = x @ y = 13",
    "(x, y) = (1, 3), (2, 5)\ns = x @ y = 13",
    "Data: (1, 3), (2, 5)\ns = Σ x_i y_i = 13",
    "Points (1, 3) and (2, 5)\ns = Σ x_i y_i = 13",
    "Given the points (x, y): (1, 3), (2, 5)\ns = Σ x_i y_i = 13",
    "x = [1, 2]\ny = [3, 5]\ns = Σ x^{(i)} y^{(i)} = 13",
]
RESULTS = [
    "w = 0.8\nz = 2w = 1.6\ndz/dw = 2",
    "w = 0.8\nz = 2w\t1.6\ndz/dw\t2",
    "w = 0.8\nz = 2w     1.6\ndz/dw     2",
    "w = 0.8\nz = 2*w   1.6\ndz / dw   2",
    "w = 0.8\nz = 2w ---> 1.6\ndz/dw ---> 2",
    "w = 0.8\nz = 2w ==> 1.6\ndz/dw ==> 2",
]
SHAPES = [
    "X = [[1, 2], [3, 4]]\ns = sum(X) = 10",
    "X = [[1, 2], [3, 4]] (2x2)\ns = sum(X) = 10 (1x1)",
    "X = [[1, 2], [3, 4]]   (2 × 2)\ns = sum(X) = 10",
    "X (2x2) = [[1, 2], [3, 4]]\ns = sum(X) = 10",
    "X = [[1, 2], [3, 4]] [2×2]\ns = sum(X) = 10",
    "X = [[1, 2], [3, 4]] (shape 2x2)\ns = sum(X) = 10",
    "X is 2x2\nX = [[1, 2], [3, 4]]\ns = sum(X) = 10",
]
UPDATES = [
    "x = 2\nw = 0.5\nη = 0.1\nL = (w x − 3)² = 4\ndL/dw = -8\nw' = w − η·dL/dw = 1.3",
    "x = 2\nw = 0.5\nη = 0.1\nL = (w x − 3)² = 4\ndL/dw = -8\nUpdate:\nw = 1.3",
    "x = 2\nw = 0.5\nη = 0.1\nL = (w x − 3)² = 4\ndL/dw = -8\nw = 1.3",
    "x = 2\nw = 0.5\nL = (w x − 3)² = 4\ndL/dw = -8\ngradient descent, η = 0.1:\nw = 1.3",
    "x = 2\nw = 0.5\nL = (w x − 3)² = 4\ndL/dw = -8\nWith a learning rate of 0.1\nw = 1.3",
    "x = 2\nw = 0.5\nη = 0.1\nL = (w x − 3)² = 4\ndL/dw = -8\nNew weight: w = 1.3",
    "x = 2\nw = 0.5\nL = (w x − 3)² = 4\ndL/dw = -8\nw = 0.5 - 0.1*(-8) = 1.3",
]
POINTS = [
    "x = 1\ny = 2\nf(x, y) = x² y\ndf/dx = 4\ndf/dy = 1",
    "f(x, y) = x² y at (1, 2)\n∇f(1, 2) = (4, 1)",
    "f(x, y) = x² y\nx = 1, y = 2\n∇f(1, 2) = [4, 1]",
    "f(x, y) = x² y\nx = 1, y = 2\ngrad f = (4, 1)",
]
VECTOR_STEPS = [
    "x = 1\ny = 2\nx' = x − 0.1·4 = 0.6\ny' = y − 0.1·1 = 1.9",
    "x = 1\ny = 2\n(x, y) = (1, 2) − 0.1·(4, 1) = (0.6, 1.9)",
    "x = 1\ny = 2\n(x, y) ← (x, y) − 0.1 (4, 1) = (0.6, 1.9)",
    "x = 1\ny = 2\n[x, y] = [1, 2] - 0.1*[4, 1] = [0.6, 1.9]",
]
LOSSES = [
    "w = 1\nx = [1, 2]\ny = [2, 4]\nŷ = w x = [1, 2]\nMSE = mean((ŷ − y)²) = 2.5\ndMSE/dw = -5",
    "w = 1\nx = [1, 2]\ny = [2, 4]\nŷ = w x = [1, 2]\nMSE = ½[(1−2)² + (2−4)²] = 2.5\ndMSE/dw = -5",
    "w = 1\nx = [1, 2]\ny = [2, 4]\nŷ = w x = [1, 2]\nMSE = (1 + 4)/2 = 2.5\ndMSE/dw = -5",
    "w = 1\nx = [1, 2]\ny = [2, 4]\nŷ = w x = [1, 2]\nMSE = (1/2)Σ(ŷᵢ − yᵢ)² = 2.5\n"
    "dMSE/dw = Σ(ŷᵢ − yᵢ)·xᵢ = -5",
    "w = 1\nx = [1, 2]\ny = [2, 4]\nŷ = w x = [1, 2]\nMSE = 2.500\ndMSE/dw = -5",
]
PRINTED = [
    "z = 0.5\na = 2*z -> 1.0",
    "z = 0.5\na = 2*z\nprint(a)\n# 1.0",
    "z = 0.5\na = 2*z\nprint(a)\n1.0",
    "z = 0.5\na = 2*z  # tensor(1.0)",
    "z = 0.5\na = 2*z  # tensor(1.0, grad_fn=<MulBackward0>)",
    "z = 0.5\na = 2*z\na  # 1.0",
]
BLANKS = [
    "x = 3\ny = 2x = ?\ndy/dx = ?",
    "x = 3\ny = 2x = ? · ? = ?\ndy/dx = ?",
    "x = 3\ny = 2x = ___ · 3 = ?\ndy/dx = ___",
    "x = 3\ny = 2x = ( ? ) + 3 = ___\ndy/dx = ?",
]
TABLES = [
    "f(x) = x²\nx = 3\nη = 0.1\nf(x) = 9\nf'(x) = 6\nx' = x − η f'(x) = 2.4",
    "f(x) = x², lr 0.1\nx = 3\n| k | x | f(x) | f'(x) | new x |\n| 0 | 3 | 9 | 6 | 2.4 |",
    "f(x) = x², step size 0.1\nx = 3\n| t | x | f(x) | f'(x) | x_new |\n| 0 | 3 | 9 | 6 | 2.4 |",
    "f(x) = x²\nη = 0.1\n| iter | x | f(x) | f'(x) | next x |\n| 0 | 3 | 9 | 6 | 2.4 |",
]
SOFTMAX = [
    "z = [1, 2]\np = softmax(z) = [0.2689, 0.7311]",
    "z = [1, 2]\np1 = 0.2689, p2 = 0.7311",
    "z = [1, 2]\n$p_1 = 0.2689$, $p_2 = 0.7311$",
]
TRANSPOSED = [
    "W^{(2)} = [[1, 2], [3, 4]]\nd = [1, 1]\ng = (W^{(2)})^T d = [4, 6]",
    "W^{(2)} = [[1, 2], [3, 4]]\nd = [1, 1]\ng = W^{(2)\\top} d = [4, 6]",
    "W^{(2)} = [[1, 2], [3, 4]]\nd = [1, 1]\ng = W^{(2)T} d = [4, 6]",
    "W^{[2]} = [[1, 2], [3, 4]]\nd = [1, 1]\ng = W^{[2]\\top} d = [4, 6]",
]
SEVERAL_ON_A_LINE = [
    "x = 2\ny = x² = 4\nz = 3y = 12\ndz/dy = 3\ndy/dx = 4",
    "x = 2\ny = x² = 4\nz = 3y = 12\n∂z/∂y = 3    ∂y/∂x = 4",
    "x = 2\ny = x² = 4    z = 3y = 12\n∂z/∂y = 3,  ∂y/∂x = 4",
    "x = 2\ny = x² = 4    z = 3y = 12\n$\\frac{dz}{dy} = 3$   $\\frac{dy}{dx} = 4$",
]
EQUATION_NUMBERS = [
    "x = 2\ny = x² = 4\ndy/dx = 4",
    "x = 2         (1)\ny = x² = 4    (2)\ndy/dx = 4     (3)",
    "x = 2   (2.1)\ny = x² = 4   (2.2)\ndy/dx = 4   (2.3)",
    "x = 2\t(1a)\ny = x² = 4\t(1b)\ndy/dx = 4 \t (1c)",
]
VALUES_BEHIND = [
    "w = 3\nx = 2\nz = w x = 6",
    "z = w x = 6, where w = 3, x = 2",
    "z = w·x = 6 with w = 3 and x = 2",
    "z = w x = 6 (where w = 3, x = 2)",
    "z = w x = 6, wobei w = 3, x = 2",
]
HTML = [
    "w1 = 3\ny = w1² − 1 = 8",
    "<p>w<sub>1</sub> = 3</p>\n<b>y</b> = w<sub>1</sub><sup>2</sup> &minus; 1 = 8<br>",
    "<li>w<sub>1</sub> = 3</li>\n<li>y = w<sub>1</sub>&middot;w<sub>1</sub> - 1 = 8</li>",
]
SUMS = [
    "x = [1, 2]\ny = [2, 4]\ns = sum((x − 1)⊙(y − 2)) = 2",
    "x = [1, 2]\ny = [2, 4]\nΣ(x − 1)(y − 2) = 2",
    "x = [1, 2]\ny = [2, 4]\nΣ(xᵢ − 1)·(yᵢ − 2) = 2",
    "x = [1, 2]\ny = [2, 4]\ns = Σ(y_i − 2) x_i − 2 = 2",
]
SKETCHES = [
    "x = 2\nh = 3x = 6",
    "x → h → o\nx = 2\nh = 3x = 6",
    "The net is x -> h -> o, relu hidden\nx = 2\nh = 3x = 6",
    "Netz: x → h → o mit h = 3x\nx = 2\nh = 6",
    "x=2 ---\\\n        (*)--- h=6\nw=3 ---/\nh = 3x = 6",
]
PARAMETERS = [
    "w = 1\nb = 2\ny = 3w + b = 5",
    "θ = (w, b) = (1, 2)\ny = 3w + b = 5",
    "Let θ = [w, b] = [1, 2].\ny = 3w + b = 5",
]
PROMPTS = [
    "x = 2\n3x -> 6",
    "julia> x = 2\njulia> 3x\n6",
    ">>> x = 2\n>>> 3*x\n6",
    "sage: x = 2\nsage: 3*x\n6",
]
FORMULAS_IN_TABLES = [
    "y = 2·3 + 1 = 7\nz = (7 − 5)² = 4",
    "4 | y = 2·3 + 1 = 7\n5 | z = (7 − 5)² = 4",
    "| Step | What | Is |\n|---|---|---|\n| 1 | `y = 2·3 + 1` | 7 |\n| 2 | `z = (7 − 5)²` | 4 |",
]
RULES_FIRST = [
    "w = 2\nv = 0\nL = w²\ng = 2w = 4\nv ← 0.9·0 + 4 = 4\nw ← 2 − 0.4 = 1.6\ng = 3.2",
    "v ← 0.9 v + g, w ← w − 0.1 v, L = w²\nw = 2, v = 0\n"
    "step 1: g = 2w = 4, v = 0.9·0 + 4 = 4, w = 2 − 0.4 = 1.6\nstep 2: g = 3.2",
    "v ← 0.9 v + g\nw ← w − 0.1 v\nL = w²\nw = 2\nv = 0\ng = 2w = 4\nv = 0.9·0 + 4 = 4\n"
    "w = 2 − 0.1·4 = 1.6\ng = 3.2",
]
LABELS = [
    "w = 3\nx = 2\nz = w x = 6",
    "* weight w: 3\n* input x: 2\nz = w x = 6",
    "Weight w: 3\nThe input x: 2\nz = w x = 6",
    "- initial weight w: 3\n- x: 2\nz = w x = 6",
]
UNITS = [
    "V = 12\nI = 2\nD = 3\nP = V·I = 24\nR = P·D = 72",
    "V = 12 V, I = 2 A\nD = 3 V\nP = V·I = 24 W\nR = P·D = 72 W",
    "V = 12 V\nI = 2.0 A\nD = 3.0 V\nP = V·I = 12·2 = 24 W\nR = P·D = 72",
    "Voltage V = 12 V; current I = 2 A ± 0.1 A\nD = 3 V\nP = V I = 24 W\nR = P·D = 72 W",
]
PARTS = [
    "x = 3\nu = 1 + x² = 10\ny = u² = 100\ndy/du = 20\ndu/dx = 6\ndy/dx = 120",
    "x = 3\ny = (1 + x²)²\nu = 1 + x² = 10\ny = u² = 100\ndy/du = 20\ndu/dx = 6\ndy/dx = 120",
    "y = (1 + x²)², x = 3\nLet u = 1 + x² = 10, so y = u² = 100\ndy/du = 2u = 20, du/dx = 6\n"
    "dy/dx = 120",
]
EXAMPLES = [
    "w = 2\nx = 1\ny = w x = 2\n---\nx = 3\ny = 6",
    "w = 2\nExample 1: x = 1\ny = w x = 2\nExample 2: x = 3\ny = w x = 6",
    "w = 2\nEx 1: x = 1, y = w x = 2\nEx 2: x = 3, y = w x = 6",
    "w = 2\nData point 1: x = 1\ny = w x = 2\nData point 2: x = 3\ny = w x = 6",
]
COLUMNS = [
    "x = 3\nu = x² = 9\ny = 2u = 18\ndy/du = 2\ndu/dx = 2x = 6\ndy/dx = dy/du · du/dx = 12",
    "x = 3           dy/du = 2\nu = x² = 9      du/dx = 2x = 6\n"
    "y = 2u = 18     dy/dx = dy/du · du/dx = 12",
    "forward         backward\nx = 3           dy/du = 2\nu = x² = 9      du/dx = 2x = 6\n"
    "y = 2u = 18     dy/dx = dy/du · du/dx = 12",
    "x = 3\tdy/du = 2\nu = x² = 9\tdu/dx = 2x = 6\ny = 2u = 18\tdy/dx = dy/du · du/dx = 12",
    "x = 3        |  dy/du = 2\nu = x² = 9   |  du/dx = 2x = 6\n"
    "y = 2u = 18  |  dy/dx = dy/du · du/dx = 12",
    "x = 3\nu = x² = 9      dy/du = 2\ny = 2u = 18     du/dx = 2x = 6\n"
    "                dy/dx = dy/du · du/dx = 12",
]
ROWS_BESIDE_EACH_OTHER = [  # which stay in the order of their rows
    "u = 1 + 1 = 2\nv = u + 1 = 3\nw = 2v = 6",
    "u = 1 + 1 = 2      v = u + 1 = 3\nw = 2v = 6         d = 4",
]
MATRICES = [
    "A = [[1, 2], [3, 4]]\nx = [1, -1]\ny = A x = [-1, -1]",
    "A = | 1 2 |\n    | 3 4 |\nx = | 1 |\n    | -1 |\ny = A x = | -1 |\n          | -1 |",
    "A = |1, 2|\n    |3, 4|\nx = |1 -1|ᵀ\ny = A x = |-1 -1|ᵀ",
    "A = | 1 2 |    x = |  1 |\n    | 3 4 |        | -1 |\ny = A x = [-1, -1]",
    "A = [1 2]    x = [ 1]\n    [3 4]        [-1]\ny = A x = [-1, -1]",
    "A = [[1, 2], B = [[5, 6],\n     [3, 4]]      [7, 8]]\nx = [1, -1]\ny = A x = [-1, -1]",
]
BARS = [  # of an absolute value
    "x = -2\ny = abs(x) = 2\nz = 3y = 6",
    "x = -2\ny = |x| = |-2| = 2\nz = 3·|-2| = 6",
    "x = -2\ny = | -2 | = 2\nz = 3y = 6",
]
TABLES_WITHOUT_BARS = [
    "x = 1\nw = 2\nu = x*w = 2\nz = max(0, u) = 2\ndz/du = 1\ndz/dx = 1*w = 2",
    "n | node | value\n---|---|---\n1 | x | 1\n2 | w | 2\n3 | u | x*w = 2\n4 | z | max(0, u) = 2\n"
    "\nn | node | value\n---|---|---\n1 | u | dz/du = 1\n2 | x | dz/dx = 1*w = 2",
    "node | value\n:---|---:\nx | 1\nw | 2\nu | x*w = 2\nz | max(0, u) = 2\n\n"
    "slope | value\n---|---\ndz/du | 1\ndz/dx | 1*w = 2",
    "node | value\n--- | ---\nx | 1\nw | 2\nu = x*w | 2\nz = max(0, u) | 2\n\n"
    "dz/du = 1\ndz/dx = 1*w = 2",
    "Node | Value\nx | 1\nw | 2\nu | x*w = 2\nz | max(0, u) = 2\ndz/du | 1\ndz/dx | 1*w = 2",
]
SUBSTITUTIONS_IN_TABLES = [
    "w = 0.5\nx = 2\nz = w x = 0.5·2 = 1\na = z² = 1² = 1",
    "w = 0.5\nx = 2\n| Step | Formula | Numbers | Is |\n|-|-|-|-|\n"
    "| net | $z = w x$ | $0.5·2$ | $1$ |\n| out | $a = z^2$ | $1^2$ | $1$ |",
]
MACROS_OF_PYTHON = [
    "x = 2\ny = x² = 4\ny = x² = 4\ndy/dx = 4",
    "x = 2\ny = x**2\nprint(f'the output y is {y:.1f}')\nthe output y is 4.0\ny = 4.0\ndy/dx = 4",
    "x = 2\ny = x**2\nprint('value:', y, 'slope:', 4)\nvalue: 4.0 slope: 4\ny = 4\ndy/dx = 4",
    "x <- 2\ny <- x^2\ncat(' y =', round(y, 2), '\\n')\n##  y = 4.0\ny = 4.0\ndy/dx = 4",
    ">> x = 2;\n>> y = x^2\ny =\n     4\n>> y\ny =\n    4\ndy/dx = 4",
    "julia> x = 2\n2\njulia> y = x^2\n4\njulia> y\n4\ndy/dx = 4",
]
SUMMED_SLOPES = [
    "x = 3\na = 2x\nb = x²\nf = a b = 54\ndf_da = b\ndf_db = a\ndf_dx = 2·b + 2x·a -> 54",
    "x = 3\na = 2*x\nb = x**2\nf = a*b  # 54\nda = b\ndb = a\ndx = 2*da\ndx += 2*x*db  # 54",
    "x = 3\na = 2*x\nb = x**2\nf = a*b  # 54\nda = b\ndb = a\ndx = 0\ndx += 2*da\ndx += 2*x*db\n"
    "dx -> 54",
]
BEFORE_ZERO = [
    "v_{-1} = 2\nv_0 = 5\nv_1 = v_{-1} v_0 = 10\n∂v_1/∂v_{-1} = 5",
    "v-1 = 2\nv0 = 5\nv1 = v-1 · v0 = 10\n∂v1/∂v-1 = 5",
    "v₋₁ = 2\nv₀ = 5\nv₁ = v₋₁ v₀ = 10\n∂v₁/∂v₋₁ = 5",
    "v−1 = 2, v0 = 5\nv1 = v−1*v0 = 10\ndv1/dv−1 = 5",
]
SLOPES_IN_WORDS = [
    "x = 3\nL = x² = 9\ndL/dx = 2·3 = 6",
    "x = 3\nL = x² = 9\ngradient of x = 2·3 = 6",
    "x = 3\nL = x² = 9\nThe gradient with respect to x = 2·3 = 6",
    "x = 3\nL = x² = 9\nDerivative for x = 2·3 = 6",
    "x = 3\nL = x² = 9\n∇_xL = 2·3 = 6",
    "x = 3\nL = x² = 9\n(dL)/(dx) = 2·3 = 6",
    "x = 3\nL = x² = 9\n${ dL \\over dx } = 2·3 = 6$",
]
SPOKEN = [
    "w = 2\nx = 3\nz = 2·3 + 1 = 7\ns = w·x/2 = 3",
    "w = 2\nx = 3\nz = 2 times 3 plus 1 = 7\ns = w times x divided by 2 = 3",
]
VALUES_ON_THE_LINE = [
    "w = 2\nx = 3\nt = 5\ny = wx = 6\nL = (y − t)² = 1",
    "L=(y-t)^2  y=wx  w=2 x=3 t=5\ny=6\nL=1",
]
NEXT_STEPS_ON_A_LINE = [
    "s = 0.2 + 0.1 = 0.3\nrelu(0.3) = 0.3",
    "s = 0.2 + 0.1 = 0.3 ReLU(0.3) = 0.3",
]
TRANSPOSED_PRODUCTS = [
    "w = [1, 2]\nx = [3, 4]\nz = wᵀ x = 11",
    "w = [1, 2]\nx = [3, 4]\n$z = w^Tx = 11$",
    "w = [1; 2]\nx = [3; 4]\nz = w' * x = 11",
]
LOOPS = [
    "x = [1, 2]\nw = [3, 5]\nm = mean(x) = 1.5\nv = mean((x − m)²) = 0.25\ns = Σ x w = 13\n"
    "d = x − m = [-0.5, 0.5]",
    "x = [1, 2]\nw = [3, 5]\nm = sum(x)/len(x)  # 1.5\n"
    "v = sum((a - m)**2 for a in x)/len(x)  # 0.25\n"
    "s = sum(a*b for a, b in zip(x, w))  # 13.0\nd = [a - m for a in x]  # [-0.5, 0.5]",
    "x = [1, 2]\nw = [3, 5]\nm = np.mean(x)  # 1.5\n"
    "v = sum([(a - m)**2 for a in x])/len(x)  # 0.25\n"
    "s = sum([a*b for a, b in zip(x, w)])  # 13.0\nd = [(a - m) for a in x]  # [-0.5, 0.5]",
]
MULTIPLES_OF_PI = [  # which give π no other value
    "r = 2\nA = π r² = 12.566\n",
    "64 π = 16 π q\nr = 2\nA = \\pi r^2 = 12.566\n",
    "$64 \\pi = 16 \\pi q$\nr = 2\n$A = \\pi r^2 = 12.566$\n",
]
GROUPS = [
    MULTIPLES_OF_PI,
    LOOPS,
    COLUMNS, ROWS_BESIDE_EACH_OTHER, MATRICES, BARS, TABLES_WITHOUT_BARS, SUBSTITUTIONS_IN_TABLES,
    MACROS_OF_PYTHON, SUMMED_SLOPES, BEFORE_ZERO, SLOPES_IN_WORDS, SPOKEN, VALUES_ON_THE_LINE,
    NEXT_STEPS_ON_A_LINE, TRANSPOSED_PRODUCTS,
    RULES_FIRST, LABELS, UNITS, PARTS, EXAMPLES,
    SEVERAL_ON_A_LINE, EQUATION_NUMBERS, VALUES_BEHIND, HTML, SUMS, SKETCHES, PARAMETERS, PROMPTS,
    FORMULAS_IN_TABLES,
    LISTS, TWO_LISTS, RESULTS, SHAPES, UPDATES, POINTS, VECTOR_STEPS, LOSSES, PRINTED, BLANKS,
    TABLES, SOFTMAX, TRANSPOSED,
]  # fmt: skip


def answers(text):
    """Return the written number of every answer with its verdict, without those of formulas."""
    report = Worksheet.parse(text).check()
    return {
        (one.written.rstrip("0").rstrip("."), one.verdict.value)
        for one in report.lines
        if one.kind in ("value", "gradient")
    }


@pytest.mark.parametrize(
    ("first", "text"), [(group[0], text) for group in GROUPS for text in group[1:]]
)
def test_the_spellings_of_a_kind_mean_the_same(first, text):
    expected = answers(first)
    assert expected
    assert expected - answers(text) == set()
    assert all(verdict in ("exact", "right as rounded", "blank") for _, verdict in answers(text))


@pytest.mark.parametrize(
    "loop", ["[q*a for a in p]", "[sum(r) for r in W]", "[a for a in range(2)]"]
)
def test_a_loop_that_is_not_elementwise_is_not_read(loop):
    sheet = Worksheet.parse(f"p = [1, 2]\nq = [3, 5]\nW = [[1, 2], [3, 4]]\nr = {loop}  # [9, 9]\n")
    assert "a loop is not run here" in str(sheet.check())
