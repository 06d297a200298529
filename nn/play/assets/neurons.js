// The chosen neuron: its scalars for the example under the pointer, and why its gradient is what it is.

// A new stage with an empty picture, and the network on it.
function makeNetwork() {
  const zoom = [["in", "+", "Zoom in"], ["out", "−", "Zoom out"], ["fit", "Fit", "Fit"]].map(([key, words, label]) => el("button", { type: "button", "data-zoom": key, "aria-label": label }, words));
  byId("stage").replaceChildren(
    svgEl("svg", { id: "graph", role: "group", "aria-label": "The network" }),
    el("div", { id: "zoom", role: "group", "aria-label": "Zoom" }, ...zoom),
    svgEl("svg", { id: "map", "aria-hidden": "true" }),
    el("div", { id: "tip", role: "tooltip", hidden: true }),
  );
  state.stage = openStage(stageData(state.net, kit), (node, opened) => {
    state.unit = opened ? unitOf(opened.node) : node === null ? null : unitOf(node);
    paintNeuron();
  });
}

// What a node belongs to: a neuron, an input, or the cost.
function unitOf(node) {
  const { net } = state;
  if (net.inputs.includes(node)) return { result: node, layer: 0 };
  return net.layers.flat().find((unit) => [unit.result, unit.sum, unit.bias, ...unit.weights].includes(node)) ?? { result: net.model.output, layer: -1 };
}

function nameOf(unit) {
  if (unit.layer < 1) return unit.layer ? "the cost" : name(unit.result);
  return `layer ${unit.layer}, neuron ${unit.place}`;
}

const name = (node) => state.net.nodes[node][3];
const cell = (tag, words) => el(tag, {}, words);

function paintNeuron() {
  const panel = byId("neuron"),
    { unit, net } = state;
  if (!unit) {
    panel.replaceChildren(
      el("h2", {}, "A neuron"),
      el("p", { class: "soft" }, "Choose a circle: it opens into its numbers. They are those of the example under the pointer in the colored picture."),
    );
    return;
  }
  const heading = el("h2", {}, `${nameOf(unit)}, for example ${state.example + 1}`);
  if (unit.layer < 1) return panel.replaceChildren(heading, ...(unit.layer ? costLines() : [equation(name(unit.result), number(net.values[unit.result])), ...whyLines(unit)]));
  panel.replaceChildren(heading, scalarTable(unit), ...sumOf(unit), ...whyLines(unit));
}

function equation(left, ...right) {
  return el("p", { class: "equation" }, `${left} = `, ...right.flatMap((part, k) => (k ? [" = ", part] : [part])));
}

// The loss, number by number.
function costLines() {
  const { net } = state, { values, model, gradients } = net;
  const lines = computedNodes(net).map((node) => {
    const parents = net.nodes[node][1], { forward } = model.kinds[model.rows[node]];
    return equation(name(node), filled(forward, parents.map(name)), filled(forward, parents.map((p) => number(values[p], 4))), el("strong", {}, number(values[node])));
  });
  return [...lines, ...net.outputs.map((node) => equation(`∂C/∂${name(node)}`, el("strong", {}, number(gradients[node]))))];
}

function scalarTable(unit) {
  const { values, gradients } = state.net;
  const rows = unit.weights.map((weight, k) => [name(weight), values[weight], name(unit.inputs[k]), values[unit.inputs[k]], gradients[weight]]);
  const head = ["weight", "", "input", "", "∂C/∂weight"];
  return el(
    "table",
    {},
    el("thead", {}, el("tr", {}, ...head.map((title) => cell("th", title)))),
    el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map((part) => cell("td", typeof part === "number" ? number(part, 4) : part))))),
  );
}

const WRITTEN = 4; // products that are written out; of more, the table has the factors

function sumOf(unit) {
  const { values, gradients, model } = state.net;
  const terms = unit.weights.map((weight, k) => `${signed(values[weight])}·${signed(values[unit.inputs[k]])}`);
  const products = terms.length > WRITTEN ? `the ${terms.length} products ${signed(values[unit.sum] - values[unit.bias])}` : terms.join(" + ");
  const lines = [equation(name(unit.sum), `${products} + ${signed(values[unit.bias])}`, el("strong", {}, number(values[unit.sum])))];
  if (unit.result !== unit.sum) {
    const kind = model.kinds[model.rows[unit.result]];
    lines.push(equation(name(unit.result), filled(kind.forward, [name(unit.sum)]), el("strong", {}, number(values[unit.result]))));
  }
  lines.push(equation(`∂C/∂${name(unit.bias)}`, number(gradients[unit.bias])));
  return lines;
}

const signed = (x) => (x < 0 ? `(${number(x, 4)})` : number(x, 4));

const whyLines = (unit) => [el("h3", {}, `Why ∂C/∂${name(unit.result)} is what it is`), ...reasons(unit)];

const LISTED = 4; // numbers that read a neuron, each in a row of its own

// ∂C/∂a: from each number that was computed from a, its gradient times its slope; then through the activation.
function reasons(unit) {
  const { values, partials, gradients, model } = state.net, a = name(unit.result);
  const terms = [];
  for (let edge = 0; edge < model.parents.length; edge++) {
    if (model.parents[edge] !== unit.result) continue;
    const child = model.child[edge];
    terms.push({ child, slope: partials[edge], upstream: gradients[child], product: gradients[child] * partials[edge] });
  }
  terms.sort((one, two) => Math.abs(two.product) - Math.abs(one.product));
  const lines = [reasonTable(a, terms, gradients[unit.result])];
  if (unit.layer > 0 && unit.result !== unit.sum) {
    const edge = model.start[unit.result], slot = model.kinds[model.rows[unit.result]].slots[0], z = name(unit.sum);
    lines.push(
      equation(`∂C/∂${z}`, `∂C/∂${a}·(${filled(slot.local ?? slot.factor, [z, a])})`,
        `(${number(gradients[unit.result], 4)})(${number(partials[edge], 4)})`, el("strong", {}, number(gradients[unit.sum]))),
    );
    if (partials[edge] === 0)
      lines.push(el("p", { class: "soft" }, `The slope is 0 at ${z} = ${number(values[unit.sum], 4)}, so this example teaches the neuron nothing.`));
  }
  return lines;
}

// The largest contributions, each as a product, and all of them together.
function reasonTable(a, terms, gradient) {
  const rows = terms.slice(0, LISTED).map(({ child, slope, upstream, product }) => {
    const z = name(child);
    return [`∂C/∂${z} · ∂${z}/∂${a}`, `(${number(upstream, 4)})(${number(slope, 4)})`, number(product, 4)];
  });
  const rest = terms.slice(LISTED);
  if (rest.length) rows.push([`${rest.length} smaller ones`, "", number(rest.reduce((sum, term) => sum + term.product, 0), 4)]);
  const total = el("tr", { class: "total" }, cell("th", `∂C/∂${a}`), cell("td", ""), el("td", {}, el("strong", {}, number(gradient))));
  return el("table", { class: "reasons" }, el("tbody", {}, ...rows.map(([symbols, ...numbers]) => el("tr", {}, cell("th", symbols), ...numbers.map((words) => cell("td", words)))), total));
}
