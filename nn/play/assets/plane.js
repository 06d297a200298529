// The plane of the two inputs: what the network answers everywhere, and the examples.

const CELLS = 45; // of the plane, each way

const plane = byId("plane");
const brush = plane.getContext("2d");
const field = document.createElement("canvas");
field.width = field.height = CELLS;

// The part of the plane that is shown: the examples, with a margin.
function frameOf(data) {
  return [0, 1].map((k) => {
    const numbers = data.x.map((x) => x[k]),
      low = Math.min(...numbers),
      high = Math.max(...numbers),
      margin = 0.15 * (high - low || 1);
    return { low: low - margin, length: high - low + 2 * margin };
  });
}

const toPixel = (x) => [
  ((x[0] - state.frame[0].low) / state.frame[0].length) * plane.width,
  plane.height * (1 - (x[1] - state.frame[1].low) / state.frame[1].length),
];

const BLUE = [20, 89, 156],
  ORANGE = [168, 67, 0],
  MORE = [[168, 67, 0], [20, 89, 156], [0, 124, 89], [132, 37, 173], [120, 110, 20], [60, 60, 60]];

const COLORS = ["orange", "blue", "green", "purple", "olive", "gray"]; // the names of MORE

// Which color stands for which target.
function colorWords({ y, threshold }) {
  if (y[0].length > 1) return y[0].slice(0, COLORS.length).map((_, k) => `${COLORS[k]}: output ${k + 1} is the largest`).join("; ");
  const words = [y.filter(([t]) => t <= threshold), y.filter(([t]) => t > threshold)].map((side, k) => {
    const [target, ...others] = new Set(side.flat());
    return `${COLORS[k]}: ${target === undefined || others.length ? `${k ? "above" : "up to"} ${number(threshold, 3)}` : `target ${number(target, 3)}`}`;
  });
  return `${words.join("; ")}; paler: between.`;
}

// The color of an answer, and how sure it is, from 0 to 1.
function colorOf(outputs) {
  if (outputs.length > 1) return [MORE[outputs.indexOf(Math.max(...outputs)) % MORE.length], 0.6];
  const lead = (outputs[0] - state.data.threshold) / state.data.reach;
  return [lead > 0 ? BLUE : ORANGE, Math.min(1, Math.abs(lead))];
}

const image = brush.createImageData(CELLS, CELLS);
let turn = 0; // which rows a moving picture paints next

// Compute what the network answers everywhere; while the training plays, only in every fourth row at a time.
function computePlane() {
  const each = state.playing ? 4 : 1;
  turn = (turn + 1) % each;
  for (let row = turn; row < CELLS; row += each) paintRow(row);
  field.getContext("2d").putImageData(image, 0, 0);
}

const marks = document.createElement("canvas"); // the examples, which stay where they are while the training plays
marks.width = plane.width;
marks.height = plane.height;
let marked = {};

function drawPlane() {
  brush.drawImage(field, 0, 0, plane.width, plane.height);
  if (marked.data !== state.data || marked.example !== state.example) markExamples();
  brush.drawImage(marks, 0, 0);
}

function markExamples() {
  const ink = marks.getContext("2d");
  marked = { data: state.data, example: state.example };
  ink.clearRect(0, 0, marks.width, marks.height);
  ink.fillStyle = "#333";
  ink.font = "13px sans-serif";
  ink.fillText("x1 →", marks.width - 34, marks.height - 8);
  ink.fillText("↑ x2", 7, 18);
  state.data.x.forEach((x, k) => paintPoint(ink, x, colorOf(state.data.y[k])[0], k === state.example));
}

// What each neuron computes everywhere, in the same plane: a small picture for its circle, blue where it is positive.
const neuronImages = new Map(); // of each neuron's node: its pixels
const easel = document.createElement("canvas");
easel.width = easel.height = CELLS;

function paintNeurons(row, column) {
  const { net } = state;
  for (const { result } of net.layers.flat()) {
    if (!neuronImages.has(result)) neuronImages.set(result, brush.createImageData(CELLS, CELLS));
    const pixels = neuronImages.get(result).data, at = 4 * (CELLS * row + column), x = net.values[result], share = Math.min(1, Math.abs(x));
    for (let k = 0; k < 3; k++) pixels[at + k] = 255 - (255 - (x > 0 ? BLUE : ORANGE)[k]) * 0.6 * share;
    pixels[at + 3] = 255;
  }
}

function neuronPictures() {
  const paper = easel.getContext("2d");
  return new Map(state.net.layers.flat().filter(({ result }) => neuronImages.has(result)).map(({ result }) => {
    paper.putImageData(neuronImages.get(result), 0, 0);
    return [result, easel.toDataURL()];
  }));
}

function paintRow(row) {
  const y = state.frame[1].low + (1 - (row + 0.5) / CELLS) * state.frame[1].length;
  for (let column = 0, at = 4 * CELLS * row; column < CELLS; column++, at += 4) {
    const x = state.frame[0].low + ((column + 0.5) / CELLS) * state.frame[0].length;
    const [color, sure] = colorOf(answer(state.net, [x, y]));
    paintNeurons(row, column);
    for (let k = 0; k < 3; k++) image.data[at + k] = 255 - (255 - color[k]) * (0.12 + 0.4 * sure);
    image.data[at + 3] = 255;
  }
}

function paintPoint(brush, x, color, chosen) {
  const [left, top] = toPixel(x);
  brush.beginPath();
  brush.arc(left, top, chosen ? 7 : 3.6, 0, 7);
  brush.fillStyle = `rgb(${color})`;
  brush.fill();
  brush.lineWidth = chosen ? 3 : 1;
  brush.strokeStyle = chosen ? "#8425ad" : "#fff";
  brush.stroke();
}

// The example nearest to a place of the canvas.
function nearest(event) {
  const box = plane.getBoundingClientRect();
  const at = [((event.clientX - box.left) / box.width) * plane.width, ((event.clientY - box.top) / box.height) * plane.height];
  let best = 0,
    least = Infinity;
  state.data.x.forEach((x, k) => {
    const [left, top] = toPixel(x),
      far = Math.hypot(left - at[0], top - at[1]);
    if (far < least) [best, least] = [k, far];
  });
  return best;
}

plane.addEventListener("pointermove", (event) => lookAt(nearest(event)));
plane.addEventListener("pointerdown", (event) => lookAt(nearest(event)));
plane.addEventListener("keydown", (event) => {
  const way = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
  if (!way) return;
  event.preventDefault();
  lookAt((state.example + way + state.data.x.length) % state.data.x.length);
});

function lookAt(example) {
  if (example === state.example) return;
  state.example = example;
  drawPlane();
  paintExample();
}
