// One level of detail as SVG: made once from its data, then only filled in (see steps.js).

const ROW = 18,
  PAD = 6,
  HEAD = 7;
const MOST_HALOS = 600; // edges of a scene that are so easy to point at; more would take too long to draw
// What the lines of a network show (see network.js, which only the page of a network holds).
const WIRE_KINDS = { weight: "weights", gradient: "gradients", contribution: "contributions" };

const MOST_RESULTS = 3; // numbers that a box of many writes out
const several = (words, most = MOST_RESULTS) => [...words.slice(0, most), ...(words.length > most ? ["…"] : [])].join(", ");

const scenes = data.scenes.map((scene) => ({ ...scene, made: null }));

// Return the scene with its elements and its timeline, made at the first use.
function sceneOf(index) {
  const scene = scenes[index];
  scene.made ??= scene.units ? madeNetwork(scene) : made(scene);
  return scene.made;
}

function made(scene) {
  const cards = scene.cards.map((card, index) => ({ ...card, made: card.box, index, out: [], into: [] }));
  const place = new Map(cards.flatMap((card) => (card.nodes ?? [card.node]).map((node) => [node, card])));
  const arrows = scene.arrows.map(([tail, head, edge, curve, label], index) => {
    const edges = edge === null ? [] : [edge];
    const arrow = { tail: cards[tail], head: cards[head], edges, curve, placed: curve, label, index, single: edge !== null };
    arrow.tail.out.push(arrow);
    arrow.head.into.push(arrow);
    return arrow;
  });
  collectEdges(arrows, place);
  const frames = scene.frames.map((frame, index) => ({ ...frame, index, closed: false }));
  const result = { ...scene, madeSize: [scene.width, scene.height], cards, arrows, frames, place, steps: timeline(scene.steps, cards, arrows) };
  return { ...result, ...elements(result) };
}

// An arrow between groups stands for all edges between their nodes.
function collectEdges(arrows, place) {
  const groups = new Map(arrows.filter((a) => !a.single).map((a) => [`${a.tail.index} ${a.head.index}`, a]));
  if (!groups.size) return;
  model.parents.forEach((parent, edge) => {
    const tail = place.get(parent),
      head = place.get(model.child[edge]);
    if (tail && head) groups.get(`${tail.index} ${head.index}`)?.edges.push(edge);
  });
}

// Forward box by box, then backward arrow by arrow; note when each number becomes known.
function timeline({ forward, backward }, cards, arrows) {
  for (const card of cards) card.shownAt = 0;
  for (const arrow of arrows) arrow.doneAt = Infinity;
  const steps = [{ kind: "start" }];
  for (const index of forward) {
    cards[index].shownAt = steps.length;
    steps.push({ kind: "forward", card: cards[index] });
  }
  const turn = steps.length - 1;
  for (const card of cards) card.knownAt = turn;
  for (const index of backward) {
    arrows[index].doneAt = arrows[index].tail.knownAt = steps.length;
    steps.push({ kind: "backward", arrow: arrows[index], card: arrows[index].tail });
  }
  for (const card of cards) card.out.sort((a, b) => a.doneAt - b.doneAt);
  return { list: steps, last: steps.length - 1, turn };
}

// A number's gradient before and after an arrow that leaves it; what the picture leaves out comes first. Several
// numbers may leave a box of many.
function totals(arrow) {
  const { out } = arrow.tail, at = out.indexOf(arrow), node = model.parents[arrow.edges[0]];
  const total = page.numbers.gradients[node];
  const sums = out.map(({ edges }) => edges.reduce((sum, edge) => sum + (model.parents[edge] === node ? contribution(edge) : 0), 0)),
    most = Math.max(...sums.map(Math.abs));
  const hidden = tidy(total - sums.reduce((a, b) => a + b, 0), most);
  const before = sums.slice(0, at).reduce((a, b) => a + b, hidden);
  return { before, after: at === out.length - 1 ? total : before + sums[at] };
}

function sumOf(arrow) {
  return arrow.edges.reduce((sum, edge) => sum + contribution(edge), 0);
}

// --- elements --------------------------------------------------------------------------------------

function elements(scene) {
  const frames = svgEl("g", { class: "frames" }, ...scene.frames.map(frameElement));
  const arrows = svgEl("g", { class: "edges" }, ...scene.arrows.map(arrowElement));
  const labels = svgEl("g", { class: "labels" }, ...scene.arrows.map(labelElement));
  const cards = svgEl("g", { class: "cards" }, ...scene.cards.map(cardElement));
  const lids = svgEl("g", { class: "lids" }, ...scene.frames.map(lidElement));
  return { root: svgEl("g", {}, frames, arrows, labels, cards, lids) };
}

function rectangle([x, y, width, height], attributes) {
  return svgEl("rect", { x, y, width, height, ...attributes });
}

function textAt(x, y, name, words = "") {
  return svgEl("text", { x, y, class: name }, words);
}

