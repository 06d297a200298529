// What the signs of the picture mean, and which numbers the lines of a network show.

function legendItem(words, sign) {
  const key = sign && svgEl("svg", { class: `key ${sign}`, viewBox: "0 0 26 6", "aria-hidden": "true" }, svgEl("path", { d: sign === "plain" ? "M0 3h20m0-3l6 3-6 3z" : "M0 3h26" }));
  return el("li", {}, ...(key ? [key] : []), words);
}

function explainScene() {
  const { scene } = page;
  const items = scene.network ? networkWords(scene)
    : [[`in a box: value, ∂ = ∂${nameOf(model.output)}/∂box`], [scene.tight || graph.classList.contains("far") ? "zoom in for the local derivatives on the edges" : "on an edge: local derivative"], ["positive contribution", "plus"], ["negative", "minus"], ["zero", "zero"], ["this step", "lit"], ["wider: larger"]];
  if (scene.folding) items.unshift([scene.folding]);
  if (scene.captions?.some((caption) => caption.name === "shared")) items.push(["point at a shared number to see where it is used"]);
  byId("legend").replaceChildren(...items.map((item) => legendItem(...item)));
  if (scene.network) writeNotes(scene);
  byId("lines").hidden = !scene.network || [...scene.wires.values()].every((wire) => wire.weight === null);
  for (const button of byId("lines").children)
    button.setAttribute("aria-pressed", String(button.dataset.lines === scene.lines));
}

function showLines(kind) {
  page.scene.lines = kind;
  explainScene();
  paint();
}

byId("lines").replaceChildren(
  ...Object.entries(WIRE_KINDS).map(([kind, words]) =>
    el("button", { type: "button", "data-lines": kind, onclick: () => showLines(kind) }, words),
  ),
);
