// The network: a circle for each neuron, a line for each weight; and the numbers of the chosen neuron.

const SVG = "http://www.w3.org/2000/svg";

function svgEl(tag, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// Place the circles of inputs and layers in columns, and make them and their lines once.
function makeNetwork() {
  const { net } = state,
    columns = [net.inputs.map((node) => ({ result: node, layer: 0 })), ...net.layers];
  const width = 110 * columns.length,
    height = 300,
    wires = byId("wires");
  wires.setAttribute("viewBox", `0 0 ${width} ${height + 22}`);
  const lines = [],
    circles = [];
  columns.forEach((units, column) => {
    units.forEach((unit, k) => {
      unit.x = 55 + 110 * column;
      unit.y = (height * (k + 0.5)) / units.length;
      unit.radius = Math.min(19, (height / units.length) * 0.42);
      if (column)
        columns[column - 1].forEach((from, i) => {
          lines.push({ weight: unit.weights[i], line: svgEl("line", { x1: from.x + from.radius, y1: from.y, x2: unit.x - unit.radius, y2: unit.y }) });
        });
      circles.push(circleOf(unit));
    });
  });
  const captions = columns.map((_, column) => {
    const words = column === 0 ? "inputs" : column === columns.length - 1 ? "output" : `layer ${column}`;
    return svgEl("text", { class: "place", x: 55 + 110 * column, y: height + 16 }, words);
  });
  for (const unit of columns[0]) captions.push(svgEl("text", { class: "place", x: unit.x - unit.radius - 14, y: unit.y + 4 }, net.nodes[unit.result][3]));
  wires.replaceChildren(...captions, ...lines.map(({ line }) => line), ...circles.map(({ g }) => g));
  state.view = { lines, circles };
}

function nameOf(unit) {
  if (!unit.layer) return state.net.nodes[unit.result][3];
  return unit.layer === state.net.layers.length ? `output ${unit.place}` : `layer ${unit.layer}, neuron ${unit.place}`;
}

function circleOf(unit) {
  const text = svgEl("text", { x: unit.x, y: unit.y + 4 });
  const body = svgEl("circle", { cx: unit.x, cy: unit.y, r: unit.radius });
  const ground = svgEl("circle", { cx: unit.x, cy: unit.y, r: unit.radius, class: "ground" });
  const g = svgEl("g", { class: "unit", tabindex: 0, role: "button" }, ground, body, text);
  const choose = () => {
    state.unit = state.unit === unit ? null : unit;
    paint();
  };
  g.addEventListener("click", choose);
  g.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    choose();
  });
  return { unit, g, body, text };
}

function paintNetwork() {
  const { net, view } = state,
    { values } = net;
  const most = Math.max(...net.parameters.map((node) => Math.abs(values[node])), 1e-9);
  for (const { weight, line } of view.lines) {
    const w = values[weight];
    line.setAttribute("class", w < 0 ? "wire minus" : "wire");
    line.setAttribute("stroke-width", (0.4 + (3.2 * Math.abs(w)) / most).toFixed(2));
    line.setAttribute("opacity", (0.25 + (0.75 * Math.abs(w)) / most).toFixed(2));
  }
  for (const { unit, g, body, text } of view.circles) {
    const value = values[unit.result];
    g.setAttribute("class", `unit${value < 0 ? " minus" : ""}${state.unit === unit ? " chosen" : ""}`);
    g.setAttribute("aria-label", `${nameOf(unit)}, ${number(value, 3)}`);
    g.setAttribute("aria-pressed", String(state.unit === unit));
    body.setAttribute("fill-opacity", (0.5 * Math.min(1, Math.abs(value))).toFixed(2));
    text.textContent = unit.radius > 11 ? number(value, 2) : "";
  }
}

// --- the chosen neuron: its scalars, and why its gradient is what it is -------------------------------

const name = (node) => state.net.nodes[node][3];
const cell = (tag, words) => el(tag, {}, words);

function paintNeuron() {
  const panel = byId("neuron"),
    { unit, net } = state;
  if (!unit) {
    panel.replaceChildren(
      el("h2", {}, "A neuron"),
      el("p", { class: "soft" }, "Choose a circle. Its numbers are those of the example under the pointer in the plane of answers."),
    );
    return;
  }
  const heading = el("h2", {}, `${nameOf(unit)}, for example ${state.example + 1}`);
  if (!unit.layer) return panel.replaceChildren(heading, equation(name(unit.result), number(net.values[unit.result])));
  panel.replaceChildren(heading, scalarTable(unit), ...sumOf(unit), el("h3", {}, `Why ∂C/∂${name(unit.result)} is what it is`), ...reasons(unit));
}

function equation(left, ...right) {
  return el("p", { class: "equation" }, `${left} = `, ...right.flatMap((part, k) => (k ? [" = ", part] : [part])));
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

function sumOf(unit) {
  const { values, gradients, model } = state.net;
  const terms = unit.weights.map((weight, k) => `${signed(values[weight])}·${signed(values[unit.inputs[k]])}`);
  const lines = [equation(name(unit.sum), `${terms.join(" + ")} + ${signed(values[unit.bias])}`, el("strong", {}, number(values[unit.sum])))];
  if (unit.result !== unit.sum) {
    const kind = model.kinds[model.rows[unit.result]];
    lines.push(equation(name(unit.result), filled(kind.forward, [name(unit.sum)]), el("strong", {}, number(values[unit.result]))));
  }
  lines.push(equation(`∂C/∂${name(unit.bias)}`, number(gradients[unit.bias])));
  return lines;
}

const signed = (x) => (x < 0 ? `(${number(x, 4)})` : number(x, 4));

// ∂C/∂a: from each number that was computed from a, its gradient times its slope; then through the activation.
function reasons(unit) {
  const { values, partials, gradients, model } = state.net;
  const terms = [];
  for (let edge = 0; edge < model.parents.length; edge++) {
    if (model.parents[edge] !== unit.result) continue;
    const child = model.child[edge];
    terms.push({ child, slope: partials[edge], upstream: gradients[child] });
  }
  const names = terms.map(({ child }) => `∂C/∂${name(child)}·∂${name(child)}/∂${name(unit.result)}`);
  const numbers = terms.map(({ upstream, slope }) => `(${number(upstream, 4)})(${number(slope, 4)})`);
  const lines = [
    equation(`∂C/∂${name(unit.result)}`, names.join(" + ")),
    equation("", numbers.join(" + "), el("strong", {}, number(gradients[unit.result]))),
  ];
  if (unit.result !== unit.sum) {
    const edge = model.start[unit.result],
      kind = model.kinds[model.rows[unit.result]],
      slot = kind.slots[0];
    lines.push(
      equation(`∂C/∂${name(unit.sum)}`, `∂C/∂${name(unit.result)}·(${filled(slot.local ?? slot.factor, [name(unit.sum), name(unit.result)])})`,
        `(${number(gradients[unit.result], 4)})(${number(partials[edge], 4)})`, el("strong", {}, number(gradients[unit.sum]))),
    );
    if (partials[edge] === 0)
      lines.push(el("p", { class: "soft" }, `The slope is 0 at ${name(unit.sum)} = ${number(values[unit.sum], 4)}, so this example teaches the neuron nothing.`));
  }
  return lines;
}
