// Rounding on the way, as autograd.grading.rounding has it: what a number may be if every step inside a line was rounded.

const WIDEST = 0.01, MANY_DIGITS = 7, FEWEST_DIGITS = 3, DIGITS_IN_ANY_ORDER = 6, TIE = 1e-6;
const DECIMAL = /^[-+−]?\d{0,20}\.\d{1,20}$/;

// --- how the learner rounds: with the most decimals or digits that at least two answers have ---------------

const exponentOf = (x) => Number(Math.abs(x).toExponential().split("e")[1]);
const decimalUnit = (unit) => () => asFloat(unit);
const digitUnit = (count) => (x) => (Number.isFinite(x) ? (x ? Number(`1e${exponentOf(x) + 1 - count}`) : 0) : undefinedThere());

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
  if (numbers.filter(({ unit }) => !least(unit, finest)).length > 1) found.push(decimalUnit(finest));
  if (numbers.filter(({ digits }) => digits === most).length > 1) found.push(digitUnit(most));
  const inAnotherOrder = found.length && numbers.filter(({ unit }) => !least(unit, finest)).length > 1 ? decimalUnit([2n * finest[0], finest[1]]) : null;
  return { units: found, inAnotherOrder, mayBeFloat32 };
}

// Whether a number has fewer digits than the written one: nobody writes such digits by hand.
const endsBefore = (right, written) => written.digits >= MANY_DIGITS && writtenNumber(String(Number(right.toPrecision(12)))).digits < written.digits;

// --- ends of intervals: rounded as programs print a number, rounded half up, or widened by half a unit --------

const widened = (x, unit, away) => x + (away * unit) / 2;
const halfUp = (x, unit) => Math.sign(x) * Math.floor(Math.abs(x) / unit + 0.5 + TIE) * unit;

function halfToEven(x, unit) {
  const digits = exponentOf(x) + 1 - exponentOf(unit);
  if (digits > 20) return x;
  if (digits < 1) return digits === 0 && Math.abs(x) > unit / 2 ? Math.sign(x) * unit : 0;
  return Math.sign(x) * Number(rounded(Math.abs(x), digits));
}

// The namespace of intervals whose ends are rounded, or widened, at every step.
const UNROUNDED = ["neg", "abs", "where", "minimum", "maximum", "gt", "ge", "lt", "le"];

function roundingNamespace(unitOf, end) {
  const step = (x) => {
    const { low, high } = asInterval(x), unit = Math.max(unitOf(low), unitOf(high));
    if (low === high && fits(low, unit)) return interval(low);
    if (end !== widened && !(Number.isFinite(low) && Number.isFinite(high))) undefinedThere();
    return interval(end(low, unit, -1), end(high, unit, 1));
  };
  const stored = (x) => (unitOf === float32Unit ? hull(interval(x), interval(Math.fround(x))) : interval(x));
  const namespace = { step, unitOf, given: stored };
  for (const [name, f] of Object.entries(I)) namespace[name] = UNROUNDED.includes(name) ? f : (...inputs) => step(f(...inputs));
  namespace.pow = (a, b) => {
    const { low: n, high } = asInterval(b), isPlain = typeof b === "number" || (n === high && Number.isInteger(n));
    return step(isPlain ? I.pow(a, b) : I.exp(step(I.mul(b, I.log(a)))));
  };
  return namespace;
}

function fits(x, unit) {
  const count = unit ? x / unit : 0;
  return Math.abs(count - Math.round(count)) <= 1e-13 * Math.abs(count) + 1e-9;
}

// --- the verdict -------------------------------------------------------------------------------------------

