// The learner's own numbers beside the exact ones, on the graph of the sheet that the answers become: for every node the
// interval of what the learner may hold it for, as autograd.grading.claims has it.

// How gradients are computed: with slopes from the output as written, and so on; before a softmax also by two formulas.
const FORMS = ["written", "recomputed", "stable", "softmax", "softmax by pairs"];
const formsOf = ({ softmaxes }) => FORMS.slice(0, softmaxes.length ? FORMS.length : 3);

// A sheet as flat arrays, with its exact numbers for the leaves as they are now.
function sheetModel(sheet, leafValues) {
  const flat = { ...modelOf({ ...sheet, output: sheet.cells[model.output] }), softmaxes: sheet.softmaxes, named: new Set(sheet.cells) };
  const values = Float64Array.from(sheet.nodes, ([, , value]) => value);
  sheet.cells.forEach((cell, node) => cell !== null && isLeaf(node) && (values[cell] = leafValues[node]));
  flat.exact = sweep(flat, values);
  return { ...flat, uses: usesOf(flat), prints: printsOf(flat) };
}

// The uses of each node on the ways to the output, as pairs of a child and the slot there.
function usesOf(flat) {
  const uses = Array.from({ length: flat.count }, () => []);
  for (let node = flat.output; node >= 0; node--)
    if (node === flat.output || uses[node].length) for (let edge = flat.start[node + 1] - 1; edge >= flat.start[node]; edge--) uses[flat.parents[edge]].unshift([node, edge - flat.start[node]]);
  return uses;
}

const parentsIn = (flat, node) => flat.parents.subarray(flat.start[node], flat.start[node + 1]);
const codeIn = (flat, node) => flat.kinds[flat.rows[node]].code;
const familyIn = (flat, node) => flat.kinds[flat.rows[node]].family;

// A function that computes its result for each key once.
function once(compute) {
  const known = new Map();
  return (key) => known.get(key) ?? known.set(key, compute(key)).get(key);
}

function newLedger(flat) {
  const ledger = { flat, values: new Map(), gradients: new Map(), own: [], places: new Map(), choicesLeft: MOST_CHOSEN };
  computeOwn(ledger);
  return ledger;
}

// What the learner holds each node for: as written, else as computed from what was.
function computeOwn(ledger) {
  for (let node = 0; node < ledger.flat.count; node++) ledger.own[node] = ledger.values.get(node) ?? computedIn(ledger, node);
}

const inputsOf = ({ flat, own }, node) => Array.from(parentsIn(flat, node), (parent) => own[parent]);
const computedIn = (from, node) => (from.flat.rows[node] < 0 ? interval(from.flat.exact.values[node]) : overIntervals(codeIn(from.flat, node), inputsOf(from, node)));

function writeValue(ledger, node, claimed) {
  ledger.values.set(node, claimed);
  computeOwn(ledger);
}

const MOST_CHOICES = 40; // of one number, because each is computed for itself
const MOST_CHOSEN = 100000; // numbers that are computed for single choices, over all answers

// The ledger with one number for each written one: as written, or another choice. `used` holds those that were read,
// and `memo` the numbers that were computed.
function choosing({ flat, values, gradients }, chosen) {
  const memo = new Map(), used = new Map();
  const choose = (kind, node) => {
    const key = kind + node, held = (kind === "g" ? gradients : values).get(node);
    used.set(key, held);
    return interval(chosen.get(key) ?? middleOfInterval(held));
  };
  const own = (_, key) => memo.get(key) ?? memo.set(key, values.has(+key) ? choose("v", +key) : from.unwritten(+key)).get(key);
  const written = { has: (node) => gradients.has(node), get: (node) => (gradients.has(node) ? choose("g", node) : undefined) };
  const from = { flat, memo, used, choose, unwritten: (node) => computedIn(from, node), own: new Proxy([], { get: own }), gradients: written };
  return from;
}

