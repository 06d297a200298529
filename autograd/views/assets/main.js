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
  Escape: () => select(null),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("keys").open) return;
  const at = event.target;
  const own = at.matches("input, select, textarea") && !(at.type === "range" && event.key === " ");
  if (own || !KEYS[event.key] || (event.key === " " && at.matches("button, [role=button]:focus-visible")))
    return;
  event.preventDefault();
  KEYS[event.key]();
});

byId("help").addEventListener("click", () => byId("keys").showModal());

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
addEventListener("hashchange", () => linkedStep() !== null && go(linkedStep()));

let shape = size();

new ResizeObserver(() => {
  const now = size();
  if (!now.width || !now.height || (now.width === shape.width && now.height === shape.height)) return;
  reshape(shape, now);
  shape = now;
  follow();
}).observe(graph);

// --- open ------------------------------------------------------------------------------------------------

setTheme(dark.matches ? "dark" : "light");
page.chosen = new Set(firstChosen());
makeDescent();
if (scenes.length > 1) {
  const choices = scenes.map((scene, level) =>
    el("button", { type: "button", "data-level": level, onclick: () => show(level) }, scene.name),
  );
  byId("levels").append(...choices);
  byId("levels").hidden = false;
}
show(0, linkedStep());
