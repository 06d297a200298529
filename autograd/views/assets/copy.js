// Copy what the page shows: as a link, an SVG picture, LaTeX of this step, or a worksheet with the numbers of now.

const COPIES = {
  link: () => location.href.split("#")[0] + stateOfPage(),
  SVG: pictureText,
  LaTeX: latexText,
  worksheet: worksheetText,
};

async function copyAs(kind) {
  const text = COPIES[kind]();
  try {
    await navigator.clipboard.writeText(text);
    setText(byId("live"), `The ${kind} is copied.`);
    setText(byId("copied"), `${kind} copied`);
    setTimeout(() => setText(byId("copied"), ""), 2500);
  } catch {
    byId("copy-text").value = text; // where the clipboard is refused, as in a sandboxed frame
    byId("copy-dialog").showModal();
    byId("copy-text").select();
  }
}

byId("copy").addEventListener("change", () => {
  copyAs(byId("copy").value);
  byId("copy").selectedIndex = 0;
});
byId("close-copy").addEventListener("click", () => byId("copy-dialog").close());

// --- SVG -------------------------------------------------------------------------------------------

const DRAWN = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linejoin", "paint-order", "opacity", "visibility", "font-size", "font-weight", "font-style", "text-anchor"];

// The whole picture, complete in itself: what the style sheet says is written to every element.
function pictureText() {
  const { scene } = page, wasTight = Boolean(scene.tight);
  setTight(false);
  straighten();
  graph.classList.remove("far", "tight");
  const width = scene.width + 2 * MARGIN, height = scene.height + 2 * MARGIN;
  const copy = graph.cloneNode(true);
  const [from, to] = [graph, copy].map((svg) => [...svg.querySelectorAll("*")]);
  from.forEach((element, k) => {
    const look = getComputedStyle(element);
    for (const key of DRAWN) to[k].setAttribute(key, look.getPropertyValue(key));
    for (const key of ["class", "style", "tabindex", "role", "aria-label"]) to[k].removeAttribute(key);
  });
  for (const element of to) if (element.getAttribute("visibility") === "hidden" || element.getAttribute("fill") === "transparent") element.remove();
  for (const { name } of [...copy.attributes]) copy.removeAttribute(name);
  const ground = rectangle([-MARGIN, -MARGIN, width, height], { fill: getComputedStyle(byId("stage")).backgroundColor });
  copy.prepend(ground);
  Object.entries({ xmlns: SVG, width, height, viewBox: `${-MARGIN} ${-MARGIN} ${width} ${height}`, "font-family": getComputedStyle(document.body).fontFamily }).forEach(([key, value]) => copy.setAttribute(key, value));
  setTight(wasTight);
  look({});
  return new XMLSerializer().serializeToString(copy);
}

// --- LaTeX -----------------------------------------------------------------------------------------

const FUNCTIONS = { "exp(": "\\exp(", "ln(": "\\ln(", "tanh(": "\\tanh(", "sin(": "\\sin(", "cos(": "\\cos(", "max(": "\\max(", "min(": "\\min(", "σ(": "\\sigma(", "ReLU(": "\\operatorname{ReLU}(" };
const SIGNS = { "·": " \\cdot ", "−": "-", "²": "^2", "³": "^3", "√": "\\sqrt", "≥": "\\ge ", "≤": "\\le ", "…": "\\dots ", "∂": "\\partial " };

// "W1[1,2]" as W^{(1)}_{1,2}, "x2" as x_{2}; other names upright.
function latexName(name) {
  const found = /^(\p{L}+)(\d*)(?:\[([\d,]+)\])?$/u.exec(name);
  if (!found) return /^[−\d]/.test(name) ? latexFormula(name) : `\\mathrm{${name.replace(/[\\{}$&#^_%~ ]/g, (c) => (c === "\\" ? "\\backslash " : `\\${c}`))}}`;
  const [, letters, digits, indices] = found, base = letters.length === 1 ? letters : `\\mathrm{${letters}}`;
  if (indices) return `${base}${digits && `^{(${digits})}`}_{${indices}}`;
  return digits ? `${base}_{${digits}}` : base;
}

function latexFormula(words) {
  let text = words.replace(/10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)/g, (_, raised) => `10^{${[...raised].map((c) => LOWERED[c]).join("")}}`);
  for (const [plain, latex] of [...Object.entries(FUNCTIONS), ...Object.entries(SIGNS)]) text = text.replaceAll(plain, latex);
  return text;
}

