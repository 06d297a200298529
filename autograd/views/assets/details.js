// The chosen node: what it is, how it was computed, and every path from it to the output.

const NONE = { node: null, group: null, step: -1, numbers: null, listed: 8, drawn: false };
let details = { ...NONE }; // what the panel shows

function select(node, group = null) {
  Object.assign(page, { selected: node, group, path: null });
  details = { ...NONE };
  hideTip();
  paint();
  if (node !== null) setText(byId("live"), `Chosen: ${labelOf(node)}`);
}

// A box of many nodes is chosen as what it is.
function selectCard(card) {
  if (card?.nodes) select(null, card);
  else if (card?.inner !== undefined) dive(card.inner);
  else {
    select(card?.node ?? null);
    if (card?.members) toggleUnit(card);
  }
}

function paintDetails() {
  const now = { node: page.selected, group: page.group, step: page.step, numbers: page.numbers };
  if (details.drawn && Object.keys(now).every((key) => now[key] === details[key])) return;
  Object.assign(details, now, { drawn: true });
  const parts = page.group
    ? groupDescription(page.group)
    : page.selected === null
      ? hint()
      : description(page.selected);
  byId("details").replaceChildren(...parts);
}

function groupDescription(card) {
  card.results ??= readOutside(new Set(card.nodes));
  const items = card.results
    .slice(0, MOST)
    .map((node) =>
      el(
        "li",
        {},
        el("button", { type: "button", onclick: () => choose(node) }, nameOf(node)),
        el("span", { class: "soft" }, resultWords(node, card)),
      ),
    );
  return [
    el("h2", {}, card.name),
    el("p", { class: "soft" }, "What others use of it:"),
    el("ul", { class: "edges" }, ...items),
  ];
}

// The value and the gradient of a number in a box of many, as far as they are known at this step.
function resultWords(node, card) {
  const { values, gradients } = page.numbers, known = page.step >= Math.max(card.knownAt, page.scene.steps.turn);
  if (page.step < card.shownAt) return "not computed yet";
  return `= ${number(values[node])}${known ? `, ∂ ${number(gradients[node])}` : ""}`;
}

function hint() {
  return [
    el("h2", {}, "A number"),
    el(
      "p",
      { class: "soft" },
      "Choose a box or a circle to see its formula, its numbers and every path from it to the output. " +
        "Point at an edge for its local derivative in words.",
    ),
  ];
}

function description(node) {
  const card = page.scene.place.get(node);
  const shown = !card || page.step >= card.shownAt;
  return [
    el("h2", {}, labelOf(node)),
    el("dl", { class: "facts" }, ...facts(node, shown)),
    ...(isConstant(node) ? [] : gradientFacts(node, card)),
    ...neighbours(node),
  ];
}

function facts(node, shown) {
  const value = shown ? exactly(page.numbers.values[node]) : "not computed yet";
  if (isLeaf(node)) return fact(givenAs(node), value);
  const { op, convention } = kindOf(node);
  return [
    ...fact("made by", op),
    ...fact("formula", formula(node)),
    ...(shown ? fact("numbers", formulaInNumbers(node)) : []),
    ...fact("value", value),
    ...(convention ? fact("at its kink", convention) : []),
  ];
}

const fact = (term, meaning) => [el("dt", {}, term), el("dd", {}, meaning)];

function gradientFacts(node, card) {
  const { turn } = page.scene.steps,
    known = card ? Math.max(card.knownAt, turn) : 0;
  if (page.step < known) {
    const jump = el("button", { type: "button", onclick: () => go(known) }, `Go to step ${known}`);
    return [el("p", { class: "soft" }, `Its gradient is known from step ${known}. `, jump)];
  }
  const gradient = number(page.numbers.gradients[node], 8);
  return [
    el("p", { class: "gradient" }, `${quotient(model.output, node)} = `, el("strong", {}, gradient)),
    ...pathFacts(node),
  ];
}

// --- paths -----------------------------------------------------------------------------------------

