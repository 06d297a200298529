// Live leaves: change a number and both sweeps are run again; descend along the gradient.

const MOST_LEAVES = 60;
const leaves = Float64Array.from(given);
let rows = []; // of the table of leaves: {node, input, gradient, box}

// Take a new number for a leaf, or say why not and keep the old ones.
function setLeaf(node, value) {
  return setLeaves(new Map([[node, value]]));
}

function setLeaves(changes) {
  const wanted = Float64Array.from(leaves);
  for (const [node, value] of changes) wanted[node] = value;
  const numbers = sweep(model, wanted);
  if ("problem" in numbers) {
    refuse(numbers, changes);
    return false;
  }
  rememberLeaves(changes);
  if ("guard" in numbers) page.lastTrue ??= Float64Array.from(leaves);
  else page.lastTrue = null;
  page.untrue = page.lastTrue ? model.guards[numbers.guard][5] : "";
  leaves.set(wanted);
  const before = page.numbers.values;
  page.numbers = page.untrue ? unknownNumbers(wanted) : numbers;
  showProblem("");
  if (!page.untrue) sayDead(before);
  if (page.untrue) setText(byId("live"), page.untrue);
  else announce();
  paint();
  remember();
  return !page.untrue;
}

// Where another branch would be taken, only the numbers of the leaves are known.
function unknownNumbers(wanted) {
  return {
    values: wanted.map((x, node) => (isLeaf(node) ? x : NaN)),
    partials: new Float64Array(model.parents.length).fill(NaN),
    gradients: new Float64Array(model.count).fill(NaN),
  };
}

function backToTrue() {
  for (const row of rows) row.typing = false;
  setLeaves(new Map([...page.lastTrue.entries()].filter(([node]) => isLeaf(node))));
  setText(byId("live"), "Back at the last numbers of which the graph is true.");
}

// --- undo --------------------------------------------------------------------------------------------

const MOST_UNDONE = 200;
const earlier = { states: [], key: "", time: 0 };

// Changes of one leaf in quick succession, as in dragging, are one change.
function rememberLeaves(changes) {
  const key = String([...changes.keys()]), now = performance.now();
  if (key !== earlier.key || now - earlier.time > 700) {
    earlier.states.push(Float64Array.from(leaves));
    if (earlier.states.length > MOST_UNDONE) earlier.states.shift();
  }
  Object.assign(earlier, { key, time: now });
}

function undo() {
  const before = earlier.states.pop();
  if (!before) return;
  const states = earlier.states;
  for (const row of rows) row.typing = false;
  setLeaves(new Map([...before.entries()].filter(([node, x]) => isLeaf(node) && x !== leaves[node])));
  Object.assign(earlier, { states, key: "", time: 0 });
  setText(byId("live"), "The last change is undone.");
}

function refuse(numbers, changes) {
  const [[leaf, value]] = changes;
  const cause =
    changes.size === 1 ? `${nameOf(leaf)} = ${number(value)} was not taken: ` : "This step was not taken: ";
  showProblem(
    cause +
      trouble(numbers) +
      " The picture shows the numbers before.",
  );
  for (const row of rows)
    if (changes.size === 1 && row.node === leaf) row.input.setAttribute("aria-invalid", "true");
}

// Which number is not finite, by which formula, and from which numbers it was computed.
function trouble({ problem, values, lost }) {
  if (lost) return `the gradient of ${nameOf(problem)} would be too large for a number (about 1.8·10³⁰⁸).`;
  const { op, needs } = kindOf(problem);
  const inNumbers = filled(
    kindOf(problem).forward,
    Array.from(parentsOf(problem), (parent) => number(values[parent])),
  );
  const call = `${nameOf(problem)} = ${formula(problem)} = ${inNumbers}`;
  if (Math.abs(values[problem]) === Infinity && !/divisor|> 0|above 0/.test(needs))
    return `${call} would be too large for a number (about 1.8·10³⁰⁸).`;
  return `${call} has no finite value or slope${needs ? `; ${op} needs ${needs}` : ""}.`;
}

function showProblem(words) {
  const problem = byId("problem");
  if (problem.textContent !== words) problem.textContent = words;
  problem.hidden = !words;
  if (words && byId("reset")) byId("reset").disabled = false;
  if (!words) for (const row of rows) row.input.removeAttribute("aria-invalid");
}

// --- dragging and typing -----------------------------------------------------------------------------

// One unit per two pixels, in round numbers of the size the leaf had.
function dragged(start, dx, fine) {
  const unit = unitOf(start) / (fine ? 10 : 1);
  return round(start + Math.trunc(dx / 2) * unit, unit);
}

function unitOf(x) {
  return x ? 10 ** (Math.floor(Math.log10(Math.abs(x))) - 1) || Number.MIN_VALUE : 0.01;
}

function round(x, unit) {
  const digits = -Math.floor(Math.log10(unit) + 1e-9);
  return digits > 100 ? x : Number(x.toFixed(Math.max(0, digits)));
}

function reset() {
  page.falling = [];
  for (const row of rows) row.typing = false;
  setLeaves(new Map([...given.entries()].filter(([node]) => isLeaf(node))));
  showProblem("");
  paintDescent();
  setText(byId("live"), "All numbers are as they were at first.");
}
