// The code pane: the line lights with the node, and a click on a line lights its nodes.

const lineButtons = new Map(); // by file and number

const placeKey = ([file, number]) => `${file}:${number}`;

function makeCode() {
  const parts = data.code.files.flatMap(([name, lines], file) => [
    el("h3", {}, name),
    el("ol", { class: "code" }, ...lines.map(([number, text], k) => codeLine(file, number, text, lines[k - 1]))),
  ]);
  const section = el("section", { id: "code", "aria-label": "Code" }, el("h2", {}, "Code"), ...parts);
  document.querySelector("aside").prepend(section);
}

function codeLine(file, number, text, before) {
  const key = placeKey([file, number]);
  const nodes = data.code.at.flatMap((at, node) => (at && placeKey(at) === key ? [node] : []));
  const shown = [el("span", { class: "line-number" }, String(number)), el("code", {}, text || " ")];
  const isGap = before && before[0] + 1 < number;
  if (!nodes.length) return el("li", { class: isGap ? "gap" : false }, ...shown);
  const button = el("button", { type: "button", onclick: () => chooseLine(nodes) }, ...shown);
  lineButtons.set(key, { button, nodes });
  return el("li", { class: isGap ? "gap" : false }, button);
}

// The last node of a line is what it assigns. Another click chooses the one before it.
function chooseLine(nodes) {
  const shown = nodes.filter((node) => !isConstant(node));
  const at = shown.indexOf(page.selected);
  choose(shown[at > 0 ? at - 1 : shown.length - 1]);
}

function currentNode() {
  if (page.selected !== null) return page.selected;
  const now = page.scene.steps.list[page.step];
  const card = now?.card ?? now?.arrow?.head;
  return card?.node ?? null;
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
  const lit = new Set(page.selected === null ? [] : (lineButtons.get(key)?.nodes ?? []));
  for (const card of page.scene.cards) card.element?.classList?.toggle("of-line", lit.has(card.node));
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
