// What the playground was given, and how it makes elements.

const kit = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);

// Make an HTML element: attributes, then children; strings become text, never markup.
function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}
