// Predict, then reveal: the next number of either sweep is asked for, and judged in its digits.

const quiz = { right: 0, asked: 0, tries: 0, hints: 0, answers: new Map(), gradients: new Map() };
const slipsOf = data.slips ?? { values: {}, gradients: {}, words: [] };

const predictButton = el("button", { type: "button", id: "predict", "aria-pressed": "false", onclick: togglePredict }, "Predict");
byId("theme").before(predictButton);
const guess = el("input", { id: "guess", type: "text", autocomplete: "off", spellcheck: "false", "aria-label": "Your number" });
const told = el("p", { role: "status" });
const question = el("p", {});
const score = el("span", { class: "soft" });
const askForm = el(
  "form",
  { id: "ask", hidden: true, onsubmit: (event) => event.preventDefault() || answerQuestion() },
  question,
  guess,
  el("button", { type: "submit" }, "Check"),
  el("button", { type: "button", id: "hint", onclick: giveHint }, "Hint"),
  el("button", { type: "button", id: "sheet", onclick: saveSheet }, "Save as worksheet"),
  score,
  told,
);
byId("now").after(askForm);
guess.addEventListener("keydown", (event) => event.stopPropagation());

function togglePredict() {
  const on = document.body.classList.toggle("predicting");
  predictButton.setAttribute("aria-pressed", String(on));
  if (on) {
    const scalars = scenes.findIndex((scene) => scene.name === "scalars");
    Object.assign(quiz, { right: 0, asked: 0, tries: 0, hints: 0 });
    quiz.answers.clear();
    quiz.gradients.clear();
    if (scalars >= 0 && sceneOf(scalars) !== page.scene) show(scalars, 0);
    go(0, { quiet: true });
    skipGiven();
  } else paint();
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
}

// Make the step that was asked for, and go on to the next that asks something.
function reveal() {
  go(page.step + 1, { quiet: true });
  skipGiven();
}

const askedName = ({ node, gradient }) => (gradient ? quotient(model.output, node) : nameOf(node));

function paintQuiz() {
  const on = document.body.classList.contains("predicting");
  askForm.hidden = !on;
  if (!on) return;
  const wanted = asked();
  setText(question, wanted ? `What is ${askedName(wanted)}?` : `Done: ${quiz.right} of ${quiz.asked} right at the first try.`);
  guess.hidden = !wanted;
  byId("hint").hidden = !wanted;
  setText(score, `${quiz.right} of ${quiz.asked} right`);
}

function answerQuestion() {
  const wanted = asked(), typed = guess.value;
  if (!wanted) return;
  const verdict = judge(typed, wanted.exact);
  if (verdict === null) return say(`“${typed.trim()}” is not a number: write one such as 0.392 or 1.5·10⁻³.`);
  if (verdict === "too few digits to tell") return say("Too few digits to tell: write one more.");
  if (!quiz.tries && !quiz.hints) {
    quiz.asked++;
    (wanted.gradient ? quiz.gradients : quiz.answers).set(wanted.node, typed.trim());
    if (RIGHT.includes(verdict)) quiz.right++;
  }
  quiz.tries++;
  if (!RIGHT.includes(verdict)) return say(slipWords(wanted, typed) ?? "Not yet. Try again, or take a hint.", "slip");
  const name = askedName(wanted);
  reveal();
  say(`Right: ${name} = ${number(wanted.exact)}${verdict === "exact" ? "" : `, ${verdict}`}.`, "right");
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

function hintWords({ node, gradient }) {
  if (!gradient) return `${nameOf(node)} = ${formula(node)} = ${formulaInNumbers(node)}`;
  const terms = [];
  model.parents.forEach((parent, edge) => parent === node && terms.push(`${quotient(model.output, model.child[edge])} · ${derivative(edge, "factor")}`));
  return `${quotient(model.output, node)} = ${terms.join(" + ")}`;
}

// The leaves, and each number as it was first answered; "?" for what was not.
function quizText() {
  const names = sheetNames(), lines = [], output = names[model.output];
  for (let node = 0; node < model.count; node++) {
    if (!isLeaf(node)) lines.push(`${names[node]} = ${sheetFormula(node, names)} -> ${quiz.answers.get(node) ?? "?"}`);
    else if (isLive(node)) lines.push(`${names[node]} = ${leaves[node]}`);
  }
  for (const [node, typed] of quiz.gradients) lines.push(`d${output}/d${names[node]} -> ${typed}`);
  return `# ${quiz.right} of ${quiz.asked} right at the first try\n${lines.join("\n")}\n`;
}

function saveSheet() {
  const link = el("a", { href: URL.createObjectURL(new Blob([quizText()], { type: "text/plain" })), download: "answers.calc" });
  link.click();
  byId("copy-text").value = quizText();
  byId("copy-dialog").showModal();
}

extras.push(paintQuiz);
