// Numbers and formulas as text, just as autograd.wording writes them.

const MINUS = "−";
const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

// Significant digits at most, a true minus sign, a power of ten where Python's "g" would use one.
function number(x, digits = 5) {
  const [mantissa, exponent] = parts(Math.abs(x), digits);
  const power = exponent ? "·10" + [...String(exponent)].map((c) => RAISED[c]).join("") : "";
  return (x < 0 ? MINUS : "") + mantissa + power;
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

// Fill a formula's places: a place −k − 1 takes parentheses around a negative number.
function filled(places, words) {
  return places
    .map((part) => {
      if (typeof part === "string") return part;
      const word = words[part < 0 ? -part - 1 : part];
      return part < 0 && word.startsWith(MINUS) ? `(${word})` : word;
    })
    .join("");
}
