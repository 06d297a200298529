// What follows from written numbers that stand for a gradient or a slope under another name, as
// autograd.grading.equal_numbers has it. Two numbers are equal if they also are for given numbers nearby.

const NEARBY = 1e-3, GOLDEN = 0.6180339887498949, PRINT_DIGITS = 10; // the step to the given numbers nearby, and where it ends
const MOST_AGAIN = 300; // nodes of a gradient that is computed again from the output

// The numbers of the sheet for given numbers nearby. Where these cannot be computed, no two numbers count as equal.
function printsOf(flat) {
  let changed = 0;
  const share = (node) => (flat.rows[node] < 0 && flat.named.has(node) ? (++changed * GOLDEN) % 1 : 0);
  const found = sweep(flat, flat.exact.values.map((x, node) => x * (1 + NEARBY * share(node))));
  return found.gradients ? found : flat.exact;
}

const printKey = (number) => Math.abs(number).toPrecision(PRINT_DIGITS);

// Remember where a number was written, unless it does not change with the given numbers, as the 2 of a slope.
function notePlace({ flat: { prints, exact }, places }, node, isGradient) {
  const kind = isGradient ? "gradients" : "values", number = prints[kind][node], right = exact[kind][node];
  if (Math.abs(number - right) > 1e-9 * Math.max(Math.abs(number), Math.abs(right)))
    places.set(printKey(number), { kind: kind[0], node, sign: Math.sign(number) });
}

// The numbers of a ledger, where each number without a text takes that of an equal one. Without `chosen`, named numbers
// are the intervals of the ledger.
function equalNumbers(ledger, chosen) {
  const { flat, places } = ledger, { prints } = flat, numbers = choosing(ledger, chosen ?? new Map()), written = numbers.gradients;
  const equal = (number) => {
    const found = places.get(printKey(number));
    if (!found) return undefined;
    numbers.isUsed = true;
    return scaled(found.sign * Math.sign(number), numbers.choose(found.kind, found.node));
  };
  const equalValue = (node) => equal(prints.values[node]);
  const unwritten = (node) => (flat.rows[node] < 0 ? null : equalValue(node)) ?? (!chosen && flat.named.has(node) ? ledger.own[node] : computedIn(numbers, node));
  const get = (node) => written.get(node) ?? (node === flat.output ? undefined : equal(prints.gradients[node]));
  const equalPartials = (node, found) => {
    const rest = familyIn(flat, node) === "sigmoid" && equal(1 - prints.values[node]); // the slope is a·b with b = 1 − a
    return rest ? [I.mul(numbers.own[node], rest)] : found.map((own, slot) => equal(prints.partials[flat.start[node] + slot]) ?? own);
  };
  return Object.assign(numbers, { unwritten, equalValue, equalPartials, gradients: { get, has: get } });
}

// The verdict on a number that may follow from equal ones, or, for a gradient, from the output without written gradients.
function carriedOtherwise(ledger, node, isGradient, sign, written) {
  const { flat } = ledger, verdictOf = (way) => followsFrom(written, signed(sign, way));
  const equal = (from) => (isGradient ? from.gradients.get(node) : from.equalValue(node)) ?? EVERYTHING;
  const follows = (from) => (isGradient ? gradientThatFollows(from, node, "written") : computedIn(from, node));
  const count = flat.uses.filter((uses, place) => uses.length && flat.rows[place] >= 0).length + 1, before = ledger.choicesLeft;
  for (const read of [equal, follows]) {
    if (ledger.choicesLeft <= 0) return "wrong";
    ledger.choicesLeft -= isGradient ? 2 * count : 1;
    const numbers = equalNumbers(ledger), way = read(numbers);
    const verdict = numbers.isUsed ? verdictOf(narrowed(ledger, read, (chosen) => equalNumbers(ledger, chosen)) ?? way) : "wrong";
    if (verdict !== "wrong") return verdict;
  }
  if (!isGradient || count > MOST_AGAIN) return "wrong";
  ledger.choicesLeft -= before - ledger.choicesLeft; // check also looks for slopes of other outputs, which a page has none of
  const again = choosing(ledger, new Map()), verdict = verdictOf(follows({ ...again, gradients: new Map() }));
  ledger.choicesLeft -= again.memo.size;
  return verdict;
}
