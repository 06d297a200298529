// The network as it is at a step: fills, rings, wires, the words of the legend and the names that the equation speaks of.

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
  const items = [[has((card) => card.cells && card.title) ? `in a block: the numbers that leave it, below them their gradients${has((card) => card.inner) ? "; a click opens it" : ""}` : ""], [has(({ squares }) => squares?.some(isTable)) ? "gray: a table, such as attention" : ""], [scene.pictured ? "in a neuron: what it computes in the whole plane; its number: for this example" : `fill: value, darkest ${most(circle)}`], [has((card) => card.shape === "circle") ? `ring: ∂${nameOf(model.output)}/∂unit, widest ${most(ring)}` : `gradient: ∂${nameOf(model.output)}/∂number, darkest ${most(ring)}`]];
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
  const taken = scene.tagged?.length ? [...scene.cards.filter((card) => card.shape !== "pixel").map((card) => roomOf(placeOfCard(card))), ...scene.captions.map(roomOfCaption)] : [];
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

