// Heat maps of softmax weights, such as the attention of a head: darker is larger.

function makeTables() {
  const figures = data.tables.map((table) => {
    const cells = new Map(table.entries.map(([row, column, node]) => [`${row},${column}`, node]));
    const columns = [...new Set(table.entries.map(([, column]) => column))].sort((a, b) => a - b);
    const head = el("tr", {}, el("td", {}), ...columns.map((c) => el("th", { scope: "col" }, String(c))));
    const body = table.rows.map((name, r) =>
      el("tr", {}, el("th", { scope: "row" }, name), ...columns.map((c) => heatCell(table, cells.get(`${r + 1},${c}`)))),
    );
    return el("figure", {}, el("figcaption", {}, table.name), el("table", { class: "heat" }, head, ...body));
  });
  document.querySelector("aside").append(
    el("section", { id: "tables", "aria-label": "Heat maps" }, el("h2", {}, "Heat maps"), ...figures),
  );
}

function heatCell(table, node) {
  if (node === undefined) return el("td", {});
  const button = el("button", { type: "button", onclick: () => choose(node) });
  (table.buttons ??= []).push([node, button]);
  return el("td", {}, button);
}

function paintTables() {
  for (const table of data.tables) {
    const most = Math.max(...table.buttons.map(([node]) => Math.abs(page.numbers.values[node]))) || 1;
    for (const [node, button] of table.buttons) {
      const value = page.numbers.values[node];
      const words = `${labelOf(node)} = ${number(value)}`;
      button.style.setProperty("--heat", `${Math.round((100 * Math.abs(value)) / most)}%`);
      button.setAttribute("aria-label", words);
      button.title = words;
      setAttribute(button, "aria-pressed", String(page.selected === node));
    }
  }
}

if (data.tables) {
  makeTables();
  page.alsoPaint.push(paintTables);
}
