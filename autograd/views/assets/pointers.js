// What the pointer and the keyboard do on the stage: drag, pinch, zoom, tips, and walking from box to box.

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
