// Where the circles of a network stand, as network_scene.py has them: the data of a stage for a network that was built
// in the browser.

const PICTURE = { height: 420, width: 900, largest: 28, smallest: 5, readable: 17, margin: 20, below: 19, loose: 104, gaps: [60, 250] };

// The graph of the network with one scene: columns of circles, and a box for the cost.
function stageData(net, kit) {
  const inputs = net.inputs.map((node) => ({ node, nodes: [], name: net.nodes[node][3], side: "before", beside: kit.beside.input }));
  const layers = net.layers.map((units, k) => units.map((unit, place) => (k < net.layers.length - 1 ? unitData(unit) : { ...unitData(unit, units.length > 1), target: net.targets[place], beside: kit.beside[units.length > 1 ? "outputs" : "output"] })));
  const cost = { node: net.model.output, nodes: computedNodes(net), name: kit.cost.name, side: "", inside: 2, shape: "box", size: [kit.cost.width, 60] };
  const columns = [inputs, ...layers, [cost]];
  const { captions, rows, width, height } = placeColumns(columns);
  const names = [`inputs: ${inputs.length}`, ...layers.map((units, k) => `layer ${k + 1}: ${units.length} ${net.plan.activations[k]}`), ""];
  const units = columns.flat(), wires = wiresOf(columns, units);
  const scene = {
    name: "network", width, height, units, wires, rows, total: wires.length, folding: "", insides: kit.insides,
    columns: columns.map(() => ({ row: 0 })), images: [],
    captions: captions.map((caption, k) => ({ ...caption, name: names[k], columns: [k, k] })).filter(({ name }) => name),
  };
  return { nodes: net.nodes, rows: kit.rows, output: net.model.output, guards: [], scenes: [scene] };
}

function unitData({ layer, place, bias, sum, result }, isOutput) {
  const named = isOutput ? { name: String(place - 1), side: "" } : {};
  const nodes = sum === result ? [sum] : [sum, result];
  return { node: result, nodes, bias, title: `layer ${layer}, neuron ${place}`, inside: nodes.length === 1 ? 1 : 0, ...named };
}

// The nodes of the loss, which come after the last layer and the targets.
function computedNodes(net) {
  const nodes = [];
  for (let node = net.targets.at(-1) + 1; node <= net.model.output; node++) if (net.nodes[node][1].length) nodes.push(node);
  return nodes;
}

// Give every unit of every column its place and size, from left to right and from top to bottom.
function placeColumns(columns) {
  const { margin, width, gaps } = PICTURE;
  const shapes = columns.map((units) => (units[0].shape === "box" ? { width: units[0].size[0], height: units[0].size[1], step: 0 } : circlesOf(units)));
  const taken = shapes.reduce((sum, shape) => sum + shape.width, 0);
  const gap = Math.min(gaps[1], Math.max(gaps[0], (width - taken) / (columns.length - 1)));
  const tallest = Math.max(...shapes.map((shape) => shape.height));
  let left = margin + columns[0][0].beside;
  const beside = columns.at(-2)[0].beside + 20;
  const captions = columns.map((units, k) => {
    const shape = shapes[k], x = left + shape.width / 2;
    units.forEach((unit, place) => placeUnit(unit, k, shape, [x, margin + tallest / 2 + (place - (units.length - 1) / 2) * shape.step]));
    left += shape.width + (k < columns.length - 2 ? gap : Math.max(gap, beside));
    return { reach: [tenth(x - shape.width / 2), tenth(x + shape.width / 2)], y: tenth(margin + tallest + 24) };
  });
  const bottom = margin + tallest + 22;
  return { captions, rows: [[margin, tenth(bottom)]], width: tenth(left - Math.max(gap, beside) + margin), height: tenth(bottom + margin) };
}

function placeUnit(unit, column, { radius, hasBiases }, at) {
  Object.assign(unit, { column, at: at.map(tenth) });
  if (unit.shape === "box") return;
  Object.assign(unit, { shape: "circle", radius: tenth(radius) });
  if (!hasBiases) delete unit.bias;
}

// The radius and the distance of the circles of a column, and whether there is room for their biases.
function circlesOf(units) {
  const { height, largest, smallest, readable, below, loose } = PICTURE, count = units.length;
  const radius = Math.min(largest, Math.max(smallest, height / (2.35 * count)));
  const step = Math.min(loose, Math.max(2.35 * radius, height / 2 / count));
  const hasBiases = units[0].bias !== undefined && radius >= readable && (count === 1 || step >= 2 * radius + below);
  return { radius, step, width: 2 * radius, height: step * (count - 1) + 2 * radius + (hasBiases ? 2 * below : 0), hasBiases };
}

const tenth = (x) => Math.round(10 * x) / 10;

// Each unit of a column is read by all of the next; without numbers, because the weights change all the time.
function wiresOf(columns, units) {
  const index = new Map(units.map((unit, k) => [unit, k]));
  return columns.slice(1).flatMap((heads, k) => heads.flatMap((head) => columns[k].map((tail) => [index.get(tail), index.get(head), null])));
}
