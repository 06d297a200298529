// The lens: the boxes that a step is about are drawn so large that they can be read, however small the picture is.
// The boxes around them move aside, so that none covers another.

const MOST_MAGNIFIED = 5.5;
const LABEL_HEIGHT = 16;
const ROUNDING = 0.01; // by which places that only touch may seem to overlap

let lens = new Map(); // the cards that are not where the layout has them: how large they are, and how far they are moved
let hidden = []; // labels that a card covers

function magnify() {
  if (!page.scene) return;
  const now = page.ahead ?? stepNow();
  const factor = Math.min(MOST_MAGNIFIED, Math.max(1, READABLE / scale()));
  const cards = (factor > 1.02 || page.scene.network) && now.kind !== "start" ? talkedAbout(now) : [];
  useLens(cards.length ? lensOn(cards, factor, now.arrow) : new Map(), now.arrow);
}

// How large a card is drawn, and how far it is moved.
const placeOfCard = (card) => lens.get(card) ?? { card, factor: 1, dx: 0, dy: 0 };
const isVisible = ({ g }) => g.getAttribute("visibility") !== "hidden";

// Everything where the layout has it.
function straighten() {
  if (page.scene) useLens(new Map());
}

function talkedAbout(now) {
  if (page.scene.network) return page.scene.opened || !now.card || now.card.shape === "pixel" ? [] : [now.card];
  return [...new Set([now.card, now.arrow?.head])].filter(Boolean);
}

// A small circle is magnified until its number can be read.
const circleFactor = ({ letters }) => Math.min(2 * MOST_MAGNIFIED, Math.max(1, 14 / letters / scale()));

function lensOn(cards, factor, arrow) {
  const places = cards.map((card) => ({ card, factor: card.radius ? circleFactor(card) : factor, dx: 0, dy: 0 }));
  if (places[1]) moveApart(...places, arrow?.label ? factor * arrow.label[2] + 14 : 10);
  keepInView(places);
  return new Map([...places, ...moveAside(places)].map((place) => [place.card, place]));
}

// The room of a card as it is drawn, with the bias below it and the words beside it.
function roomOf({ card, factor, dx, dy }) {
  const [x, y] = middleOf(card.box), [w, h] = [factor * card.box[2], factor * card.box[3]];
  const beside = card.beside && !page.scene.opened ? factor * card.beside : 0, left = card.side === "before" ? beside : 0;
  return [x + dx - w / 2 - left, y + dy - h / 2, w + beside, h + (card.bias === undefined ? 0 : 20 * factor)];
}

const meet = ([x1, y1, w1, h1], [x2, y2, w2, h2]) => x1 < x2 + w2 && x2 < x1 + w1 && y1 < y2 + h2 && y2 < y1 + h1;

// Two magnified boxes leave room between them for the label of their edge.
function moveApart(one, two, gap) {
  const [a, b] = [one, two].map(roomOf), across = Math.abs(b[0] - a[0]) > Math.abs(b[1] - a[1]) ? 0 : 1;
  const other = 1 - across, [near, far] = a[across] < b[across] ? [a, b] : [b, a];
  if (a[other] >= b[other] + b[other + 2] || b[other] >= a[other] + a[other + 2]) return;
  const move = Math.max(0, near[across] + near[across + 2] + gap - far[across]) / 2, sign = near === a ? 1 : -1;
  one[across ? "dy" : "dx"] -= sign * move;
  two[across ? "dy" : "dx"] += sign * move;
}

// What is in view as it was made stays in view when it is magnified.
function keepInView(places) {
  for (const [axis, key, start, length] of [[0, "dx", view.x, view.width], [1, "dy", view.y, view.height]]) {
    const reach = (boxes) => [Math.min(...boxes.map((box) => box[axis])), Math.max(...boxes.map((box) => box[axis] + box[axis + 2]))];
    const [from, to] = reach(places.map(({ card }) => card.box)), [low, high] = reach(places.map(roomOf));
    if (from < start || to > start + length || high - low > length) continue;
    const move = Math.max(0, start + 4 - low) || Math.min(0, start + length - 4 - high);
    for (const place of places) place[key] += move;
  }
}

