// The address of the page holds its state: "#w1=0.9&step=12&open=2.1&level=network". A link opens there, and a reload keeps it.

let remembering = 0;

// Browsers refuse many changes of the address in a row, so the last of them is kept.
function remember() {
  clearTimeout(remembering);
  if (/^(file|https?):$/.test(location.protocol))
    remembering = setTimeout(() => history.replaceState(null, "", stateOfPage()), 400);
}

function stateOfPage() {
  const parts = [];
  for (const node of labeledLeaves()) {
    if (leaves[node] !== given[node]) parts.push(`${encodeURIComponent(labelOf(node))}=${leaves[node]}`);
  }
  const { scene } = page;
  if (scene !== scenes[0].made) parts.push(`level=${scene.name}`);
  if (scene.opened) parts.push(`open=${placeOf(scene.opened)}`);
  parts.push(`step=${page.step}`);
  return `#${parts.join("&")}`;
}

// A unit by its column and its place in the column, counted from 1.
function placeOf(card) {
  const column = page.scene.cards.filter((other) => other.column === card.column);
  return `${card.column + 1}.${column.indexOf(card) + 1}`;
}

function labeledLeaves() {
  return [...model.rows.keys()].filter((node) => isLeaf(node) && isLabeled(node));
}

function linkedState() {
  const state = { step: null, level: null, open: null, leaves: new Map() };
  for (const part of location.hash.slice(1).split("&")) {
    const at = part.lastIndexOf("=");
    const key = part.slice(0, at), value = part.slice(at + 1);
    if (at < 1) continue;
    if (key === "step" && /^\d+$/.test(value)) state.step = Number(value);
    else if (key === "level") state.level = value;
    else if (key === "open") state.open = value;
    else if (Number.isFinite(Number(value))) state.leaves.set(decoded(key), Number(value));
  }
  return state;
}

function decoded(words) {
  try {
    return decodeURIComponent(words);
  } catch {
    return words;
  }
}

// Bring the page to the state in its address. A leaf that the graph lacks, or that no longer fits, is named.
function openLinked() {
  const state = linkedState();
  const level = Math.max(0, scenes.findIndex((scene) => scene.name === state.level));
  if (!page.scene || sceneOf(level) !== page.scene) show(level, state.step);
  const byLabel = new Map(labeledLeaves().map((node) => [labelOf(node), node]));
  const changes = new Map();
  for (const [label, value] of state.leaves) if (byLabel.has(label)) changes.set(byLabel.get(label), value);
  if (changes.size) setLeaves(changes);
  const missing = [...state.leaves.keys()].filter((label) => !byLabel.has(label));
  if (missing.length) showProblem(`The link sets ${missing.join(", ")}, which this graph does not have.`);
  const opened = state.open && page.scene.network && page.scene.cards.find((card) => placeOf(card) === state.open);
  if (opened && page.scene.opened !== opened) toggleUnit(opened);
  if (state.step !== null) go(state.step, { quiet: true });
}