// The verdict where rounding every step may give the number, from exact numbers or from the learner's own; else null.
function roundedOnTheWay(ledger, node, isGradient, sign, written, habit) {
  if (written.digits < 2 || !written.unit[0]) return null;
  const own = [decimalUnit(written.unit), digitUnit(written.digits)], isTold = written.digits >= FEWEST_DIGITS;
  for (const base of [exactBase(ledger), ownBase(ledger)]) {
    const right = sign * (isGradient ? gradientBy(ledger, node, base) : valueBy(ledger, node, base));
    if (!Number.isFinite(right)) continue;
    const isNear = least(absolute(minus(written.value, fractionOf(right))), [3n * written.unit[0], 2n * written.unit[1]]) <= 0n;
    const inAnyOrder = isNear && written.digits >= DIGITS_IN_ANY_ORDER;
    const ways = [...(isNear ? own : []), ...(isNear || isTold ? habit.units : [])].flatMap((unit) => [
      ...(unit === float32Unit ? [] : [[unit, halfToEven], [unit, halfUp]]),
      ...(unit === float32Unit || inAnyOrder ? [[unit, widened]] : []),
    ]);
    if (habit.inAnotherOrder && written.digits >= MANY_DIGITS) ways.push([habit.inAnotherOrder, widened]);
    if (habit.mayBeFloat32 && (isFloat32Print(written) || endsBefore(right, written))) ways.push([float32Unit, widened]);
    for (const [unit, end] of ways)
      if (mayGive(ledger, node, isGradient, sign, base, roundingNamespace(unit, end), written)) return base.verdict;
  }
  return null;
}

function mayGive(ledger, node, isGradient, sign, base, namespace, written) {
  const steps = roundedSteps(ledger, base, namespace);
  const reached = attempted(() => (isGradient ? steps.gradient(node) : steps.value(node)), EVERYTHING);
  const unit = asFloat(written.unit), isCut = Math.abs(namespace.unitOf(middleOfInterval(reached)) / unit - 1) > 0.01; // written with other digits than computed
  return radiusOf(reached) <= WIDEST * Math.abs(middleOfInterval(reached)) && meets(reached, interval(sign * asFloat(written.value)), (0.5 * isCut + 1e-6) * unit);
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
function valueBy({ flat, values }, wanted, base) {
  const again = new Map();
  const compute = (node) => {
    const inputs = Array.from(parentsIn(flat, node), (parent) => (flat.rows[parent] < 0 || values.has(parent) ? base.value(parent) : (again.get(parent) ?? compute(parent))));
    const result = ROWS[codeIn(flat, node)](inputs, [], 0);
    again.set(node, result);
    return result;
  };
  return compute(wanted);
}

// A gradient computed from those that were written.
function gradientBy(ledger, wanted, base) {
  return gatheredGradient(ledger, wanted, base, {
    partials: (node) => base.partials(node),
    product: (upstream, partial) => upstream * partial,
    sum: (a, b) => a + b,
    from: (x) => x,
  });
}

// The same two with every step rounded, as intervals.
function roundedSteps(ledger, base, namespace) {
  const { flat, values } = ledger, known = new Map();
  const isHeld = (node) => flat.rows[node] < 0 || values.has(node);
  const held = (node) => (isHeld(node) ? namespace.given(base.value(node)) : value(node));
  const value = (node) => {
    if (!known.has(node)) {
      const inputs = Array.from(parentsIn(flat, node), held), { forward, steps } = INTERVAL_ROWS[codeIn(flat, node)];
      known.set(node, asInterval((steps ?? forward)(inputs, namespace)));
    }
    return known.get(node);
  };
  const partials = (node) => partialsOverIntervals(codeIn(flat, node), held(node), Array.from(parentsIn(flat, node), held), false, namespace);
  const gradient = (wanted) => gatheredGradient(ledger, wanted, base, { partials, product: namespace.mul, sum: namespace.add, from: interval });
  return { value, gradient };
}

// Σ upstream × local derivative over the uses of each node, from the written gradients back to the wanted one.
function gatheredGradient({ flat, gradients }, wanted, base, { partials, product, sum, from }) {
  const isStop = (node) => node !== wanted && gradients.has(node), above = new Set([wanted]), parts = new Map();
  for (let node = wanted + 1; node <= flat.output; node++)
    if (parentsIn(flat, node).some((parent) => above.has(parent) && !isStop(parent))) above.add(node);
  for (let node = flat.output; node >= wanted; node--) {
    const found = isStop(node) ? from(base.gradient(node)) : parts.has(node) ? parts.get(node).reverse().reduce(sum) : node === flat.output ? from(1) : null;
    if (node === wanted) return found ?? from(0);
    if (found === null || flat.rows[node] < 0 || !above.has(node)) continue;
    const local = partials(node);
    const contributions = Array.from(parentsIn(flat, node), (parent, slot) => [parent, product(found, local[slot])]);
    for (const [parent, part] of contributions.reverse()) parts.set(parent, [...(parts.get(parent) ?? []), part]);
  }
  return from(0);
}
