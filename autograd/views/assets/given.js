// What Python gave the page. The script runs: the still picture gives its place to the live one, and what can be used
// appears.

const data = JSON.parse(document.getElementById("data").textContent);

const liveGraph = document.createElementNS("http://www.w3.org/2000/svg", "svg");
for (const [key, value] of Object.entries({ id: "graph", role: "group", "aria-label": "Computation graph" })) liveGraph.setAttribute(key, value);
document.getElementById("graph").replaceWith(liveGraph);
document.getElementById("still").remove();
for (const part of document.querySelectorAll("[data-live]")) part.hidden = false;
