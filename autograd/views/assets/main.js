// Wire the page: buttons, keys, theme, links, printing; then open it.

for (const button of document.querySelectorAll("[data-go]"))
  button.addEventListener("click", () => goBy(button.dataset.go));
byId("play").addEventListener("click", play);
byId("scrubber").addEventListener("input", (event) => {
  if (playing) pause();
  go(Number(event.target.value));
});
byId("speed").addEventListener("change", () => {
  if (playing) {
    pause();
    play();
  }
});

const ZOOM = { in: () => zoomBy(1.3), out: () => zoomBy(1 / 1.3), fit: fitWhole };
for (const button of document.querySelectorAll("[data-zoom]"))
  button.addEventListener("click", ZOOM[button.dataset.zoom]);

const KEYS = {
  ArrowRight: () => goBy("next"),
  ArrowLeft: () => goBy("previous"),
  Home: () => goBy("first"),
  End: () => goBy("last"),
  " ": play,
  "+": ZOOM.in,
  "=": ZOOM.in,
  "-": ZOOM.out,
  0: ZOOM.fit,
  "/": () => byId("find").focus(),
  PageDown: () => goBy("next"),
  PageUp: () => goBy("previous"),
  p: togglePresent,
  Escape: goBack,
};

// Out of the presentation, out of an opened unit, then away from the chosen node.
function goBack() {
  if (document.body.classList.contains("present")) togglePresent();
  else if (page.scene.opened) toggleUnit(page.scene.opened);
  else if (page.scene.outer !== undefined) dive(page.scene.outer);
  else select(null);
}

// The graph and the equation, and nothing else: for a lecture hall.
function togglePresent() {
  const presents = document.body.classList.toggle("present");
  const done = presents ? document.documentElement.requestFullscreen?.() : document.fullscreenElement && document.exitFullscreen();
  done?.catch?.(() => {}); // a frame may not fill the screen; it presents in its own room
}

document.addEventListener("fullscreenchange", () => {
  if (!document.fullscreenElement) document.body.classList.remove("present");
});

document.addEventListener("keydown", (event) => {
  const at = event.target;
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && letterOf(event) === "z" && !at.matches("input:not([type=range], [type=checkbox])")) {
    event.preventDefault();
    undo();
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isComposing(event) || byId("keys").open) return;
  const own = at.matches("input, select, textarea") && !(at.type === "range" && event.key === " ");
  const key = letterOf(event);
  if (own || !KEYS[key] || (event.key === " " && at.matches("button, [role=button]:focus-visible")))
    return;
  event.preventDefault();
  KEYS[key]();
});

byId("help").addEventListener("click", () => byId("keys").showModal());
byId("close-keys").addEventListener("click", () => byId("keys").close());

// --- a small window, or a frame in another page ----------------------------------------------------------

function fitLayout() {
  document.documentElement.classList.toggle("compact", window !== top || innerWidth <= 1000);
}

addEventListener("resize", fitLayout);
fitLayout();
if (window !== top) setText(byId("wheel"), "Ctrl + wheel");

// --- light and dark ------------------------------------------------------------------------------------

const dark = matchMedia("(prefers-color-scheme: dark)");

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  setText(byId("theme"), theme === "dark" ? "Light" : "Dark");
}

byId("theme").addEventListener("click", () =>
  setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"),
);
dark.addEventListener("change", () => setTheme(dark.matches ? "dark" : "light"));

// --- paper, links, size ----------------------------------------------------------------------------------

let beforePrint = null;

addEventListener("beforeprint", () => {
  beforePrint = { ...view };
  look({
    x: -MARGIN,
    y: -MARGIN,
    width: page.scene.width + 2 * MARGIN,
    height: page.scene.height + 2 * MARGIN,
  });
});
addEventListener("afterprint", () => beforePrint && look(beforePrint));
addEventListener("hashchange", openLinked);

// --- open ------------------------------------------------------------------------------------------------

setTheme(dark.matches ? "dark" : "light");
page.chosen = new Set(firstChosen());
makeDescent();
const tops = scenes.filter((scene) => scene.outer === undefined);
if (tops.length > 1) {
  const choices = tops.map((scene, level) =>
    el("button", { type: "button", "data-level": level, onclick: () => show(level, sameStep(sceneOf(level))) }, scene.name),
  );
  byId("levels").append(...choices);
  byId("levels").hidden = false;
}
openLinked();
