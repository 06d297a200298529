// A network at one look: a circle for each neuron, a line for each weight. A neuron opens in place.

const ROOM = 250, // an opened neuron's rows and what is around its boxes
  ROWS_SHOWN = 18,
  ROW_HEIGHT = 24;

function madeNetwork(scene) {
  const cards = scene.units.map((unit, index) => ({
    ...unit, index, kind: "unit", inside: unit.inside, members: unit.nodes, nodes: undefined, out: [], into: [], box: [0, 0, 0, 0], texts: {},
  }));
  const place = new Map();
  for (const card of cards) for (const node of [card.node, ...card.members]) place.set(node, card);
  const wires = wiresBetween(cards, place);
  const arrows = scene.wires.map(([tail, head], index) => {
    const arrow = { ...wires.get(`${tail} ${head}`), index, drawn: true };
    arrow.single = arrow.edges.length === 1;
    return arrow;
  });
  for (const wire of wires.values()) {
    wire.tail.out.push(wire);
    wire.head.into.push(wire);
  }
  const result = { ...scene, network: true, cards, arrows, frames: [], place, wires, opened: null, lines: "weight" };
  result.steps = networkTimeline(cards);
  result.captions = scene.columns.map((column) => textAt(column.x, column.y, "note", column.name));
  const lines = svgEl("g", { class: "wires" }, ...arrows.map(wireElement));
  const extra = svgEl("g", { class: "wires" });
  const panel = svgEl("g", { class: "opened" });
  const circles = svgEl("g", { class: "cards" }, ...cards.map(unitElement));
  Object.assign(result, { extra, panel, root: svgEl("g", {}, lines, extra, ...result.captions, circles, panel) });
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
  return wires;
}

