// Rounding on the way, as autograd.grading.rounding has it: what a number may be if every step inside a line was rounded.

const WIDEST = 0.05, MANY_DIGITS = 7, FEWEST_DIGITS = 3, MOST_STEPS = 500, CANCELED_PLACES = 5, MOST_BRANCHES = 24, TIE = 1e-6;
const AS_RECORDED = 0, FIRST_FIRST = 1, LAST_FIRST = 2, SUM_FIRST = 3; // the order in which factors, taken out of sums, are multiplied
const DECIMAL = /^[-+−]?\d{0,20}\.\d{1,20}$/;

// --- how the learner rounds: with the most decimals or digits that at least two answers have ---------------

const exponentOf = (x) => Number(Math.abs(x).toExponential().split("e")[1]);
const decimalUnit = once((unit) => () => unit); // once, so that the same unit is tried once
const digitUnit = once((count) => (x) => (Number.isFinite(x) ? (x ? Number(`1e${exponentOf(x) + 1 - count}`) : 0) : undefinedThere()));

function float32Unit(x) {
  let power = x ? Math.floor(Math.log2(Math.abs(x))) + 1 : 0;
  if (x && 2 ** power <= Math.abs(x)) power += 1;
  return 2 * 2 ** (power - 24); // twice the distance of neighboring float32, because exp and others are less exact
}

const decimalsIn = (texts) => texts.map((text) => text.trim()).filter((text) => DECIMAL.test(text)).map(writtenNumber);
const coarsestUnit = (texts) => decimalsIn(texts).map(({ unit }) => unit).reduce((a, b) => (a && least(a, b) >= 0n ? a : b), null) ?? [1n, 10n];

function habitOf(texts, isPrint) {
  const numbers = decimalsIn(texts), mayBeFloat32 = mayBePrints(numbers);
  if (isPrint || !numbers.length) return { units: isPrint ? [float32Unit] : [], mayBeFloat32: mayBeFloat32 && !isPrint };
  const finest = numbers.map(({ unit }) => unit).reduce((a, b) => (least(a, b) <= 0n ? a : b));
  const most = Math.max(...numbers.map(({ digits }) => digits)), found = [];
  const fewest = numbers.length === 2 ? 1 : 2; // two results cannot show a habit twice
  if (numbers.filter(({ unit }) => !least(unit, finest)).length >= fewest) found.push(decimalUnit(asFloat(finest)));
  if (most > 1 && numbers.filter(({ digits }) => digits === most).length >= fewest) found.push(digitUnit(most));
  return { units: found, mayBeFloat32 };
}

// Whether a number has fewer digits than the written one: nobody writes such digits by hand.
const endsBefore = (right, written) => written.digits >= MANY_DIGITS && writtenNumber(String(Number(right.toPrecision(12)))).digits < written.digits;

// --- a step may give: its result kept in full or rounded, or for float32 anything within half a unit ----------

function keptOrRounded(x, unit) {
  if (!unit) return [x];
  if (!(Number.isFinite(x.low) && Number.isFinite(x.high))) undefinedThere();
  const low = Math.ceil(x.low / unit - (0.5 + TIE)) * unit, high = Math.floor(x.high / unit + (0.5 + TIE)) * unit;
  return x.low < x.high ? [interval(Math.min(x.low, low), Math.max(x.high, high))] : [x, interval(low), interval(high)];
}

const withinHalfAUnit = ({ low, high }, unit) => [interval(low - unit / 2, high + unit / 2)];

// --- numbers with rounded steps: an interval around branches, which are what is possible, and factors -----------

const UNROUNDED = ["abs", "where", "minimum", "maximum", "gt", "ge", "lt", "le"];

