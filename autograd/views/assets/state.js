// What is known of the graph in `data`: its numbers now, and where the viewer is.

const model = modelOf(data);
const given = Float64Array.from(data.nodes, ([, , value]) => value);

const page = {
  numbers: sweep(model, given), // of the leaves as they are now
  scene: null,
  step: 0,
  selected: null, // a node's number
  group: null, // or a box of many nodes
  path: null, // the edges of the path that is held, or null
  chosen: new Set(), // leaves that descent moves
  falling: [], // outputs, one for each step of descent
  untrue: "", // why the graph is not true of the leaves as they are now: another branch would be taken
  alsoPaint: [], // what else is painted at each step: the code pane and the heat maps
  lastTrue: null, // the leaves before it became untrue
  ahead: null, // the step that an answer is asked for
  resultName: null, // what the output is called above the stage, if not by its name
  atRest: false, // both sweeps are done and no step is pointed out
  scrolls: window !== top, // the stage is a part of something that the wheel scrolls
};

// What happens at this step.
function stepNow() {
  return page.atRest ? { kind: "start" } : (page.scene.steps.list[page.step] ?? { kind: "start" });
}

const extras = []; // what else is painted: the parts to play with
const byId = (id) => document.getElementById(id);
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const SVG = "http://www.w3.org/2000/svg";

// Make an HTML element: attributes, then children; strings become text, never markup.
function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...children.flat().filter((child) => child !== null));
  return made;
}

function svgEl(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) if (value != null) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// Write only what changed: most of a picture stays as it is from step to step.
function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function setAttribute(element, key, value) {
  if (element.getAttribute(key) !== value) element.setAttribute(key, value);
}

// --- names and formulas of the graph ---------------------------------------------------------------

const isLeaf = (node) => model.rows[node] < 0;
const isConstant = (node) => model.rows[node] === CONSTANT;
const givenAs = (node) => ({ [CONSTANT]: "constant", [PARAMETER]: "weight or bias", [LEAF]: "input" })[model.rows[node]];
const isLive = (node) => isLeaf(node) && (!isConstant(node) || isLabeled(node));
const kindOf = (node) => data.rows[model.rows[node]];

const isLabeled = (node) => (isLeaf(node) ? data.nodes[node][3] !== null : !kindOf(node).unlabeled);

function nameOf(node) {
  return data.nodes[node][3] ?? number(page.numbers.values[node]);
}

function labelOf(node) {
  return data.nodes[node][4] ?? nameOf(node);
}

function parentsOf(node) {
  return model.parents.subarray(model.start[node], model.start[node + 1]);
}

function formula(node) {
  return filled(kindOf(node).forward, Array.from(parentsOf(node), nameOf));
}

function formulaInNumbers(node) {
  return filled(
    kindOf(node).forward,
    Array.from(parentsOf(node), (p) => number(page.numbers.values[p])),
  );
}

// ∂child/∂parent of an edge: as a "factor" of a product, as a formula ("local"), or in "words".
function derivative(edge, form) {
  const child = model.child[edge];
  const slot = kindOf(child).slots[edge - model.start[child]];
  const words = [...Array.from(parentsOf(child), nameOf), nameOf(child)];
  return filled(slot[form] ?? slot.factor, words);
}

const quotient = (top, bottom) => `∂${nameOf(top)}/∂${nameOf(bottom)}`;

const inProduct = (x) => `(${number(x)})`;

function contribution(edge) {
  return page.numbers.gradients[model.child[edge]] * page.numbers.partials[edge];
}
