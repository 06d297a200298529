// Closing and opening frames. A closed frame gives its room back: the picture closes up around it. So does a picture
// that is too small for the labels on its edges to be read: the boxes come closer and are drawn larger.

const LID = [168, 78]; // the least size of a closed frame
const SEAM = 14, GAP = 24; // what is left of room that nothing visible needs: in a closed frame, and between boxes

function fold(frame, closed) {
  straighten();
  frame.closed = closed;
  const hidden = hiddenCards();
  for (const card of page.scene.cards)
    setAttribute(card.g, "visibility", hidden.has(card) ? "hidden" : "visible");
  for (const arrow of page.scene.arrows) {
    const inside = hidden.has(arrow.tail) && hidden.has(arrow.head);
    setAttribute(arrow.g, "visibility", inside ? "hidden" : "visible");
    setAttribute(arrow.labelled, "visibility", inside || hidden.has(arrow.head) ? "hidden" : "visible");
  }
  for (const other of page.scene.frames.filter((f) => f.box)) {
    const covered = isCovered(other);
    setAttribute(other.g, "visibility", covered || other.closed ? "hidden" : "visible");
    setAttribute(other.lid, "visibility", other.closed && !covered ? "visible" : "hidden");
  }
  closeUp(hidden);
  (closed ? frame.lid : frame.handle).focus({ preventScroll: true });
  if (fitted) fitWhole();
  paint();
}

const isCovered = (frame) => frame.parent !== null && (page.scene.frames[frame.parent].closed || isCovered(page.scene.frames[frame.parent]));

function hiddenCards() {
  const closed = (frame) =>
    frame.closed || (frame.parent !== null && closed(page.scene.frames[frame.parent]));
  return new Set(page.scene.frames.filter(closed).flatMap((f) => f.members.map((m) => page.scene.cards[m])));
}

// --- room ------------------------------------------------------------------------------------------

// Move everything by one map of x, and by a map of y for the columns of each closed frame. The maps keep the size of
// what is visible and take away the room that only closed frames need, so boxes never overlap.
function closeUp(hidden) {
  const { scene } = page;
  const closed = closedBoxes(), seen = seenBoxes(hidden, closed), across = acrossMap(seen, closed, scene.tight);
  const bands = closed.map(([x, , w]) => [x - 30, x + w + 30]);
  const shown = [...seen.boxes, ...seen.labels];
  const maps = bands.map((band) => roomMap(spans(shown.filter((box) => isWithin(box, band)), 1), spans(closed.filter((box) => isWithin(box, band)), 1)));
  const tall = scene.madeSize[1], lost = maps.map((map) => (tall - map(tall)) / 2); // so that what is left stays in the middle
  const down = (x) => {
    const k = bands.findIndex(([from, to]) => from <= x && x <= to);
    return k < 0 ? (y) => y : (y) => maps[k](y) + lost[k];
  };
  const moved = ([x, y, w, h]) => {
    const map = down(x + w / 2);
    return [across(x), map(y), across(x + w) - across(x), map(y + h) - map(y)];
  };
  scene.width = across(scene.madeSize[0]);
  for (const card of scene.cards) {
    card.box = moved(card.made);
    placeCard(card);
  }
  for (const arrow of scene.arrows) {
    const { curve, label } = arrow;
    arrow.placed = curve.map((value, k) => Number((k % 2 ? down(curve[k - 1])(value) : across(value)).toFixed(1)));
    drawCurve(arrow, arrow.placed);
    if (label) arrow.labelAt = [across(label[0]), down(label[0])(label[1])];
    placeLabel(arrow);
  }
  const frames = scene.frames.filter((f) => f.box);
  for (const frame of frames) moveFrame(frame, moved(frame.box));
  scene.height = closed.length ? Math.max(...scene.cards.filter((c) => !hidden.has(c)).map((c) => c.box[1] + c.box[3]), ...frames.map((f) => moved(f.box)).map(([, y, , h]) => y + h)) : scene.madeSize[1];
  forgetMap();
}

const closedBoxes = () => page.scene.frames.filter((f) => f.box && f.closed && !isCovered(f)).map((f) => f.box);

// Where labels are not shown, what is between the boxes is free too.
function acrossMap(seen, closed, tight) {
  return tight ? roomMap(spans(seen.boxes, 0), [[0, page.scene.madeSize[0]]], GAP) : roomMap(spans([...seen.boxes, ...seen.labels], 0), spans(closed, 0));
}

// Bring the boxes closer together or apart again; a label is then shown only at the edge of this step.
function setTight(tight) {
  const { scene } = page;
  if (scene.network || Boolean(scene.tight) === tight) return;
  straighten();
  scene.tight = tight;
  closeUp(hiddenCards());
  explainScene();
}

// Whether the whole picture is too small for its labels, and would be drawn larger without them.
function isBetterTight({ width, height }) {
  const { scene } = page, closed = closedBoxes(), seen = seenBoxes(hiddenCards(), closed);
  const scales = [false, true].map((tight) => Math.min(width / (acrossMap(seen, closed, tight)(scene.madeSize[0]) + 2 * MARGIN), height / (scene.height + 2 * MARGIN)));
  return scales[0] < FAR && scales[1] > 1.15 * scales[0];
}