// The namespace of intervals whose steps are rounded.
function roundingNamespace(unitOf, step, order) {
  const joined = (branches, factors) => {
    const x = { ...branches.reduce(hull), branches };
    x.factors = factors ?? [x];
    return x;
  };
  const held = (x) => (asInterval(x).branches ? x : joined([asInterval(x)]));
  const rounded = (f, ...inputs) => {
    let pairs = [[]];
    for (const x of inputs) pairs = pairs.flatMap((before) => held(x).branches.map((branch) => [...before, branch]));
    const found = new Map();
    for (const result of pairs.map((one) => asInterval(f(...one)))) {
      const unit = Math.max(unitOf(result.low), unitOf(result.high)), scale = unit || 1;
      namespace.coarsest = Math.max(namespace.coarsest, unit);
      for (const branch of step(result, unit)) {
        const key = `${(branch.low / scale).toFixed(6)} ${(branch.high / scale).toFixed(6)}`;
        if (!found.has(key)) found.set(key, branch);
      }
    }
    const branches = [...found.values()];
    return joined(branches.length <= MOST_BRANCHES ? branches : [branches.reduce(hull)]);
  };
  const times = (a, b) => {
    for (const [x, other] of [[a, b], [b, a]])
      if (x.low === x.high && Math.abs(x.low) === 1) return joined(held(other).branches.map((branch) => scaled(x.low, branch)));
    return rounded(I.mul, a, b); // a factor of 1 or −1 is no step
  };
  const ordered = (factors) => (order === LAST_FIRST ? [...factors].reverse() : order === SUM_FIRST ? [factors.at(-1), ...factors.slice(0, -1)] : factors);
  const product = (factors) => joined(ordered(factors).map(held).reduce(times).branches, factors);
  const isOne = ({ low, high }) => low === 1 && high === 1; // the slope of a sum, which needs no factor
  const mul = (u, v) => {
    const [a, b] = (typeof u === "number" ? [v, u] : [u, v]).map(held); // in Python too, 2·x is computed as x·2
    return isOne(b) ? a : isOne(a) ? b : order === AS_RECORDED ? times(a, b) : product([...a.factors, ...b.factors]);
  };
  const add = (a, b) => {
    const left = [...held(a).factors], right = [...held(b).factors], common = [];
    for (const x of order === AS_RECORDED ? [] : held(a).factors)
      if (taken(right, x)) common.push(x), taken(left, x);
    if (!common.length) return rounded(I.add, a, b);
    const [one, two] = [left, right].map((rest) => (rest.length ? product(rest) : held(1)));
    return product([...common, rounded(I.add, one, two)]);
  };
  const div = (a, b) => {
    if (order === AS_RECORDED) return rounded(I.div, a, b);
    return product([...held(a).factors, joined(held(b).branches.map((branch) => I.div(1, branch)))]);
  };
  const neg = (a) => mul(a, -1);
  const pow = (a, b) => {
    const { low: n, high } = asInterval(b);
    if (n === 1 && high === 1) return held(a);
    return rounded(n === high && Number.isInteger(n) ? (x) => I.pow(x, n) : (x, y) => I.exp(I.mul(y, I.log(x))), a, b);
  };
  const given = (x) => held(unitOf === float32Unit ? hull(interval(x), interval(Math.fround(x))) : x);
  const namespace = { unitOf, order, coarsest: 0, given, held, mul, add, div, neg, pow, sub: (a, b) => add(a, neg(b)) };
  for (const [name, f] of Object.entries(I)) namespace[name] ??= UNROUNDED.includes(name) ? f : (...inputs) => rounded(f, ...inputs);
  return namespace;
}

// Whether a list held a factor that is equal to x, which is then removed from it.
function taken(factors, x) {
  const place = factors.findIndex(({ low, high }) => low === x.low && high === x.high);
  if (place >= 0) factors.splice(place, 1);
  return place >= 0;
}

// --- the verdict -------------------------------------------------------------------------------------------

