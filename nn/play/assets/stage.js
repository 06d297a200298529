// The stage of the live page inside the playground. The modules of the page stand above this one in one function, which
// is called for every network anew; what they ask of the rest of the page is answered here.

// The numbers change while the training goes on, so the address keeps nothing and no leaf can be dragged.
function remember() {}
function setLeaf() {}
function paintLeaves() {}
function paintDetails() {}

function select(node) {
  page.selected = node;
  page.path = null;
  hideTip();
  tellChosen(node, page.scene.opened);
  paint();
}

function selectCard(card) {
  if (!card) return;
  const isSame = page.selected === card.node;
  if (card.members.length) toggleUnit(card);
  select(isSame ? null : card.node);
}

page.scrolls = true;
page.atRest = true;
page.resultName = `${kit.lossName} C at this point`;

function stepTo(name) {
  page.atRest = false;
  goBy(name);
}

const ZOOM = { in: () => zoomBy(1.3), out: () => zoomBy(1 / 1.3), fit: fitWhole };
for (const button of byId("stage").querySelectorAll("[data-zoom]")) button.onclick = ZOOM[button.dataset.zoom];
for (const button of document.querySelectorAll("[data-go]")) button.onclick = () => stepTo(button.dataset.go);
byId("scrubber").oninput = () => {
  page.atRest = false;
  go(Number(byId("scrubber").value));
};
byId("stepping").ontoggle = () => {
  page.atRest = !byId("stepping").open;
  go(page.scene.steps.last, { quiet: true });
};

// Show the numbers of the network; while it trains, in the picture alone.
function showNumbers({ values, partials, gradients }, isTraining) {
  page.numbers = { values, partials, gradients };
  if (!page.scene) show(0, Infinity);
  else if (isTraining) {
    paintNetwork(stepNow());
    sayResult();
  } else paint();
}

// In each circle what its neuron computes everywhere in the plane; the images are addresses by node.
function showPictures(images) {
  const { scene } = page;
  for (const card of scene.cards.filter(({ node }) => images.has(node))) {
    const r = card.radius;
    card.picture ??= card.body.parentNode.insertBefore(svgEl("image", { class: "picture", x: -r, y: -r, width: 2 * r, height: 2 * r, preserveAspectRatio: "none" }), card.body);
    setAttribute(card.picture, "href", images.get(card.node));
  }
  if (scene.pictured) return;
  scene.pictured = true;
  explainScene();
}

return { showNumbers, showPictures, close: () => page.scene.opened && toggleUnit(page.scene.opened) };