// What follows for the choices of the learner, one at a time, whose effects are added up; null if this is too much work.
function narrowed(ledger, read, choose = (chosen) => choosing(ledger, chosen)) {
  if (ledger.choicesLeft <= 0) return null;
  const written = choose(new Map()), middle = middleOfInterval(read(written)), { size } = written.memo;
  const open = [...written.used].filter(([, held]) => radiusOf(held)), work = size * (2 * open.length + 1), lowest = new Map(), highest = new Map();
  ledger.choicesLeft -= size;
  if (open.length > MOST_CHOICES || !Number.isFinite(middle) || work > ledger.choicesLeft) return null;
  ledger.choicesLeft -= work;
  const withChoice = (chosen) => middleOfInterval(read(choose(chosen)));
  let low = middle, high = middle;
  for (const [key, held] of open) {
    const found = [held.low, held.high].map((end) => [withChoice(new Map([[key, end]])), end]).concat([[middle, middleOfInterval(held)]]);
    const [least, most] = [found.reduce((a, b) => (b[0] < a[0] ? b : a)), found.reduce((a, b) => (b[0] > a[0] ? b : a))];
    lowest.set(key, least[1]), highest.set(key, most[1]);
    low += least[0] - middle, high += most[0] - middle;
  }
  const ends = [withChoice(lowest), withChoice(highest)];
  return Number.isNaN(low + high) ? null : holding(Math.min(low, ...ends), Math.max(high, ...ends), middle);
}

// The sum of the sizes of what the uses of a node contribute to its gradient.
function contributed({ exact: { partials, gradients }, parents, child }, node) {
  return partials.reduce((sum, partial, edge) => (parents[edge] === node ? sum + Math.abs(gradients[child[edge]] * partial) : sum), 0);
}

// The local derivatives of a node in the learner's numbers, in one form.
function ownPartials(ledger, node, form) {
  const code = codeIn(ledger.flat, node), inputs = inputsOf(ledger, node);
  const output = form === "recomputed" ? overIntervals(code, inputs) : ledger.own[node];
  const found = partialsOverIntervals(code, output, inputs);
  if (form !== "stable") return ledger.equalPartials?.(node, found) ?? found;
  const stable = partialsOverIntervals(code, output, inputs, true);
  return stable.includes(EVERYTHING) ? found : stable;
}

// pᵢ·(gᵢ − Σ pⱼgⱼ), or by pairs pᵢ·Σ pⱼ(gᵢ − gⱼ), for the outputs p of a softmax and their gradients g.
function beforeSoftmax({ own }, { inputs, outputs }, z, gradientOf, form) {
  const p = outputs.map((output) => own[output]), g = outputs.map((output) => gradientOf(output) ?? interval(0)), i = inputs.indexOf(z);
  const total = (term) => p.map((_, j) => term(j)).reduce((a, b) => I.add(a, b), interval(0));
  if (form === "softmax") return I.mul(p[i], I.sub(g[i], total((j) => I.mul(p[j], g[j]))));
  return I.mul(p[i], total((j) => (j === i ? interval(0) : I.mul(p[j], I.sub(g[i], g[j])))));
}

// The nodes on the ways from `wanted` to the output, or to gradients that were written, from the output back.
function nodesAbove({ flat, gradients }, wanted) {
  const above = new Set([wanted]);
  for (const node of above) if (node === wanted || !gradients.has(node)) for (const [child] of flat.uses[node]) above.add(child);
  return new Set([...above].sort((a, b) => b - a));
}

// ∂output/∂wanted as it follows from what the learner wrote before.
function gradientThatFollows(ledger, wanted, form) {
  const { flat, gradients } = ledger, found = new Map(), gradientOf = (node) => (node === wanted ? null : gradients.get(node)) ?? found.get(node);
  const softmaxes = form.startsWith("softmax") ? flat.softmaxes : [], partials = once((node) => ownPartials(ledger, node, form));
  for (const node of nodesAbove(ledger, wanted)) {
    if (gradientOf(node)) continue;
    const softmax = softmaxes.find(({ inputs }) => inputs.includes(node)), uses = flat.uses[node].filter(([child]) => !softmax?.steps.includes(child));
    const start = softmax ? beforeSoftmax(ledger, softmax, node, gradientOf, form) : interval(+(node === flat.output));
    found.set(node, uses.reduce((sum, [child, slot]) => I.add(sum, I.mul(gradientOf(child), partials(child)[slot])), start));
  }
  return found.get(wanted);
}