// The verdict where rounding the steps may give the number, from exact numbers or from the learner's own; else null.
function roundedOnTheWay(ledger, node, isGradient, sign, written, habit) {
  const isVague = written.digits < 2;
  if (!written.unit[0] || !written.value[0] || (isVague && isGradient)) return null;
  const nodes = isGradient ? nodesAbove(ledger, node) : nodesBelow(ledger, node);
  if (nodes.size > MOST_STEPS) return null; // nobody writes down every step of a larger computation
  const more = isVague ? [] : [0, 1]; // the steps may have one digit more, which was dropped in the end
  const own = more.flatMap((k) => [decimalUnit(asFloat(written.unit) / 10 ** k), digitUnit(written.digits + k)]);
  const orders = isGradient || hasProducts(ledger.flat, [...nodes]) ? [AS_RECORDED, FIRST_FIRST, LAST_FIRST, SUM_FIRST] : [AS_RECORDED];
  const forms = isGradient && ledger.flat.softmaxes.length ? [false, true] : [false];
  for (const base of [exactBase(ledger), ownBase(ledger)]) {
    const right = sign * (isGradient ? gradientBy(ledger, node, base) : valueBy(ledger, node, base));
    if (!Number.isFinite(right)) continue;
    const error = absolute(minus(written.value, fractionOf(right))), isOffBy = (n, d) => least(error, [n * written.unit[0], d * written.unit[1]]) > 0n;
    if (isOffBy(1000n, 1n)) continue; // one line hardly ever magnifies the rounding of its steps so much
    const isNear = !isOffBy(3n, 2n);
    const units = [...new Set([...(isNear ? own : []), ...habit.units])], isTold = isNear || written.digits >= FEWEST_DIGITS;
    const ways = units.filter((unit) => unit !== float32Unit).flatMap((unit) => orders.map((order) => [unit, keptOrRounded, order]));
    const mayBeFloat32 = habit.mayBeFloat32 && (isFloat32Print(written) || endsBefore(right, written));
    if (mayBeFloat32 || units.includes(float32Unit)) ways.push([float32Unit, withinHalfAUnit, AS_RECORDED]);
    const may = (way, isClosed) => mayGive(ledger, node, isGradient, sign, base, roundingNamespace(...way), written, isTold, isClosed);
    if (ways.some((way) => forms.some((isClosed) => may(way, isClosed)))) return isVague ? "too few digits to tell" : base.verdict;
  }
  return null;
}

// Whether a number was written or given.
const isHeld = ({ flat, values }, node) => flat.rows[node] < 0 || values.has(node);

// The nodes that a value is computed with, back to written and given numbers.
function nodesBelow(ledger, wanted) {
  const nodes = new Set([wanted]);
  for (const node of nodes) for (const parent of parentsIn(ledger.flat, node)) if (!isHeld(ledger, parent)) nodes.add(parent);
  return nodes;
}

// Whether the order of multiplication and addition may change the rounding of a value.
function hasProducts(flat, nodes) {
  const countOf = (node) => parentsIn(flat, node).length, isProduct = (node) => countOf(node) === 2 && ["mul", "div", "dot"].includes(familyIn(flat, node));
  return nodes.filter(isProduct).length > 1 || nodes.some((node) => countOf(node) > 2);
}

function mayGive(ledger, node, isGradient, sign, base, namespace, written, isTold, isClosed) {
  const steps = roundedSteps(ledger, base, namespace, isClosed);
  const { branches } = namespace.held(attempted(() => (isGradient ? steps.gradient(node) : steps.value(node)), EVERYTHING));
  const unit = asFloat(written.unit), last = attempted(() => namespace.unitOf(middleOfInterval(branches[0])), NaN);
  const isCut = Math.abs(last / unit - 1) > 0.01; // written with other digits than computed
  if (Number.isNaN(last) || !(isTold || namespace.coarsest >= CANCELED_PLACES * unit)) return false;
  const wanted = interval(sign * asFloat(written.value)), isNarrow = (x) => radiusOf(x) <= WIDEST * Math.abs(middleOfInterval(x));
  return branches.some((x) => isNarrow(x) && meets(x, wanted, (0.5 * isCut + TIE) * unit));
}

// Numbers to compute with: the exact ones, or the middles of the learner's own.
function exactBase({ flat }) {
  const { values, partials, gradients } = flat.exact;
  return { verdict: "right but for rounding on the way", value: (node) => values[node], partials: (node) => partials.subarray(flat.start[node], flat.start[node + 1]), gradient: (node) => gradients[node] };
}

function ownBase({ flat, own, gradients }) {
  const value = (node) => middleOfInterval(own[node]);
  const partials = (node) => {
    const inputs = Array.from(parentsIn(flat, node), (parent) => interval(value(parent)));
    return partialsOverIntervals(codeIn(flat, node), interval(value(node)), inputs).map(middleOfInterval);
  };
  return { verdict: "carried on", value, partials, gradient: (node) => middleOfInterval(gradients.get(node)) };
}