function pathFacts(node) {
  if (node === model.output) return [];
  const count = countPaths(model, node),
    paths = largestPaths(model, page.numbers.partials, node, details.listed);
  const words = `${count.toLocaleString("en")} ${count === 1n ? "path" : "paths"} to ${nameOf(model.output)}`;
  const order = count > 1n ? ", largest first" : "";
  const more = count > BigInt(paths.length);
  return [
    el("h3", {}, words + order),
    el("ol", { class: "paths" }, ...paths.map(pathItem)),
    ...(more ? [el("button", { type: "button", onclick: listMore }, "List more paths")] : []),
  ];
}

function listMore() {
  details.listed *= 2;
  details.drawn = false;
  paintDetails();
}

function pathItem(path) {
  const product = path.reduce((p, edge) => p * page.numbers.partials[edge], 1);
  const way = [nameOf(model.output), ...path.map((edge) => nameOf(model.parents[edge]))];
  const hold = () => {
    page.path = page.path && String(page.path) === String(path) ? null : path;
    paint();
    for (const button of byId("details").querySelectorAll(".paths button")) {
      button.setAttribute("aria-pressed", String(button === pressed && page.path !== null));
    }
  };
  const pressed = el(
    "button",
    { type: "button", "aria-pressed": "false", onclick: hold },
    el("span", { class: "way" }, shortList(way, " ← ")),
    el(
      "span",
      { class: "symbols" },
      shortList(
        path.map((edge) => derivative(edge, "factor")),
        " · ",
      ),
    ),
    el(
      "span",
      { class: "numbers" },
      `${shortList(
        path.map((edge) => inProduct(page.numbers.partials[edge])),
        "",
      )} = `,
      el("strong", {}, number(product)),
    ),
  );
  return el("li", {}, pressed);
}

function shortList(words, between) {
  return (words.length <= 12 ? words : [...words.slice(0, 6), "…", ...words.slice(-6)]).join(between);
}

// --- its edges ---------------------------------------------------------------------------------------

const MOST = 12;

function neighbours(node) {
  const into = Array.from(parentsOf(node), (parent, slot) => [parent, model.start[node] + slot]);
  const out = [];
  model.parents.forEach((parent, edge) => parent === node && out.push([model.child[edge], edge]));
  return [...edgeList("Computed from", into), ...edgeList("Used by", out)];
}

function edgeList(title, edges) {
  if (!edges.length) return [];
  const items = edges.slice(0, MOST).map(([node, edge]) => {
    const local = `${quotient(model.child[edge], model.parents[edge])} = ${number(page.numbers.partials[edge])}`;
    return el(
      "li",
      {},
      el("button", { type: "button", onclick: () => choose(node) }, nameOf(node)),
      el("span", { class: "soft" }, local),
    );
  });
  const more = edges.length > MOST ? [el("li", { class: "soft" }, `and ${edges.length - MOST} more`)] : [];
  return [el("h3", {}, title), el("ul", { class: "edges" }, ...items, ...more)];
}

// Choose a node from a list: bring its box into sight and into the tab order.
function choose(node) {
  openAround(node);
  spread(view.x + view.width / 2, view.y + view.height / 2);
  const card = page.scene.place.get(node);
  if (card) {
    const [x, y, w, h] = card.box;
    for (const frame of page.scene.frames) if (frame.closed && covers(frame, card)) fold(frame, false);
    center(x + w / 2, y + h / 2);
    rove(card, false);
  }
  select(node);
}

// What a network keeps inside a block or a unit is shown by opening it.
function openAround(node) {
  const { network, place, opened } = page.scene, edge = model.parents.indexOf(node);
  const unit = network && (place.get(node) ?? place.get(model.child[edge]));
  if (unit?.inner !== undefined) {
    dive(unit.inner);
    openAround(node);
  } else if (unit && unit !== opened && !place.has(node)) toggleUnit(unit);
}

function covers(frame, card) {
  const inner = page.scene.frames.filter((f) => f.parent === frame.index);
  return [frame, ...inner].some((f) => f.members.includes(card.index));
}
