// The playground's state, its controls, and the loop that trains and paints.

const state = { net: null, data: null, training: null, frame: null, example: 0, unit: null, stage: null, playing: 0, first: null };
const MOST_LAYERS = 4,
  MOST_WIDTH = kit.widest;

// --- data ----------------------------------------------------------------------------------------------

function useData(data) {
  const y = data.y.flat();
  state.data = { ...data, threshold: kit.threshold, reach: Math.max(...y.map((t) => Math.abs(t - kit.threshold)), 1e-9) };
  state.frame = frameOf(state.data);
  state.example = 0;
  byId("colors").textContent = colorWords(state.data);
}

// Read "x1, x2, target" lines. Commas, semicolons, tabs or spaces separate; a first line of words is a heading.
function readPoints(text) {
  const lines = text.split("\n").map((line, k) => [line.trim(), k + 1]).filter(([line]) => line && !line.startsWith("#"));
  const x = [], y = [];
  for (const [line, at] of lines) {
    const parts = line.split(line.includes(";") ? ";" : line.includes("\t") ? "\t" : line.includes(",") ? "," : /\s+/).map((part) => part.trim());
    const read = parts.map(readNumber), numbers = read.map(({ value }) => value), odd = read.find(({ value }) => value === undefined);
    if (odd) {
      if (at === lines[0][1] && numbers.every((n) => n === undefined)) continue; // a heading
      return { problem: `Line ${at}: ${odd.problem ?? `“${line}” is not numbers.`}` };
    }
    if (numbers.length !== 2 + kit.targets) return { problem: `Line ${at} has ${numbers.length} numbers; write x1, x2 and ${kit.targets > 1 ? `${kit.targets} targets` : "the target"}.` };
    x.push(numbers.slice(0, 2));
    y.push(numbers.slice(2));
  }
  return x.length < 2 ? { problem: "Write two points or more." } : { data: { x, y } };
}

// --- beginning ----------------------------------------------------------------------------------------

// Begin with the weights that Python gave, or, for another network, with new ones from the same seed.
function reset() {
  pause();
  showProblem("");
  const plan = planOf();
  const same = String([plan.sizes, plan.activations]) === String([kit.plan.sizes, kit.plan.activations]);
  state.net = buildNetwork(plan, kit);
  state.unit = null;
  const generator = generatorOf(kit.random);
  const weights = same ? kit.weights : newWeights(state.net, generatorOf(kit.random));
  state.training = beginTraining(state.net, state.data, weights, generator);
  state.first = costAndGradient(state.net, state.data, [...state.data.x.keys()]).cost;
  makeNetwork();
  sayFormulas();
  paint();
}

const settings = { widths: kit.plan.sizes.slice(1, -1), activation: kit.plan.activations[0] };

function planOf() {
  const sizes = [2, ...settings.widths, kit.plan.sizes.at(-1)];
  const hidden = settings.widths.map((_, k) => (settings.activation === kit.plan.activations[0] && kit.plan.activations.length === sizes.length - 1 ? kit.plan.activations[k] : settings.activation));
  return { sizes, activations: [...hidden, kit.plan.activations.at(-1)] };
}

function makeWidths() {
  byId("widths").replaceChildren(
    ...settings.widths.map((width, k) =>
      el("input", {
        type: "number", min: 1, max: MOST_WIDTH, value: width, "aria-label": `neurons in layer ${k + 1}`,
        onchange: (event) => {
          settings.widths[k] = Math.min(MOST_WIDTH, Math.max(1, Math.round(event.target.value) || 1));
          event.target.value = settings.widths[k];
          reset();
        },
      }),
    ),
  );
  byId("fewer").disabled = settings.widths.length === 0;
  byId("more").disabled = settings.widths.length === MOST_LAYERS;
}

function changeLayers(widths) {
  settings.widths = widths;
  makeWidths();
  reset();
}

// --- training -------------------------------------------------------------------------------------------

function numbersOfTraining() {
  const { value: rate, problem } = readNumber(byId("rate").value);
  if (rate === undefined || rate <= 0) {
    showProblem(problem ?? "The learning rate is a number above 0, 0.1 for example.");
    return null;
  }
  const size = Math.min(state.data.x.length, Math.max(1, Math.round(byId("size").value) || 1));
  return { rate, size };
}

