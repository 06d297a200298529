// Predict, then reveal: the next number of either sweep is asked for and judged in its digits, as `gradtrace check` would
// judge it on the worksheet that the answers become.

// `log` holds the first answer to each question; `kept` the number that the learner goes on with in place of the right one.
const quiz = { asked: 0, tries: 0, hints: 0, log: [], marked: [], kept: new Map() };
const slipsOf = data.slips ?? { values: {}, gradients: {}, words: [] };
const { sheet } = data;

const predictButton = el("button", { type: "button", id: "predict", "aria-pressed": "false", onclick: togglePredict }, "Predict");
byId("theme").before(predictButton);
const guess = el("input", { id: "guess", type: "text", autocomplete: "off", spellcheck: "false", "aria-label": "Your number" });
const told = el("p", { role: "status" });
const question = el("p", {});
const score = el("span", { class: "soft" });
const keepButton = el("button", { type: "button", id: "keep", hidden: true, onclick: keepAnswer }, "Go on with my number");
const answerList = el("ol", { id: "answers" });
const answerBox = el("details", { hidden: true }, el("summary", {}, "Your answers"), answerList);
const askForm = el(
  "form",
  { id: "ask", hidden: true, onsubmit: (event) => event.preventDefault() || answerQuestion() },
  question,
  guess,
  el("button", { type: "submit" }, "Check"),
  keepButton,
  el("button", { type: "button", id: "hint", onclick: giveHint }, "Hint"),
  el("button", { type: "button", id: "sheet", onclick: saveSheet }, "Save as worksheet"),
  score,
  told,
  answerBox,
);
byId("now").after(askForm);
guess.addEventListener("keydown", (event) => event.stopPropagation());

function togglePredict() {
  const on = document.body.classList.toggle("predicting");
  predictButton.setAttribute("aria-pressed", String(on));
  if (on) {
    const scalars = scenes.findIndex((scene) => scene.name === "scalars");
    Object.assign(quiz, { asked: 0, tries: 0, hints: 0, log: [], marked: [], kept: new Map() });
    if (scalars >= 0 && sceneOf(scalars) !== page.scene) show(scalars, 0);
    go(0, { quiet: true });
    skipGiven();
  } else {
    page.ahead = null;
    paint();
  }
}

// What the next step asks: a value, or a gradient that is complete with it; null for what is not asked.
function asked() {
  const next = page.scene.steps.list[page.step + 1];
  if (!next || !next.card || next.card.node == null) return null;
  const { node } = next.card;
  if (next.kind === "forward") return { node, exact: page.numbers.values[node], gradient: false };
  if (next.kind !== "backward" || isConstant(node) || next.arrow.doneAt !== next.card.knownAt) return null;
  return { node, exact: page.numbers.gradients[node], gradient: true };
}

function skipGiven() {
  while (page.step < page.scene.steps.last && !asked()) go(page.step + 1, { quiet: true });
  Object.assign(quiz, { tries: 0, hints: 0 });
  guess.value = "";
  paintQuiz();
  showAsked();
}

function showAsked() {
  if (askForm.hidden) return;
  page.ahead = asked() && page.scene.steps.list[page.step + 1];
  follow(page.ahead ?? stepNow());
  magnify();
}
new ResizeObserver(showAsked).observe(graph);

// Make the step that was asked for, and go on to the next that asks something.
function reveal() {
  go(page.step + 1, { quiet: true });
  skipGiven();
}

const askedName = ({ node, gradient }) => (gradient ? quotient(model.output, node) : nameOf(node));
const keyOf = ({ node, gradient }) => `${gradient ? "∂" : ""}${node}`;
const isGood = (verdict) => RIGHT.includes(verdict) || verdict === "carried on";

function paintQuiz() {
  const on = document.body.classList.contains("predicting");
  askForm.hidden = !on;
  const wanted = on ? asked() : null;
  for (const card of page.scene.cards) card.g.classList.toggle("asked", wanted !== null && card.node === wanted.node);
  if (!on) return;
  const good = quiz.marked.map(({ verdict }) => verdict).filter(isGood), carried = good.filter((verdict) => verdict === "carried on").length;
  const result = `${good.length - carried} of ${quiz.asked} right${carried ? `, ${carried} carried on` : ""}`;
  setText(question, wanted ? `What is ${askedName(wanted)}?` : `Done: ${result} at the first try.`);
  guess.hidden = !wanted;
  byId("hint").hidden = !wanted;
  keepButton.hidden = !wanted || !quiz.tries;
  setText(score, quiz.asked ? result : "");
  answerBox.hidden = !quiz.log.length;
  answerList.replaceChildren(...quiz.log.map((answer, k) => el("li", {}, `${askedName(answer)} = ${answer.text}: ${quiz.marked[k].verdict}`)));
  showKept();
}

// In the picture stands what the learner goes on with, not the number that was asked for.
function showKept() {
  for (const card of page.scene.cards) {
    if (card.node == null) continue;
    const [value, gradient] = [quiz.kept.get(keyOf({ node: card.node })), quiz.kept.get(keyOf({ node: card.node, gradient: true }))];
    if (value && page.step >= card.shownAt && card.texts.value) setText(card.texts.value, value);
    if (gradient && page.step >= card.knownAt && card.texts.gradient) setText(card.texts.gradient, `∂ ${gradient}`);
  }
  const now = stepNow(), { card } = now, said = byId("now").querySelector(".say");
  if (now.kind === "start" && said) setText(said, "Only the given numbers are known. Compute the first one yourself.");
  const key = card?.node == null ? "" : keyOf({ node: card.node, gradient: now.kind === "backward" });
  if (quiz.kept.has(key) && page.step === (now.kind === "backward" ? card.knownAt : card.shownAt))
    byId("now").replaceChildren(el("p", { class: "say" }, `You go on with ${askedName({ node: card.node, gradient: now.kind === "backward" })} = ${quiz.kept.get(key)}.`));
}

