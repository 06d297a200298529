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
  return { count: rows.length, rows, start, parents, child, kinds: data.rows, output: rows.length - 1 };
}

// Both sweeps: values, local derivatives and gradients; or {problem} at the first number that is none.
function sweep(model, leaves) {
  const values = Float64Array.from(leaves);
  const partials = new Float64Array(model.parents.length);
  for (let node = 0; node < model.count; node++) {
    if (model.rows[node] < 0) continue;
    const from = model.start[node],
      to = model.start[node + 1];
    const inputs = model.parents.subarray(from, to);
    const u = new Array(inputs.length);
    for (let k = 0; k < inputs.length; k++) u[k] = values[inputs[k]];
    values[node] = ROWS[model.kinds[model.rows[node]].code](u, partials, from);
    if (!Number.isFinite(values[node])) return { problem: node, values };
    for (let e = from; e < to; e++) if (!Number.isFinite(partials[e])) return { problem: node, values };
  }
  const gradients = backward(model, partials);
  const lost = gradients.findIndex((x) => !Number.isFinite(x));
  return lost < 0 ? { values, partials, gradients } : { problem: lost, values, lost: "gradient" };
}

function backward(model, partials) {
  const gradients = new Float64Array(model.count);
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

// Yield paths as edges from the output back, the largest product (in size) first: best-first search,
// where a path begun is worth its product so far times the largest still possible from there.
function* largestPaths(model, partials, wanted) {
  const best = bestFrom(model, partials, wanted);
  const heap = new Heap();
  let order = 0;
  if (best[model.output] !== null) heap.push({ key: [0, 0, order], node: model.output, log: 0, edges: [] });
  while (heap.size) {
    const { node, log, edges } = heap.pop();
    if (node === wanted) {
      yield edges;
      continue;
    }
    for (let e = model.start[node]; e < model.start[node + 1]; e++) {
      const parent = model.parents[e];
      if (best[parent] === null) continue;
      const reached = log + Math.log(Math.abs(partials[e]));
      const key = [-(reached + best[parent]), -edges.length - 1, ++order];
      heap.push({ key, node: parent, log: reached, edges: [...edges, e] });
    }
  }
}

// For every node the logarithm of the largest product on a path down to `wanted`; null for no path.
function bestFrom(model, partials, wanted) {
  const best = new Array(model.count).fill(null);
  best[wanted] = 0;
  for (let node = wanted + 1; node < model.count; node++) {
    for (let e = model.start[node]; e < model.start[node + 1]; e++) {
      const rest = best[model.parents[e]];
      if (rest === null) continue;
      const through = rest + Math.log(Math.abs(partials[e]));
      if (best[node] === null || through > best[node]) best[node] = through;
    }
  }
  return best;
}

// The smallest key first; keys are lists, compared from left to right.
class Heap {
  #items = [];

  get size() {
    return this.#items.length;
  }

  push(item) {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0 && before(item, items[(at - 1) >> 1])) {
      items[at] = items[(at - 1) >> 1];
      at = (at - 1) >> 1;
    }
    items[at] = item;
  }

  pop() {
    const items = this.#items,
      top = items[0],
      last = items.pop();
    if (!items.length) return top;
    let at = 0;
    for (let next = 1; next < items.length; next = 2 * at + 1) {
      if (next + 1 < items.length && before(items[next + 1], items[next])) next++;
      if (!before(items[next], last)) break;
      items[at] = items[next];
      at = next;
    }
    items[at] = last;
    return top;
  }
}

function before(one, two) {
  const k = one.key.findIndex((x, index) => x !== two.key[index]);
  return k >= 0 && one.key[k] < two.key[k];
}
