// Building and finding elements. Text goes in as text nodes only, so nothing
// that a person or a service wrote is ever read as markup.

/** Makes an element from its attributes and its children, elements or texts. */
export function element(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** Makes a button that calls `press`. */
export function button(label, className, press) {
  const node = element("button", { type: "button", class: className }, label);
  node.addEventListener("click", press);
  return node;
}

/** Turns a message into nodes: what stands between backticks is code. */
export function prose(text) {
  return text.split("`").map((part, i) => (i % 2 ? element("code", {}, part) : part));
}

/**
 * Tells whether the end of the page is in view. A hundred pixels less count as well:
 * what is said under the input comes and goes.
 */
export const isAtEnd = () => innerHeight + scrollY >= document.documentElement.scrollHeight - 100;

/** Returns the element of the page that has this id. */
export const byId = (id) => document.getElementById(id);

/** Says a message to people who listen to the page. */
export function announce(text) {
  byId("status").textContent = text.replaceAll("`", "");
}
