// Rounding on the way, as autograd.grading.rounding has it: who rounds every step may end one unit off.

const SQUARED_ERRORS = { squared_error: 1, half_squared_error: 0.5 };

// The verdict where rounding every step explains the number, from exact numbers or from the learner's own; else null.
function roundedOnTheWay(ledger, node, isGradient, sign, written) {
  if (written.digits < 2 || !written.unit[0]) return null;
  const unit = asFloat(written.unit), x = asFloat(written.value);
  const toDecimals = (y) => halfEven(y / unit) * unit, toDigits = (y) => Math.sign(y) * Number(rounded(Math.abs(y), written.digits));
  for (const base of [exactBase(ledger), ownBase(ledger)]) {
    const predict = (rounding) => sign * (isGradient ? gradientBy(ledger, node, base, rounding) : valueBy(ledger, node, base, rounding));
    const right = predict((y) => y);
    if (!Number.isFinite(right) || least(absolute(minus(written.value, fractionOf(right))), [3n * written.unit[0], 2n * written.unit[1]]) > 0n) continue;
    for (const rounding of [toDecimals, toDigits])
      if (Math.abs(predict(rounding) - x) <= 0.5 * unit) return base.isOwn ? "carried on" : "right but for rounding on the way";
  }
  return null;
}

function halfEven(x) {
  const low = Math.floor(x), rest = x - low;
  if (rest !== 0.5) return Math.round(x);
  return low % 2 ? low + 1 : low;
}

// Numbers to compute with: the exact ones, or the middles of the learner's own.
function exactBase({ flat }) {
  const { values, partials, gradients } = flat.exact;
  return { isOwn: false, value: (node) => values[node], partials: (node) => partials.subarray(flat.start[node], flat.start[node + 1]), gradient: (node) => gradients[node] };
}

function ownBase({ flat, own, gradients }) {
  const value = (node) => middleOfInterval(own[node]);
  const partials = (node) => {
    const inputs = Array.from(parentsIn(flat, node), (parent) => interval(value(parent)));
    return partialsOverIntervals(codeIn(flat, node), interval(value(node)), inputs).map(middleOfInterval);
  };
  return { isOwn: true, value, partials, gradient: (node) => middleOfInterval(gradients.get(node)) };
}

// A value computed again, every step rounded, from numbers that were written or given.
function valueBy({ flat, values }, wanted, base, rounding) {
  const again = new Map();
  const compute = (node) => {
    const parents = Array.from(parentsIn(flat, node));
    const inputs = parents.map((parent) => (flat.rows[parent] < 0 || values.has(parent) ? base.value(parent) : (again.get(parent) ?? compute(parent))));
    const result = roundedStep(flat.kinds[flat.rows[node]], inputs, rounding);
    again.set(node, result);
    return result;
  };
  return compute(wanted);
}

// One step: of w·x + b each product is rounded, of a squared error each square, and then each sum.
function roundedStep({ code, family }, inputs, rounding) {
  const half = inputs.length >> 1, pairs = inputs.slice(0, half).map((a, k) => [a, inputs[half + k]]);
  let terms = null;
  if (family === "dot") terms = [...pairs.map(([w, x]) => rounding(w * x)), ...inputs.slice(2 * half)];
  else if (family in SQUARED_ERRORS) terms = pairs.map(([y, t]) => rounding(SQUARED_ERRORS[family] * rounding(rounding(y - t) ** 2)));
  if (terms) return terms.reduce((total, term) => rounding(total + term));
  return rounding(ROWS[code](inputs, [], 0));
}

// A gradient computed again from those that were written, every slope and every contribution rounded.
function gradientBy({ flat, gradients }, wanted, base, rounding) {
  const sums = new Array(flat.count).fill(null);
  for (let node = flat.output; node >= wanted; node--) {
    const isStop = node !== wanted && gradients.has(node);
    const upstream = isStop ? base.gradient(node) : node === flat.output ? 1 : sums[node];
    if (node === wanted) return upstream ?? 0;
    if (upstream === null || flat.rows[node] < 0) continue;
    const partials = base.partials(node);
    parentsIn(flat, node).forEach((parent, slot) => {
      sums[parent] = (sums[parent] ?? 0) + rounding(upstream * rounding(partials[slot]));
    });
  }
  return 0;
}
