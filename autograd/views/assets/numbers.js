// Numbers and formulas as text, just as autograd.wording writes them.

const MINUS = "−";
const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

// Significant digits at most, a true minus sign, a power of ten where Python's "g" would use one.
function number(x, digits = 5) {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "?" : x < 0 ? `${MINUS}∞` : "∞";
  const [mantissa, exponent] = parts(Math.abs(x), digits);
  const power = exponent ? "·10" + [...String(exponent)].map((c) => RAISED[c]).join("") : "";
  return (x < 0 ? MINUS : "") + mantissa + power;
}

// All digits of a number; "?" for one that is not known.
function exactly(x) {
  return Number.isNaN(x) ? "?" : String(x).replace("-", MINUS);
}

function parts(size, digits) {
  const [head, power] = rounded(size, digits).split("e");
  const exponent = Number(power);
  if (exponent < -4 || exponent >= digits) return [trimmed(head), exponent];
  return [trimmed(Number(`${head}e${exponent}`).toFixed(digits - 1 - exponent)), 0];
}

function rounded(size, digits) {
  const text = size.toExponential(digits - 1);
  if (!size.toExponential(digits + 1).includes("50e")) return text;
  // JavaScript rounds a tie up, Python to the even digit.
  const [exact, power] = size.toExponential(60).split("e");
  const halfway = /^50*$/.test(exact.slice(digits + 1)),
    even = "02468".includes(exact[digits]);
  return halfway && even ? `${exact.slice(0, digits + 1)}e${power}` : text;
}

function trimmed(text) {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

// --- numbers as people type them ----------------------------------------------------------------------

const CONSTANTS = { pi: Math.PI, π: Math.PI, e: Math.E, "½": 0.5, "¼": 0.25, "¾": 0.75 };
const LOWERED = Object.fromEntries(Object.entries(RAISED).map(([digit, raised]) => [raised, digit]));

// Read a number: 0.5, 0,5, 1 234, 1/3, −2, 1.5·10⁻³, 1e-3, pi. Return {value}, {problem} or {} while it is unfinished.
function readNumber(typed) {
  const words = asciiDigits(typed).trim();
  if (/^[-+]?[.,]?$/.test(words) || /(\d[eE]|[/·*^])[-+]?$/.test(words)) return {};
  const asked = words.match(/(?<![\d.,])([1-9]\d{0,2}),(\d{3})(?![\d.,])/);
  if (asked) return { problem: `${asked[0]} can be read in two ways: write ${asked[1]}.${asked[2]} or ${asked[1]}${asked[2]}.` };
  const parts = words.split("/");
  const values = parts.map(readPart);
  if (parts.length > 2 || values.some((x) => x === null)) return { problem: `“${typed.trim()}” is not a number: write one such as 0.5, 1/3 or 2·10⁻³.` };
  const value = values.length === 2 ? values[0] / values[1] : values[0];
  if (!Number.isFinite(value)) return { problem: parts.length === 2 && values[1] === 0 ? "Division by 0." : `${typed.trim()} is too large: numbers end at about 1.8·10³⁰⁸.` };
  if (value === 0 && /[1-9]/.test(parts[0].split(/[eE·*]/)[0])) return { problem: `${typed.trim()} is too small: it would be 0. The smallest number is about 5·10⁻³²⁴.` };
  return { value };
}

function readPart(words) {
  const sign = /^[-+]?/.exec(words.trim())[0], rest = words.trim().slice(sign.length).trim();
  const factor = sign === "-" ? -1 : 1;
  if (rest in CONSTANTS) return factor * CONSTANTS[rest];
  const power = /^(?:([\d., '’٬]+?)\s*[·*×]\s*)?10\s*\^\s*([-+]?\d+)$/.exec(rest);
  const plain = power ? `${ungrouped(power[1] ?? "1")}e${power[2]}` : ungrouped(rest);
  return /^(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(plain) ? factor * Number(plain) : null;
}

// A number in groups of three digits without the marks between them, and with a decimal point.
function ungrouped(words) {
  const spaced = words.replace(/[\u00a0\u2009\u202f]/g, " ");
  if (/^\d{1,3}([ '’٬]\d{3})+([.,]\d*)?$/.test(spaced)) return spaced.replace(/[ '’٬]/g, "").replace(",", ".");
  if (/^\d{1,3}(,\d{3})+\.\d*$/.test(words) || /^\d{1,3}(,\d{3}){2,}$/.test(words)) return words.replaceAll(",", "");
  if (/^\d{1,3}(\.\d{3})+,\d*$/.test(words) || /^\d{1,3}(\.\d{3}){2,}$/.test(words)) return words.replaceAll(".", "").replace(",", ".");
  return words.replace(",", ".");
}

const SAME = { [MINUS]: "-", "–": "-", "－": "-", "＋": "+", "，": ",", "٫": ",", "．": ".", "／": "/", "÷": "/" };

// Digits of other scripts as 0 … 9, raised digits after "^", every minus sign as "-".
function asciiDigits(words) {
  return words
    .normalize("NFC")
    .replace(/[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+/g, (raised) => "^" + [...raised].map((c) => LOWERED[c]).join(""))
    .replace(/./gsu, (c) => SAME[c] ?? (/\p{Nd}/u.test(c) ? asciiDigit(c) : c));
}

function asciiDigit(c) {
  let zero = c.codePointAt(0);
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1)) && c.codePointAt(0) - zero < 9) zero--;
  return String(c.codePointAt(0) - zero);
}

// Fill a formula's places: a place [k, binding] takes parentheses around a number that binds looser.
function filled(places, words) {
  return places.map((part) => (typeof part === "string" ? part : fillPlace(part, words))).join("");
}

function fillPlace(place, words) {
  if (typeof place === "number") return words[place];
  const word = words[place[0]];
  return bindingOf(word) < place[1] ? `(${word})` : word;
}

// How tightly a number binds: with a sign as a sum, with a power of ten as a product.
function bindingOf(word) {
  if (word.startsWith(MINUS)) return 3;
  return /^[\d.]+·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+$/.test(word) ? 4 : 9;
}

// Whether a curve of these numbers wants a logarithmic scale.
const spansDecades = (numbers) => Math.min(...numbers) > 0 && Math.max(...numbers) >= 100 * Math.min(...numbers);