// What needs its room: visible boxes and labels, the heads and corners of open frames, and the middles of closed ones.
function seenBoxes(hidden, closed) {
  const { scene } = page;
  const core = (x, w, most) => [x + (w - Math.min(w, most)) / 2, Math.min(w, most)];
  const boxes = [
    ...scene.cards.filter((card) => !hidden.has(card)).map((card) => card.made),
    ...scene.frames.filter((f) => f.box && !f.closed && !isCovered(f)).flatMap(({ box: [x, y, w, h] }) => [[x, y, 60, 20], [x + w - 2, y + h - 2, 2, 2]]),
    ...closed.map(([x, y, w, h]) => {
      const [left, width] = core(x, w, LID[0]), [top, height] = core(y, h, LID[1]);
      return [left, top, width, height];
    }),
  ];
  return { boxes, labels: scene.arrows.filter((a) => a.label && !hidden.has(a.head)).map(({ label: [x, y, w] }) => [x - w / 2, y, w, LABEL_HEIGHT]) };
}

const spans = (boxes, axis) => boxes.map((box) => [box[axis], box[axis] + box[axis + 2]]);
const isWithin = ([x, , w], [from, to]) => x < to && from < x + w;

function moveFrame(frame, box) {
  const [x, y, width, height] = box, [cx, cy] = middleOf(frame.box), [mx, my] = middleOf(box);
  for (const rect of [frame.g.firstChild, frame.lid.firstChild])
    Object.entries({ x, y, width, height }).forEach(([key, value]) => setAttribute(rect, key, String(value)));
  setAttribute(frame.handle, "transform", `translate(${x - frame.box[0]} ${y - frame.box[1]})`);
  for (const text of frame.lid.querySelectorAll("text")) setAttribute(text, "transform", `translate(${mx - cx} ${my - cy})`);
}

// Spans in order, joined where they meet.
function joined(spans) {
  const found = [];
  for (const [from, to] of [...spans].sort((a, b) => a[0] - b[0]))
    if (found.length && from <= found.at(-1)[1]) found.at(-1)[1] = Math.max(found.at(-1)[1], to);
    else found.push([from, to]);
  return found;
}

// A map of one coordinate. It keeps all lengths, except that what is within `closed` and not seen shrinks to a seam.
function roomMap(seen, closed, seam = SEAM) {
  const free = [], needed = joined(seen); // each with what has been taken away before it
  for (const [from, to] of joined(closed)) {
    let start = from;
    for (const [first, last] of needed.filter((span) => span[0] < to && span[1] > from)) {
      if (first > start) free.push([start, first]);
      start = Math.max(start, last);
    }
    if (start < to) free.push([start, to]);
  }
  const lost = ([from, to]) => Math.max(0, to - from - seam);
  free.forEach((span, k) => span.push(k ? free[k - 1][2] + lost(free[k - 1]) : 0));
  return (x) => {
    let low = 0, high = free.length; // of the spans that begin before x
    while (low < high) {
      const half = (low + high) >> 1;
      if (free[half][0] < x) low = half + 1;
      else high = half;
    }
    const span = free[low - 1];
    return span ? x - span[2] - lost(span) * Math.min(1, (x - span[0]) / (span[1] - span[0])) : x;
  };
}

// --- what a closed frame says ------------------------------------------------------------------------

// Of some nodes, those that others read, or the output; leaves only if there is nothing else.
function readOutside(inside) {
  const found = new Set(inside.has(model.output) ? [model.output] : []);
  model.parents.forEach((parent, edge) => {
    if (inside.has(parent) && !inside.has(model.child[edge])) found.add(parent);
  });
  const computed = [...found].filter((node) => !isLeaf(node));
  return computed.length ? computed : [...found];
}

function resultsOf(frame) {
  frame.results ??= readOutside(new Set(cardsIn(frame).map((card) => card.node)));
  return frame.results;
}

function cardsIn(frame) {
  const inner = page.scene.frames.filter((f) => f.parent === frame.index);
  return [...frame.members.map((m) => page.scene.cards[m]), ...inner.flatMap(cardsIn)];
}

// A box of many nodes shows the numbers that leave it.
function paintGroup(card, shown, known) {
  card.results ??= readOutside(new Set(card.nodes));
  const { values, gradients } = page.numbers;
  fit(card.texts.value, shown ? several(card.results.map((node) => number(values[node], 4))) : "", card);
  fit(card.texts.gradient, known ? `∂ ${several(card.results.map((node) => number(gradients[node], 4)))}` : "", card);
}

function paintLid(frame) {
  const cards = resultsOf(frame).map((node) => page.scene.place.get(node));
  const value = (card) => (page.step >= card.shownAt ? number(page.numbers.values[card.node]) : "");
  const name = cards.length === 1 ? `${cards[0].name} = ` : "";
  const values = cards.map(value).filter(Boolean), gradients = cards.map(gradientText).filter(Boolean);
  setText(frame.value, values.length ? name + several(values) : "");
  setText(frame.gradient, gradients.length ? `∂ ${several(gradients.map((words) => words.replace("∂ ", "")))}` : "");
  setAttribute(frame.lid, "aria-label", `Open ${frame.lid.textContent.replace("▸ ", "")}`);
  const now = page.scene.steps.list[page.step], inside = cardsIn(frame);
  const lit = [now.card, now.arrow?.head].some((card) => inside.includes(card));
  setAttribute(frame.lid, "class", classes("lid", { lit }));
}
