// A small map of the whole picture, while the stage shows a part of it: where the part is, and to move in it.

const map = byId("map"), mapBoxes = svgEl("path", { class: "map-boxes" }), mapNow = svgEl("path", { class: "map-now" }), mapWindow = svgEl("rect", { class: "map-window" });
map.append(mapBoxes, mapNow, mapWindow);
let corner = [false, true]; // whether the map is on the right, and at the bottom
let mapped = null; // the scene whose boxes the map shows

function forgetMap() {
  mapped = null;
}

function paintMap() {
  const { scene } = page, all = scene && whole();
  map.hidden = !scene || view.width > 0.94 * all.width;
  map.toggleAttribute("hidden", map.hidden);
  if (map.hidden) return;
  if (mapped !== scene) {
    mapped = scene;
    mapBoxes.setAttribute("d", scene.cards.map((card) => boxPath(card.box)).join(""));
  }
  map.setAttribute("viewBox", `${-MARGIN} ${-MARGIN} ${scene.width + 2 * MARGIN} ${scene.height + 2 * MARGIN}`);
  const { card, arrow } = stepNow();
  setAttribute(mapNow, "d", [card, arrow?.head].filter(Boolean).map(({ box }) => boxPath(box)).join(""));
  placeMap();
  for (const [key, value] of Object.entries(view)) mapWindow.setAttribute(key, value.toFixed(1));
}

// In the corner of the stage where it covers the fewest boxes; where it is if no other corner is better.
function placeMap() {
  const stage = size(), own = map.getBoundingClientRect(), gap = 10, length = ([x, y]) => [x / scale(), y / scale()];
  const [w, h] = length([own.width, own.height]), boxes = page.scene.cards.filter(isVisible).map((card) => roomOf(placeOfCard(card)));
  const covered = ([right, bottom]) => {
    const [x, y] = length([right ? stage.width - own.width - gap : gap, bottom ? stage.height - own.height - gap : gap]);
    return boxes.filter((box) => meet(box, [view.x + x, view.y + y, w, h])).length;
  };
  const corners = [corner, [false, true], [true, true], [false, false], [true, false]];
  corner = corners.sort((a, b) => covered(a) - covered(b))[0];
  map.style.inset = `${corner[1] ? "auto" : `${gap}px`} ${corner[0] ? `${gap}px` : "auto"} ${corner[1] ? `${gap}px` : "auto"} ${corner[0] ? "auto" : `${gap}px`}`;
}

const boxPath = ([x, y, width, height]) => `M${x} ${y}h${width}v${height}h${-width}z`;

function lookFromMap(event) {
  const matrix = map.getScreenCTM();
  if (!matrix || (event.type === "pointermove" && !event.buttons)) return;
  const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
  look({ x: x - view.width / 2, y: y - view.height / 2 });
}

map.addEventListener("pointerdown", (event) => {
  map.setPointerCapture(event.pointerId);
  cancelAnimationFrame(gliding);
  lookFromMap(event);
});
map.addEventListener("pointermove", lookFromMap);
