// Elements: making and finding them. Text always becomes a text node, so nothing that a person or
// a service wrote is ever parsed as markup.

/** Creates an element from its attributes and its children, elements or strings. */
export function element(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** Creates a button that calls `press` when it is clicked. */
export function button(label, className, press) {
  const node = element("button", { type: "button", class: className }, label);
  node.addEventListener("click", press);
  return node;
}

/** Creates an SVG element from its attributes and its children. */
export function shape(tag, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** Turns a message into nodes: text between backticks becomes code. */
export function prose(text) {
  return text.split("`").map((part, i) => (i % 2 ? element("code", {}, part) : part));
}

/** Returns the element with this id. */
export const byId = (id) => document.getElementById(id);

/** Speaks a message through the live region. */
export function announce(text) {
  // A new element is announced even if its text is the same as before.
  byId("status").replaceChildren(element("span", {}, text.replaceAll("`", "")));
}

/** Copies a text and announces it. */
export async function copy(text) {
  announce((await copyText(text)) ? `Copied ${text}` : "This browser does not let the page copy");
}

/** Copies a text and reports whether that worked. The field, if given, holds the same text. */
export async function copyText(text, field = null) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text, field);
  }
}

/** Copies over plain http, where there is no navigator.clipboard. */
function copySelected(text, field) {
  const focused = document.activeElement;
  const area = field ?? element("textarea", { class: "unseen" });
  if (!field) {
    area.value = text;
    (document.querySelector("dialog[open]") ?? document.body).append(area);
  }
  area.select();
  const done = document.execCommand("copy");
  if (!field) area.remove();
  focused?.focus();
  return done;
}

/** Makes the browser save a blob under a name. */
export function download(blob, name) {
  const address = URL.createObjectURL(blob);
  element("a", { href: address, download: name }).click();
  // The browser reads it a little later.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