// Forward unit by unit; backward, each unit's gradient is gathered over the wires that leave it.
function networkTimeline(cards) {
  const steps = [{ kind: "start" }];
  const computed = cards.filter((card) => card.members.length).sort((a, b) => a.node - b.node);
  for (const card of cards) card.shownAt = 0;
  for (const card of computed) {
    card.shownAt = steps.length;
    steps.push({ kind: "compute", card });
  }
  const turn = steps.length - 1;
  for (const card of computed.toReversed()) {
    card.knownAt = card.node === model.output ? turn : steps.length;
    if (card.node === model.output) continue;
    for (const wire of card.out) wire.doneAt = steps.length;
    steps.push({ kind: "gather", card });
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
  if (card.shape === "box") {
    const [w, h] = card.size;
    card.g.append(svgEl("rect", { x: -w / 2, y: -h / 2, width: w, height: h, rx: 6, class: "box" }));
    ["name", "value", "gradient"].forEach((row, k) => {
      card.texts[row] = textAt(0, 4.5 + 16 * (k - 1), row, row === "name" ? card.name : "");
      card.g.append(" ", card.texts[row]);
    });
  } else if (card.shape === "pixel") {
    const r = card.radius;
    card.body = svgEl("rect", { x: -r, y: -r, width: 2 * r, height: 2 * r, class: "pixel-body" });
    card.g.append(card.body);
  } else {
    card.body = svgEl("circle", { r: card.radius, class: "body" });
    card.g.append(svgEl("circle", { r: card.radius, class: "ground" }), card.body);
    if (card.radius >= 18) card.g.append((card.texts.value = textAt(0, 4.5, "value")));
    if (card.name) {
      const before = card.side === "before", x = (before ? -1 : 1) * (card.radius + 6);
      const name = textAt(x, 4.5, "note", card.name);
      name.style.textAnchor = before ? "end" : "start";
      card.g.append(name);
    }
  }
  watchCard(card);
  return card.g;
}

function wireElement(arrow) {
  arrow.line = svgEl("path", { class: "line" });
  arrow.g = svgEl("g", {}, svgEl("path", { class: "halo thin" }), arrow.line);
  watchArrow(arrow, arrow.g);
  return arrow.g;
}

// --- where things are ------------------------------------------------------------------------------

// Columns from the opened neuron on move to the right; everything else stays where it is.
function placeNetwork() {
  const { scene } = page, { opened } = scene;
  const room = opened ? panelWidth(opened) + 40 : 0;
  const first = opened ? opened.column : Infinity;
  for (const card of scene.cards) {
    const x = card.at[0] + (card.column >= first ? room : 0), y = card.at[1];
    const [w, h] = card.size ?? [2 * card.radius, 2 * card.radius];
    card.middle = [x, y];
    card.box = [x - w / 2, y - h / 2, w, h];
    setAttribute(card.g, "transform", `translate(${x} ${y})`);
  }
  scene.captions.forEach((caption, k) => {
    setAttribute(caption, "x", String(scene.columns[k].x + (k >= first ? room : 0)));
  });
  for (const arrow of scene.arrows) placeWire(arrow);
  const whole = scenes[scenes.findIndex((s) => s.made === scene)];
  scene.width = whole.width + room;
  scene.height = Math.max(whole.height, opened ? panelHeight(opened) + 60 : 0);
  drawOpened();
  drawNear();
}

function placeWire(arrow) {
  const [x1, y1, x2, y2] = ends(arrow.tail, arrow.head);
  const path = `M${x1.toFixed(1)} ${y1.toFixed(1)}L${x2.toFixed(1)} ${y2.toFixed(1)}`;
  for (const line of arrow.g.children) setAttribute(line, "d", path);
}

function ends(tail, head) {
  const dx = head.middle[0] - tail.middle[0], dy = head.middle[1] - tail.middle[1];
  const length = Math.hypot(dx, dy) || 1, ax = dx / length, ay = dy / length;
  const from = reach(tail, ax, ay), to = reach(head, ax, ay);
  return [tail.middle[0] + ax * from, tail.middle[1] + ay * from, head.middle[0] - ax * to, head.middle[1] - ay * to];
}

function reach(card, ax, ay) {
  if (card.shape !== "box") return card.radius;
  return Math.min(card.size[0] / 2 / (Math.abs(ax) || 1e-9), card.size[1] / 2 / (Math.abs(ay) || 1e-9));
}

// --- painting --------------------------------------------------------------------------------------

function paintNetwork(now) {
  const { scene } = page;
  scene.scales = scalesOf(scene);
  for (const card of scene.cards) paintUnit(card, now);
  for (const arrow of scene.arrows) paintWire(arrow, now);
  paintOpened(now);
}

// The largest value and gradient of each column, and the largest wire between each two.
function scalesOf(scene) {
  if (scene.scales?.numbers === page.numbers && scene.scales.lines === scene.lines) return scene.scales;
  const values = scene.columns.map(() => 0), gradients = scene.columns.map(() => 0), wires = new Map();
  for (const card of scene.cards) {
    values[card.column] = Math.max(values[card.column], Math.abs(page.numbers.values[card.node]));
    gradients[card.column] = Math.max(gradients[card.column], Math.abs(page.numbers.gradients[card.node]));
  }
  for (const wire of scene.wires.values()) {
    const key = wire.tail.column * 1000 + wire.head.column;
    wires.set(key, Math.max(wires.get(key) ?? 0, Math.abs(wireNumber(wire))));
  }
  return { numbers: page.numbers, lines: scene.lines, values, gradients, wires };
}

// What a line shows: the weight, ∂C/∂weight, or what flows back over it.
function wireNumber(wire) {
  const { partials, gradients } = page.numbers;
  if (page.scene.lines === "contribution") return sumOf(wire);
  if (page.scene.lines === "weight") return wire.edges.reduce((sum, edge) => sum + partials[edge], 0);
  const weight = weightOf(wire);
  return weight === null ? 0 : gradients[weight];
}

// The leaf w of a use w·x in a weighted sum, or null.
function weightOf(wire) {
  if (wire.edges.length !== 1) return null;
  const [edge] = wire.edges, child = model.child[edge];
  if (kindOf(child).op !== "dot") return null;
  const from = model.start[child], half = (model.start[child + 1] - from) >> 1;
  const slot = edge - from;
  return slot < half || slot >= 2 * half ? null : model.parents[edge - half];
}

const signOf = (x) => (x > 0 ? "plus" : x < 0 ? "minus" : "zero");

function paintUnit(card, now) {
  const shown = page.step >= card.shownAt;
  const known = page.step >= card.knownAt && page.step >= page.scene.steps.turn;
  const lit = now.card === card, selected = isSelected(card), { opened } = page.scene;
  if (!changed(card, page.numbers, page.path, shown, known, lit, selected, opened)) return;
  const value = page.numbers.values[card.node], gradient = page.numbers.gradients[card.node];
  const held = page.path !== null && onPath(card);
  const far = opened && opened !== card && !opened.into.some((wire) => wire.tail === card);
  setAttribute(card.g, "class", classes("card", "unit", card.shape, {
    unknown: !shown, lit, selected, held, dim: (page.path && !held) || far, live: isLive(card.node), opened: opened === card,
    output: card.node === model.output,
  }));
  const { values, gradients } = page.scene.scales;
  if (card.body) {
    const share = shown ? Math.abs(value) / (values[card.column] || 1) || 0 : 0;
    const ring = known ? Math.abs(gradient) / (gradients[card.column] || 1) || 0 : 0;
    setAttribute(card.body, "class", `${card.shape === "pixel" ? "pixel-body" : "body"} ${shown ? signOf(value) : ""} ${known ? `ring-${signOf(gradient)}` : ""}`);
    setAttribute(card.body, "fill-opacity", (card.shape === "pixel" ? share : 0.6 * share).toFixed(3));
    if (card.shape === "circle") setAttribute(card.body, "stroke-width", (1.2 + 3 * ring).toFixed(2));
  }
  if (card.texts.value) setText(card.texts.value, shown ? number(value, card.shape === "box" ? 5 : 2) : "");
  if (card.texts.gradient) setText(card.texts.gradient, known ? `∂ ${number(gradient)}` : "");
  const words = [card.title ?? card.name ?? nameOf(card.node), shown ? number(value) : "not computed yet", known ? `gradient ${number(gradient)}` : ""];
  setAttribute(card.g, "aria-label", words.filter(Boolean).join(", "));
}

function paintWire(arrow, now) {
  const { opened, lines, scales } = page.scene;
  const done = lines === "weight" || arrow.doneAt <= page.step;
  const lit = (now.kind === "compute" && arrow.head === now.card) || (now.kind === "gather" && arrow.tail === now.card);
  if (!changed(arrow, page.numbers, page.path, done, lit, opened, lines)) return;
  const x = done ? wireNumber(arrow) : 0;
  const size = Math.min(1, Math.abs(x) / (scales.wires.get(arrow.tail.column * 1000 + arrow.head.column) || 1)) || 0;
  const held = page.path?.some((edge) => arrow.edges.includes(edge));
  const far = opened && arrow.head !== opened && arrow.tail !== opened;
  setAttribute(arrow.g, "class", classes("edge", "wire", signOf(x), { lit, held, dim: (page.path && !held) || (far && !lit), gone: opened === arrow.head }));
  setAttribute(arrow.line, "stroke-width", (0.5 + 2.5 * size).toFixed(2));
  setAttribute(arrow.line, "stroke-opacity", lit || held ? "1" : (0.12 + 0.7 * size).toFixed(2));
}

// --- the wires of the unit that is pointed at, also those too weak to be drawn otherwise -------------

function drawNear(card = null) {
  const { scene } = page;
  if (!scene.network) return;
  const drawn = new Set(scene.arrows.map((arrow) => `${arrow.tail.index} ${arrow.head.index}`));
  const wires = card ? [...card.into, ...card.out].filter((wire) => !drawn.has(`${wire.tail.index} ${wire.head.index}`)) : [];
  scene.extra.replaceChildren(...wires.map((wire) => {
    const [x1, y1, x2, y2] = ends(wire.tail, wire.head);
    const size = Math.abs(wireNumber(wire)) / (scene.scales.wires.get(wire.tail.column * 1000 + wire.head.column) || 1) || 0;
    return svgEl("path", { d: `M${x1} ${y1}L${x2} ${y2}`, class: `line ${signOf(wireNumber(wire))}`, "stroke-width": 0.6 + 2 * size, "stroke-opacity": 0.35 });
  }));
  for (const arrow of scene.arrows) arrow.g.classList.toggle("near", card !== null && (arrow.tail === card || arrow.head === card));
}

// --- one unit opened in place ----------------------------------------------------------------------

function toggleUnit(card) {
  if (!card?.members?.length) return;
  const { scene } = page;
  scene.opened = scene.opened === card ? null : card;
  placeNetwork();
  if (scene.opened) glide(aroundOpened());
  else fitWhole();
  paint();
  remember();
}

// The opened neuron, what it reads and what reads it, as large as the stage allows.
function aroundOpened() {
  const { opened } = page.scene, width = panelWidth(opened), height = panelHeight(opened);
  const ratio = size().width / Math.max(1, size().height);
  const tails = opened.into.map((wire) => wire.tail.box[0]);
  const left = Math.min(opened.box[0] - width - 60, ...tails) - 8, right = opened.box[0] + opened.box[2] + 60;
  const w = Math.max(right - left, (height + 40) * ratio), h = w / ratio;
  return { x: (left + right - w) / 2, y: page.scene.panelTop + height / 2 - h / 2, width: w, height: h };
}

const shapeOf = (card) => page.scene.insides[card.inside];
const panelWidth = (card) => ROOM + shapeOf(card).width;
const panelHeight = (card) => Math.max(shapeOf(card).height, ROW_HEIGHT * Math.min(ROWS_SHOWN + 1, entriesOf(card).length)) + 52;

// What comes into a unit: "weight · input" for each product of a weighted sum, the bias, other operands.
function entriesOf(card) {
  const inside = new Set(card.members), entries = [];
  for (const child of card.members) {
    const from = model.start[child], parents = parentsOf(child);
    const half = kindOf(child).op === "dot" ? parents.length >> 1 : 0;
    for (let slot = half; slot < parents.length; slot++) {
      if (inside.has(parents[slot])) continue;
      const weight = slot < 2 * half ? parents[slot - half] : null;
      if (weight !== null && inside.has(weight)) continue;
      entries.push({ child, edge: from + slot, input: parents[slot], weight, weightEdge: from + slot - half });
    }
  }
  return entries;
}

function entrySize({ edge, input }) {
  return page.numbers.partials[edge] * page.numbers.values[input];
}

function drawOpened() {
  const { scene } = page, { opened } = scene;
  scene.panel.replaceChildren();
  scene.rows = [];
  scene.boxes = [];
  if (!opened) return;
  const shape = shapeOf(opened), width = panelWidth(opened), height = panelHeight(opened);
  const x = opened.box[0] - width - 24, y = Math.max(8, (scene.height - 30 - height) / 2);
  scene.panelTop = y;
  const title = textAt(x + 14, y + 20, "opened-name", opened.title ?? opened.name ?? nameOf(opened.node));
  const close = svgEl("g", { class: "handle" }, rectangle([x + width - 30, y + 5, 24, 22], { class: "back", rx: 5 }), textAt(x + width - 18, y + 20.5, "name", "×"));
  asButton(close, "Close", () => toggleUnit(opened));
  scene.panel.append(rectangle([x, y, width, height], { class: "opened-back", rx: 10 }), title, close);
  const entries = entriesOf(opened);
  const all = entries.length <= ROWS_SHOWN;
  const kept = all ? entries : [...entries].sort((a, b) => Math.abs(entrySize(b)) - Math.abs(entrySize(a))).slice(0, ROWS_SHOWN - 1);
  const top = y + 40, left = x + 14, boxesAt = [x + ROOM - 24, y + 36 + (height - 52 - shape.height) / 2];
  kept.forEach((entry, k) => scene.rows.push(entryRow(entry, [left, top + k * ROW_HEIGHT], boxesAt, shape)));
  if (!all) {
    const rest = entries.filter((entry) => !kept.includes(entry));
    scene.rows.push({ rest, text: textAt(left, top + kept.length * ROW_HEIGHT + 13, "entry") });
    scene.panel.append(scene.rows.at(-1).text);
  }
  for (const [from, to, curve, label] of shape.edges) scene.panel.append(...innerEdge(from, to, curve, label, boxesAt));
  shape.boxes.forEach((at, k) => scene.boxes.push(innerBox(opened.members[k], [boxesAt[0] + at[0], boxesAt[1] + at[1]])));
  const last = scene.boxes.at(-1).at;
  scene.panel.append(svgEl("path", { class: "line now", d: `M${last[0] + 96} ${last[1] + 27}L${opened.box[0]} ${opened.middle[1]}` }));
}

function entryRow(entry, [x, y], boxesAt, shape) {
  const text = textAt(x, y + 13, "entry");
  const box = shape.boxes[page.scene.opened.members.indexOf(entry.child)];
  const end = [boxesAt[0] + box[0], boxesAt[1] + box[1] + 27], start = [x + 150, y + 9];
  const line = svgEl("path", { class: "line", d: `M${start}C${start[0] + 30} ${start[1]} ${end[0] - 34} ${end[1]} ${end}` });
  const source = page.scene.place.get(entry.input);
  const wire = source && svgEl("path", { class: "line entry-wire", d: `M${source.middle[0] + (source.radius ?? 0)} ${source.middle[1]}C${x - 40} ${source.middle[1]} ${x - 40} ${y + 9} ${x - 2} ${y + 9}` });
  const row = { entry, text, line, wire };
  const g = svgEl("g", { class: "entry-row" }, ...(wire ? [wire] : []), line, text);
  g.addEventListener("click", () => select(entry.weight ?? entry.input));
  page.scene.panel.append(g);
  return row;
}

function innerBox(node, at) {
  const [x, y] = at;
  const box = { node, at, g: svgEl("g", { class: "card node" }, rectangle([x, y, 96, 54], { class: "box", rx: 5 })) };
  box.name = textAt(x + 48, y + 17, "name", kindOf(node).glyph || nameOf(node));
  box.value = textAt(x + 48, y + 33, "value");
  box.gradient = textAt(x + 48, y + 48, "gradient");
  box.g.append(box.name, " ", box.value, " ", box.gradient);
  box.g.addEventListener("click", () => select(node));
  page.scene.panel.append(box.g);
  return box;
}

function innerEdge(from, to, curve, label, [x, y]) {
  const { opened } = page.scene;
  const points = curve.map((value, k) => value + (k % 2 ? y : x));
  const line = svgEl("path", { class: "line", d: `M${points.slice(0, 2)}C${points.slice(2).join(" ")}` });
  if (!label) return [line];
  const child = opened.members[to], parent = opened.members[from];
  const edge = model.start[child] + Array.from(parentsOf(child)).indexOf(parent);
  const text = textAt(x + label[0], y + label[1] - 4, "local");
  page.scene.rows.push({ local: edge, text });
  return [line, text];
}

function paintOpened() {
  const { opened, rows, boxes, place } = page.scene;
  if (!opened) return;
  const { values, gradients, partials } = page.numbers;
  const shown = page.step >= opened.shownAt, known = page.step >= opened.knownAt && page.step >= page.scene.steps.turn;
  const largest = Math.max(...rows.filter((row) => row.entry).map((row) => Math.abs(entrySize(row.entry))), 1e-300);
  for (const row of rows) {
    if (row.local !== undefined) setText(row.text, shown ? number(partials[row.local], 3) : "");
    else if (row.rest) {
      const sum = row.rest.reduce((total, entry) => total + entrySize(entry), 0);
      setText(row.text, `${row.rest.length.toLocaleString("en")} more: ${number(sum, 3)}`);
    } else {
      const { entry } = row, x = entrySize(entry);
      const words = entry.weight !== null
        ? `${number(values[entry.weight], 3)} · ${number(values[entry.input], 3)}`
        : `${isLeaf(entry.input) && !place.has(entry.input) ? nameOf(entry.input) + " " : ""}${number(values[entry.input], 3)}`;
      const slope = entry.weight !== null ? gradients[entry.weight] : gradients[entry.input];
      setText(row.text, known ? `${words}   ∂ ${number(slope, 3)}` : words);
      setAttribute(row.line, "class", `line ${signOf(x)}`);
      setAttribute(row.line, "stroke-width", (0.6 + 2.6 * Math.abs(x) / largest).toFixed(2));
    }
  }
  for (const box of boxes) {
    setText(box.value, shown ? number(values[box.node]) : "");
    setText(box.gradient, known ? `∂ ${number(gradients[box.node])}` : "");
    setAttribute(box.g, "class", classes("card", "node", { selected: page.selected === box.node }));
  }
}
