// The stage: zoom, pan, fit, following the current step, and what the pointer meets.

const graph = byId("graph");
const view = { x: 0, y: 0, width: 1, height: 1 };
let fitted = true; // nobody has moved the picture since it was opened or fitted
const MARGIN = 8;
const LEAST_LETTERS = 8.4; // pixels; smaller letters are not shown, because they cannot be read
const FAR = LEAST_LETTERS / 13; // the scale below which a box shows one row, in large letters, and an edge no label
const MOST_IN_PART = 200; // boxes; a larger picture opens whole, because a part of it would show too little
const READABLE = 1.08; // the scale at which letters are 14 pixels high
const CLOSE = 1.45; // the scale from which numbers fit into small circles

function show(index, step = null) {
  straighten();
  page.scene = sceneOf(index);
  page.path = page.group = null;
  graph.replaceChildren(page.scene.root);
  explainScene();
  for (const button of byId("levels")?.children ?? []) {
    button.setAttribute("aria-pressed", String(Number(button.dataset.level) === outermost(index)));
  }
  rove(page.scene.cards.find((card) => card.kind === "output") ?? page.scene.cards[0], false);
  page.step = Math.min(step ?? page.scene.steps.turn, page.scene.steps.last);
  begin();
  go(page.step);
}

const outermost = (index) => (scenes[index].outer === undefined ? index : outermost(scenes[index].outer));

// --- the window onto the picture -------------------------------------------------------------------

// The size of the stage is kept, because the browser would lay out all that was drawn since to measure it again.
graph.replaceChildren(); // the still picture
let stageSize = graph.getBoundingClientRect();
const size = () => stageSize;
const scale = () => size().width / view.width;

function look(next) {
  Object.assign(view, next);
  fitted = false;
  graph.setAttribute("viewBox", [view.x, view.y, view.width, view.height].map((x) => x.toFixed(1)).join(" "));
  graph.classList.toggle("close", scale() > CLOSE);
  graph.classList.toggle("tight", Boolean(page.scene.tight));
  if (graph.classList.contains("far") !== scale() < FAR) {
    graph.classList.toggle("far");
    explainScene();
  }
  magnify();
  paintMap();
}

function whole() {
  const { width, height } = page.scene,
    room = size();
  const ratio = Math.max(1, room.width) / Math.max(1, room.height);
  const w = Math.max(width + 2 * MARGIN, (height + 2 * MARGIN) * ratio);
  return { x: (width - w) / 2, y: (height - w / ratio) / 2, width: w, height: w / ratio };
}

// Open on the whole picture, but never so small that nothing can be read: then on what comes first.
function begin() {
  fitWhole();
  const { cards, steps: { list } } = page.scene, room = size();
  const letters = Math.min(...cards.map((card) => (card.kind === "constant" ? Infinity : card.farLetters ?? Infinity)));
  if (!room.width || cards.length > MOST_IN_PART || scale() * letters > LEAST_LETTERS - 1) return;
  const [width, height] = [room.width, room.height].map((length) => (length * letters) / LEAST_LETTERS);
  const [x, y] = middleOf((list[page.step || 1]?.card ?? cards.at(-1)).box);
  look({ x: within(x, width, page.scene.width), y: within(y, height, page.scene.height), width, height });
  fitted = true;
}

// Where a window of this length begins that has the middle in its own, and shows no more than needed.
function within(middle, length, whole) {
  if (length >= whole + 2 * MARGIN) return (whole - length) / 2;
  return Math.max(-MARGIN, Math.min(middle - length / 2, whole + MARGIN - length));
}

function fitWhole() {
  cancelAnimationFrame(gliding);
  if (page.scene.network) placeNetwork();
  else setTight(isBetterTight(size()));
  look(whole());
  fitted = true;
}

// Give the labels their room again. The box that is nearest to the place stays where it is.
function spread(x, y) {
  if (!page.scene.tight) return;
  const far = ({ box }) => Math.hypot(middleOf(box)[0] - x, middleOf(box)[1] - y);
  const card = page.scene.cards.reduce((best, one) => (far(one) < far(best) ? one : best)), before = middleOf(card.box);
  setTight(false);
  const [dx, dy] = middleOf(card.box).map((at, axis) => at - before[axis]);
  look({ x: view.x + dx, y: view.y + dy });
}

// Bring a place to the middle of the stage, large enough to be read.
function center(x, y) {
  const width = Math.min(view.width, size().width / READABLE),
    height = (width * view.height) / view.width;
  glide({ x: x - width / 2, y: y - height / 2, width, height });
  fitted = false;
}

// The stage has changed its shape: fit again, or keep the middle and the size of the letters.
function reshape(before, after) {
  if (fitted || !before.width) return begin();
  const width = (view.width * after.width) / before.width,
    height = (width * after.height) / after.width;
  look({ x: view.x + (view.width - width) / 2, y: view.y + (view.height - height) / 2, width, height });
}

new ResizeObserver(() => {
  const now = graph.getBoundingClientRect(), before = stageSize;
  if (!now.width || !now.height || (now.width === before.width && now.height === before.height)) return;
  stageSize = now;
  reshape(before, now);
  follow();
}).observe(graph);

function zoomBy(factor, at = null) {
  cancelAnimationFrame(gliding);
  const room = graph.getBoundingClientRect(),
    limit = whole().width * 1.5;
  const width = Math.min(limit, Math.max(120, view.width / factor)),
    ratio = width / view.width;
  const x = at ? (at.x - room.left) / room.width : 0.5,
    y = at ? (at.y - room.top) / room.height : 0.5;
  look({
    x: view.x + view.width * x * (1 - ratio),
    y: view.y + view.height * y * (1 - ratio),
    width,
    height: view.height * ratio,
  });
  if (scale() > READABLE) spread(view.x + view.width * x, view.y + view.height * y);
}

// Keep what happens now in sight.
function follow(now = stepNow()) {
  const boxes = whereabouts(now);
  if (!boxes.length) return;
  const left = Math.min(...boxes.map((b) => b[0])),
    right = Math.max(...boxes.map((b) => b[0] + b[2]));
  const top = Math.min(...boxes.map((b) => b[1])),
    bottom = Math.max(...boxes.map((b) => b[1] + b[3]));
  const x = inside(view.x, view.width, left, right),
    y = inside(view.y, view.height, top, bottom);
  if (x !== view.x || y !== view.y) glide({ x, y });
}

// The boxes that a step is about: of its edge both ends.
function whereabouts(now) {
  if (!page.scene.network) return [now.card, now.arrow?.head].filter(Boolean).map((card) => card.box);
  if (!now.card) return [];
  const inner = innerPlace(now);
  return inner.length ? inner : [now.card.box];
}

function inside(start, room, from, to) {
  const margin = Math.min(20, room / 10);
  if (from >= start && to <= start + room) return start;
  if (to - from > room - 2 * margin) return (from + to - room) / 2;
  return from < start ? from - margin : to + margin - room;
}

let gliding = 0;

function glide(target) {
  cancelAnimationFrame(gliding);
  if (calm.matches || document.hidden) return look(target);
  const from = { ...view },
    began = performance.now();
  const frame = (time) => {
    const t = Math.min(1, Math.max(0, (time - began) / 250)),
      s = t * t * (3 - 2 * t);
    look(Object.fromEntries(Object.entries(target).map(([key, to]) => [key, from[key] + (to - from[key]) * s])));
    if (t < 1) gliding = requestAnimationFrame(frame);
  };
  gliding = requestAnimationFrame(frame);
}
