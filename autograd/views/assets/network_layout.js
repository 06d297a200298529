// Where the units, wires and captions of a network are: as they were made, or small around an opened neuron.

const OVER = 24, // above a row: wires that pass over its boxes
  LEAST_BEND = 8, // between two units, for a wire that is level at both ends
  LEAST_GAP = 40, // between two columns
  LOOSE = 0.76, // the scale below which columns come closer
  SPACE = 18, LEAST_FACTOR = 0.15;

// Where each column and row is, and how large: as made, with less room between the columns on a narrow stage, or so small around the opened neuron that all of it is in view
// while its letters can be read. A row keeps its height if it can, because circles above each other need it. The output
// keeps its size.
function arrangement({ columns, rows, ownSize, opened }) {
  const own = opened ? columns[opened.column].row : -1, middles = rows.map(([top, bottom]) => (top + bottom) / 2);
  if (!opened) {
    const shifts = rows.length > 1 ? columns.map(() => 0) : shiftsOf(page.scene);
    return { columns: columns.map(({ reach: [left] }, k) => ({ left: left - shifts[k], factor: 1 })), rows: middles.map((middle) => ({ middle, factor: 1 })), size: [ownSize[0] - shifts.at(-1), ownSize[1]] };
  }
  const room = size(), [across, down] = [room.width, room.height].map((length) => length / READABLE - 2 * MARGIN);
  const limited = (factor) => Math.max(LEAST_FACTOR, Math.min(1, factor)), high = ([top, bottom]) => bottom - top, broad = ({ reach: [left, right] }) => right - left;
  const output = columns[page.scene.place.get(model.output).column], isSmall = (column) => column.row === own && column !== output;
  const wide = columns.filter(isSmall).reduce((sum, column) => sum + broad(column), 0), gaps = Math.max(1, columns.filter(({ row }) => row === own).length - 1);
  const free = across - panelWidth(opened) - 2 * SPACE - (output.row === own ? broad(output) : 0), space = Math.min(SPACE, (0.15 * across) / gaps);
  const factor = limited((free - space * gaps) / Math.max(1, wide)), gap = Math.max(space, Math.min(60, (free - factor * wide) / gaps));
  const upright = Math.max(factor, Math.min(1, down / high(rows[own]))), tall = Math.max(panelHeight(opened) + SPACE, upright * high(rows[own]));
  const small = limited(Math.min(across / ownSize[0], (down - tall) / Math.max(1, ownSize[1] - high(rows[own]))));
  let right = -gap, bottom = 0;
  const placed = columns.map((column, k) => {
    if (column.row !== own) return { left: small * column.reach[0], factor: small };
    const left = k === opened.column ? Math.max(0, right) + panelWidth(opened) + 2 * SPACE : right + gap, share = isSmall(column) ? factor : 1;
    right = left + share * broad(column);
    return { left, factor: share };
  });
  const levels = rows.map((row, k) => {
    const top = bottom && bottom + small * (row[0] - rows[k - 1][1]), height = k === own ? tall : small * high(row);
    bottom = top + height;
    return { middle: top + height / 2, factor: k === own ? upright : small };
  });
  return { columns: placed, rows: levels, size: [Math.max(right, rows.length > 1 ? small * ownSize[0] : 0), bottom] };
}

// How far each column moves to the left, so that the picture is not too wide for the stage. There stays room for the
// words beside the circles, for the captions, and for the last column, which is often magnified.
function shiftsOf({ columns, cards, captions, ownSize: [width, height] }) {
  const beside = (k, before) => Math.max(0, ...cards.filter((card) => card.column === k && (card.side === "before") === before).map((card) => card.beside ?? 0));
  const called = (k) => Math.max(0, ...cards.filter((card) => card.column === k).flatMap((card) => card.out.map(({ name }) => (name ? 8 * name.length + 10 : 0))));
  const half = (k) => Math.max(0, ...captions.filter(({ columns: [first, last] }) => first === k && last === k).map(halfOf));
  const spare = columns.slice(1).map(({ reach: [left, right] }, k) => {
    const [from, to] = columns[k].reach, besides = Math.max(beside(k, false), called(k)) + beside(k + 1, true) + (k + 2 < columns.length ? 20 : 20 + 0.8 * (right - left));
    const named = half(k) && half(k + 1) ? half(k) + half(k + 1) - (to - from + right - left) / 2 : 0;
    return Math.max(0, left - to - Math.max(LEAST_GAP, besides, named));
  });
  const all = spare.reduce((sum, one) => sum + one, 0), room = size();
  const wanted = Math.min(width - (room.width / Math.max(1, room.height)) * height, width - room.width / LOOSE);
  const share = all ? Math.max(0, Math.min(1, wanted / all)) : 0;
  return spare.reduce((shifts, one) => [...shifts, shifts.at(-1) + share * one], [0]);
}

