// The panel that says in symbols and in numbers what happens at this step.

function paintNow(now) {
  if (page.untrue) return paintUntrue();
  const { turn, last } = page.scene.steps;
  const panel = byId("now");
  const phase =
    page.step <= turn ? `Forward ${page.step} of ${turn}` : `Backward ${page.step - turn} of ${last - turn}`;
  panel.replaceChildren(
    el("p", { class: `phase ${now.kind}` }, now.kind === "start" ? "Start" : phase),
    el("div", { class: "rule" }, ...RULES[now.kind](now), ...(page.step === turn && turn < last && !page.atRest ? [invitation()] : [])),
  );
  fitProduct(panel.querySelector(".product"));
}

// Long numbers are written smaller, so that a product stays on one line.
function fitProduct(product) {
  for (let fit = 1, tries = 3; product && tries && product.scrollWidth > product.clientWidth; tries--)
    product.style.setProperty("--fit", (fit *= Math.max(0.8, (0.96 * product.clientWidth) / product.scrollWidth)).toFixed(3));
}

// Where the forward sweep is done, the page opens, and says what comes next.
function invitation() {
  const seed = `${quotient(model.output, model.output)} = 1`;
  return el("button", { type: "button", id: "next", onclick: () => goBy("next") }, `Next: backward from ${seed} →`);
}

// The guard's sentence, in place of numbers that would not be true.
function paintUntrue() {
  const panel = byId("now");
  if (panel.querySelector(".untrue")?.textContent === page.untrue) return;
  panel.replaceChildren(
    el("p", { class: "phase" }, "Another branch"),
    el(
      "div",
      { class: "rule" },
      el("p", { class: "say untrue", role: "alert" }, page.untrue),
      el("button", { type: "button", id: "back", onclick: backToTrue }, "Back to the last true numbers"),
    ),
  );
}

const RULES = {
  start: startRule,
  forward: forwardRule,
  backward: backwardRule,
  compute: computeRule,
  gather: gatherRule,
  inner: forwardRule,
  edge: ({ edge }) => edgeRule(edge, edgeTotals(edge)),
};

function startRule() {
  const words = page.scene.steps.last
    ? "Only the given numbers are known. Press → to compute the first one, or play."
    : `${nameOf(model.output)} is given, and the output at once: nothing is computed, and ${quotient(model.output, model.output)} = 1.`;
  return [el("p", { class: "say" }, words)];
}

function forwardRule({ card, node = card.node }) {
  if (node == null) return [el("p", { class: "say" }, `${card.name} computes its numbers.`)];
  const value = page.numbers.values[node];
  const rule = [
    ...(isCalledByFormula(node) ? [] : [equation(nameOf(node), formula(node), "symbols")]),
    equation(isCalledByFormula(node) ? formula(node) : "", formulaInNumbers(node), "numbers"),
  ];
  rule.push(el("p", { class: "equation result" }, el("span", {}, ""), el("span", {}, "="), el("strong", {}, number(value))));
  return [el("div", { class: "equations" }, ...rule)];
}

const isCalledByFormula = (node) => [formula(node), `(${formula(node)})`].includes(nameOf(node));

// A unit at once: its weighted sum and its activation, each with its number.
function computeRule({ card }) {
  if (card.cells) return [blockRule(card, page.numbers.values, nameOf)];
  const shown = card.members.slice(-2);
  const lines = shown.map((node) =>
    isCalledByFormula(node)
      ? equation(formula(node), number(page.numbers.values[node]), "symbols")
      : equation(nameOf(node), [el("span", { class: "cut" }, formula(node)), ` = ${number(page.numbers.values[node])}`], "symbols short"),
  );
  return [el("div", { class: "equations" }, ...lines)];
}

// The numbers that leave a block, or their gradients, as far as there is room.
function blockRule({ title, results }, numbers, name) {
  return el("div", {}, el("p", { class: "say" }, `${title}:`), el("p", { class: "equation numbers cut" }, several(results.map((node) => `${name(node)} = ${number(numbers[node], 3)}`), 6)));
}

// The wires that leave a unit with the largest contributions: at most three.
function largestWires({ out }) {
  const wires = [...out].sort((a, b) => Math.abs(sumOf(b)) - Math.abs(sumOf(a)));
  return wires.slice(0, wires.length > 3 ? 2 : 3);
}

// The gradient of a unit: what flows back over each wire that leaves it, added up.
function gatherRule({ card }) {
  if (card.cells) return [blockRule(card, page.numbers.gradients, (node) => quotient(model.output, node))];
  const told = largestWires(card);
  const terms = told.map((wire) => {
    const { gradients, partials } = page.numbers, child = model.child[wire.edges[0]];
    const products = wire.edges.slice(0, 2).map((edge) => `${inProduct(gradients[model.child[edge]])} · ${inProduct(partials[edge])}`);
    const more = wire.edges.length > 2 ? ` + ${wire.edges.length - 2} more` : "";
    const symbols = wire.single ? `${quotient(model.output, child)} · ${derivative(wire.edges[0], "factor")}` : "";
    return tile(`from ${nameInText(wire.head)}`, `${symbols}\n${products.join(" + ")}${more}`.trim(), number(sumOf(wire)));
  });
  const rest = card.out.filter((wire) => !told.includes(wire));
  if (rest.length) terms.push(tile(`${rest.length} more`, "", number(rest.reduce((sum, wire) => sum + sumOf(wire), 0))));
  const plus = terms.flatMap((term, k) => (k ? [sign("+"), term] : [term]));
  const total = tile("total", quotient(model.output, card.node), number(page.numbers.gradients[card.node]), "main total");
  return [el("div", { class: "product" }, ...plus, sign("="), total)];
}

