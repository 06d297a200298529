// One unit of a network opened in place: its scalar graph, every edge with its local derivative. Its steps are
// those of its numbers and edges, so they take the place of the unit's own two steps.

const ROOM = 306, // an opened neuron's rows, and what is around its boxes
  ROW_WIDTH = 198,
  ROW_HEIGHT = 22,
  INNER = [96, 60]; // as network_data.py lays them out

function toggleUnit(card) {
  if (card?.inside === undefined) return;
  hideTip();
  const { scene } = page, opened = scene.opened === card ? null : card, steps = networkTimeline(scene.cards, opened);
  page.step = sameStep({ ...scene, steps });
  Object.assign(scene, { opened, steps });
  placeNetwork();
  const all = whole(), isReadable = size().width / all.width > 0.7;
  glide(scene.opened && !isReadable ? aroundOpened() : all);
  fitted = !scene.opened || isReadable;
  paint();
  remember();
}

// From a block into what is inside of it, or back: the same step in another scene.
function dive(index) {
  const from = page.scene;
  hideTip();
  show(index, sameStep(sceneOf(index)));
  const { cards, name } = page.scene;
  rove(cards.find((card) => card.title === from.name) ?? cards.find((card) => card.title?.startsWith(name)) ?? cards[0]);
}

// The opened neuron alone, on a stage that is too small for the whole network around it.
function aroundOpened() {
  const { opened, panelTop, panelLeft } = page.scene, height = panelHeight(opened) + 24, wide = panelWidth(opened) + 24;
  const ratio = size().width / Math.max(1, size().height), width = Math.max(wide, height * ratio);
  return { x: panelLeft - 12 - (width - wide) / 2, y: panelTop - 12 - (width / ratio - height) / 2, width, height: width / ratio };
}

const shapeOf = (card) => page.scene.insides[card.inside];
const panelWidth = (card) => ROOM + shapeOf(card).width;
const panelHeight = (card) => Math.max(shapeOf(card).height, ROW_HEIGHT * Math.min(mostRows(), entriesOf(card).length)) + 52;
// As many rows as the stage has room for, in letters that can be read.
const mostRows = () => Math.max(6, Math.min(24, Math.floor((size().height / READABLE - 110) / ROW_HEIGHT)));

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
      const edge = from + slot, wire = { edges: [edge], head: card };
      entries.push({ child, edge, wire: { ...wire, weight: weightOf(wire) }, input: parents[slot], weight, weightEdge: from + slot - half });
    }
  }
  return entries;
}

function entrySize({ edge, input }) {
  return page.numbers.partials[edge] * page.numbers.values[input];
}

// The rows that are drawn: all, or the largest of many.
function rowsOf(card) {
  const entries = entriesOf(card);
  if (entries.length <= mostRows()) return entries;
  const largest = [...entries].sort((a, b) => Math.abs(entrySize(b)) - Math.abs(entrySize(a)));
  const kept = new Set(largest.slice(0, mostRows() - 1));
  return entries.filter((entry) => kept.has(entry));
}

// The edges inside a unit and into its rows, in the order of the backward sweep.
function innerEdges(card) {
  const drawn = new Set(rowsOf(card).flatMap(({ edge, weight, weightEdge }) => (weight === null ? [edge] : [weightEdge, edge])));
  const edges = [];
  for (const child of card.members.toReversed())
    for (let edge = model.start[child]; edge < model.start[child + 1]; edge++)
      if ((drawn.has(edge) || card.members.includes(model.parents[edge])) && !isConstant(model.parents[edge])) edges.push(edge);
  return edges;
}

// --- elements --------------------------------------------------------------------------------------

// In the corner of a frame, which is at [x, y].
function closeButton([x, y], label, act) {
  return asButton(svgEl("g", { class: "handle" }, rectangle([x - 32, y + 4, 26, 24], { class: "back", rx: 5 }), textAt(x - 19, y + 21, "name", "×")), label, act);
}

