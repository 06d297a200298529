// The verdicts on all answers, number by number, as `gradtrace check` gives them for the sheet that the answers become:
// against the exact numbers first, then against what follows from the learner's earlier answers.

const ORDER = ["exact", "right as rounded", "truncated", "right but for rounding on the way", "carried on", "too few digits to tell", "wrong", "opposite sign convention"];
const SPARE = 0.1; // units by which a number that was kept may be off, because its steps were rounded to further digits
const CANCELED = 100; // the contributions to a gradient, in relation to their sum, that cancel
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
  if (verdict === "wrong") return written.value[0] ? claimedBy(written) : interval(0);
  const x = asFloat(written.value), isCarried = verdict === "carried on";
  if (isCarried && Math.abs(x - follows) <= slackOf(follows, written)) return interval(follows);
  const isVague = verdict === "too few digits to tell";
  const stands = isVague || verdict === "truncated" || (isCarried && !contains(claimedBy(written), follows)) ? cutTo(written) : claimedBy(written);
  const computed = [exact, follows].filter((end) => contains(stands, end)), ends = [x, ...computed], spare = SPARE * asFloat(written.unit);
  if (isVague || isCarried || !computed.length) return holding(stands.low, stands.high, x);
  return holding(Math.max(stands.low, Math.min(...ends) - spare), Math.min(stands.high, Math.max(...ends) + spare), x);
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
    const readings = isGradient ? formsOf(flat).map((form) => (from) => signed(sign, gradientThatFollows(from, cell, form))) : [(from) => from.own[cell], (from) => computedIn(from, cell)];
    let ways = readings.map((read) => read(ledger)), verdict = verdictOn(written, exact, ways);
    const isNoise = isGradient && contributed(flat, cell) > CANCELED * Math.abs(exact);
    if (["carried on", "too few digits to tell"].includes(verdict) && written.digits > 1 && !isNoise) {
      ways = readings.map((read) => narrowed(ledger, read) ?? read(ledger));
      verdict = verdictOn(written, exact, ways);
    }
    const middle = middleOfInterval(ways[0]), follows = Number.isFinite(middle) ? middle : exact;
    if (verdict === "wrong") verdict = roundedOnTheWay(ledger, cell, isGradient, sign, written, habit) ?? carriedOtherwise(ledger, cell, isGradient, sign, written);
    if (sign < 0 && verdict !== "too few digits to tell" && verdict !== "wrong" && exact) verdict = "opposite sign convention";
    const claimed = signed(sign, claimOf(written, { verdict, exact, follows }));
    if (isGradient) ledger.gradients.set(cell, claimed);
    else writeValue(ledger, cell, claimed);
    notePlace(ledger, cell, isGradient);
    return { ...answer, written, exact, follows, verdict };
  });
}

const signed = (sign, x) => (sign > 0 ? x : holding(-x.high, -x.low, -middleOfInterval(x)));

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