function equation(left, right, kind) {
  return el("p", { class: `equation ${kind}` }, el("span", {}, left), el("span", {}, "="), el("span", {}, ...[right].flat()));
}

function backwardRule({ arrow }) {
  return arrow.single ? edgeRule(arrow.edges[0], totals(arrow)) : groupRule(arrow);
}

// upstream × local derivative = contribution, and the parent's total before → after
function edgeRule(edge, sums) {
  const { gradients, partials } = page.numbers;
  const child = model.child[edge],
    parent = model.parents[edge];
  const factor = derivative(edge, "factor"),
    plain = derivative(edge, "local");
  const local = factor === `(${plain})` ? plain : factor;
  const same = local === number(partials[edge]);
  return [
    el(
      "div",
      { class: "product" },
      tile("upstream", quotient(model.output, child), number(gradients[child])),
      sign("×"),
      tile(
        "local derivative",
        `${quotient(child, parent)}${same ? "" : ` = ${local}`}`,
        number(partials[edge]),
      ),
      sign("="),
      tile("contribution", `to ${quotient(model.output, parent)}`, number(contribution(edge)), "main"),
      total(sums, parent),
    ),
  ];
}

function total({ before, after }, parent) {
  const change = el("span", {}, number(before), el("span", { class: "to" }, " → "), el("strong", {}, number(after)));
  return tile("total", quotient(model.output, parent), change, "total");
}

const sign = (mark) => el("span", { class: "sign" }, mark);

// Long names are shortened. Long formulas give way, by their lengths, where there is no room for all.
function tile(caption, symbols, value, kind = "") {
  const shown = symbols.replace(/[\p{L}\p{N}_.]{16,}/gu, (name) => `${name.slice(0, 9)}…${name.slice(-5)}`);
  const long = Math.max(...shown.split("\n").map((line) => line.length)) > 22;
  return el(
    "div",
    { class: classes("tile", kind, { long }) },
    el("span", { class: "caption" }, caption),
    el("span", { class: "symbols", title: symbols }, shown),
    el("span", { class: "value" }, value),
  );
}

function groupRule(arrow) {
  const largest = arrow.edges.reduce((a, b) =>
    Math.abs(contribution(b)) > Math.abs(contribution(a)) ? b : a,
  );
  const from = arrow.head.name || nameOf(arrow.head.node),
    to = arrow.tail.name || nameOf(arrow.tail.node);
  const [child, parent] = [model.child[largest], model.parents[largest]];
  const product = `${inProduct(page.numbers.gradients[child])}${inProduct(page.numbers.partials[largest])}`;
  return [
    el(
      "p",
      { class: "say" },
      `${arrow.edges.length.toLocaleString("en")} edges lead from ${to} to ${from}. The largest contribution:`,
    ),
    el(
      "p",
      { class: "equation numbers" },
      el("span", {}, `${nameOf(parent)} ← ${nameOf(child)}`),
      el("span", {}, "="),
      el("span", {}, `${product} = ${number(contribution(largest))}`),
    ),
  ];
}

// The gradient of an edge's parent before and after the edge, by the order of the sweep.
function edgeTotals(edge) {
  let before = 0;
  const parent = model.parents[edge], child = model.child[edge];
  model.parents.forEach((other, k) => {
    if (other === parent && (model.child[k] > child || (model.child[k] === child && k < edge))) before += contribution(k);
  });
  return { before, after: before + contribution(edge) };
}

// Leave no rounding dust where a sum should be nothing.
function tidy(x, scale) {
  return Math.abs(x) <= 1e-14 * Math.abs(scale) ? 0 : x;
}

// --- for those who listen --------------------------------------------------------------------------

function announce() {
  const now = page.scene.steps.list[page.step];
  setText(byId("live"), `Step ${page.step} of ${page.scene.steps.last}. ${SPOKEN[now.kind](now)}`);
}

const SPOKEN = {
  start: () => "Only the given numbers are known.",
  forward: ({ card }) =>
    card.node == null
      ? `Forward: ${card.name}.`
      : `Forward: ${nameOf(card.node)} is ${formula(card.node)}, ${number(page.numbers.values[card.node])}.`,
  compute: ({ card }) => `Forward: ${card.title ?? nameOf(card.node)} is ${number(page.numbers.values[card.node])}.`,
  gather: ({ card }) =>
    `Backward: the gradient of ${card.title ?? nameOf(card.node)} is ${number(page.numbers.gradients[card.node])}.`,
  inner: ({ node }) => `Forward: ${nameOf(node)} is ${formula(node)}, ${number(page.numbers.values[node])}.`,
  edge: ({ edge }) => spokenEdge(edge, edgeTotals(edge)),
  backward: ({ arrow }) => (arrow.single ? spokenEdge(arrow.edges[0], totals(arrow)) : `Backward: ${arrow.edges.length} edges.`),
};

function spokenEdge(edge, { before, after }) {
  const { gradients, partials } = page.numbers;
  const child = model.child[edge],
    parent = model.parents[edge];
  return (
    `Backward, from ${nameOf(child)} to ${nameOf(parent)}: upstream ${number(gradients[child])} times local derivative ` +
    `${derivative(edge, "words")}, ${number(partials[edge])}, gives ${number(contribution(edge))}. ` +
    `Total before ${number(before)}, now ${number(after)}.`
  );
}