function drawOpened() {
  const { scene } = page, { opened } = scene;
  scene.panel.replaceChildren();
  Object.assign(scene, { entries: [], boxes: [] });
  if (!opened) return;
  const shape = shapeOf(opened), width = panelWidth(opened), height = panelHeight(opened);
  const x = scene.panelLeft, y = scene.panelMiddle - height / 2;
  scene.panelTop = y;
  const title = textAt(x + 14, y + 21, "opened-name", opened.title ?? opened.name ?? nameOf(opened.node));
  scene.panel.append(rectangle([x, y, width, height], { class: "opened-back", rx: 10 }), title, closeButton([x + width, y], "Close", () => toggleUnit(opened)));
  const all = entriesOf(opened), kept = rowsOf(opened), rest = all.filter((entry) => !kept.some((row) => row.edge === entry.edge));
  const rows = kept.length + (rest.length ? 1 : 0);
  const top = y + 36 + (height - 52 - rows * ROW_HEIGHT) / 2, left = x + 14;
  const boxesAt = [x + ROOM - 24, y + 40 + (height - 52 - shape.height) / 2];
  kept.forEach((entry, k) => scene.entries.push(entryRow(entry, [left, top + k * ROW_HEIGHT], boxesAt, shape, kept.length)));
  if (rest.length) {
    const text = textAt(left, top + kept.length * ROW_HEIGHT + 15, "entry");
    scene.entries.push({ rest, text });
    scene.panel.append(text);
  }
  for (const [from, to, curve, label] of shape.edges) scene.panel.append(...innerEdge(from, to, curve, label, boxesAt));
  shape.boxes.forEach((at, k) => scene.boxes.push(innerBox(opened.members[k], [boxesAt[0] + at[0], boxesAt[1] + at[1]])));
  const last = scene.boxes.at(-1).at;
  scene.panel.append(svgEl("path", { class: "line now", d: `M${last[0] + INNER[0]} ${last[1] + INNER[1] / 2}L${opened.box[0]} ${opened.middle[1]}` }));
}

function entryRow(entry, [x, y], boxesAt, shape, count) {
  const text = textAt(x, y + 15, "entry");
  const box = shape.boxes[page.scene.opened.members.indexOf(entry.child)];
  const end = [boxesAt[0] + box[0], boxesAt[1] + box[1] + INNER[1] / 2], start = [x + ROW_WIDTH, y + 11];
  const line = svgEl("path", { class: "line", d: `M${start}C${start[0] + 30} ${start[1]} ${end[0] - 34} ${end[1]} ${end}` });
  const source = page.scene.place.get(entry.input);
  const wire = source && svgEl("path", { class: "line entry-wire", d: `M${source.middle[0] + source.box[2] / 2} ${source.middle[1]}C${x - 40} ${source.middle[1]} ${x - 40} ${y + 11} ${x - 4} ${y + 11}` });
  const row = { entry, text, line, wire };
  if (entry.weight === null && count <= 8 && box[0] < INNER[0]) row.local = textAt(0.75 * start[0] + 0.25 * end[0], 0.85 * start[1] + 0.15 * end[1] - 2, "local");
  row.g = svgEl("g", { class: "entry-row" }, ...[wire, line, text, row.local].filter(Boolean));
  row.g.addEventListener("click", () => select(entry.weight ?? entry.input));
  page.scene.panel.append(row.g);
  return row;
}

function innerBox(node, at) {
  const [x, y] = at, [w, h] = INNER;
  const box = { node, at, g: svgEl("g", { class: "card node" }, rectangle([x, y, w, h], { class: "box", rx: 5 })) };
  box.name = textAt(x + w / 2, y + 18, "name", kindOf(node).glyph || nameOf(node));
  box.value = textAt(x + w / 2, y + 35, "value");
  box.gradient = textAt(x + w / 2, y + 52, "gradient");
  box.g.append(box.name, " ", box.value, " ", box.gradient);
  box.g.addEventListener("click", () => select(node));
  page.scene.panel.append(box.g);
  return box;
}

function innerEdge(from, to, curve, label, [x, y]) {
  const { opened } = page.scene;
  const child = opened.members[to], parent = opened.members[from];
  const points = curve.map((value, k) => value + (k % 2 ? y : x));
  const line = svgEl("path", { class: "line", d: `M${points.slice(0, 2)}C${points.slice(2).join(" ")}` });
  const edge = model.start[child] + Array.from(parentsOf(child)).indexOf(parent);
  const text = label ? textAt(x + label[0], y + label[1] - 4, "local") : null;
  page.scene.entries.push({ inner: edge, line, text });
  return text ? [line, text] : [line];
}

// --- painting --------------------------------------------------------------------------------------