function placeNetwork() {
  straighten();
  const { scene } = page, { columns, rows, size: [width, height] } = arrangement(scene), { opened } = scene;
  const rowOf = (column) => scene.columns[column].row, middle = (column) => scene.rows[rowOf(column)].reduce((a, b) => (a + b) / 2);
  const xOf = (column, x) => columns[column].left + columns[column].factor * (x - scene.columns[column].reach[0]);
  const yOf = (column, y, factor = rows[rowOf(column)].factor) => rows[rowOf(column)].middle + factor * (y - middle(column));
  Object.assign(scene, { width, height, tops: rows.map(({ middle, factor }, k) => middle - factor * (scene.rows[k][1] - scene.rows[k][0]) / 2) });
  if (opened) Object.assign(scene, { panelLeft: columns[opened.column].left - SPACE - panelWidth(opened), panelMiddle: rows[rowOf(opened.column)].middle });
  for (const card of scene.cards) {
    const { factor } = columns[card.column], [w, h] = (card.size ?? [2 * card.radius, 2 * card.radius]).map((length) => factor * length);
    const x = xOf(card.column, card.at[0]), y = yOf(card.column, card.at[1], card.shape === "pixel" ? factor : undefined);
    Object.assign(card, { shrunk: factor, middle: [x, y], box: [x - w / 2, y - h / 2, w, h] });
    placeCard(card);
  }
  forgetMap();
  for (const { column, box: [x, y], g } of scene.images) {
    const { factor } = columns[column];
    setAttribute(g, "transform", `translate(${xOf(column, x) - factor * x} ${yOf(column, y, factor) - factor * y}) scale(${factor})`);
  }
  showElement(scene.hints, !opened && width === scene.ownSize[0]);
  for (const caption of scene.captions) placeCaption(caption, xOf, yOf);
  if (scene.outer !== undefined) frameBlock(scene);
  for (const arrow of scene.arrows) placeWire(arrow);
  drawOpened();
  drawNear();
}

// What is inside of the opened block, with its name and the way back.
function frameBlock({ cards, name, outer, frame }) {
  const boxes = cards.filter(({ title }) => title?.startsWith(name)).map(({ box }) => box), low = (axis) => Math.min(...boxes.map((box) => box[axis])), high = (axis) => Math.max(...boxes.map((box) => box[axis] + box[axis + 2]));
  const [x, y] = [low(0) - 12, low(1) - 34], width = Math.max(high(0) + 12 - x, 9 * name.length + 60), close = closeButton([x + width, y], `Back to ${scenes[outer].name}`, () => dive(outer));
  frame.replaceChildren(rectangle([x, y, width, high(1) + 12 - y], { class: "opened-back", rx: 10 }), textAt(x + 12, y + 21, "opened-name", name), close);
}

function placeWire(arrow) {
  const isStraight = Boolean(arrow.text), points = pointsOf(arrow);
  for (const line of arrow.g.querySelectorAll("path")) setAttribute(line, "d", pathOf(points, isStraight));
  const [[x1, y1], [x2, y2]] = points;
  if (arrow.called) Object.entries({ x: x1 + 5, y: y1 - 6 }).forEach(([key, value]) => setAttribute(arrow.called, key, value.toFixed(1)));
  if (!arrow.text) return;
  setAttribute(arrow.text, "x", (x1 + arrow.written * (x2 - x1)).toFixed(1));
  setAttribute(arrow.text, "y", (y1 + arrow.written * (y2 - y1) + 4.6).toFixed(1));
}

const pointsText = (letter, points) => points.map((point) => point.map((x) => x.toFixed(1)).join(" ")).join(letter);

// A wire without bends is a curve that is level at its ends, unless it carries a number.
function pathOf(points, isStraight) {
  if (points.length > 2 || isStraight) return `M${pointsText("L", points)}`;
  const [[x1, y1], [x2, y2]] = points, middle = (x1 + x2) / 2;
  return `M${pointsText("", [[x1, y1]])}C${pointsText(" ", [[middle, y1], [middle, y2], [x2, y2]])}`;
}

// The two ends, or a line above the boxes of a row and around its right side to a lower row.
function pointsOf({ tail, head, isOver, text }) {
  const [above, below] = [tail, head].map((card) => page.scene.columns[card.column].row), { tops, width } = page.scene;
  if (above === below && !isOver) return ends(tail, head, text);
  const half = (card, axis = 2) => (placeOfCard(card).factor * card.box[axis]) / 2, [x1, y1] = centerOf(tail), [x2, y2] = centerOf(head);
  const right = width - 8, left = x2 - half(head) - 18, over = tops[above] - OVER, gutter = tops[below] - 14;
  const start = isOver ? [[x1, y1 - half(tail, 3)], [x1, over]] : [[x1 + half(tail), y1]];
  const around = above === below ? [[left, over]] : [[right, start.at(-1)[1]], [right, gutter], [left, gutter]];
  return [...start, ...around, [left, y2], [x2 - half(head), y2]];
}

function ends(tail, head, isStraight) {
  const [x1, y1] = centerOf(tail), [x2, y2] = centerOf(head), dx = x2 - x1, dy = y2 - y1;
  const left = x1 + reach(tail, 1, 0), right = x2 - reach(head, 1, 0);
  if (!isStraight && left + LEAST_BEND < right) return [[left, y1], [right, y2]];
  const length = Math.hypot(dx, dy) || 1, ax = dx / length, ay = dy / length;
  const from = reach(tail, ax, ay), to = reach(head, ax, ay);
  return [[x1 + ax * from, y1 + ay * from], [x2 - ax * to, y2 - ay * to]];
}

function reach(card, ax, ay) {
  if (!card.size) return card.radius * card.shrunk;
  return (placeOfCard(card).factor / 2) * Math.min(card.box[2] / (Math.abs(ax) || 1e-9), card.box[3] / (Math.abs(ay) || 1e-9));
}