// The verdicts on answers, each {node, gradient, text}.
function marksOf(answers) {
  if (!sheet) return answers.map((answer) => ({ ...answer, verdict: judge(answer.text, exactOf(answer)) }));
  const given = [...model.rows.keys()].filter(isLeaf).map((node) => String(leaves[node]));
  const asked = answers.map((answer) => ({ ...answer, cell: sheet.cells[answer.node], isGradient: answer.gradient, isGiven: isLeaf(answer.node) }));
  return markAnswers(sheetModel(sheet, leaves), asked, given);
}

const exactOf = ({ node, gradient }) => (gradient ? page.numbers.gradients : page.numbers.values)[node];

function answerQuestion() {
  const wanted = asked(), text = guess.value.trim();
  if (!wanted) return;
  if (writtenNumber(text) === null) return say(`“${text}” is not a number: write one such as 0.392 or 1.5·10⁻³.`);
  const answer = { node: wanted.node, gradient: wanted.gradient, text };
  const earlier = quiz.log.filter((other) => keyOf(other) !== keyOf(wanted)), marked = marksOf([...earlier, answer]);
  const { verdict } = marked.at(-1);
  if (verdict === "too few digits to tell") return say("Too few digits to tell: write one more.");
  if (!quiz.tries && !quiz.hints) {
    quiz.asked++;
    quiz.log.push(answer);
    quiz.marked = marked;
  }
  quiz.tries++;
  if (!isGood(verdict)) return say(slipWords(wanted, text) ?? "Not yet. Try again, take a hint, or go on with your number.", "slip");
  const name = askedName(wanted);
  if (verdict === "carried on") quiz.kept.set(keyOf(wanted), text);
  reveal();
  say(verdict === "carried on" ? `Carried on: ${name} = ${text} follows from your own earlier numbers.` : `Right: ${name} = ${number(wanted.exact)}${verdict === "exact" ? "" : `, ${verdict}`}.`, "right");
  guess.focus();
}

// Go on with a wrong number: what follows from it is carried on, and no new mistake.
function keepAnswer() {
  const wanted = asked(), mine = quiz.log.find((answer) => keyOf(answer) === keyOf(wanted));
  if (!mine) return;
  quiz.kept.set(keyOf(wanted), mine.text);
  reveal();
  say(`You go on with ${askedName(wanted)} = ${mine.text}.`);
  guess.focus();
}

// The slip that gives just what was typed, if Python found one for the numbers that it recorded.
function slipWords({ node, gradient }, typed) {
  if (leaves.some((x, k) => isLeaf(k) && x !== given[k]) || writtenNumber(typed).digits < 2) return null;
  const found = (gradient ? slipsOf.gradients : slipsOf.values)[node] ?? [];
  const slip = found.find(([predicted]) => ["exact", "right as rounded"].includes(judge(typed, predicted)));
  return slip && `Not yet. You get exactly ${typed.trim()} if ${slipsOf.words[slip[1]]}.`;
}

function say(words, kind = "") {
  paintQuiz();
  told.className = kind;
  setText(told, words);
}

// First how it is computed, in symbols; on the second request the number.
function giveHint() {
  const wanted = asked();
  if (!wanted) return;
  if (!quiz.tries && !quiz.hints) quiz.asked++;
  if (quiz.hints++ === 0) return say(hintWords(wanted));
  const name = askedName(wanted);
  reveal();
  say(`${name} = ${number(wanted.exact)}.`);
}

// In the learner's own numbers.
function hintWords({ node, gradient }) {
  const mine = (parent) => quiz.kept.get(keyOf({ node: parent })) ?? number(page.numbers.values[parent]);
  if (!gradient) return `${nameOf(node)} = ${formula(node)} = ${filled(kindOf(node).forward, Array.from(parentsOf(node), mine))}`;
  const terms = [];
  model.parents.forEach((parent, edge) => parent === node && terms.push(`${quotient(model.output, model.child[edge])} · ${derivative(edge, "factor")}`));
  return `${quotient(model.output, node)} = ${terms.join(" + ")}`;
}

// The leaves, and each number as it was first answered; "?" for what was not.
function quizText() {
  const names = sheet?.names ?? sheetNames(), lines = [], output = names[model.output];
  const formulaOf = (node) => sheet?.formulas[node] ?? sheetFormula(node, names);
  const answered = new Map(quiz.log.map((answer) => [keyOf(answer), answer.text]));
  for (let node = 0; node < model.count; node++) {
    if (!isLeaf(node)) lines.push(`${names[node]} = ${formulaOf(node)} -> ${answered.get(keyOf({ node })) ?? "?"}`);
    else if (isLive(node)) lines.push(`${names[node]} = ${leaves[node]}`);
  }
  for (const { node, gradient, text } of quiz.log) if (gradient) lines.push(`d${output}/d${names[node]} -> ${text}`);
  return `${quiz.asked ? `# ${score.textContent} at the first try\n` : ""}${lines.join("\n")}\n`;
}

function saveSheet() {
  const link = el("a", { href: URL.createObjectURL(new Blob([quizText()], { type: "text/plain" })), download: "answers.calc" });
  link.click();
  byId("copy-text").value = quizText();
  byId("copy-dialog").showModal();
}

extras.push(paintQuiz);