function paintOpened(now) {
  const { opened, entries, boxes, steps } = page.scene;
  if (!opened) return;
  const { values, gradients } = page.numbers, inner = { box: [0, 0, ...INNER] };
  const at = new Map(steps.list.flatMap((step, k) => (step.kind === "inner" ? [[`n${step.node}`, k]] : step.kind === "edge" ? [[`e${step.edge}`, k]] : [])));
  const reached = (key) => page.step >= (at.get(key) ?? opened.knownAt);
  for (const row of entries) {
    if (row.entry) paintEntry(row, now, reached);
    else if (row.rest) setText(row.text, restWords(row.rest));
    else paintInner(row, now, reached(`n${model.child[row.inner]}`));
  }
  for (const box of boxes) {
    const shown = reached(`n${box.node}`), edges = entries.filter((row) => row.inner !== undefined && model.parents[row.inner] === box.node);
    const known = page.step >= opened.knownAt && edges.every((row) => reached(`e${row.inner}`));
    fit(box.value, shown ? number(values[box.node]) : "", inner);
    fit(box.gradient, known ? `∂ ${number(gradients[box.node])}` : "", inner);
    const lit = now.card === opened && (now.node === box.node || (now.kind === "edge" && model.child[now.edge] === box.node));
    setAttribute(box.g, "class", classes("card", "node", { lit, unknown: !shown, selected: page.selected === box.node }));
  }
}

function restWords(rest) {
  return `${rest.length.toLocaleString("en")} more, together ${number(rest.reduce((total, entry) => total + entrySize(entry), 0), 3)}`;
}

// "weight · input" and, on the way back, the gradient of the weight; the line shows what those of the network show.
function paintEntry(row, now, reached) {
  const { entry } = row, { values, gradients, partials } = page.numbers;
  const { lines, scales } = page.scene, isNamed = isLeaf(entry.input) && !isConstant(entry.input);
  const words = entry.weight !== null
    ? `${number(values[entry.weight], 3)} · ${number(values[entry.input], 3)}`
    : `${isNamed ? `${nameOf(entry.input)} ` : ""}${number(values[entry.input], 3)}`;
  const [leaf, edge] = entry.weight !== null ? [entry.weight, entry.weightEdge] : [entry.input, entry.edge];
  const known = page.step >= page.scene.opened.knownAt && reached(`e${edge}`) && !isConstant(leaf);
  fit(row.text, known ? `${words}\u2003∂ ${number(gradients[leaf], 3)}` : words, { box: [0, 0, ROW_WIDTH + 6] });
  if (row.local) setText(row.local, reached(`n${entry.child}`) ? number(partials[entry.edge], 3) : "");
  const lit = (now.kind === "inner" && now.node === entry.child) || (now.kind === "edge" && [entry.edge, entry.weight === null ? -1 : entry.weightEdge].includes(now.edge));
  setAttribute(row.g, "class", classes("entry-row", { lit, current: lit }));
  const isPlain = entry.wire.weight === null && lines !== "contribution", isDone = lines === "weight" || (page.step >= page.scene.opened.knownAt && reached(`e${lines === "gradient" ? edge : entry.edge}`));
  const x = isDone ? wireNumber(entry.wire) : 0;
  setAttribute(row.line, "class", `line ${isPlain ? "plain" : signOf(x)}`);
  setAttribute(row.line, "stroke-width", (0.6 + 2.5 * Math.min(1, Math.abs(x) / scales.wire || 0)).toFixed(2));
}

function paintInner(row, now, shown) {
  const lit = (now.kind === "inner" && now.node === model.child[row.inner]) || now.edge === row.inner;
  if (row.text) setText(row.text, shown ? number(page.numbers.partials[row.inner], 3) : "");
  setAttribute(row.line, "class", classes("line", { now: lit }));
}

// The lines inside the opened unit that the step is about.
function litRows(now) {
  return page.scene.entries
    .filter(({ entry, inner, line }) => line && (entry ? (now.kind === "inner" ? now.node === entry.child : now.kind === "edge" && (now.edge === entry.edge || (entry.weight !== null && now.edge === entry.weightEdge))) : inner !== undefined && (now.kind === "inner" ? now.node === model.child[inner] : now.edge === inner)))
    .map(({ line }) => line);
}

// Where the step is inside the opened unit: its row or its box, as [x, y, width, height] (see follow).
function innerPlace(now) {
  const { entries, boxes, opened } = page.scene;
  if (!opened || now.card !== opened) return [];
  const [w, h] = INNER;
  const nodes = now.kind === "inner" ? [now.node] : now.kind === "edge" ? [model.child[now.edge], model.parents[now.edge]] : [];
  const found = boxes.filter((box) => nodes.includes(box.node)).map((box) => [...box.at, w, h]);
  const row = entries.find(({ entry }) => entry && now.kind === "edge" && (entry.edge === now.edge || entry.weightEdge === now.edge));
  if (row) found.push([Number(row.text.getAttribute("x")), Number(row.text.getAttribute("y")) - 16, ROW_WIDTH, ROW_HEIGHT]);
  return found;
}
