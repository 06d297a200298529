// The verdict on a number as it was typed, by its last digit, exactly as autograd.grading.verdict gives it.

const tenTo = (power) => 10n ** BigInt(power);
const magnitude = (n) => (n < 0n ? -n : n);

// A number as text: value and unit of the last digit as fractions [numerator, denominator], or null.
function writtenNumber(text) {
  const plain = text.trim().replace(/[−–－]/g, "-");
  const quotient = /^(-?\d+)\/(\d+)$/.exec(plain);
  if (quotient) return BigInt(quotient[2]) ? { value: [BigInt(quotient[1]), BigInt(quotient[2])], unit: [0n, 1n], digits: 300 } : null;
  const decimal = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+)|\s*[·*×]\s*10\s*\^?\s*([-+]?\d+))?$/.exec(asciiPowers(plain));
  if (!decimal || !(decimal[2] || decimal[3])) return null;
  const power = Number(decimal[4] ?? decimal[5] ?? 0) - (decimal[3] ?? "").length;
  if (Math.abs(power) > 400) return null;
  const digits = BigInt(decimal[2] + (decimal[3] ?? ""));
  const whole = decimal[1] === "-" ? -digits : digits;
  const unit = power < 0 ? [1n, tenTo(-power)] : [tenTo(power), 1n];
  return { value: [whole * unit[0], unit[1]], unit, digits: digits ? String(digits).length : 0 };
}

function asciiPowers(words) {
  return words.replace(/[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+/g, (raised) => "^" + [...raised].map((c) => LOWERED[c]).join(""));
}

// A float as the fraction that it is.
function fractionOf(x) {
  let denominator = 1n;
  while (!Number.isInteger(x)) {
    x *= 2;
    denominator *= 2n;
  }
  return [BigInt(x), denominator];
}

const minus = ([a, b], [c, d]) => [a * d - c * b, b * d];
const plus = ([a, b], [c, d]) => [a * d + c * b, b * d];
const least = ([a, b], [c, d]) => a * d - c * b; // below 0 if the first is less
const absolute = ([a, b]) => [magnitude(a), b];

// What our own floats may be off by: far below the last written digit, because 3e-20 is no rounding of 2e-20.
const slackOf = (x, { unit }) => Math.abs(x) * 1e-12 + Math.min(1e-15, 1e-3 * asFloat(unit));

function judge(text, exact) {
  const written = typeof text === "string" ? writtenNumber(text) : text;
  if (!written) return null;
  if (!Number.isFinite(exact)) return "wrong";
  const truth = fractionOf(exact), spare = fractionOf(slackOf(exact, written));
  const error = absolute(minus(written.value, truth)), { unit } = written;
  const vague = written.digits < 2;
  if (least(error, spare) <= 0n) return "exact";
  if (least(error, plus([unit[0], unit[1] * 2n], spare)) <= 0n) return vague ? "too few digits to tell" : "right as rounded";
  const shorter = least(absolute(written.value), absolute(truth)) < 0n;
  if (least(error, minus(unit, spare)) < 0n && shorter) return vague ? "too few digits to tell" : "truncated";
  const isFloat32 = isFloat32Print(written) && 4 * asFloat(unit) <= float32Spacing(written) && isNearFloat32(written, exact);
  return isFloat32 ? "right but for rounding on the way" : "wrong";
}

const asFloat = ([a, b]) => Number(a) / Number(b);

// Whether these are the digits of a float32, and enough to tell it from its neighbors.
function isFloat32Print({ value, unit, digits }) {
  const x = asFloat(value);
  if (digits < 8 || !unit[0] || !(Math.abs(x) > 1e-30 && Math.abs(x) < 1e30)) return false;
  const [a, b] = fractionOf(Math.fround(x));
  const twice = (2n * magnitude(a) * unit[1]) / (b * unit[0]), nearest = (twice + 1n) / 2n;
  return nearest * unit[0] * value[1] === magnitude(value[0]) * unit[1];
}

// Whether a program may have printed these numbers, each as the shortest text of a float32.
function mayBePrints(numbers) {
  const long = numbers.filter(({ digits }) => digits >= 7);
  return long.length > 0 && long.every((one) => one.digits <= 9 && (one.digits < 8 || isFloat32Print(one)) && (one.value[0] * one.unit[1]) / one.unit[0] / one.value[1] % 10n !== 0n);
}

const float32Spacing = ({ value }) => 2 ** (Math.floor(Math.log2(Math.abs(asFloat(value)))) - 23);
const isNearFloat32 = (written, exact) => Math.abs(asFloat(written.value) - exact) <= 8 * float32Spacing(written);

const RIGHT = ["exact", "right as rounded", "truncated", "right but for rounding on the way", "opposite sign convention"];
