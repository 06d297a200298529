// A network at one look: a circle for each neuron, a line for each weight (opened.js opens one in place).

const READABLE_RADIUS = 17; // from which a number fits into a circle; those in smaller ones appear when the stage is zoomed

function madeNetwork(scene) {
  const cards = scene.units.map((unit, index) => ({
    ...unit, index, kind: "unit", inside: unit.inside, members: unit.nodes, nodes: undefined, out: [], into: [], box: [0, 0, 0, 0], texts: {},
  }));
  const place = new Map(), titles = cards.map((card) => card.title);
  for (const card of cards) card.isAlone = card.title && titles.filter((title) => title === card.title).length === 1;
  for (const card of cards) for (const node of [card.node, ...card.members, ...(card.results ?? [])]) place.set(node, card);
  const wires = wiresBetween(cards, place);
  const arrows = scene.wires.map(([tail, head, written, name, isOver], index) =>
    Object.assign(wires.get(`${tail} ${head}`), { index, written, name, isOver, drawn: true }),
  );
  for (const wire of wires.values()) {
    wire.tail.out.push(wire);
    wire.head.into.push(wire);
  }
  const result = { notes: [], ...scene, ownSize: [scene.width, scene.height], network: true, cards, arrows, frames: [], place, wires, opened: null, lines: "weight" };
  result.columns.forEach((column, k) => {
    const halves = cards.filter((card) => card.column === k).map(({ at: [x], size, radius }) => [x, size ? size[0] / 2 : radius]);
    column.reach = [Math.min(...halves.map(([x, half]) => x - half)), Math.max(...halves.map(([x, half]) => x + half))];
  });
  result.steps = networkTimeline(cards, null);
  result.captions = scene.captions.map(captionElement);
  result.images = scene.images.map(([column, ...box]) => ({ column, box, g: rectangle(box, { class: "image-frame" }) }));
  const lines = svgEl("g", { class: "wires" }, ...result.images.map(({ g }) => g), ...arrows.map(wireElement));
  const extra = svgEl("g", { class: "wires" });
  const panel = svgEl("g", { class: "opened" }), frame = svgEl("g", {}), tags = svgEl("g", {});
  const circles = svgEl("g", { class: "cards" }, ...cards.map(unitElement));
  result.hints = svgEl("g", { class: "hints" }, ...result.notes.map(noteElement));
  const arrow = svgEl("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 8, refY: 4, markerWidth: 7, markerHeight: 7, markerUnits: "userSpaceOnUse", orient: "auto" }, svgEl("path", { d: "M0 1l8 3-8 3z" }));
  Object.assign(result, { extra, panel, frame, tags, root: svgEl("g", {}, arrow, result.hints, frame, lines, extra, ...result.captions.map((caption) => caption.g), circles, panel, tags) });
  return result;
}

// All uses of one unit's result by another; the strongest are drawn, the others when they are asked for.
function wiresBetween(cards, place) {
  const wires = new Map();
  model.parents.forEach((parent, edge) => {
    const tail = place.get(parent), head = place.get(model.child[edge]);
    if (!tail || tail === head) return;
    const key = `${tail.index} ${head.index}`;
    if (!wires.has(key)) wires.set(key, { tail, head, edges: [], doneAt: Infinity });
    wires.get(key).edges.push(edge);
  });
  for (const wire of wires.values()) Object.assign(wire, { single: wire.edges.length === 1, weight: wire.tail.cells || wire.head.cells ? null : weightOf(wire) });
  return wires;
}

// The leaf w of a use w·x in a weighted sum or a product, or null; in the cost such a leaf is a target.
function weightOf(wire) {
  if (wire.edges.length !== 1 || (wire.head.shape === "box" && wire.head.node === model.output)) return null;
  const [edge] = wire.edges, child = model.child[edge], { op } = kindOf(child);
  const from = model.start[child], to = model.start[child + 1];
  if (op === "mul") return leafAt(from + to - 1 - edge);
  const half = (to - from) >> 1;
  return op !== "dot" || edge - from < half || edge - from >= 2 * half ? null : leafAt(edge - half);
}

const leafAt = (edge) => (isLeaf(model.parents[edge]) && !isConstant(model.parents[edge]) ? model.parents[edge] : null);

// Forward unit by unit; backward, each unit's gradient is gathered over the wires that leave it. The steps of an
// opened unit are those of its numbers and edges.
function networkTimeline(cards, opened) {
  const steps = [{ kind: "start" }];
  const isDeep = cards.some((card) => card.cells), output = cards.find((card) => card.node === model.output || card.results?.includes(model.output));
  const computed = cards.filter((card) => card.members.length).sort((a, b) => (isDeep && a.column - b.column) || a.node - b.node);
  for (const card of cards) card.shownAt = 0;
  for (const card of computed) {
    if (card === opened) for (const node of card.members.slice(0, -1)) steps.push({ kind: "inner", card, node });
    card.shownAt = steps.length;
    steps.push(card === opened ? { kind: "inner", card, node: card.node } : { kind: "compute", card });
  }
  const turn = steps.length - 1;
  for (const card of computed.toReversed()) {
    card.knownAt = card === output ? turn : steps.length;
    if (card !== output) {
      for (const wire of card.out) wire.doneAt = steps.length;
      steps.push({ kind: "gather", card });
    }
    if (card === opened) for (const edge of innerEdges(card)) steps.push({ kind: "edge", card, edge });
  }
  for (const card of cards.filter((c) => !c.members.length)) {
    card.knownAt = steps.length - 1;
    for (const wire of card.out) wire.doneAt = steps.length - 1;
  }
  return { list: steps, last: steps.length - 1, turn };
}

// --- elements --------------------------------------------------------------------------------------

function unitElement(card) {
  card.g = svgEl("g", { tabindex: "-1", role: "button", class: `card unit ${card.shape}` });
  if (card.cells) {
    const [w, h] = card.size;
    card.g.append(rectangle([-w / 2, -h / 2, w, h], { class: "box", rx: 6 }), textAt(0, 17 - h / 2, "name", card.name));
    card.farLetters = showFromFar(card.g.lastChild, card.name.length, [w, 24], 17);
    card.squares = card.cells.map(([x, y, width, height, node, kind]) => ({ node, kind, rect: rectangle([x, y, width, height], { class: "cell" }) }));
    card.g.append(...card.squares.map(({ rect }) => rect));
  } else if (card.shape === "box") {
    const [w, h] = card.size;
    card.g.append(svgEl("rect", { x: -w / 2, y: -h / 2, width: w, height: h, rx: 6, class: "box" }));
    ["name", "value", "gradient"].forEach((row, k) => {
      card.texts[row] = textAt(0, 4.6 + 17 * (k - 1), row, row === "name" ? card.name : "");
      card.g.append(" ", card.texts[row]);
    });
    card.farLetters = showFromFar(card.texts.value, 9, [w, h], h / 2 + 4.6);
  } else if (card.shape === "pixel") {
    const r = card.radius;
    card.body = svgEl("rect", { x: -r, y: -r, width: 2 * r, height: 2 * r, class: "pixel-body" });
    card.g.append(card.body);
  } else {
    card.body = svgEl("circle", { r: card.radius, class: "body" });
    card.g.append(svgEl("circle", { r: card.radius, class: "ground" }), card.body);
    card.texts.value = textAt(0, card.radius * 0.24, "value");
    card.letters = Math.min(13, 0.7 * card.radius);
    card.texts.value.style.fontSize = `${card.letters.toFixed(1)}px`;
    if (card.radius < READABLE_RADIUS) card.texts.value.classList.add("small");
    card.g.append(card.texts.value, " ");
    if (card.bias !== undefined) card.g.append((card.texts.bias = textAt(0, card.radius + 16, "note")), " ");
    if (card.beside) {
      const before = card.side === "before", x = (before ? -1 : 1) * (card.radius + 6);
      card.texts.beside = textAt(x, 4.6, "note beside");
      card.texts.beside.style.textAnchor = before ? "end" : "start";
      card.g.append(card.texts.beside);
    }
  }
  watchCard(card);
  return card.g;
}

// Two lines of words, and an arrow to what they explain.
function noteElement([first, second, x, y, ...ends]) {
  const [x1, y1, x2, y2] = ends, middle = (y1 + y2) / 2, words = [first, second].map((line, k) => textAt(x, y + 16 * k, "note", line));
  return svgEl("g", {}, ...words, svgEl("path", { class: "line", d: `M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}` }));
}

// The notes speak of what circles and wires show now.
function writeNotes({ notes, hints, lines, pictured }) {
  notes.forEach(([first], k) => setText(hints.children[k].firstChild, (pictured ? first.replace("the fill shows its value", "what it computes in the plane") : first).replace("weight", lines)));
}

// The name of a circle, and the target that a cost compares it with.
function besideWords({ name, target }) {
  return [name, target !== undefined && `target ${number(page.numbers.values[target], 3)}`].filter(Boolean).join(" · ");
}

// Half of the width of a caption, whose second line says how many units there are.
const halfOf = ({ name }) => 3.6 * Math.max(...name.split(": ").map((words) => words.length)) + 8;

// The name of columns, with a bracket if there are several; it brings them to the front.
function captionElement(caption) {
  const { name, columns: [first, last] } = caption, g = svgEl("g", { class: "handle caption" }), lines = name.split(": ");
  const bracket = svgEl("path", { class: "bracket" }), half = halfOf(caption);
  g.append(rectangle([-half, -16, 2 * half, 7 + 15 * lines.length], { class: "back", rx: 5 }), bracket, ...lines.map((words, k) => textAt(0, 15 * k, "note", words)));
  asButton(g, `Look at ${name}`, () => lookAtColumns(first, last));
  return { ...caption, g, bracket, at: [0, 0] };
}

// Around an opened neuron there is no room for captions.
function placeCaption(caption, xOf, yOf) {
  const { bracket, columns: [first, last], reach, y, g } = caption;
  const [left, right] = [xOf(first, reach[0]), xOf(last, reach[1])], half = (right - left) / 2;
  caption.at = [left + half, yOf(first, y)];
  showElement(g, !page.scene.opened);
  if (first < last) setAttribute(bracket, "d", `M${-half} -19v4H${half}v-4`);
  lowerCaption(caption);
}

// Below the lowest of its units, also where the lens has moved them down. Returns the y of its first line.
function lowerCaption({ g, at: [x, y], columns: [first, last] }) {
  const moved = [...lens.values()].filter(({ card }) => first <= card.column && card.column <= last).map(roomOf);
  const lowest = Math.max(y, ...moved.map(([, top, , height]) => top + height + 16));
  setAttribute(g, "transform", `translate(${x.toFixed(1)} ${lowest.toFixed(1)})`);
  return lowest;
}

const roomOfCaption = (caption) => [caption.at[0] - halfOf(caption), lowerCaption(caption) - 14, 2 * halfOf(caption), 4 + 15 * caption.name.split(": ").length];

// So close that the numbers of its circles can be read: the top of the layer first, if not all of it fits.
function lookAtColumns(first, last) {
  const cards = page.scene.cards.filter((card) => first <= card.column && card.column <= last), boxes = cards.map((card) => card.box);
  const [left, top] = [0, 1].map((axis) => Math.min(...boxes.map((box) => box[axis])));
  const [right, bottom] = [0, 1].map((axis) => Math.max(...boxes.map((box) => box[axis] + box[axis + 2])));
  const letters = Math.min(...cards.map((card) => card.letters ?? 13)), room = size();
  const readable = Math.max(CLOSE, 14 / letters);
  const ratio = room.width / Math.max(1, room.height);
  const height = Math.min(room.height / readable, Math.max(bottom - top + 60, (right - left + 60) / ratio)), width = height * ratio;
  glide({ x: (left + right - width) / 2, y: Math.min(top - 20, (top + bottom - height) / 2), width, height });
  fitted = false;
}

function wireElement(arrow) {
  arrow.line = svgEl("path", { class: "line" });
  arrow.g = svgEl("g", {}, svgEl("path", { class: "halo thin" }), arrow.line);
  if (arrow.written !== null) arrow.g.append((arrow.text = textAt(0, 0, "weight")));
  if (arrow.name) arrow.g.append((arrow.called = textAt(0, 0, "note called", arrow.name)));
  watchArrow(arrow, arrow.g);
  return arrow.g;
}