// A formula whose names are put in after its signs are translated.
function latexFilled(places, names) {
  const marks = names.map((_, k) => `\u0001${k}\u0002`);
  return latexFormula(filled(places, marks)).replace(/\u0001(\d+)\u0002/g, (_, k) => names[k]);
}

const latexNumber = (x) => latexFormula(number(x, 6));
const latexQuotient = (top, bottom) => `\\frac{\\partial ${latexName(nameOf(top))}}{\\partial ${latexName(nameOf(bottom))}}`;

// The chosen node, or else this step.
function latexText() {
  const now = page.scene.steps.list[page.step];
  const edge = now.kind === "edge" ? now.edge : now.kind === "backward" && now.arrow.single ? now.arrow.edges[0] : null;
  const node = page.selected ?? now.node ?? now.card?.node ?? model.output;
  const lines = page.selected === null && edge !== null ? latexOfEdge(edge) : latexOfNode(node);
  return `\\begin{aligned}\n${lines.join(" \\\\\n")}\n\\end{aligned}`;
}

function latexOfNode(node) {
  const name = latexName(nameOf(node)), value = latexNumber(page.numbers.values[node]);
  const gradient = isConstant(node) ? [] : [`${latexQuotient(model.output, node)} &= ${latexNumber(page.numbers.gradients[node])}`];
  if (isLeaf(node)) return [`${name} &= ${value}`, ...gradient];
  const parents = Array.from(parentsOf(node)), places = kindOf(node).forward;
  const symbols = latexFilled(places, parents.map((parent) => latexName(nameOf(parent))));
  const numbers = latexFormula(formulaInNumbers(node));
  return [`${name} &= ${symbols}`, `&= ${numbers} = ${value}`, ...gradient];
}

function latexOfEdge(edge) {
  const child = model.child[edge], parent = model.parents[edge], { gradients, partials } = page.numbers;
  const product = [gradients[child], partials[edge]].map((x) => `(${latexNumber(x)})`).join(" \\cdot ");
  return [
    `${latexQuotient(model.output, parent)} &\\mathrel{+}= ${latexQuotient(model.output, child)} \\cdot ${latexQuotient(child, parent)}`,
    `&= ${product} = ${latexNumber(contribution(edge))}`,
  ];
}

// --- worksheet -------------------------------------------------------------------------------------

// Each node by a name that a sheet can read; names that would be the same are numbered.
function sheetNames() {
  const taken = new Set(), names = [];
  for (let node = 0; node < model.count; node++) {
    const label = labelOf(node).replace(/[^\p{L}\p{N}]+/gu, "_").replace(/^_+|_+$/g, "");
    const base = isConstant(node) && !isLabeled(node) ? String(page.numbers.values[node]) : isLabeled(node) && /^\p{L}/u.test(label) ? label : `v${node}`;
    let name = base;
    for (let k = 2; taken.has(name) && !/^-?\d/.test(base); k++) name = `${base}_${k}`;
    taken.add(name);
    names.push(name);
  }
  return names;
}

function sheetFormula(node, names) {
  const parents = Array.from(parentsOf(node), (parent) => (names[parent].startsWith("-") ? `(${names[parent]})` : names[parent]));
  const { op, forward, whole = forward } = kindOf(node), half = parents.length >> 1;
  if (op === "dot") return parents.slice(0, half).map((w, k) => `${w}*${parents[half + k]}`).concat(parents.slice(2 * half)).join(" + ");
  if (op === "sum") return parents.join(" + ");
  if (op === "logsumexp") return `ln(${parents.map((parent) => `exp(${parent})`).join(" + ")})`;
  return filled(whole, parents);
}

// Leaves, formulas with results, and the gradient of every leaf: a sheet that gradtrace check finds right.
function worksheetText() {
  const names = sheetNames(), { values, gradients } = page.numbers, lines = [];
  const output = names[model.output];
  for (let node = 0; node < model.count; node++) {
    if (!isLeaf(node)) lines.push(`${names[node]} = ${sheetFormula(node, names)} -> ${number(values[node], 6)}`);
    else if (isLive(node)) lines.push(`${names[node]} = ${values[node]}`);
  }
  for (let node = 0; node < model.count; node++)
    if (isLeaf(node) && !isConstant(node)) lines.push(`d${output}/d${names[node]} -> ${number(gradients[node], 6)}`);
  return `${lines.join("\n")}\n`;
}
