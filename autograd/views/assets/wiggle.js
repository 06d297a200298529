// Two leaves moved by the same amount: both changes of the output side by side.

const wiggleSection = el("section", { id: "wiggle", "aria-label": "Wiggle two numbers" });
byId("descent").before(wiggleSection);
const wiggleChoices = labeledLeaves().filter((node) => !isConstant(node));
const bySlope = [...wiggleChoices].sort((a, b) => Math.abs(page.numbers.gradients[b]) - Math.abs(page.numbers.gradients[a]));

function leafChoice(title, chosen) {
  const options = wiggleChoices.map((node) => el("option", { value: node, selected: node === chosen }, nameOf(node)));
  return el("select", { "aria-label": title, onchange: paintWiggle }, ...options);
}

const moving = bySlope.filter((node) => page.numbers.gradients[node] !== 0);
const wiggled = [leafChoice("first number", moving[0] ?? wiggleChoices[0]), leafChoice("second number", moving.at(-1) ?? wiggleChoices.at(-1))];
const wiggleBy = el("input", { id: "wiggle-by", type: "text", inputmode: "decimal", value: "0.01", autocomplete: "off", oninput: paintWiggle });
const wiggleResult = el("div", { "aria-live": "polite" });
wiggleSection.append(
  el("h2", {}, "Wiggle two numbers"),
  el("div", { class: "controls" }, ...wiggled, el("label", {}, "by ", wiggleBy)),
  wiggleResult,
);

function changeBy(node, amount) {
  const wanted = Float64Array.from(leaves);
  wanted[node] += amount;
  const numbers = sweep(model, wanted);
  return "problem" in numbers || "guard" in numbers ? NaN : numbers.values[model.output] - page.numbers.values[model.output];
}

function paintWiggle() {
  wiggleSection.hidden = wiggleChoices.length < 2 || page.untrue !== "" || document.body.classList.contains("predicting");
  if (wiggleSection.hidden) return;
  const { value: amount } = readNumber(wiggleBy.value);
  if (!amount) return wiggleResult.replaceChildren(el("p", { class: "soft" }, "Write an amount other than 0, such as 0.01."));
  const nodes = wiggled.map((choice) => Number(choice.value));
  const changes = nodes.map((node) => changeBy(node, amount));
  const most = Math.max(...changes.map(Math.abs)) || 1;
  const output = nameOf(model.output);
  wiggleResult.replaceChildren(...nodes.map((node, k) => wiggleBar(node, changes[k], amount, most)), el("p", { class: "wiggle-words" }, timesWords(nodes, changes, output)));
}

function wiggleBar(node, change, amount, most) {
  const bar = svgEl("svg", { class: `wiggle-bar ${change < 0 ? "minus" : "plus"}`, viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
    svgEl("rect", { width: (100 * Math.abs(change)) / most || 0, height: 8 }));
  const slope = page.numbers.gradients[node];
  const told = Number.isNaN(change) ? "no number" : number(change, 3);
  return el("div", {}, el("p", { class: "number" }, `${nameOf(node)} + ${number(amount, 3)}: ${nameOf(model.output)} changes by `, el("strong", {}, told), el("span", { class: "soft" }, ` (slope·amount: ${number(slope * amount, 3)})`)), bar);
}

// Which of two leaves matters more, and how many times.
function timesWords(nodes, changes, output) {
  if (changes.some(Number.isNaN)) return "One of them has no number there.";
  const [a, b] = changes.map(Math.abs), [first, second] = nodes.map(nameOf);
  if (nodes[0] === nodes[1]) return "Choose two different numbers.";
  if (!a && !b) return `Neither moves ${output}.`;
  if (!a || !b) return `Only ${a ? first : second} moves ${output}.`;
  const [more, less, times] = a >= b ? [first, second, a / b] : [second, first, b / a];
  return times < 1.05 ? `${output} is as sensitive to ${more} as to ${less}.` : `${output} is ${number(times, 2)} times as sensitive to ${more} as to ${less}.`;
}

extras.push(paintWiggle);
paintWiggle();
