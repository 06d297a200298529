// The code pane: the line lights with the node, and a click on a line lights its nodes.

const lineButtons = new Map(); // by file and number
let clickedLine = []; // the nodes of the line that was clicked last

const placeKey = ([file, number]) => `${file}:${number}`;

function makeCode() {
  const nodesAt = data.code.files.map(() => []); // of each file: the nodes of each line
  data.code.at.forEach((at, node) => at && (nodesAt[at[0]][at[1]] ??= []).push(node));
  const parts = data.code.files.flatMap(([name, lines], file) => [
    el("h3", {}, name),
    el("ol", { class: "code" }, ...lines.map((line, k) => codeLine(file, line, lines[k - 1], nodesAt[file]))),
  ]);
  const section = el("section", { id: "code", "aria-label": "Code" }, el("h2", {}, "Code"), ...parts);
  document.querySelector("aside").prepend(section);
}

// A line without nodes of its own stands for the statement that it is a part of.
function codeLine(file, [number, text, first = number, last = first], before, nodesAt) {
  const nodes = nodesAt.slice(first, last + 1).flat().filter((node) => !isConstant(node)).sort((a, b) => a - b);
  const shown = [el("span", { class: "line-number" }, String(number)), el("code", {}, text || " ")];
  const isGap = before && before[0] + 1 < number;
  const line = nodes.length ? el("button", { type: "button", onclick: () => chooseLine(nodes) }, ...shown) : el("span", {}, ...shown);
  if (nodes.length) lineButtons.set(placeKey([file, number]), { button: line, nodes });
  return el("li", { class: isGap ? "gap" : false }, line);
}

// The last node of a line is what it assigns. Another click chooses the one before it.
function chooseLine(nodes) {
  const at = clickedLine === nodes ? nodes.indexOf(page.selected) : 0;
  clickedLine = nodes;
  choose(nodes.at(at > 0 ? at - 1 : -1));
  bringIntoView(nodes.map((node) => page.scene.place.get(node)?.box).filter(Boolean));
}

// Show all these boxes, so large that they can be read if they are near each other.
function bringIntoView(boxes) {
  if (!boxes.length) return;
  const [x, y] = [0, 1].map((axis) => Math.min(...boxes.map((box) => box[axis])) - MARGIN);
  const [w, h] = [0, 1].map((axis) => Math.max(...boxes.map((box) => box[axis] + box[axis + 2])) + MARGIN - (axis ? y : x));
  const ratio = view.width / view.height, width = Math.max(w, h * ratio, size().width / READABLE);
  glide({ x: x + (w - width) / 2, y: y + (h - width / ratio) / 2, width, height: width / ratio });
}

// A step backward is about the line that computed the child of its edge.
function currentNode() {
  if (page.selected !== null) return page.selected;
  const now = page.scene.steps.list[page.step];
  return (now?.arrow?.head ?? now?.card)?.node ?? null;
}

function paintCode() {
  const node = currentNode();
  const key = node === null || !data.code.at[node] ? "" : placeKey(data.code.at[node]);
  for (const [place, { button }] of lineButtons) {
    const is = place === key;
    if (is && button.getAttribute("aria-current") !== "true") scrollTo(button);
    if (is) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
  const ofLine = clickedLine.includes(page.selected) ? clickedLine : lineButtons.get(key)?.nodes;
  const lit = new Set((page.selected === null ? [] : (ofLine ?? [])).map((node) => page.scene.place.get(node)));
  for (const card of page.scene.cards) card.g.classList.toggle("of-line", lit.has(card));
}

function scrollTo(button) {
  const list = button.closest("ol");
  const above = button.offsetTop - list.offsetTop;
  if (above < list.scrollTop || above > list.scrollTop + list.clientHeight - button.offsetHeight)
    list.scrollTop = above - list.clientHeight / 2;
}

if (data.code) {
  makeCode();
  page.alsoPaint.push(paintCode);
}