// Neighbors move no more than they must: those beside a magnified card to its sides, and the others up and down. Where
// cards would still meet or leave the view, all move in one direction, if that is better.
function moveAside(places) {
  const isApart = (a, b, axis) => a[axis] >= b[axis] + b[axis + 2] || b[axis] >= a[axis] + a[axis + 2];
  const others = page.scene.cards.filter((card) => card.shape !== "pixel" && !places.some((place) => place.card === card) && isVisible(card));
  const isBeside = ({ box }) => places.every(({ card }) => isApart(box, card.box, 0)) && places.some(({ card }) => !isApart(box, card.box, 1));
  const bothWays = () => {
    const moved = moveAlong(0, places, others.filter(isBeside));
    return [...moved, ...moveAlong(1, [...places, ...moved], others.filter((card) => !moved.some((place) => place.card === card)))];
  };
  let best = [], fewest = Infinity;
  for (const move of [bothWays, () => moveAlong(1, places, others), () => moveAlong(0, places, others)]) {
    const moved = move(), count = faults(places, moved, others);
    if (count < fewest) [best, fewest] = [moved, count];
    if (!count) break;
  }
  return best;
}

// How many cards meet a magnified or moved card, or have left the view.
function faults(places, moved, others) {
  const isShown = ([x, , w]) => x >= view.x && x + w <= view.x + view.width, where = new Map(moved.map((place) => [place.card, place]));
  const rooms = [...places, ...where.values()].map((place) => [place.card, roomOf(place)]);
  const meets = (card, room) => rooms.some(([other, its]) => other !== card && meet(room, its));
  return others.filter((card) => {
    const place = where.get(card), room = roomOf(place ?? { card, factor: 1, dx: 0, dy: 0 });
    return meets(card, room) || (place && isShown(card.box) && !isShown(room));
  }).length;
}

// Move cards to the left and the right (axis 0) or up and down (axis 1), each away from the nearest magnified one and
// past everything that stands there. The cards that are nearest move first.
function moveAlong(axis, places, cards) {
  const air = page.scene.network ? 2 : 5, middle = (card) => card.box[axis] + card.box[axis + 2] / 2, moved = [];
  const isInWay = (a, b) => a[1 - axis] < b[1 - axis] + b[3 - axis] && b[1 - axis] < a[1 - axis] + a[3 - axis];
  const away = (card) => {
    const near = places.filter((place) => isInWay(card.box, roomOf(place)));
    return (near.length ? near : places).map((place) => middle(card) - middle(place.card)).reduce((a, b) => (Math.abs(b) < Math.abs(a) ? b : a));
  };
  const taken = places.map((place) => ({ room: roomOf(place), air }));
  for (const [card, from] of cards.map((card) => [card, away(card)]).sort((a, b) => Math.abs(a[1]) - Math.abs(b[1]))) {
    const place = { card, factor: 1, dx: 0, dy: 0 }, own = roomOf(place), start = own[axis];
    const stands = ({ room, air }) => own[axis] < room[axis] + room[axis + 2] + air - ROUNDING && room[axis] < own[axis] + own[axis + 2] + air - ROUNDING && isInWay(own, room);
    for (let other = taken.find(stands); other; other = taken.find(stands)) own[axis] = from < 0 ? other.room[axis] - other.air - own[axis + 2] : other.room[axis] + other.room[axis + 2] + other.air;
    if (own[axis] !== start) moved.push({ ...place, [axis ? "dy" : "dx"]: own[axis] - start });
    if (own[axis] !== start || cards.length < MOST_IN_PART) taken.push({ room: own, air: own[axis] === start ? 0 : air });
  }
  return moved;
}

// --- drawing through it ----------------------------------------------------------------------------

function useLens(next, now = null) {
  const cards = new Set([...lens.keys(), ...next.keys()]);
  lens = next;
  for (const card of cards) {
    const large = placeOfCard(card).factor > 1;
    placeCard(card);
    card.hit?.remove();
    card.hit = null;
    card.g.classList.toggle("magnified", large);
    if (!large) continue;
    card.g.append((card.hit = hitArea(card)));
    if (card.g.nextSibling && !card.g.contains(document.activeElement)) card.g.parentNode.append(card.g);
  }
  const arrows = new Set([...cards].flatMap((card) => [...card.out, ...card.into]).filter((arrow) => arrow.g));
  if (!page.scene.network) return placeArrows(arrows, now);
  for (const wire of arrows) placeWire(wire);
  placeTags();
  for (const caption of page.scene.captions) lowerCaption(caption);
}

// Draw a card as large as the lens shows it, and where.
function placeCard(card) {
  const { dx, dy, factor: own } = placeOfCard(card), factor = own * (card.shrunk ?? 1);
  const [x, y] = middleOf(card.box), [fromX, fromY] = page.scene.network ? [0, 0] : middleOf(card.made);
  const round = (value) => Number(value.toFixed(2));
  const move = `translate(${round(x + dx - factor * fromX)} ${round(y + dy - factor * fromY)})`;
  setAttribute(card.g, "transform", factor === 1 ? move : `${move} scale(${factor.toFixed(3)})`);
}