// A value computed from numbers that were written or given.
function valueBy(ledger, wanted, base) {
  const { flat } = ledger, held = (node) => (isHeld(ledger, node) ? base.value(node) : compute(node));
  const compute = once((node) => ROWS[codeIn(flat, node)](Array.from(parentsIn(flat, node), held), [], 0));
  return compute(wanted);
}

// A gradient computed from those that were written.
const gradientBy = (ledger, wanted, base) => gatheredGradient(ledger, wanted, base, { mul: (a, b) => a * b, add: (a, b) => a + b, held: (x) => x, partials: base.partials });

// The same two with every step rounded, as intervals.
function roundedSteps(ledger, base, namespace, isClosed) {
  const { flat } = ledger;
  const held = (node) => (isHeld(ledger, node) ? namespace.given(base.value(node)) : value(node));
  const value = once((node) => {
    const inputs = Array.from(parentsIn(flat, node), held), { forward, steps } = INTERVAL_ROWS[codeIn(flat, node)];
    return namespace.held((steps ?? forward)(inputs, namespace));
  });
  const partials = (node) => partialsOverIntervals(codeIn(flat, node), held(node), Array.from(parentsIn(flat, node), held), false, namespace);
  // pᵢ·(gᵢ − Σ pⱼgⱼ) for the gradients g of the outputs p of a softmax; for a p in a logarithm, pg is the gradient of that
  const beforeSoftmax = ({ inputs, outputs }, z, adjoints, isLogged) => {
    const { mul, add, sub } = namespace, total = (all) => all.reduce((a, b) => add(a, b)), own = outputs[inputs.indexOf(z)];
    const products = new Map(outputs.filter((output) => adjoints.has(output)).map((output) => [output, mul(held(output), adjoints.get(output))]));
    for (const output of products.keys()) if (isLogged(output)) products.set(output, total(flat.uses[output].filter(([child]) => adjoints.has(child)).map(([child]) => adjoints.get(child))));
    const mean = total([...products.values()]);
    if (products.has(own) && isLogged(own)) return sub(products.get(own), mul(held(own), mean));
    return mul(held(own), products.has(own) ? sub(adjoints.get(own), mean) : mul(mean, -1));
  };
  const gradient = (wanted) => gatheredGradient(ledger, wanted, base, { ...namespace, partials, isClosed, beforeSoftmax });
  return { value, gradient };
}

// Σ upstream × local derivative over the uses of each node, from the written gradients back to the wanted one. Before a
// cross-entropy, the closed form of the softmax is p − y: whoever uses 1/p writes its gradient.
function gatheredGradient(ledger, wanted, base, { mul, add, held, order, isClosed, beforeSoftmax, partials: slopes }) {
  const { flat, gradients } = ledger, isStop = (node) => node !== wanted && gradients.has(node), above = nodesAbove(ledger, wanted);
  const adjoints = new Map(), partials = once(slopes), usesIn = (node) => flat.uses[node].filter(([child]) => above.has(child));
  const isLogged = (p) => !isStop(p) && usesIn(p).length > 0 && usesIn(p).every(([child]) => familyIn(flat, child) === "log");
  const softmaxOf = (node) => beforeSoftmax && flat.softmaxes.find(({ inputs, outputs }) => inputs.includes(node) && (isClosed || outputs.some(isLogged)) && outputs.some((p) => adjoints.has(p)));
  for (const node of above) {
    const softmax = isStop(node) ? null : softmaxOf(node), uses = isStop(node) ? [] : usesIn(node).filter(([child]) => !softmax?.steps.includes(child));
    const parts = uses.map(([child, slot]) => mul(adjoints.get(child), partials(child)[slot]));
    if (softmax) parts.unshift(beforeSoftmax(softmax, node, adjoints, isLogged));
    if (order === LAST_FIRST) parts.reverse();
    adjoints.set(node, parts.length ? parts.reduce((a, b) => add(a, b)) : held(isStop(node) ? base.gradient(node) : +(node === flat.output)));
  }
  return adjoints.get(wanted);
}
