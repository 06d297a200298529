// Where the viewer is in the two sweeps: fill in what is known by then, light what happens now.

let playing = null;

function go(step, { quiet = false } = {}) {
  const before = page.step;
  page.step = Math.max(0, Math.min(step, page.scene.steps.last));
  paint();
  follow();
  runAlong(page.step === before + 1 ? page.scene.steps.list[page.step] : null);
  if (!quiet) announce();
  remember();
}

// The step of another scene that is about the same numbers, in the same direction, as the step of this one.
function sameStep({ steps: { list, last, turn }, place }) {
  const { step, scene: { steps } } = page, { node, card, arrow } = stepNow(), isForward = step <= steps.turn;
  if (step === 0 || step === steps.turn || step === steps.last) return step === steps.last ? last : step && turn;
  const wanted = [node, card, arrow?.head].map((one) => place.get(one?.node ?? one?.nodes?.[0] ?? one)).find(Boolean);
  const same = list.findLastIndex((one, k) => one.card === wanted && one.kind !== "edge" && k <= turn === isForward);
  return same < 0 ? turn : same;
}

const RUN = 650, MOST_RUNNERS = 24;
let runners = [];

// Numbers run along the edges of a step: values forward, contributions backward.
function runAlong(now) {
  for (const runner of runners) runner.remove();
  runners = [];
  if (!now || calm.matches || document.hidden) return;
  const forward = now.kind === "forward" || now.kind === "compute" || now.kind === "inner";
  const arrows = page.scene.network ? page.scene.arrows.filter((arrow) => isLit(arrow, now)) : now.arrow ? [now.arrow] : (now.card?.into ?? []);
  const rows = page.scene.network ? litRows(now) : [];
  for (const line of [...arrows.map((arrow) => arrow.line), ...rows].slice(0, MOST_RUNNERS)) {
    const runner = svgEl("circle", { class: "runner", r: 4.5 });
    runner.style.offsetPath = `path("${line.getAttribute("d")}")`;
    line.parentNode.append(runner);
    runners.push(runner);
    const way = [{ offsetDistance: "0%" }, { offsetDistance: "100%" }];
    runner.animate(forward ? way : way.reverse(), { duration: RUN, easing: "ease-in-out" }).onfinish = () => runner.remove();
  }
}

// Fill in the whole picture; only what differs from what stands there is touched.
function paint() {
  const now = stepNow();
  if (page.scene.network) paintNetwork(now);
  else paintBoxes(now);
  magnify();
  for (const frame of page.scene.frames) if (frame.closed && frame.lid) paintLid(frame);
  paintPlayer();
  paintNow(now);
  paintDetails();
  for (const paintMore of page.alsoPaint) paintMore();
  paintLeaves();
  sayResult();
  for (const extra of extras) extra();
}

function sayResult() {
  const known = page.step >= (page.scene.place.get(model.output)?.shownAt ?? 0);
  setText(byId("result"), known && !page.untrue ? `${page.resultName ?? nameOf(model.output)} = ${number(page.numbers.values[model.output])}` : "");
}

function paintBoxes(now) {
  const most = largestContribution();
  for (const card of page.scene.cards) paintCard(card, now);
  for (const arrow of page.scene.arrows) paintArrow(arrow, now, most);
}

let largest = { numbers: null, scene: null, size: 1 };

function largestContribution() {
  if (largest.numbers !== page.numbers || largest.scene !== page.scene) {
    let size = 0;
    for (const arrow of page.scene.arrows)
      for (const edge of arrow.edges) size = Math.max(size, Math.abs(contribution(edge)));
    largest = { numbers: page.numbers, scene: page.scene, size: size || 1 };
  }
  return largest.size;
}

// Whether what an item shows depends on anything that is not as it was when it was last painted.
function changed(item, ...state) {
  const same = item.painted !== undefined && state.every((x, k) => x === item.painted[k]);
  item.painted = state;
  return !same;
}

function paintCard(card, now) {
  const shown = page.step >= card.shownAt;
  const known = page.step >= card.knownAt && page.step >= page.scene.steps.turn;
  const arrived = known ? null : card.out.findLast((arrow) => arrow.doneAt <= page.step);
  const lit = now.card === card,
    near = now.arrow?.head === card,
    selected = isSelected(card);
  if (!changed(card, page.numbers, page.path, shown, known, arrived, lit, near, selected)) return;
  const held = page.path !== null && onPath(card);
  setAttribute(
    card.g,
    "class",
    classes("card", card.kind, {
      unknown: !shown,
      lit,
      near,
      selected,
      held,
      dim: page.path && !held,
      focused: card.focused,
      partial: hasGradient(card) && !known,
      live: card.node != null && isLive(card.node),
    }),
  );
  if (card.node != null) {
    if (card.texts.value) fit(card.texts.value, shown ? number(page.numbers.values[card.node]) : "", card);
    if (card.texts.gradient) fit(card.texts.gradient, gradientText(card), card);
  }
  if (card.nodes) paintGroup(card, shown, known);
  setAttribute(card.g, "aria-label", spoken(card, shown));
}