// A magnified box takes the pointer only where it stands itself, so that its neighbors can still be clicked.
function hitArea(card) {
  const { factor } = lens.get(card), [, , width, height] = card.box.map((x) => x / factor);
  const [x, y] = page.scene.network ? [0, 0] : middleOf(card.made);
  return rectangle([x - width / 2, y - height / 2, width, height], { class: "hit" });
}

// The middle of a unit of a network, through the lens.
function centerOf(card) {
  const { dx, dy } = placeOfCard(card);
  return [card.middle[0] + dx, card.middle[1] + dy];
}

// Edges end at their boxes, wherever these are; a label that a box would cover is not drawn.
function placeArrows(arrows, now) {
  const rooms = [...lens.values()].map(roomOf);
  for (const arrow of arrows) {
    drawCurve(arrow, bent(arrow));
    if (arrow !== now) placeLabel(arrow);
  }
  const visible = page.scene.cards.filter(isVisible);
  const own = now?.label && placeLabel(now, [...rooms, ...visible.filter((card) => !lens.has(card)).map((card) => card.box)]);
  if (own) rooms.push(own);
  const covered = page.scene.arrows.filter((a) => a.label && a !== now && rooms.some((room) => meet(room, labelRoom(a)))).map((a) => a.labelled);
  for (const label of hidden) if (!covered.includes(label) && label !== now?.labelled) showElement(label, true);
  for (const label of covered) showElement(label, false);
  hidden = covered;
}

function showElement({ style }, isShown) {
  const wanted = isShown ? "" : "none";
  if (style.display !== wanted) style.display = wanted;
}

function labelRoom({ label: [x, y, width], labelAt = [x, y] }) {
  return [labelAt[0] - width / 2, labelAt[1], width, LABEL_HEIGHT];
}

function bent(arrow) {
  const points = [...arrow.placed], last = points.length - 2;
  for (const [card, end, handle, other] of [[arrow.tail, 0, 2, 6], [arrow.head, last, last - 2, last - 6]]) {
    const { factor, dx, dy } = placeOfCard(card);
    middleOf(card.box).forEach((middle, axis) => {
      const move = [dx, dy][axis] + (factor - 1) * (points[end + axis] - middle);
      points[end + axis] += move;
      points[handle + axis] += move;
    });
    const half = (points[end] + points[other]) / 2; // a handle that reaches further would make a loop
    if ((points[handle] - half) * (half - points[end]) > 0) points[handle] = half;
  }
  return points;
}

// The label of the step's edge is as large as its boxes, and at the free place on the edge that is nearest to its own.
function placeLabel(arrow, rooms = null) {
  if (!arrow.label) return null;
  const [x, y, width] = arrow.label, [left, top] = labelRoom(arrow), middle = [left + width / 2, top + LABEL_HEIGHT / 2];
  const factor = Math.max(1, ...(rooms ? [...lens.values()].map((place) => place.factor) : []));
  const roomAt = ([px, py]) => [px - (factor * width) / 2, py - (factor * LABEL_HEIGHT) / 2, factor * width, factor * LABEL_HEIGHT];
  let at = middle;
  if (factor > 1) {
    const free = (point) => !rooms.some((room) => meet(room, roomAt(point)));
    const far = ([px, py]) => Math.hypot(px - middle[0], py - middle[1]);
    at = pointsAlong(bent(arrow)).filter(free).sort((a, b) => far(a) - far(b))[0];
  }
  showElement(arrow.labelled, at !== undefined);
  if (!at) return null;
  const move = `translate(${(at[0] - factor * x).toFixed(1)} ${(at[1] - factor * (y + LABEL_HEIGHT / 2)).toFixed(1)})`;
  setAttribute(arrow.labelled, "transform", factor === 1 ? move : `${move} scale(${factor.toFixed(3)})`);
  return roomAt(at);
}

function pointsAlong(curve) {
  const points = [];
  for (let k = 0; k + 7 < curve.length; k += 6) {
    const [x0, y0, x1, y1, x2, y2, x3, y3] = curve.slice(k, k + 8);
    for (let t = 0.05; t < 1; t += 0.05) {
      const s = 1 - t, [a, b, c, d] = [s * s * s, 3 * s * s * t, 3 * s * t * t, t * t * t];
      points.push([a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3]);
    }
  }
  return points;
}
