// The table of leaves, with a field for each number; and descent along the gradient.

let listed = null;

function paintLeaves() {
  const nodes = liveNodes();
  if (listed !== String(nodes)) makeTable(nodes);
  for (const row of rows) {
    const known = page.step >= Math.max(leafKnownAt(row), page.scene.steps.turn);
    const gradient = isConstant(row.node) ? "" : known ? number(page.numbers.gradients[row.node], 5) : "·";
    setText(row.gradient, gradient);
    if (!row.typing) showLeaf(row);
    row.tr.className = leaves[row.node] === given[row.node] ? "" : "changed";
  }
  byId("reset").disabled =
    byId("problem").hidden && !page.falling.length && leaves.every((x, node) => x === given[node] || !isLeaf(node));
}

// A leaf that has no box of its own knows its gradient when all that use it have added their shares.
function leafKnownAt({ node, uses }) {
  const { place, steps, opened } = page.scene;
  if (place.has(node)) return place.get(node).knownAt;
  const atEdge = (edge, card) => opened && card === opened ? steps.list.findIndex((step) => step.edge === edge) : -1;
  const times = uses.map((edge) => {
    const card = place.get(model.child[edge]);
    return card ? Math.max(card.knownAt, atEdge(edge, card)) : steps.last;
  });
  return Math.max(0, ...times);
}

const FITS = 6; // characters in the field of a leaf; while it is edited it has all digits

function showLeaf(row, isEdited = row.input === document.activeElement) {
  const { input, node } = row, x = leaves[node], all = plain(x);
  const words = isEdited ? all : ([all, ...[4, 3, 2].map((digits) => number(x, digits))].find((text) => text.length <= FITS) ?? number(x, 3));
  if (input.value === words && input.title === all) return;
  Object.assign(input, { value: words, title: all });
  input.style.minWidth = `calc(${Math.min(9, words.length) - 0.3}ch + 0.7rem)`;
}

const plain = (x) => String(Number(x.toPrecision(15))).replaceAll("-", MINUS);

const order = new Map(data.leaves.map((node, place) => [node, place])); // the order of the leaves

function liveNodes() {
  const nodes = page.scene.cards
    .filter((c) => c.node != null && isLive(c.node))
    .map((c) => c.node)
    .sort((a, b) => order.get(a) - order.get(b));
  const chosen =
    page.selected !== null && isLive(page.selected) && !nodes.includes(page.selected) ? [page.selected] : [];
  const all = labeledLeaves().filter(isLive); // those that a network keeps inside its units are listed if they are few
  const inside = page.scene.network && all.length <= MOST_LEAVES ? all.filter((node) => !nodes.includes(node) && !chosen.includes(node)) : [];
  return [...chosen, ...nodes, ...inside].slice(0, MOST_LEAVES);
}

function makeTable(nodes) {
  listed = String(nodes);
  rows = nodes.map(leafRow);
  const all = model.rows.reduce((n, row) => n + (row === LEAF || row === PARAMETER), 0);
  const rest = all - nodes.filter((node) => !isConstant(node)).length;
  const title = page.scene.network || model.rows.includes(PARAMETER) ? "Inputs and weights" : "Inputs";
  const head = ["move", "name", "number", "gradient"].map((words) => el("th", { scope: "col" }, words));
  byId("leaves").replaceChildren(
    el("h2", {}, title, el("button", { type: "button", id: "reset", onclick: reset }, "Reset")),
    ...(rows.length
      ? [
          el("p", { class: "soft" }, "Type a number, press ↑ ↓, or drag it in the picture: everything is computed again."),
          el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows.map((row) => row.tr))),
        ]
      : []),
    ...(rest > 0 ? [el("p", { class: "soft" }, `${rest.toLocaleString("en")} ${rows.length ? "more" : "numbers are inside the blocks"}: find one by its name to change it.`)] : []),
  );
}

function leafRow(node) {
  const uses = [...model.parents.keys()].filter((edge) => model.parents[edge] === node);
  const row = { node, uses, typing: false, unit: null };
  const name = nameOf(node);
  row.input = el("input", {
    type: "text",
    inputmode: "decimal",
    "aria-label": `number of ${name}`,
    autocomplete: "off",
    spellcheck: "false",
  });
  row.gradient = el("td", { class: "number" });
  row.input.addEventListener("input", () => typed(row));
  row.input.addEventListener("focus", () => {
    const { value } = row.input;
    showLeaf(row);
    if (row.input.value !== value) row.input.select();
  });
  row.input.addEventListener("blur", (event) => {
    row.typing = false;
    row.unit = null;
    showLeaf(row, false);
    // Without its message the page would close up, and Reset would no longer be under the pointer.
    if (row.input.hasAttribute("aria-invalid") && event.relatedTarget !== byId("reset")) showProblem("");
    paintLeaves();
  });
  row.input.addEventListener("keydown", (event) => nudge(event, row));
  const box = el("input", {
    type: "checkbox",
    "aria-label": `descend along ${name}`,
    onchange: () => toggle(node, box.checked),
  });
  box.checked = page.chosen.has(node);
  const first = isConstant(node) ? el("td") : el("td", {}, box);
  row.tr = el(
    "tr",
    {},
    first,
    el("th", { scope: "row" }, el("button", { type: "button", onclick: () => choose(node) }, name)),
    el("td", {}, row.input),
    row.gradient,
  );
  return row;
}