// One step, or as many as fit into the time; return whether the training can go on.
function train(until = 0) {
  const numbers = numbersOfTraining();
  if (!numbers) return false;
  showProblem("");
  do if (!trainStep(state.training, numbers.rate, numbers.size)) {
    showProblem(state.training.trouble);
    return false;
  }
  while (performance.now() < until);
  return true;
}

const FRAME = 10; // milliseconds of training and painting in each frame; the browser needs the rest of its sixtieth of a second

function play() {
  if (state.playing) return pause();
  byId("play").textContent = "Pause";
  const frame = () => {
    const going = train(performance.now() + FRAME - paintingTime);
    paint();
    state.playing = going ? requestAnimationFrame(frame) : 0;
    if (!going) pause();
  };
  state.playing = requestAnimationFrame(frame);
}

function pause() {
  cancelAnimationFrame(state.playing);
  state.playing = 0;
  byId("play").textContent = "Play";
  if (state.training?.step) paint();
}

let paintingTime = 4;
const PICTURED = 100; // milliseconds between pictures of the network and the cost while the training plays
let picturedAt = 0;

function paint() {
  const began = performance.now();
  computePlane();
  drawPlane();
  if (!state.playing || began - picturedAt > PICTURED) {
    picturedAt = began;
    paintExample();
    state.stage.showPictures(neuronPictures());
    paintCosts();
    byId("trained").textContent = `step ${state.training.step}, epoch ${state.training.epoch}`;
    if (byId("code").closest("details").open) byId("code").value = asPython(state.net);
  } else paintingTime = Math.min(8, 0.8 * paintingTime + 0.2 * (performance.now() - began));
}

// What depends on the example under the pointer: its words, the network's numbers and those of the chosen neuron.
function paintExample() {
  const { net, data, example } = state;
  forward(net, data.x[example], data.y[example]);
  backward(net.model, net.partials, net.gradients);
  const words = exampleWords();
  byId("point").textContent = words;
  plane.setAttribute("aria-label", `The plane of the inputs. ${words}`);
  state.stage.showNumbers(net, state.playing);
  paintNeuron();
}

function exampleWords() {
  const { net, data, example } = state, x = data.x[example];
  const targets = data.y[example].map((t) => number(t, 3)), answers = net.outputs.map((node) => number(net.values[node], 3));
  return `Example ${example + 1}: x1 = ${number(x[0], 3)}, x2 = ${number(x[1], 3)}, target ${targets}, answer ${answers}, C at this point ${number(net.values.at(-1), 3)}`;
}

// --- the cost, and what it says ---------------------------------------------------------------------------

const POINTS = 160; // of the curve; each stands for the average of its steps

function paintCosts() {
  const { costs } = state.training,
    each = Math.max(1, Math.ceil(costs.length / POINTS)),
    means = [];
  for (let k = 0; k < costs.length; k += each) {
    const part = costs.slice(k, k + each);
    means.push(part.reduce((a, b) => a + b, 0) / part.length);
  }
  const high = Math.max(state.first, ...means, 1e-12), isLog = spansDecades([high, ...means]), low = isLog ? Math.min(...means) : 0;
  const share = (cost) => (isLog ? Math.log(cost / low) / Math.log(high / low) : cost / high);
  const points = means.map((cost, k) => `${(4 + (312 * k) / Math.max(1, means.length - 1)).toFixed(1)},${(104 - 96 * share(cost)).toFixed(1)}`);
  const label = (y, words) => svgEl("text", { x: 2, y }, words), bottom = isLog ? `${number(low, 3)}, logarithmic scale` : "0";
  byId("costs").replaceChildren(svgEl("path", { d: "M0 104H320M0 8H320" }), label(4, number(high, 3)), label(115, bottom), svgEl("polyline", { points: points.join(" ") }));
  byId("costs").setAttribute("aria-label", means.length ? `from ${number(means[0], 3)} to ${number(means.at(-1), 3)}` : "no step yet");
  if (!state.playing || performance.now() - saidAt > 500) saySoFar();
}

