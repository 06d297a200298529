// While a leaf is dragged, typed or chosen: the output as a function of this leaf, its tangent, and its kinks.

const CURVE = { width: 300, height: 130, samples: 96, work: 400000, kinks: 6 };
const curveSection = el("section", { id: "curve", "aria-label": "The output as a function of one number", hidden: true });
byId("leaves").before(curveSection);
let curveRange = { node: null, low: 0, high: 0 };
let curvePainted = {};

let inHand = null;
let seen = { selected: null, time: 0 };

// The leaf that was changed or chosen last.
function leafInHand() {
  if (earlier.time !== seen.time && /^\d+$/.test(earlier.key)) inHand = Number(earlier.key);
  if (page.selected !== seen.selected && page.selected !== null && isLive(page.selected)) inHand = page.selected;
  seen = { selected: page.selected, time: earlier.time };
  return inHand;
}

// The output, and on which side of each kink the numbers are, where the leaf has another number.
function outputAt(node, x) {
  const wanted = Float64Array.from(leaves);
  wanted[node] = x;
  const numbers = sweep(model, wanted);
  if ("problem" in numbers || "guard" in numbers) return null;
  let sides = "";
  for (const edge of kinkEdges) sides += Math.sign(numbers.partials[edge]) + ",";
  return { x, y: numbers.values[model.output], sides, partials: numbers.partials };
}

const kinkEdges = [...model.parents.keys()].filter((edge) => kindOf(model.child[edge]).convention);

// The window stays as it is while the leaf moves inside of it.
function rangeOf(node) {
  const x = leaves[node],
    { low, high } = curveRange;
  const margin = 0.08 * (high - low);
  if (curveRange.node === node && x > low + margin && x < high - margin) return curveRange;
  const reach = Math.max(1, 1.5 * Math.abs(x));
  curveRange = { node, low: x - reach, high: x + reach };
  return curveRange;
}

function kinkBetween(node, a, b) {
  const changed = kinkEdges.find((edge) => Math.sign(a.partials[edge]) !== Math.sign(b.partials[edge]));
  for (let k = 0; k < 40 && b; k++) {
    const middle = outputAt(node, (a.x + b.x) / 2);
    if (!middle) break;
    if (middle.sides === a.sides) a = middle;
    else b = middle;
  }
  return { x: b.x, y: b.y, child: model.child[changed] };
}

function paintCurve() {
  const node = leafInHand();
  const hidden = node === null || page.untrue !== "" || document.body.classList.contains("predicting");
  curveSection.hidden = hidden;
  if (hidden || (curvePainted.node === node && curvePainted.numbers === page.numbers)) return;
  curvePainted = { node, numbers: page.numbers };
  const { low, high } = rangeOf(node);
  const count = Math.max(13, Math.min(CURVE.samples, Math.floor(CURVE.work / Math.max(1, model.parents.length))));
  const points = Array.from({ length: count }, (_, k) => outputAt(node, low + ((high - low) * k) / (count - 1)));
  const kinks = [];
  for (let k = 1; k < count && kinks.length < CURVE.kinks; k++)
    if (points[k - 1] && points[k] && points[k - 1].sides !== points[k].sides) kinks.push(kinkBetween(node, points[k - 1], points[k]));
  drawCurve(node, points, kinks);
}

function drawCurve(node, points, kinks) {
  const here = { x: leaves[node], y: page.numbers.values[model.output], slope: page.numbers.gradients[node] };
  const ys = points.filter(Boolean).map((point) => point.y).concat(here.y);
  const least = Math.min(...ys), most = Math.max(...ys), { low, high } = curveRange;
  const left = (x) => (((x - low) / (high - low)) * CURVE.width).toFixed(1);
  const top = (y) => (8 + ((CURVE.height - 16) * (most - y)) / (most - least || 1)).toFixed(1);
  const path = points.map((point, k) => (point ? `${k && points[k - 1] ? "L" : "M"}${left(point.x)} ${top(point.y)}` : "")).join("");
  const at = (x) => `${left(x)} ${top(here.y + here.slope * (x - here.x))}`;
  const name = nameOf(node), output = nameOf(model.output);
  const said = kinks.map(({ x, child }) => `${name} = ${number(x, 3)} (${nameOf(child)})`);
  const words = `At ${name} = ${number(here.x, 4)}: ${output} = ${number(here.y, 4)}, slope ∂${output}/∂${name} = ${number(here.slope, 4)}.`;
  const more = kinks.length ? ` Kinks at ${said.join(", ")}.` : " No kink in this window.";
  curveSection.replaceChildren(
    el("h2", {}, `${output} as a function of ${name}`),
    svgEl(
      "svg",
      { viewBox: `0 0 ${CURVE.width} ${CURVE.height}`, role: "img", "aria-label": words + more },
      ...kinks.map(({ x }) => svgEl("path", { class: "kink", d: `M${left(x)} 0V${CURVE.height}` })),
      svgEl("path", { class: "tangent", d: `M${at(low)}L${at(high)}` }),
      svgEl("path", { class: "graph-of", d: path }),
      svgEl("circle", { cx: left(here.x), cy: top(here.y), r: 4.5 }),
    ),
    el("p", { class: "soft" }, words + more),
  );
}

extras.push(paintCurve);
paintCurve();
