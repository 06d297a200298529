// The graph as flat arrays, both sweeps over it, and its paths. No formula is written here: ROWS, the
// array of functions printed from the table of operations, stands in front of this file.

const LEAF = -1,
  CONSTANT = -2,
  PARAMETER = -3; // in place of a row's number

function modelOf(data) {
  const start = new Int32Array(data.nodes.length + 1);
  data.nodes.forEach(([, parents], node) => {
    start[node + 1] = start[node] + parents.length;
  });
  const parents = new Int32Array(start[data.nodes.length]);
  const child = new Int32Array(parents.length);
  data.nodes.forEach(([, from], node) => {
    parents.set(from, start[node]);
    child.fill(node, start[node], start[node + 1]);
  });
  const rows = data.nodes.map(([row]) => row);
  const { output = rows.length - 1, guards = [] } = data;
  return { count: rows.length, rows, start, parents, child, kinds: data.rows, output, guards };
}

// Both sweeps: values, local derivatives and gradients. Or {guard}, the first comparison that no longer
// comes out as it was recorded; or {problem}, the first node whose number is not finite.
function sweep(model, leaves) {
  const values = Float64Array.from(leaves);
  const partials = new Float64Array(model.parents.length);
  let problem = -1;
  for (let node = 0; node < model.count; node++) {
    if (model.rows[node] < 0) continue;
    const from = model.start[node],
      to = model.start[node + 1];
    const inputs = model.parents.subarray(from, to);
    const u = new Array(inputs.length);
    for (let k = 0; k < inputs.length; k++) u[k] = values[inputs[k]];
    values[node] = ROWS[model.kinds[model.rows[node]].code](u, partials, from);
    if (problem >= 0) continue; // the guards need the numbers that can still be computed
    if (!Number.isFinite(values[node])) problem = node;
  }
  const guard = violatedGuard(model, values);
  if (guard >= 0) return { guard, values };
  if (problem >= 0) return { problem, values };
  const gradients = backward(model, partials);
  const lost = gradients.findIndex((x) => !Number.isFinite(x));
  if (lost < 0) return { values, partials, gradients };
  // A slope that is not finite matters where a gradient reaches it; the one nearest the output is named.
  const steep = partials.findLastIndex((p, e) => !Number.isFinite(p) && gradients[model.child[e]] !== 0);
  return steep < 0 ? { problem: lost, values, lost: "gradient" } : { problem: model.child[steep], values };
}

const COMPARE = {
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  "==": (a, b) => a === b,
};

// The graph is a record of one branch. A guard is a comparison that chose it, with its outcome.
function violatedGuard(model, values) {
  return model.guards.findIndex(([left, relation, right, bound, outcome]) => {
    const a = values[left],
      b = right === null ? bound : values[right];
    return Number.isFinite(a) && Number.isFinite(b) && COMPARE[relation](a, b) !== outcome;
  });
}

function backward(model, partials, gradients = new Float64Array(model.count)) {
  gradients.fill(0);
  gradients[model.output] = 1;
  for (let node = model.output; node >= 0; node--) {
    const upstream = gradients[node];
    if (upstream === 0) continue;
    for (let e = model.start[node]; e < model.start[node + 1]; e++) {
      gradients[model.parents[e]] += upstream * partials[e];
    }
  }
  return gradients;
}

// How many paths lead from a node to the output: exactly, without walking them.
function countPaths(model, wanted) {
  const counts = new Array(model.count).fill(0n);
  counts[wanted] = 1n;
  for (let node = wanted + 1; node < model.count; node++) {
    for (let e = model.start[node]; e < model.start[node + 1]; e++) counts[node] += counts[model.parents[e]];
  }
  return counts[model.output];
}

// The paths with the largest products (in size), as edges from the output back. One pass keeps the `most`
// largest ways from each node down to `wanted`; those of a node are among those of its parents.
function largestPaths(model, partials, wanted, most) {
  const tails = new Array(model.count);
  tails[wanted] = [{ loss: 0, edge: -1, rank: 0 }];
  for (let node = wanted + 1; node < model.count; node++) {
    const found = [];
    for (let e = model.start[node]; e < model.start[node + 1]; e++) {
      const loss = -Math.log(Math.abs(partials[e]));
      tails[model.parents[e]]?.forEach((tail, rank) => found.push({ loss: tail.loss + loss, edge: e, rank }));
    }
    if (found.length) tails[node] = found.sort((a, b) => (a.loss === b.loss ? 0 : a.loss - b.loss)).slice(0, most);
  }
  return (tails[model.output] ?? []).map((tail) => followed(model, tails, tail));
}

function followed(model, tails, tail) {
  const edges = [];
  for (; tail.edge >= 0; tail = tails[model.parents[tail.edge]][tail.rank]) edges.push(tail.edge);
  return edges;
}