function typed(row) {
  row.typing = true;
  row.unit = null;
  const { value, problem } = readNumber(row.input.value);
  if (problem) {
    showProblem(problem);
    row.input.setAttribute("aria-invalid", "true");
  } else if (value !== undefined) setLeaf(row.node, value);
  else showProblem(""); // the number is not finished
}

function nudge(event, row) {
  const way = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  if (!way) return;
  event.preventDefault();
  row.typing = false;
  row.unit ??= unitOf(leaves[row.node]); // the same for all presses, so that ↓ takes back what ↑ did
  const step = (way * row.unit) / (event.shiftKey ? 10 : 1);
  setLeaf(row.node, Number((leaves[row.node] + step).toPrecision(15)));
}

function toggle(node, on) {
  if (on) page.chosen.add(node);
  else page.chosen.delete(node);
}

// --- gradient descent --------------------------------------------------------------------------------

function firstChosen() {
  const parameters = [...model.rows.keys()].filter((node) => model.rows[node] === PARAMETER);
  return parameters.length ? parameters : [...model.rows.keys()].filter((node) => model.rows[node] === LEAF);
}

function makeDescent() {
  const step = (times) => () => descend(times);
  byId("descent").append(
    el("h2", {}, "Descend"),
    el(
      "div",
      { class: "controls" },
      el(
        "label",
        {},
        "learning rate η ",
        el("input", { id: "rate", type: "text", inputmode: "decimal", value: "0.1" }),
      ),
      el("button", { type: "button", id: "descend", onclick: step(1) }, "One step"),
      el("button", { type: "button", onclick: step(10) }, "Ten"),
    ),
    el("p", { class: "soft" }, `θ ← θ − η·∂${nameOf(model.output)}/∂θ for every number with a tick.`),
    el("figure", { id: "plot" }),
  );
}

function descend(times) {
  const { value: rate, problem } = readNumber(byId("rate").value);
  if (rate === undefined) return showProblem(problem ?? "The learning rate needs a number, 0.1 for example.");
  if (page.untrue) return showProblem("There are no gradients to descend along: another branch would be taken here.");
  if (!page.chosen.size) return showProblem("No number has a tick: choose those that descent may move.");
  if (!page.falling.length) page.falling.push(page.numbers.values[model.output]);
  for (let k = 0; k < times; k++) {
    const { gradients } = page.numbers;
    const moved = new Map([...page.chosen].map((node) => [node, leaves[node] - rate * gradients[node]]));
    if (!setLeaves(moved)) break;
    page.falling.push(page.numbers.values[model.output]);
  }
  sayTrouble();
  paintDescent();
  paintLeaves();
  setText(byId("live"), plotWords());
}

// What goes wrong in descent, in words: the output grows, or a ReLU lets nothing through any more.
function sayTrouble() {
  const { falling } = page, name = nameOf(model.output);
  if (byId("problem").textContent) return;
  if (falling.at(-1) > 2 * falling[0] && falling.at(-1) > falling.at(-2))
    return showProblem(`${name} grows from step to step: descent diverges. Try a smaller learning rate.`);
  sayDead(atFirst);
}

// ReLUs that let something through before and nothing now.
function sayDead(before) {
  const dead = [...model.rows.keys()].filter(
    (node) => !isLeaf(node) && kindOf(node).op === "relu" && page.numbers.values[node] === 0 && before[node] !== 0,
  );
  if (dead.length)
    showProblem(`${dead.slice(0, 4).map(nameOf).join(", ")}${dead.length > 4 ? ` and ${dead.length - 4} more` : ""} died: the ReLU gives 0, its slope is 0, and no gradient passes.`);
}

const atFirst = Float64Array.from(page.numbers.values);

function plotWords() {
  const { falling } = page, scale = spansDecades(falling) ? ", on a logarithmic scale" : "";
  return `${nameOf(model.output)} after ${falling.length - 1} steps: from ${number(falling[0])} to ${number(falling.at(-1))}${scale}`;
}

function paintDescent() {
  const plot = byId("plot"), { falling } = page, steps = falling.length - 1;
  plot.replaceChildren();
  if (steps < 1) return;
  const isLog = spansDecades(falling), drawn = isLog ? falling.map(Math.log) : falling;
  const width = 300, height = 96, low = Math.min(...drawn, ...(isLog ? [] : [0])), high = Math.max(...drawn);
  const x = (k) => 4 + ((width - 8) * k) / steps, y = (value) => 6 + ((height - 12) * (high - value)) / (high - low || 1);
  const points = drawn.map((value, k) => `${x(k).toFixed(1)},${y(value).toFixed(1)}`);
  const marks = steps < 40 ? drawn.map((value, k) => svgEl("circle", { cx: x(k), cy: y(value), r: 2.5 })) : [];
  plot.append(
    svgEl("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": plotWords() },
      svgEl("path", { class: "ground", d: `M0 ${y(isLog ? low : 0)}H${width}` }), svgEl("polyline", { points: points.join(" ") }), ...marks),
    el("figcaption", {}, plotWords()),
  );
}
