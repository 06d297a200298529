// The stage: zoom, pan, fit, following the current step, and what the pointer meets.

const graph = byId("graph");
const view = { x: 0, y: 0, width: 1, height: 1 };
let fitted = true; // nobody has moved the picture since it was opened or fitted
const MARGIN = 16;
const SMALLEST = 0.2; // the scale below which a picture opens with a part of it
const FAR = 0.62; // the scale below which a box shows one row, in large letters
const LEGIBLE = 0.75; // the scale from which labels on edges can be read
const READABLE = 1.08; // the scale at which letters are 14 pixels high
const CLOSE = 1.45; // the scale from which numbers fit into small circles

function show(index, step = null) {
  straighten();
  page.scene = sceneOf(index);
  page.path = page.group = null;
  graph.replaceChildren(page.scene.root);
  if (page.scene.network) placeNetwork();
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
  graph.classList.toggle("far", scale() < FAR);
  graph.classList.toggle("tight", Boolean(page.scene.tight));
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
  if (page.scene.opened) placeNetwork();
  if (!page.scene.network) setTight(isBetterTight(size()));
  const all = whole(),
    room = size();
  look(all);
  if (room.width && room.width / all.width < SMALLEST && page.scene.cards.length < 200 && !page.scene.network) {
    const width = room.width / SMALLEST,
      height = room.height / SMALLEST;
    const { list } = page.scene.steps;
    const [x, y, w, h] = (list[page.step || 1]?.card ?? page.scene.cards.at(-1)).box;
    const left = within(x + w / 2, width, page.scene.width),
      top = within(y + h / 2, height, page.scene.height);
    look({ x: left, y: top, width, height });
  }
  fitted = true;
}

// Where a window of this length begins that has the middle in its own, and shows no more than needed.
function within(middle, length, whole) {
  if (length >= whole + 2 * MARGIN) return (whole - length) / 2;
  return Math.max(-MARGIN, Math.min(middle - length / 2, whole + MARGIN - length));
}

function fitWhole() {
  cancelAnimationFrame(gliding);
  if (!page.scene.network) setTight(isBetterTight(size()));
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

// --- pointers --------------------------------------------------------------------------------------

const fingers = new Map();
let drag = null, hand = null; // the last move

graph.addEventListener("pointerdown", (event) => {
  if (event.button) return;
  fingers.set(event.pointerId, event);
  cancelAnimationFrame(gliding);
  const card = cardAt(event.target);
  const live = card && card.node != null && isLive(card.node) && fingers.size === 1;
  drag = {
    card,
    live,
    from: event,
    moved: false,
    start: live ? page.numbers.values[card.node] : 0,
    x: view.x,
    y: view.y,
  };
});

graph.addEventListener("pointermove", (event) => {
  hand = event;
  if (!fingers.has(event.pointerId) || !drag) return;
  if (!event.buttons) {
    fingers.delete(event.pointerId); // the button was released outside of the stage
    drag = null;
    return;
  }
  if (fingers.size === 2) return pinch(event);
  const dx = event.clientX - drag.from.clientX,
    dy = event.clientY - drag.from.clientY;
  if (!drag.moved && Math.hypot(dx, dy) < 4) return;
  if (!drag.moved) graph.setPointerCapture(event.pointerId);
  drag.moved = true;
  if (drag.live) setLeaf(drag.card.node, dragged(drag.start, dx, event.shiftKey));
  else look({ x: drag.x - dx / scale(), y: drag.y - dy / scale() });
});

for (const kind of ["pointerup", "pointercancel"]) {
  graph.addEventListener(kind, (event) => {
    fingers.delete(event.pointerId);
    if (drag && !drag.moved && kind === "pointerup") selectCard(drag.card);
    drag = null;
  });
}

function pinch(event) {
  const [one, two] = [...fingers.values()];
  const old = Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY);
  fingers.set(event.pointerId, event);
  const [a, b] = [...fingers.values()];
  const apart = Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
  drag.moved = true;
  drag.live = false;
  zoomBy(apart / Math.max(1, old), { x: (a.clientX + b.clientX) / 2, y: (a.clientY + b.clientY) / 2 });
}