function frameElement(frame) {
  if (!frame.box) return svgEl("g");
  const [x, y] = frame.box;
  frame.handle = svgEl("g", { class: "handle" }, textAt(x + 10, y + 16, "frame-name", `▾ ${frame.name}`));
  frame.handle.prepend(rectangle([x + 3, y + 3, frame.name.length * 6.5 + 34, 18], { class: "back", rx: 5 }));
  asButton(frame.handle, `Close ${frame.name}`, () => fold(frame, true));
  frame.g = svgEl("g", { class: frame.parent === null ? "frame" : "frame inner" });
  frame.g.append(rectangle(frame.box, { rx: 10 }), frame.handle);
  return frame.g;
}

// A closed frame: the box that stands for what is inside.
function lidElement(frame) {
  if (!frame.box) return svgEl("g");
  const [x, y] = middleOf(frame.box);
  frame.value = textAt(x, y + 6, "value");
  frame.gradient = textAt(x, y + 25, "gradient");
  frame.lid = svgEl("g", { class: "lid", visibility: "hidden" });
  frame.lid.append(rectangle(frame.box, { rx: 10 }), textAt(x, y - 14, "name", `▸ ${frame.name}`));
  frame.lid.append(" ", frame.value, " ", frame.gradient);
  asButton(frame.lid, `Open ${frame.name}`, () => fold(frame, false));
  return frame.lid;
}

function asButton(element, label, act) {
  for (const [key, value] of Object.entries({ role: "button", tabindex: "0", "aria-label": label })) setAttribute(element, key, value);
  element.addEventListener("click", act);
  element.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    act();
  });
  return element;
}

function cardElement(card) {
  const [x, y, width, height] = card.box,
    middle = x + width / 2;
  const radius = { leaf: 14, constant: 2, group: 8 }[card.kind] ?? 5;
  card.g = svgEl("g", { tabindex: "-1", role: "button" }, rectangle(card.box, { rx: radius, class: "box" }));
  if (card.kind === "output") card.g.append(rectangle(inset(card.box, 3), { rx: 3, class: "second" }));
  card.texts = [];
  const rows = [card.name && "name", card.kind !== "more" && "value", hasGradient(card) && "gradient", card.note && "note"];
  rows.filter(Boolean).forEach((row, k) => {
    card.texts[row] = textAt(middle, y + PAD + 13.5 + ROW * k, row, { name: card.name, note: card.note }[row] ?? "");
    card.g.append(" ", card.texts[row]); // the space parts the words for those who listen
  });
  card.farLetters = showFromFar(card.texts.name ?? card.texts.value, card.name?.length || number(data.nodes[card.node]?.[2] ?? 0).length, [width, height], PAD + 13.5);
  if (card.mark) card.texts.name?.append(" ", svgEl("tspan", { class: "mark", dx: 3 }, card.mark));
  watchCard(card);
  return card.g;
}

// Give the row that a box shows from far away its size, which is returned: as large as there is room, in the middle of
// the box. The baseline of the row is made at `from`.
function showFromFar(text, words, [width, height], from) {
  const letters = Math.min(36, height - 8, (width - 8) / (0.64 * words));
  text.classList.add("large");
  text.style.setProperty("--far", `${letters.toFixed(1)}px`);
  text.style.setProperty("--down", `${(height / 2 + 0.36 * letters - from).toFixed(1)}px`);
  return letters;
}

const inset = ([x, y, width, height], by) => [x + by, y + by, width - 2 * by, height - 2 * by];
const hasGradient = (card) => ["leaf", "node", "output", "group"].includes(card.kind);

function arrowElement(arrow, _, all) {
  arrow.line = svgEl("path", { class: "line" });
  arrow.point = svgEl("path", { class: "tip" });
  const halo = all.length > MOST_HALOS ? [] : [svgEl("path", { class: "halo" })];
  arrow.g = svgEl("g", {}, ...halo, arrow.line, arrow.point);
  drawCurve(arrow, arrow.curve);
  watchArrow(arrow, arrow.g);
  return arrow.g;
}

const middleOf = ([x, y, width, height]) => [x + width / 2, y + height / 2];

// A curve and its head, which points along the last piece: to the right, or downwards.
function drawCurve(arrow, points) {
  const [bx, by, x, y] = points.slice(-4), down = Math.abs(y - by) > Math.abs(x - bx);
  const shortened = [...points.slice(0, -2), ...(down ? [x, y - HEAD + 1] : [x - HEAD + 1, y])];
  const path = `M${shortened.slice(0, 2)}C${shortened.slice(2).join(" ")}`;
  for (const line of [arrow.g.firstChild, arrow.line]) setAttribute(line, "d", path);
  setAttribute(arrow.point, "d", `M${x} ${y}${down ? `l-4 ${-HEAD}h8z` : `l${-HEAD} -4v8z`}`);
}

function labelElement(arrow) {
  arrow.labelled = svgEl("g", { class: "label" });
  if (!arrow.label) return arrow.labelled;
  const [x, y, width] = arrow.label;
  arrow.text = textAt(x, y + 12.5, "local", arrow.single ? "" : `${arrow.edges.length} edges`);
  arrow.back = rectangle([x - width / 2, y, arrow.single ? 0 : width, LABEL_HEIGHT], { rx: 4 });
  arrow.labelled.append(arrow.back, arrow.text);
  watchArrow(arrow, arrow.labelled);
  return arrow.labelled;
}
