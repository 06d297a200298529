// The verdicts on all answers, number by number, as `gradtrace check` gives them for the sheet that the answers become:
// against the exact numbers first, then against what follows from the learner's earlier answers.

const ORDER = ["exact", "right as rounded", "truncated", "right but for rounding on the way", "carried on", "too few digits to tell", "wrong", "opposite sign convention"];
const LONG = /^[-+−]?\d{0,3}\.\d{6,20}$/;

const claimedBy = ({ value, unit: [a, b] }) => interval(asFloat(minus(value, [a, 2n * b])), asFloat(plus(value, [a, 2n * b])));

// All numbers that a written one may be cut from, and those that round to it.
function cutTo({ value, unit }) {
  const x = asFloat(value), half = asFloat(unit) / 2, one = asFloat(unit) * (1 - 1e-6); // a whole unit would be cut to the next number
  return interval(x - (x > 0 ? half : one), x + (x < 0 ? half : one));
}

// A bare 0 stands for a number that vanishes: nobody rounds 0.3 to 0. It has the fewest decimals of the answers.
function readAnswer(text, unit) {
  const written = writtenNumber(text);
  const isBare = written && !written.value[0] && written.unit[0] === written.unit[1];
  return isBare ? { ...written, unit } : written;
}

// The verdict against what the learner's own numbers allow.
function followsFrom(written, carried) {
  const middle = middleOfInterval(carried), radius = radiusOf(carried), spare = slackOf(middle, written);
  if (!meets(claimedBy(written), carried, spare) && !meets(cutTo(written), carried, -spare)) {
    const nearly = radius === 0 && Number.isFinite(middle) && judge(written, middle) === "right but for rounding on the way";
    return nearly ? "carried on" : "wrong";
  }
  if (written.digits < 2) return radius === 0 && Math.abs(middle - asFloat(written.value)) <= spare ? "carried on" : "too few digits to tell";
  return radius > 0 && !(radius <= 0.5 * Math.abs(middle)) ? "too few digits to tell" : "carried on";
}

function verdictOn(written, exact, ways) {
  const first = judge(written, exact);
  if (first === "exact" || first === "right as rounded") return first;
  return [first, ...ways.map((way) => followsFrom(written, way))].reduce((a, b) => (ORDER.indexOf(b) < ORDER.indexOf(a) ? b : a));
}

// Which numbers the learner may continue with.
function claimOf(written, { verdict, exact, follows }) {
  if (verdict === "exact") return interval(exact);
  if (verdict === "truncated" || verdict === "too few digits to tell") return cutTo(written);
  if (verdict === "carried on" && Math.abs(asFloat(written.value) - follows) <= slackOf(follows, written)) return interval(follows);
  if (verdict === "carried on" && !contains(claimedBy(written), follows)) return cutTo(written);
  return verdict === "wrong" && !written.value[0] ? interval(0) : claimedBy(written);
}

// --- the whole log ------------------------------------------------------------------------------------

// Judge answers {cell, isGradient, isGiven, text} in their order, by a sheet as flat arrays.
function markAnswers(flat, answers, leafTexts) {
  const isPrint = printedFromFloat32([...leafTexts, ...answers.map(({ text }) => text)]);
  const marked = markWith(flat, answers, isPrint, new Set());
  for (const opposite of signConventions(marked)) {
    const turned = markWith(flat, answers, isPrint, opposite);
    if (isConsistent(turned, opposite)) return turned;
  }
  return marked;
}

function markWith(flat, answers, isPrint, opposite) {
  const ledger = newLedger(flat), texts = answers.map(({ text }) => text), habit = habitOf(texts, isPrint), zero = coarsestUnit(texts);
  return answers.map((answer) => {
    const { cell, isGradient, text } = answer, written = readAnswer(text, zero);
    const sign = isGradient && opposite.has(cell) ? -1 : 1;
    const exact = isGradient ? sign * flat.exact.gradients[cell] : flat.exact.values[cell];
    const ways = isGradient ? formsOf(flat).map((form) => scaled(sign, gradientThatFollows(ledger, cell, form))) : [ledger.own[cell]];
    const middle = middleOfInterval(ways[0]), follows = Number.isFinite(middle) ? middle : exact;
    let verdict = verdictOn(written, exact, ways);
    if (verdict === "wrong") verdict = roundedOnTheWay(ledger, cell, isGradient, sign, written, habit) ?? verdict;
    if (sign < 0 && verdict !== "too few digits to tell" && verdict !== "wrong" && exact) verdict = "opposite sign convention";
    const claimed = scaled(sign, claimOf(written, { verdict, exact, follows }));
    if (isGradient) ledger.gradients.set(cell, claimed);
    else writeValue(ledger, cell, claimed);
    return { ...answer, written, exact, follows, verdict };
  });
}

// Whether all answers and leaves with enough digits, at least two, are those of float32.
function printedFromFloat32(texts) {
  const long = texts.filter((text) => LONG.test(text.trim())).map(writtenNumber).filter((written) => written && written.digits >= 8);
  return long.length > 1 && long.every(isFloat32Print);
}

// --- gradients with the opposite sign throughout, a convention of some books -------------------------------

// The sets of cells whose gradients the learner may hold with the opposite sign: a majority decides.
function* signConventions(marked) {
  const told = marked.filter(({ isGradient, exact }) => isGradient && exact);
  const inner = told.filter(({ isGiven }) => !isGiven), given = told.filter(({ isGiven }) => isGiven);
  const opposite = inner.filter(hasOppositeSign).length;
  if (opposite < 2 || 2 * opposite <= inner.length) return;
  yield new Set(inner.map(({ cell }) => cell));
  if (given.length) yield new Set(told.map(({ cell }) => cell));
}

function hasOppositeSign({ written, exact, follows }) {
  const rights = [exact, Math.sign(exact) * Math.abs(follows)];
  return Boolean(written.value[0]) && rights.some((right) => judge(written, -right) !== "wrong");
}

function isConsistent(marked, opposite) {
  const gradients = marked.filter(({ isGradient }) => isGradient);
  const blamed = (isGiven) => gradients.filter((one) => one.isGiven === isGiven).map(({ verdict }) => verdict === "wrong");
  const inner = blamed(false);
  if (blamed(true).some(Boolean) || 2 * inner.filter(Boolean).length >= inner.length) return false;
  const others = gradients.filter(({ cell, exact }) => !opposite.has(cell) && exact);
  return 2 * others.filter(({ verdict }) => RIGHT.includes(verdict)).length > others.length;
}
