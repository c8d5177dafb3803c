// Makes elements. Text goes in as text, never as markup.

/** An element with attributes, listeners (`onclick`), boolean attributes, and children: elements, texts, or nothing. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A line drawing of 24 units, coloured like the text around it. */
export function icon(path, className = "icon") {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(namespace, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/** Puts the children in place of what the element holds. */
export const fill = (element, ...children) => element.replaceChildren(...children.flat().filter(Boolean));

/** Has a screen reader say something, without showing it. */
export function announce(sentence) {
  const announcer = document.getElementById("announcer");
  if (announcer && announcer.textContent !== sentence) announcer.textContent = sentence;
}