function onPath(card) {
  return page.path.some((e) =>
    [model.child[e], model.parents[e]].some((node) => page.scene.place.get(node) === card),
  );
}

const isSelected = (card) =>
  page.group === card || (page.selected !== null && page.scene.place.get(page.selected) === card);

function classes(...names) {
  return names
    .flatMap((name) => (typeof name === "string" ? [name] : Object.keys(name).filter((key) => name[key])))
    .join(" ");
}

// A gradient appears when it is known; until then the sum of what has arrived, with an ellipsis.
function gradientText(card) {
  if (page.step >= card.knownAt && page.step >= page.scene.steps.turn)
    return `∂ ${number(page.numbers.gradients[card.node])}`;
  const arrived = card.out.filter((arrow) => arrow.doneAt <= page.step).at(-1);
  return arrived ? `∂ ${number(totals(arrived).after)} …` : "";
}

// What stands in the box, then what its looks say.
function spoken(card, shown) {
  const words = card.g.textContent.trim();
  const state = !shown ? "not computed yet" : words.endsWith("…") ? "gradient so far" : "";
  return state ? `${words}, ${state}` : words;
}

// Squeeze letters rather than let a long number stick out of its box.
function fit(element, words, card) {
  if (element.textContent === words) return;
  element.textContent = words;
  const room = card.box[2] - 12,
    wide = words.length * 7.6;
  if (wide > room) element.setAttribute("textLength", room);
  else element.removeAttribute("textLength");
  element.setAttribute("lengthAdjust", "spacingAndGlyphs");
}

function paintArrow(arrow, now, most) {
  const done = arrow.doneAt <= page.step,
    shown = page.step >= arrow.head.shownAt;
  const lit = now.arrow === arrow || (now.kind === "forward" && arrow.head === now.card);
  if (!changed(arrow, page.numbers, page.path, done, shown, lit)) return;
  const total = done ? sumOf(arrow) : 0;
  const held = page.path?.some((edge) => arrow.edges.includes(edge));
  const sign = !done ? "" : total > 0 ? "plus" : total < 0 ? "minus" : "zero";
  const state = classes(sign, {
    lit,
    current: now.arrow === arrow,
    unknown: !shown,
    held,
    dim: page.path && !held,
  });
  setAttribute(arrow.g, "class", `edge ${state}`);
  setAttribute(arrow.labelled, "class", `label ${state}`);
  const share = Math.sqrt(Math.min(1, Math.abs(total) / most) || 0);
  setAttribute(arrow.line, "stroke-width", (1.2 + 2.4 * share).toFixed(1));
  if (arrow.text && arrow.single)
    paintLocal(arrow, shown ? number(page.numbers.partials[arrow.edges[0]]) : "");
}

function paintLocal(arrow, words) {
  if (arrow.text.textContent === words) return;
  arrow.text.textContent = words;
  const width = words && 6.6 * words.length + 6;
  arrow.back.setAttribute("x", arrow.label[0] - width / 2);
  arrow.back.setAttribute("width", width || 0);
}

// --- the player ------------------------------------------------------------------------------------

function paintPlayer() {
  const { last, turn } = page.scene.steps,
    scrubber = byId("scrubber");
  setAttribute(scrubber, "max", String(last));
  scrubber.value = page.step;
  scrubber.style.setProperty("--turn", `${(100 * turn) / Math.max(1, last)}%`);
  setAttribute(scrubber, "aria-valuetext", `step ${page.step} of ${last}`);
  setText(byId("count"), `${page.step} / ${last}`);
}

function play() {
  if (playing) return pause();
  if (page.step === page.scene.steps.last) go(0);
  byId("play").setAttribute("aria-label", "Pause");
  playing = setInterval(
    () => {
      go(page.step + 1, { quiet: true });
      if (page.step === page.scene.steps.last) pause();
    },
    Number(byId("speed").value),
  );
}

function pause() {
  clearInterval(playing);
  playing = null;
  byId("play").setAttribute("aria-label", "Play");
  announce();
}

const GO = {
  first: () => 0,
  previous: () => page.step - 1,
  next: () => page.step + 1,
  last: () => page.scene.steps.last,
};

function goBy(name) {
  if (playing) pause();
  go(GO[name]());
}
