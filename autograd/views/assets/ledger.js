// The learner's own numbers beside the exact ones, on the graph of the sheet that the answers become: for every node the
// interval of what the learner may hold it for, as autograd.grading.claims has it.

// How gradients are computed: with slopes from the output as written, and so on; before a softmax also by two formulas.
const FORMS = ["written", "recomputed", "stable", "softmax", "softmax by pairs"];
const formsOf = ({ softmaxes }) => FORMS.slice(0, softmaxes.length ? FORMS.length : 3);

// A sheet as flat arrays, with its exact numbers for the leaves as they are now.
function sheetModel(sheet, leafValues) {
  const flat = modelOf({ nodes: sheet.nodes, rows: sheet.rows, output: sheet.cells[model.output] });
  const values = Float64Array.from(sheet.nodes, ([, , value]) => value);
  sheet.cells.forEach((cell, node) => cell !== null && isLeaf(node) && (values[cell] = leafValues[node]));
  return { ...flat, softmaxes: sheet.softmaxes, exact: sweep(flat, values), needed: neededNodes(flat) };
}

function neededNodes(flat) {
  const needed = new Uint8Array(flat.count);
  needed[flat.output] = 1;
  for (let node = flat.output; node >= 0; node--)
    if (needed[node]) for (const parent of parentsIn(flat, node)) needed[parent] = 1;
  return needed;
}

const parentsIn = (flat, node) => flat.parents.subarray(flat.start[node], flat.start[node + 1]);
const codeIn = (flat, node) => flat.kinds[flat.rows[node]].code;

function newLedger(flat) {
  const ledger = { flat, values: new Map(), gradients: new Map(), own: [] };
  computeOwn(ledger);
  return ledger;
}

// What the learner holds each node for: as written, else as computed from what was.
function computeOwn({ flat, values, own }) {
  for (let node = 0; node < flat.count; node++) {
    own[node] = values.get(node) ?? (flat.rows[node] < 0 ? interval(flat.exact.values[node]) : overIntervals(codeIn(flat, node), inputsOf({ flat, own }, node)));
  }
}

const inputsOf = ({ flat, own }, node) => Array.from(parentsIn(flat, node), (parent) => own[parent]);

function writeValue(ledger, node, claimed) {
  ledger.values.set(node, claimed);
  computeOwn(ledger);
}

const MOST_CHOICES = 40; // of one number, because each is computed for itself

// The ledger with one number for each written one: as written, or another choice; `used` notes which were read.
function choosing({ flat, values, gradients }, chosen, used) {
  const choose = (written, kind, node) => {
    const key = kind + node, held = written.get(node);
    used?.set(key, held);
    return interval(chosen.get(key) ?? middleOfInterval(held));
  };
  const computed = (node) => (flat.rows[node] < 0 ? interval(flat.exact.values[node]) : overIntervals(codeIn(flat, node), inputsOf(from, node)));
  const own = (memo, key) => (memo[key] ??= values.has(+key) ? choose(values, "v", +key) : computed(+key));
  const from = { flat, values, own: new Proxy([], { get: own }), gradients: { has: (node) => gradients.has(node), get: (node) => (gradients.has(node) ? choose(gradients, "g", node) : undefined) } };
  return from;
}

// What follows for the choices of the learner, one at a time, whose effects are added up.
function narrowed(ledger, read) {
  const used = new Map(), middle = middleOfInterval(read(choosing(ledger, new Map(), used)));
  const open = [...used].filter(([, held]) => radiusOf(held)), lowest = new Map(), highest = new Map();
  if (open.length > MOST_CHOICES || !Number.isFinite(middle)) return read(ledger);
  const withChoice = (chosen) => middleOfInterval(read(choosing(ledger, chosen)));
  let low = middle, high = middle;
  for (const [key, held] of open) {
    const found = [held.low, held.high].map((end) => [withChoice(new Map([[key, end]])), end]).concat([[middle, middleOfInterval(held)]]);
    const [least, most] = [found.reduce((a, b) => (b[0] < a[0] ? b : a)), found.reduce((a, b) => (b[0] > a[0] ? b : a))];
    lowest.set(key, least[1]), highest.set(key, most[1]);
    low += least[0] - middle, high += most[0] - middle;
  }
  const ends = [withChoice(lowest), withChoice(highest)];
  return Number.isNaN(low + high) ? read(ledger) : holding(Math.min(low, ...ends), Math.max(high, ...ends), middle);
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
  if (form !== "stable") return found;
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

// The nodes on the ways from `wanted` to the output, or to gradients that were written.
function nodesAbove({ flat, gradients }, wanted) {
  const above = new Set([wanted]);
  for (let node = wanted + 1; node <= flat.output; node++)
    if (parentsIn(flat, node).some((parent) => above.has(parent) && (parent === wanted || !gradients.has(parent)))) above.add(node);
  return above;
}

// ∂output/∂wanted as it follows from what the learner wrote before.
function gradientThatFollows(ledger, wanted, form) {
  const { flat, gradients } = ledger, sums = new Array(flat.count).fill(null), above = nodesAbove(ledger, wanted);
  const softmaxes = form.startsWith("softmax") ? flat.softmaxes : [], softmaxOf = (node) => softmaxes.find(({ inputs }) => inputs.includes(node));
  const gradientOf = (node) => gradients.get(node) ?? sums[node];
  const add = (node, part) => (sums[node] = I.add(sums[node] ?? interval(0), part));
  if (wanted === flat.output) return interval(1);
  sums[flat.output] = interval(1);
  for (let node = flat.output; node >= wanted; node--) {
    if (softmaxOf(node)) add(node, beforeSoftmax(ledger, softmaxOf(node), node, gradientOf, form));
    const upstream = above.has(node) ? gradientOf(node) : null;
    if (node === wanted || upstream === null || flat.rows[node] < 0) continue;
    const partials = ownPartials(ledger, node, form);
    parentsIn(flat, node).forEach((parent, slot) => {
      if (!softmaxOf(parent)?.steps.includes(node)) add(parent, I.mul(upstream, partials[slot]));
    });
  }
  return sums[wanted] ?? interval(0);
}