let saidAt = 0;

function saySoFar() {
  saidAt = performance.now();
  const { training, net, data } = state;
  const cost = data.x.reduce((sum, x, k) => sum + forward(net, x, data.y[k]), 0) / data.x.length;
  const words = [`Average C (${kit.lossName}) of all ${data.x.length} examples: ${number(cost, 4)}${training.step ? `, before training ${number(state.first, 4)}` : ""}.`];
  if (kit.can_be_right) words.push(`${Math.round((100 * data.x.filter((x, k) => isRight(answer(net, x), data.y[k])).length) / data.x.length)} % right.`);
  if (training.step > 3 && cost > 2 * state.first) words.push("The cost grows: the training diverges. Take a smaller learning rate.");
  const dead = deadNeurons(net, data);
  if (dead.length) words.push(`Dead: ${dead.slice(0, 4).map(nameOf).join("; ")}${dead.length > 4 ? ` and ${dead.length - 4} more` : ""}. ${dead.length > 1 ? "They give" : "It gives"} 0 for every example, so no gradient passes and nothing changes.`);
  byId("words").textContent = words.join(" ");
  forward(net, data.x[state.example], data.y[state.example]);
  backward(net.model, net.partials, net.gradients);
}

function isRight(outputs, y) {
  if (outputs.length > 1) return outputs.indexOf(Math.max(...outputs)) === y.indexOf(Math.max(...y));
  return outputs[0] > kit.threshold === y[0] > kit.threshold;
}

function sayFormulas() {
  const { net } = state,
    { model } = net,
    kind = (node) => model.kinds[model.rows[node]];
  const words = ["z = w·x + b"];
  const activation = net.layers.flat().find((unit) => unit.result !== unit.sum);
  const isLast = net.layers.at(-1).every((unit) => unit.result === unit.sum) ? ", in the last layer a = z" : "";
  if (activation) words.push(`a = ${filled(kind(activation.result).forward, ["z"])}${isLast}`);
  words.push(`C: ${kit.lossName}`, "θ ← θ − η·∂C/∂θ, averaged over the mini-batch");
  byId("formulas").textContent = words.join(";  ");
}

function showProblem(words) {
  byId("problem").textContent = words;
  byId("problem").hidden = !words;
}

// --- wiring -----------------------------------------------------------------------------------------------

byId("play").addEventListener("click", play);
byId("step").addEventListener("click", () => {
  pause();
  train();
  paint();
});
byId("reset").addEventListener("click", reset);
byId("more").addEventListener("click", () => changeLayers([...settings.widths, settings.widths.at(-1) ?? 4]));
byId("fewer").addEventListener("click", () => changeLayers(settings.widths.slice(0, -1)));
byId("activation").append(...kit.activations.map((title) => el("option", { selected: title === settings.activation }, title)));
byId("activation").addEventListener("change", (event) => {
  settings.activation = event.target.value;
  reset();
});
byId("set").append(...Object.keys(kit.sets).map((title) => el("option", {}, title)));
byId("set").addEventListener("change", (event) => {
  useData(kit.sets[event.target.value]);
  reset();
});
byId("stage").addEventListener("keydown", (event) => event.key === "Escape" && state.stage.close());
byId("take").addEventListener("click", () => {
  const { data, problem } = readPoints(byId("csv").value);
  if (problem) return showProblem(problem);
  kit.sets["pasted"] = data;
  if (![...byId("set").options].some((option) => option.value === "pasted")) byId("set").append(el("option", {}, "pasted"));
  byId("set").value = "pasted";
  useData(data);
  reset();
});
byId("copy").addEventListener("click", async () => {
  byId("code").select();
  try {
    await navigator.clipboard.writeText(byId("code").value);
  } catch {
    document.execCommand("copy");
  }
});
for (const details of document.querySelectorAll("details")) details.addEventListener("toggle", paint);
byId("rate").value = String(kit.rate);
byId("size").value = String(kit.size);
byId("still").remove();
for (const part of document.querySelectorAll("[data-live]")) part.hidden = false;
useData(Object.values(kit.sets)[0]);
makeWidths();
reset();