// Inside another page the wheel belongs to that page, unless Ctrl or ⌘ is held.
graph.addEventListener(
  "wheel",
  (event) => {
    if (page.scrolls && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoomBy(Math.exp(-event.deltaY / 400), { x: event.clientX, y: event.clientY });
  },
  { passive: false },
);

function cardAt(target) {
  const g = target.closest?.(".card");
  return g ? page.scene.cards.find((card) => card.g === g) : null;
}

// --- tips ------------------------------------------------------------------------------------------

function watchArrow(arrow, element) {
  element.addEventListener(
    "pointerenter",
    (event) => event.pointerType !== "touch" && tip(event, arrowTip(arrow)),
  );
  element.addEventListener("pointerleave", hideTip);
  element.addEventListener("click", (event) => tip(event, arrowTip(arrow)));
}

function watchCard(card) {
  card.g.addEventListener("focus", () => {
    rove(card, false);
    if (!card.members) return;
    drawNear(card);
    const { right, bottom } = card.g.getBoundingClientRect();
    if (card.g.matches(":focus-visible")) tip({ clientX: right, clientY: bottom }, cardTip(card));
  });
  card.g.addEventListener("blur", hideTip);
  card.g.addEventListener("pointerenter", (event) => {
    if (card.members) drawNear(card);
    if (event.pointerType !== "touch") tip(event, cardTip(card));
  });
  card.g.addEventListener("pointerleave", () => {
    if (card.members) drawNear(null);
    hideTip();
  });
}

// How the child changes with the parent, in words.
function arrowTip(arrow) {
  if (!arrow.single) return [el("b", {}, `${arrow.edges.length.toLocaleString("en")} edges`)];
  const [edge] = arrow.edges,
    child = model.child[edge],
    parent = model.parents[edge];
  const local = number(page.numbers.partials[edge]),
    words = derivative(edge, "words");
  const known = page.step >= arrow.head.shownAt;
  return [
    el("b", {}, quotient(child, parent)),
    el(
      "span",
      {},
      `How ${nameOf(child)} changes with ${nameOf(parent)}: `,
      words,
      known && words !== local ? `, now ${local}` : "",
    ),
    arrow.doneAt <= page.step ? el("span", {}, `Contribution ${number(contribution(edge))}`) : null,
  ];
}

function cardTip(card) {
  if (card.node == null) return [el("b", {}, card.name)];
  const shown = page.step >= card.shownAt;
  const made = isLeaf(card.node) ? `${givenAs(card.node)}${isLive(card.node) ? ": drag to change it" : ""}` : `= ${formula(card.node)}`;
  return [
    el("b", {}, labelOf(card.node)),
    el("span", {}, made),
    shown ? el("span", {}, `= ${exactly(page.numbers.values[card.node])}`) : null,
  ];
}

// What comes under a pointer that rests has no tip.
function tip(event, words) {
  if (event.type === "pointerenter" && event.clientX === hand?.clientX && event.clientY === hand.clientY) return;
  const box = byId("tip"),
    stage = byId("stage").getBoundingClientRect();
  box.replaceChildren(...words.filter(Boolean));
  box.hidden = false;
  const x = Math.min(event.clientX - stage.left + 14, stage.width - box.offsetWidth - 8);
  const y = event.clientY - stage.top + 18;
  const up = y + box.offsetHeight > stage.height ? box.offsetHeight + 30 : 0;
  box.style.transform = `translate(${Math.max(8, x)}px, ${Math.max(4, y - up)}px)`;
}

function hideTip() {
  byId("tip").hidden = true;
}

// --- the graph by keyboard: one box of it is in the tab order ----------------------------------------

let roving = null;

function rove(card, focus = true) {
  if (!card) return;
  roving?.g.setAttribute("tabindex", "-1");
  roving = card;
  card.g.setAttribute("tabindex", "0");
  if (focus) card.g.focus({ preventScroll: true });
}

const WALK = {
  n: (card) => page.scene.cards[card.index + 1],
  b: (card) => page.scene.cards[card.index - 1],
  p: (card) => card.into[0]?.tail,
  c: (card) => card.out[0]?.head,
};

// An input method is at work; 229 is how Safari says so for the key that ends a conversion.
const isComposing = (event) => event.isComposing || event.keyCode === 229;

// Where the signs of the shortcuts are on the keyboard of the United States.
const PLACES = { Slash: "/", Minus: "-", Equal: "=", Digit0: "0" };

// The letter or sign of a key with Caps Lock, or the one at its place where the layout has it nowhere.
function letterOf(event) {
  if (/^[a-z]$/i.test(event.key)) return event.key.toLowerCase();
  if (event.key.length > 1 || "+=-/0 ".includes(event.key)) return event.key;
  if (/^Key[A-Z]$/.test(event.code)) return event.code[3].toLowerCase();
  return (!event.shiftKey && PLACES[event.code]) || event.key;
}

graph.addEventListener("keydown", (event) => {
  const card = cardAt(event.target);
  if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
  const letter = letterOf(event);
  if (WALK[letter]) rove(WALK[letter](card));
  const chosen = event.key === "Enter" || (event.key === " " && card.g.matches(":focus-visible"));
  if (chosen) selectCard(card);
  if (chosen || WALK[letter]) {
    event.preventDefault();
    event.stopPropagation();
  }
});
