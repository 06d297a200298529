// The learner's own numbers beside the exact ones, on the graph of the sheet that the answers become: for every node the
// interval of what the learner may hold it for, as autograd.grading.claims has it.

const FORMS = ["written", "recomputed", "stable"]; // how a slope is computed: from the output as written, and so on

// A sheet as flat arrays, with its exact numbers for the leaves as they are now.
function sheetModel(sheet, leafValues) {
  const flat = modelOf({ nodes: sheet.nodes, rows: sheet.rows, output: sheet.cells[model.output] });
  const values = Float64Array.from(sheet.nodes, ([, , value]) => value);
  sheet.cells.forEach((cell, node) => cell !== null && isLeaf(node) && (values[cell] = leafValues[node]));
  return { ...flat, exact: sweep(flat, values), needed: neededNodes(flat) };
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

// The local derivatives of a node in the learner's numbers, in one form.
function ownPartials(ledger, node, form) {
  const code = codeIn(ledger.flat, node), inputs = inputsOf(ledger, node);
  const output = form === "recomputed" ? overIntervals(code, inputs) : ledger.own[node];
  const found = partialsOverIntervals(code, output, inputs);
  if (form !== "stable") return found;
  const stable = partialsOverIntervals(code, output, inputs, true);
  return stable.includes(EVERYTHING) ? found : stable;
}

// ∂output/∂wanted as it follows from what the learner wrote before.
function gradientThatFollows(ledger, wanted, form) {
  const { flat, gradients } = ledger, sums = new Array(flat.count).fill(null);
  if (wanted === flat.output) return interval(1);
  sums[flat.output] = interval(1);
  for (let node = flat.output; node > wanted; node--) {
    const upstream = gradients.get(node) ?? sums[node];
    if (upstream === null || flat.rows[node] < 0) continue;
    const partials = ownPartials(ledger, node, form);
    parentsIn(flat, node).forEach((parent, slot) => {
      sums[parent] = I.add(sums[parent] ?? interval(0), I.mul(upstream, partials[slot]));
    });
  }
  return sums[wanted] ?? interval(0);
}
