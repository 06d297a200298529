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
  const result = { ...scene, ownSize: [scene.width, scene.height], network: true, cards, arrows, frames: [], place, wires, opened: null, lines: "weight" };
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
  const arrow = svgEl("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 8, refY: 4, markerWidth: 7, markerHeight: 7, markerUnits: "userSpaceOnUse", orient: "auto" }, svgEl("path", { d: "M0 1l8 3-8 3z" }));
  Object.assign(result, { extra, panel, frame, tags, root: svgEl("g", {}, arrow, frame, lines, extra, ...result.captions.map((caption) => caption.g), circles, panel, tags) });
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
    showFromFar(card.g.lastChild, card.name.length, [w, 24], 17);
    card.squares = card.cells.map(([x, y, width, height, node, kind]) => ({ node, kind, rect: rectangle([x, y, width, height], { class: "cell" }) }));
    card.g.append(...card.squares.map(({ rect }) => rect));
  } else if (card.shape === "box") {
    const [w, h] = card.size;
    card.g.append(svgEl("rect", { x: -w / 2, y: -h / 2, width: w, height: h, rx: 6, class: "box" }));
    ["name", "value", "gradient"].forEach((row, k) => {
      card.texts[row] = textAt(0, 4.6 + 17 * (k - 1), row, row === "name" ? card.name : "");
      card.g.append(" ", card.texts[row]);
    });
    showFromFar(card.texts.value, 9, [w, h], h / 2 + 4.6);
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

// The name of a circle, and the target that a cost compares it with.
function besideWords({ name, target }) {
  return [name, target !== undefined && `target ${number(page.numbers.values[target], 3)}`].filter(Boolean).join(" · ");
}

// The name of columns, with a bracket if there are several; it brings them to the front.
function captionElement(caption) {
  const { name, columns: [first, last] } = caption, g = svgEl("g", { class: "handle caption" });
  const bracket = svgEl("path", { class: "bracket" }), half = 3.6 * name.length + 8;
  g.append(rectangle([-half, -16, 2 * half, 22], { class: "back", rx: 5 }), bracket, textAt(0, 0, "note", name));
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

// Below the lowest of its units, also where the lens has moved them down.
function lowerCaption({ g, at: [x, y], columns: [first, last] }) {
  const moved = [...lens.values()].filter(({ card }) => first <= card.column && card.column <= last).map(roomOf);
  const lowest = Math.max(y, ...moved.map(([, top, , height]) => top + height + 16));
  setAttribute(g, "transform", `translate(${x.toFixed(1)} ${lowest.toFixed(1)})`);
}

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

// --- painting --------------------------------------------------------------------------------------

function paintNetwork(now) {
  const { scene } = page, before = scene.scales;
  scene.scales = scalesOf(scene);
  if (before && before !== scene.scales) explainScene();
  for (const card of scene.cards) paintUnit(card, now);
  for (const arrow of scene.arrows) paintWire(arrow, now);
  paintOpened(now);
  paintTags(now);
}

// The largest value and gradient of all circles and the largest of all lines, so that what looks alike is alike.
function scalesOf(scene) {
  if (scene.scales?.numbers === page.numbers && scene.scales.lines === scene.lines) return scene.scales;
  const { values, gradients } = page.numbers, circles = scene.cards.flatMap((card) => card.results ?? (card.shape === "circle" ? [card.node] : []));
  const pixels = scene.cards.filter((card) => card.shape === "pixel").map((card) => card.node);
  const largest = (numbers) => numbers.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return {
    numbers: page.numbers, lines: scene.lines,
    circle: largest(circles.map((node) => values[node])), pixel: largest(pixels.map((node) => values[node])),
    ring: largest(circles.map((node) => gradients[node])), wire: largest([...scene.wires.values()].map(wireNumber)),
  };
}

// What a line shows: the weight, ∂C/∂weight, or what flows back over it; 0 where there is no weight.
function wireNumber(wire) {
  if (page.scene.lines === "contribution") return sumOf(wire);
  if (wire.weight === null) return 0;
  return page.scene.lines === "weight" ? page.numbers.partials[wire.edges[0]] : page.numbers.gradients[wire.weight];
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

// The wires into the unit that is computed, and those that bring the gradient of the unit that gathers it.
const isLit = (wire, now) => (now.kind === "compute" && wire.head === now.card) || (now.kind === "gather" && wire.tail === now.card);

const signOf = (x) => (x > 0 ? "plus" : x < 0 ? "minus" : "zero");

function paintUnit(card, now) {
  const shown = page.step >= card.shownAt;
  const known = page.step >= card.knownAt && page.step >= page.scene.steps.turn;
  const lit = now.card === card && now.kind !== "start", selected = isSelected(card), { opened } = page.scene;
  if (!changed(card, page.numbers, page.path, shown, known, lit, selected, opened, card.shrunk)) return;
  const value = page.numbers.values[card.node], gradient = page.numbers.gradients[card.node];
  const held = page.path !== null && onPath(card);
  const far = opened && opened !== card && card.node !== model.output && !opened.into.some((wire) => wire.tail === card);
  setAttribute(card.g, "class", classes("card", "unit", card.shape, {
    fed: card.cells && !card.title,
    unknown: !shown, lit, selected, held, dim: (page.path && !held) || far, live: isLive(card.node), opened: opened === card,
    output: card.node === model.output, shrunk: card.shrunk < 0.8,
  }));
  const { scales } = page.scene;
  if (card.body) {
    const share = shown ? Math.abs(value) / scales[card.shape] || 0 : 0;
    const ring = known ? Math.abs(gradient) / scales.ring || 0 : 0;
    setAttribute(card.body, "class", `${card.shape === "pixel" ? "pixel-body" : "body"} ${shown ? signOf(value) : ""} ${known ? `ring-${signOf(gradient)}` : ""}`);
    setAttribute(card.body, "fill-opacity", (card.shape === "pixel" ? share : 0.6 * share).toFixed(3));
    if (card.shape === "circle") setAttribute(card.body, "stroke-width", (1.2 + 3 * ring).toFixed(2));
  }
  if (card.texts.value) setText(card.texts.value, !shown ? "" : card.shape === "box" ? number(value) : short(value, card));
  if (card.cells) paintCells(card, shown, known);
  if (card.texts.beside) setText(card.texts.beside, besideWords(card));
  if (card.texts.bias) setText(card.texts.bias, `${nameOf(card.bias)} ${number(page.numbers.values[card.bias], 4)}`);
  if (card.texts.gradient) fit(card.texts.gradient, known ? `∂ ${number(gradient, 4)}` : "", card);
  const [values, slopes] = [page.numbers.values, page.numbers.gradients].map((numbers) => several((card.results ?? [card.node]).map((node) => number(numbers[node]))));
  // Whoever speaks to the browser says what can be read, so that this is a part of the name.
  const written = card.g.textContent.replace(/\s+/g, " ").trim(), name = card.title ?? (written ? "" : (card.name ?? nameOf(card.node)));
  const words = [name, name.includes(written) ? "" : written, !shown ? "not computed yet" : written.includes(values) ? "" : values, known && !card.texts.gradient ? `gradient ${slopes}` : ""];
  setAttribute(card.g, "aria-label", words.filter(Boolean).join(", "));
}

// A block shows the numbers that leave it, below them their gradients, and its tables: there darker is larger.
function paintCells({ squares }, shown, known) {
  const { values, gradients } = page.numbers, { scales } = page.scene;
  const largest = Math.max(...squares.filter(({ kind }) => kind === "table").map(({ node }) => Math.abs(values[node])));
  for (const { node, kind, rect } of squares) {
    const x = kind === "gradient" ? (known ? gradients[node] : 0) : shown ? values[node] : 0;
    setAttribute(rect, "class", `cell ${kind === "table" ? kind : signOf(x)}`);
    setAttribute(rect, "fill-opacity", (0.75 * Math.abs(x) / { gradient: scales.ring, value: scales.circle, table: largest }[kind] || 0).toFixed(3));
  }
}

// As many digits as a circle has room for, at most three; ≈0 where not even one has room.
function short(x, { radius, letters }) {
  const wide = (word) => [...word].reduce((ems, sign) => ems + (sign === "." ? 0.33 : sign === "−" ? 0.84 : 0.64), 0);
  const words = (radius < 28 ? [2, 1] : [3, 2, 1]).map((digits) => number(x, digits));
  return words.find((word) => letters * wide(word) <= 2 * radius - 1) ?? (Math.abs(x) < 1 ? "≈0" : "");
}

function paintWire(arrow, now) {
  const { opened, lines, scales } = page.scene;
  const done = lines === "weight" || arrow.doneAt <= page.step;
  const lit = isLit(arrow, now);
  if (!changed(arrow, page.numbers, page.path, done, lit, opened, lines)) return;
  const x = done ? wireNumber(arrow) : 0;
  const size = Math.abs(x) / scales.wire || 0, plain = arrow.weight === null && lines !== "contribution";
  const held = page.path?.some((edge) => arrow.edges.includes(edge));
  const far = opened && arrow.head !== opened && arrow.tail !== opened;
  setAttribute(arrow.g, "class", classes("edge", "wire", plain ? "plain" : signOf(x), { lit, held, current: lit, dim: (page.path && !held) || (far && !lit), gone: opened === arrow.head }));
  setAttribute(arrow.line, "stroke-width", ((lit ? 1 : 0.5) + 2.5 * size).toFixed(2));
  if (arrow.text) setText(arrow.text, done ? number(x, 4) : "");
  setAttribute(arrow.line, "stroke-opacity", lit || held ? "1" : plain ? "0.7" : (0.15 + 0.7 * size).toFixed(2));
}

// What the signs mean, and what the darkest and the widest of them stand for.
function networkWords(scene) {
  const { circle, ring, wire } = scene.scales ?? scalesOf(scene), most = (x) => number(x, 3);
  const has = (test) => scene.cards.some(test), isTable = ({ kind }) => kind === "table";
  const items = [[has((card) => card.cells && card.title) ? "in a block: the numbers that leave it, below them their gradients; a click opens it" : ""], [has(({ squares }) => squares?.some(isTable)) ? "gray: a table, such as attention" : ""], [scene.pictured ? "in a neuron: what it computes in the whole plane; its number: for this example" : `fill: value, darkest ${most(circle)}`], [has((card) => card.shape === "circle") ? `ring: ∂${nameOf(model.output)}/∂unit, widest ${most(ring)}` : `gradient: ∂${nameOf(model.output)}/∂number, darkest ${most(ring)}`]];
  if (wire) items.push([`line: ${scene.lines}, widest ${most(wire)}`]);
  items.push(["positive", "plus"], ["negative", "minus"], ["this step", "lit"]);
  if (scene.lines !== "contribution" && has((card) => card.out.some((one) => one.weight === null))) items.push(["no weight", "plain"]);
  if (scene.total > scene.arrows.length) items.push([`the ${scene.arrows.length} strongest of ${scene.total.toLocaleString("en")} wires are drawn`]);
  return items.filter(([words]) => words);
}

// --- names of the neurons that the equation speaks of ------------------------------------------------

// A block that several units are in names none of them.
const nameInText = (card) => (card.isAlone ? card.title : (card.name ?? nameOf(card.node)));

// Beside each of them, as large as the text below the stage, and where it covers no other circle.
function paintTags(now) {
  const { scene } = page;
  const told = now.card?.cells ? [] : now.kind === "gather" ? [now.card, ...largestWires(now.card).map((wire) => wire.head)] : now.kind === "compute" ? [now.card] : [];
  scene.tagged = scene.opened ? [] : told.filter((card) => card.shape === "circle" && card.title && card.name !== nameInText(card));
  scene.tags.replaceChildren(...scene.tagged.map((card) => (card.tag = textAt(0, 0, "note tag", nameInText(card).split(", ").at(-1)))));
  placeTags();
}

function placeTags() {
  const letters = Math.max(13, 14 / scale()), { scene } = page;
  const taken = scene.tagged?.length ? scene.cards.filter((card) => card.shape !== "pixel").map((card) => roomOf(placeOfCard(card))) : [];
  for (const card of scene.tagged ?? []) {
    const [x, y] = centerOf(card), reach = placeOfCard(card).factor * card.radius + 5, width = 0.64 * letters * card.tag.textContent.length;
    const beside = card.beside ?? 0, [before, after] = card.side === "before" ? [beside, 0] : [0, beside];
    const places = [[x + reach + after, y], [x - reach - before - width, y], [x - width / 2, y - reach - letters / 2], [x - width / 2, y + reach + letters / 2]];
    const rooms = places.map(([left, middle]) => [left, middle - letters / 2, width, letters]);
    const room = rooms.find((own) => own[1] > 0 && !taken.some((other) => meet(own, other)));
    showElement(card.tag, room);
    if (!room) continue;
    taken.push(room);
    card.tag.style.fontSize = `${letters.toFixed(1)}px`;
    setAttribute(card.tag, "x", room[0].toFixed(1));
    setAttribute(card.tag, "y", (room[1] + 0.85 * letters).toFixed(1));
  }
}

// --- the wires of the unit that is pointed at, also those too weak to be drawn otherwise -------------

function drawNear(card = null) {
  const { scene } = page;
  if (!scene.network) return;
  const wires = card ? [...card.into, ...card.out].filter((wire) => !wire.drawn) : [];
  scene.extra.replaceChildren(...wires.map((wire) => {
    const x = wireNumber(wire);
    return svgEl("path", { d: pathOf(pointsOf(wire)), class: `line ${signOf(x)}`, "stroke-width": 0.6 + 2 * (Math.abs(x) / scene.scales.wire || 0), "stroke-opacity": 0.35 });
  }));
  for (const arrow of scene.arrows) arrow.g.classList.toggle("near", card !== null && (arrow.tail === card || arrow.head === card));
}

