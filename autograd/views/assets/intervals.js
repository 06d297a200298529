// Numbers known only to lie between two others, as autograd.grading.intervals has them. INTERVAL_ROWS, the rows of the
// table over intervals, and MONOTONE, the monotone operations over floats, stand in front of this file.

const interval = (low, high = low) => ({ low, high });
const EVERYTHING = interval(-Infinity, Infinity);
const asInterval = (x) => (typeof x === "number" ? interval(x) : x);
// A written number and the interval of what its writer may hold it for; its middle is the number as written.
const holding = (low, high, number) => ({ low, high, number });
const middleOfInterval = ({ low, high, number }) => number ?? (low === high ? low : 0.5 * (low + high));
const radiusOf = ({ low, high }) => 0.5 * (high - low);
const contains = ({ low, high }, x) => low <= x && x <= high;
const meets = (a, b, spare = 0) => a.low <= b.high + spare && b.low <= a.high + spare;
const scaled = (factor, { low, high }) => (factor < 0 ? interval(factor * high, factor * low) : interval(factor * low, factor * high));

// All numbers where an end is none, as in ∞ − ∞ or 0·∞.
const safe = (low, high, ...ends) => ([low, high, ...ends].some(Number.isNaN) ? EVERYTHING : interval(low, high));

// The hull of an operation on every end of a and every end of b.
function fromEnds(operation, a, b) {
  const ends = [a.low, a.high].flatMap((x) => [operation(x, b.low), operation(x, b.high)]);
  return safe(Math.min(...ends), Math.max(...ends), ...ends);
}

function undefinedThere() {
  throw new RangeError("not defined for all of these numbers");
}

const defined = (x, from = -Infinity) => (Number.isNaN(x) || x <= from ? undefinedThere() : x);

const rising = (f) => (x) => safe(f(asInterval(x).low), f(asInterval(x).high));
const falling = (f) => (x) => safe(f(asInterval(x).high), f(asInterval(x).low));

// Whether place + 2πk lies in the interval for some k.
const passes = ({ low, high }, place) => place + 2 * Math.PI * Math.ceil((low - place) / (2 * Math.PI)) <= high;

const wave = (f, top) => (u) => {
  const x = asInterval(u);
  if (!(x.high - x.low < 2 * Math.PI)) return interval(-1, 1);
  const ends = [f(x.low), f(x.high)];
  return interval(passes(x, top + Math.PI) ? -1 : Math.min(...ends), passes(x, top) ? 1 : Math.max(...ends));
};

// Comparisons: true, false, or null where that is not decided.
const above = (a, b) => a.low > b.high || (a.high > b.low ? null : false);
const atLeast = (a, b) => a.low >= b.high || (a.high >= b.low ? null : false);

const I = {
  add: (a, b) => safe(asInterval(a).low + asInterval(b).low, asInterval(a).high + asInterval(b).high),
  sub: (a, b) => safe(asInterval(a).low - asInterval(b).high, asInterval(a).high - asInterval(b).low),
  neg: (a) => scaled(-1, asInterval(a)),
  mul: (a, b) => fromEnds((x, y) => x * y, asInterval(a), asInterval(b)),
  div(a, b) {
    const y = asInterval(b);
    return y.low <= 0 && 0 <= y.high ? EVERYTHING : fromEnds((u, v) => u / v, asInterval(a), y);
  },
  gt: (a, b) => above(asInterval(a), asInterval(b)),
  ge: (a, b) => atLeast(asInterval(a), asInterval(b)),
  lt: (a, b) => above(asInterval(b), asInterval(a)),
  le: (a, b) => atLeast(asInterval(b), asInterval(a)),
  where(condition, yes, no) {
    // A recorded condition is a number, which is above 0 if the condition holds.
    const holds = condition instanceof Object ? above(condition, interval(0, 0)) : condition;
    return holds === null ? hull(asInterval(yes), asInterval(no)) : asInterval(holds ? yes : no);
  },
  abs(a) {
    const x = asInterval(a), ends = [Math.abs(x.low), Math.abs(x.high)];
    return interval(contains(x, 0) ? 0 : Math.min(...ends), Math.max(...ends));
  },
  square: (a) => I.mul(I.abs(a), I.abs(a)),
  pow(a, b) {
    const n = asInterval(b).low;
    if (n !== asInterval(b).high || !Number.isInteger(n)) return I.exp(I.mul(b, I.log(a)));
    if (n < 0) return I.div(1, I.pow(a, -n));
    const base = n % 2 ? asInterval(a) : I.abs(a);
    return interval(power(base.low, n), power(base.high, n));
  },
  maximum: (a, b) => interval(Math.max(asInterval(a).low, asInterval(b).low), Math.max(asInterval(a).high, asInterval(b).high)),
  minimum: (a, b) => I.neg(I.maximum(I.neg(a), I.neg(b))),
  sin: wave(Math.sin, Math.PI / 2),
  cos: wave(Math.cos, 0),
  tan(a) {
    const x = asInterval(a), twice = interval(2 * x.low, 2 * x.high);
    return x.high - x.low >= Math.PI || passes(twice, Math.PI) ? EVERYTHING : interval(Math.tan(x.low), Math.tan(x.high));
  },
  cosh: (a) => rising(Math.cosh)(I.abs(a)),
  acos: falling((x) => defined(Math.acos(x))),
  asin: rising((x) => defined(Math.asin(x))),
  acosh: rising((x) => defined(Math.acosh(x))),
  atanh: rising((x) => (Math.abs(x) < 1 ? Math.atanh(x) : undefinedThere())),
  exp: rising(Math.exp),
  expm1: rising(Math.expm1),
  sqrt: rising((x) => defined(Math.sqrt(x))),
  log: rising((x) => Math.log(defined(x, 0))),
  log1p: rising((x) => Math.log1p(defined(x, -1))),
  atan: rising(Math.atan),
  tanh: rising(Math.tanh),
  sinh: rising(Math.sinh),
  asinh: rising(Math.asinh),
};
for (const [name, [way, f]] of Object.entries(MONOTONE)) I[name] ??= (way > 0 ? rising : falling)((x) => f([x], [], 0));

const hull = (a, b) => interval(Math.min(a.low, b.low), Math.max(a.high, b.high));

function power(x, n) {
  const result = x ** n;
  return Number.isFinite(result) || !Number.isFinite(x) ? result : undefinedThere();
}

// What a row may give for inputs in these intervals.
function overIntervals(code, inputs) {
  if (inputs.every(({ low, high }) => low === high)) {
    const y = ROWS[code](inputs.map(({ low }) => low), [], 0);
    return Number.isFinite(y) ? interval(y) : EVERYTHING;
  }
  return attempted(() => asInterval(INTERVAL_ROWS[code].forward(inputs, I)), EVERYTHING);
}

// What its local derivatives may be, in the form of textbooks or in the one that floats are computed in.
function partialsOverIntervals(code, output, inputs, isStable = false, namespace = I) {
  const { partials, stable } = INTERVAL_ROWS[code];
  const found = isStable && stable ? stable : partials;
  return attempted(() => found(output, inputs, namespace).map(asInterval), inputs.map(() => EVERYTHING));
}

function attempted(compute, otherwise) {
  try {
    return compute();
  } catch (error) {
    if (error instanceof RangeError) return otherwise;
    throw error;
  }
}
