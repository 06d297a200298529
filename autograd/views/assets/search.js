// Find a number by its name.

// Letters are the same whether an accent is part of them or follows them, small or capital.
const folded = (words) => words.normalize("NFC").toLowerCase();

byId("find").addEventListener("input", () => {
  const wanted = folded(byId("find").value.trim());
  const matches = wanted ? found(wanted) : [];
  const items = matches.map((node) =>
    el("li", {}, el("button", { type: "button", onclick: () => pick(node) }, labelOf(node))),
  );
  byId("found").replaceChildren(
    ...(wanted && !items.length ? [el("li", { class: "soft" }, "no such name")] : items),
  );
  byId("found").hidden = !wanted;
});

// The labels that begin so come before those that contain it.
function found(wanted) {
  const matches = [];
  for (let node = 0; node < model.count; node++) {
    const at = folded(labelOf(node)).indexOf(wanted);
    if (at >= 0 && isLabeled(node)) matches.push([at > 0, node]);
  }
  return matches
    .sort((a, b) => a[0] - b[0] || a[1] - b[1])
    .slice(0, 12)
    .map(([, node]) => node);
}

function pick(node) {
  byId("found").hidden = true;
  byId("find").value = "";
  choose(node);
  (page.scene.place.get(node) ?? page.scene.opened)?.g.focus({ preventScroll: true });
}

byId("find").addEventListener("keydown", (event) => {
  if (isComposing(event)) return; // this Enter ends the conversion of what was typed
  if (event.key === "Escape") byId("found").hidden = true;
  if (event.key === "Enter") byId("found").querySelector("button")?.click();
});
