// A network as a graph like the one that Python recorded, and gradient descent by the sweeps over it.

// Build the graph of one example's cost: leaves, a weighted sum and an activation for each neuron, and
// the loss as Python recorded it. `plan` is {sizes, activations}, `kit` what Python printed.
function buildNetwork(plan, kit) {
  const nodes = [],
    parameters = [],
    layers = [];
  const add = (row, parents, name) => nodes.push([row, parents, 0, name]) - 1;
  const leaf = (name, row = LEAF) => add(row, [], name);
  const parameter = (name) => {
    const node = leaf(name, PARAMETER);
    parameters.push(node);
    return node;
  };
  const inputs = Array.from({ length: plan.sizes[0] }, (_, k) => leaf(`x${k + 1}`));
  let before = inputs;
  plan.sizes.slice(1).forEach((size, at) => {
    const layer = at + 1,
      activation = plan.activations[at];
    const weights = Array.from({ length: size }, (_, j) =>
      before.map((_, i) => parameter(`W${layer}[${j + 1},${i + 1}]`)),
    );
    const units = weights.map((row, j) => {
      const bias = parameter(`b${layer}[${j + 1}]`);
      const sum = add(kit.rowOf[`dot ${2 * row.length + 1}`], [...row, ...before, bias], `z${layer}[${j + 1}]`);
      const result = activation === "linear" ? sum : add(kit.rowOf[`${activation} 1`], [sum], `a${layer}[${j + 1}]`);
      return { layer, place: j + 1, weights: row, inputs: before, bias, sum, result };
    });
    layers.push(units);
    before = units.map((unit) => unit.result);
  });
  const targets = Array.from({ length: kit.targets }, (_, k) => leaf(kit.targets > 1 ? `y${k + 1}` : "y"));
  const tail = [];
  for (const [row, parents, value, name] of kit.loss) {
    const from = parents.map(([kind, k]) => ({ output: before, target: targets, loss: tail })[kind][k]);
    tail.push(add(row, from, name));
    nodes.at(-1)[2] = value;
  }
  const model = modelOf({ nodes, rows: kit.rows, output: nodes.length - 1 });
  return { plan, model, nodes, layers, inputs, outputs: before, targets, parameters, ...buffersOf(model, nodes) };
}

function buffersOf(model, nodes) {
  const operands = nodes.map(([, parents]) => new Array(parents.length));
  const values = Float64Array.from(nodes, ([, , value]) => value);
  return { operands, values, partials: new Float64Array(model.parents.length), gradients: new Float64Array(model.count) };
}

// The forward sweep for one example, up to and with the node `last`.
function forward(net, x, y = null, last = net.model.count - 1) {
  const { model, values, partials, operands } = net;
  for (let k = 0; k < net.inputs.length; k++) values[net.inputs[k]] = x[k];
  if (y) for (let k = 0; k < net.targets.length; k++) values[net.targets[k]] = y[k];
  for (let node = 0; node <= last; node++) {
    if (model.rows[node] < 0) continue;
    const from = model.start[node],
      u = operands[node];
    for (let k = 0; k < u.length; k++) u[k] = values[model.parents[from + k]];
    values[node] = ROWS[model.kinds[model.rows[node]].code](u, partials, from);
  }
  return values[last];
}

function answer(net, x) {
  forward(net, x, null, net.outputs.at(-1));
  return net.outputs.map((node) => net.values[node]);
}

// Both sweeps for each example of a mini-batch; the average cost and the average gradient.
function costAndGradient(net, data, batch) {
  const sums = new Float64Array(net.parameters.length);
  let cost = 0;
  for (const example of batch) {
    cost += forward(net, data.x[example], data.y[example]);
    backward(net.model, net.partials, net.gradients);
    for (let k = 0; k < sums.length; k++) sums[k] += net.gradients[net.parameters[k]];
  }
  for (let k = 0; k < sums.length; k++) sums[k] /= batch.length;
  return { cost: cost / batch.length, gradient: sums };
}

// --- a training that can be played, stepped and reset ---------------------------------------------

// The weights are in the order of `named_parameters`, which is that of `net.parameters` too after sorting by layer.
function weightsOf(net) {
  return Float64Array.from(net.parameters, (node) => net.values[node]);
}

function setWeights(net, weights) {
  net.parameters.forEach((node, k) => (net.values[node] = weights[k]));
}

function beginTraining(net, data, weights, generator) {
  setWeights(net, weights);
  return { net, data, generator, batches: [], step: 0, epoch: 0, costs: [], trouble: "" };
}

// One step against the gradient of a mini-batch. Return whether it could be made.
function trainStep(training, rate, size) {
  const { net, data } = training;
  if (!training.batches.length) {
    const order = permutation(training.generator, data.x.length);
    for (let k = 0; k < order.length; k += size) training.batches.push(order.slice(k, k + size));
    training.epoch++;
  }
  const { cost, gradient } = costAndGradient(net, data, training.batches.shift());
  const after = weightsOf(net);
  for (let k = 0; k < after.length; k++) after[k] -= rate * gradient[k];
  if (!Number.isFinite(cost) || !after.every(Number.isFinite)) {
    training.trouble = `The training diverged at step ${training.step + 1}: the cost is no longer a number. Take a smaller learning rate and reset.`;
    return false;
  }
  setWeights(net, after);
  training.step++;
  training.costs.push(cost);
  return true;
}

// The ReLU neurons that give 0 for every example: no gradient passes them, so they do not learn.
function deadNeurons(net, data) {
  const candidates = net.layers.flatMap((units, at) => (net.plan.activations[at] === "relu" ? units : []));
  const alive = new Set();
  for (const x of data.x) {
    forward(net, x, null, net.outputs.at(-1));
    for (const unit of candidates) if (net.values[unit.result] > 0) alive.add(unit);
  }
  return candidates.filter((unit) => !alive.has(unit));
}

// Weights for a network that Python did not make: normal, of a size that fits the activation.
function newWeights(net, generator) {
  const weights = new Float64Array(net.parameters.length);
  const place = new Map(net.parameters.map((node, k) => [node, k]));
  net.layers.forEach((units, at) => {
    const gain = net.plan.activations[at] === "relu" ? 2 : 1;
    for (const unit of units)
      for (const weight of unit.weights) weights[place.get(weight)] = normal(generator) * Math.sqrt(gain / unit.weights.length);
  });
  return weights;
}

// --- the weights as Python ---------------------------------------------------------------------------

function asPython(net) {
  const list = (items) => `[${items.join(", ")}]`,
    exact = (node) => String(net.values[node]);
  const weights = net.layers.map((units) => list(units.map((unit) => list(unit.weights.map(exact)))));
  const biases = net.layers.map((units) => list(units.map((unit) => exact(unit.bias))));
  const hidden = net.plan.activations.slice(0, -1).map((name) => `"${name}"`);
  return [
    "from nn import MLP",
    "",
    "net = MLP.from_arrays(",
    `    [${weights.join(",\n     ")}],`,
    `    [${biases.join(",\n     ")}],`,
    `    activation=${list(hidden)},`,
    `    output_activation="${net.plan.activations.at(-1)}",`,
    ")",
    "",
  ].join("\n");
}
