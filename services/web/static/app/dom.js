// Elements, and what appears over the page: dialogs, menus and the toast. Text always becomes a
// text node: nothing that a person or a service wrote is parsed as markup.

/** Creates an element from its attributes and its children, elements or strings. */
export const element = (tag, attributes, ...children) =>
  filled(document.createElement(tag), attributes, children);

/** Creates a button that calls `press` when it is clicked. */
export function button(label, className, press) {
  const node = element("button", { type: "button", class: className }, label);
  node.addEventListener("click", press);
  return node;
}

/** Creates an SVG element from its attributes and its children. */
export const shape = (tag, attributes, ...children) =>
  filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

function filled(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** Turns a message into nodes: text between backticks becomes code. */
export function prose(text) {
  return text.split("`").map((part, i) => (i % 2 ? element("code", {}, part) : part));
}

/** Returns the paragraphs that say what is wrong, and what to do about it. */
export const problem = ({ detail, hint }) =>
  Object.entries({ detail, hint }).map(([name, text]) =>
    element("p", { class: name }, ...prose(text)),
  );

/**
 * A list of options for a text field, which keeps the focus and points to the chosen option, as in
 * the combobox pattern of the ARIA Authoring Practices. It calls `take(index)`.
 */
export class Options {
  chosen = -1;
  #list;
  #field;
  #take;

  constructor(list, field, take) {
    this.#list = list;
    this.#field = field;
    this.#take = take;
    // A press must not take the focus from the text.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", ({ target }) => {
      const index = [...list.children].indexOf(target.closest("li"));
      if (index >= 0) take(index);
    });
  }

  get isOpen() {
    return !this.#list.hidden;
  }

  /** Shows items, with one of them chosen, -1 for none; without items the list is hidden. */
  show(items, chosen = -1) {
    items.forEach((item, i) => {
      item.id = `${this.#list.id}-${i}`;
      item.role = "option";
      item.ariaSelected = "false";
    });
    this.#list.replaceChildren(...items);
    this.#list.hidden = !items.length;
    this.#choose(chosen);
  }

  /** Handles a key that chooses or takes an option, and reports whether it did. */
  key({ key }) {
    const count = this.#list.childElementCount;
    if (key === "ArrowDown") this.#choose((this.chosen + 1) % count);
    else if (key === "ArrowUp") this.#choose(this.chosen > 0 ? this.chosen - 1 : count - 1);
    else if (key === "Enter" && this.chosen >= 0) this.#take(this.chosen);
    else return false;
    return true;
  }

  #choose(index) {
    const { children } = this.#list;
    if (children[this.chosen]) children[this.chosen].ariaSelected = "false";
    const item = children[index];
    this.chosen = item ? index : -1;
    if (!item) return this.#field.removeAttribute("aria-activedescendant");
    item.ariaSelected = "true";
    item.scrollIntoView({ block: "nearest" });
    this.#field.setAttribute("aria-activedescendant", item.id);
  }
}

/** Returns the element with this id. */
export const byId = (id) => document.getElementById(id);

/** Announces a message through the live region. */
export function announce(text) {
  // A new element is announced even if its text is the same as before.
  byId("status").replaceChildren(element("span", {}, text.replaceAll("`", "")));
}

/** Copies a text and announces it; a toast shows that in other words, if there are some. */
export async function copy(text, words = "") {
  const done = await copyText(text);
  if (words && done) showToast(words);
  announce(done ? `Copied ${text}` : "This browser does not let the page copy");
}

/** Copies a text and reports whether that worked. The field, if given, contains the text. */
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

/** Lets the browser save a blob as a file. */
export function download(blob, name) {
  const address = URL.createObjectURL(blob);
  element("a", { href: address, download: name }).click();
  // The browser may not have read it yet.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

let pressedBy = "key"; // the last press: key, or the type of the pointer
let dismisses = false; // whether it closes a menu or a sheet

document.addEventListener(
  "keydown",
  (event) => {
    [pressedBy, dismisses] = ["key", false];
    passToast(event);
  },
  true,
);

// A press beside an open menu or sheet closes it, and nothing else.
document.addEventListener(
  "pointerdown",
  (event) => {
    pressedBy = event.pointerType;
    const open = document.querySelector(".menu:popover-open, #names.open");
    const isBeside = open && !open.contains(event.target);
    const others = open?.id === "names" ? "dialog, #toast, .top" : "dialog, #toast";
    dismisses = isBeside && !event.target.closest(others);
    if (!dismisses) return;
    event.stopPropagation();
    event.preventDefault(); // the focus stays where it is
    open.dispatchEvent(new Event("dismiss"));
  },
  true,
);
document.addEventListener(
  "click",
  (event) => {
    passToast(event); // not before: the log must not move during a press
    if (!dismisses) return;
    dismisses = false;
    event.stopPropagation();
    event.preventDefault();
  },
  true,
);

/**
 * Returns a function for when something is closed that is being opened now: it gives the focus to
 * the input if a mouse left it on a button, which Enter would press again, or if it is nowhere, as
 * in Safari, where a mouse does not focus buttons.
 */
export function focusReturn() {
  const openedBy = pressedBy;
  return () => {
    const { activeElement: focused, body } = document;
    const closed = "dialog:not([open]), .menu:not(:popover-open)";
    const isLost = focused === body || focused.closest(closed);
    const isOnButton = openedBy === "mouse" && focused.matches("button");
    if (openedBy !== "touch" && (isLost || isOnButton)) byId("input").focus();
  };
}

/** Opens a dialog and resolves to the data-answer of the button that closed it. */
export function openDialog(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  // The control with the focus may be at the end, but reading starts at the top.
  dialog.scrollTop = 0;
  const returnFocus = focusReturn();
  return new Promise((resolve) => {
    dialog.onclose = () => {
      if (dialog.open) return; // again, before the event of its last closing came
      returnFocus();
      resolve(dialog.returnValue);
    };
  });
}

document.addEventListener("click", ({ target }) => {
  const answer = target.closest("dialog [data-answer]");
  answer?.closest("dialog").close(answer.dataset.answer);
});

/**
 * Handles shortcuts wherever the focus is, except in dialogs. The actions are given as {"Ctrl+k":
 * function} and receive the target. An action that returns false ignores the key.
 */
export function prepareShortcuts(actions) {
  document.addEventListener("keydown", (event) => {
    const { key, target, ctrlKey, metaKey, altKey, shiftKey } = event;
    if (event.defaultPrevented || altKey || shiftKey) return;
    if (document.querySelector("dialog[open]")) return;
    const act = actions[ctrlKey || metaKey ? `Ctrl+${key}` : key];
    if (act && act(target) !== false) event.preventDefault();
  });
}

/** Asks for confirmation of an action, in red if it deletes, and resolves to the answer. */
export async function confirm(title, text, action, { deletes = false } = {}) {
  const dialog = byId("confirm");
  byId("confirm-title").textContent = title;
  byId("confirm-text").textContent = text;
  const yes = dialog.querySelector("[data-answer=yes]");
  yes.textContent = action;
  yes.classList.toggle("danger", deletes);
  return (await openDialog(dialog)) === "yes";
}

/** Opens the menu of actions at a button, with actions given as {label: function}. */
export function openMenu(anchor, actions) {
  const items = Object.entries(actions).map(([label, act]) => {
    const item = button(label, "", act);
    item.setAttribute("role", "menuitem");
    return item;
  });
  byId("menu").replaceChildren(...items);
  showMenu(byId("menu"), anchor);
}

/** Shows a menu at a button. It closes when one of its items is pressed. */
export function showMenu(menu, anchor) {
  const items = [...menu.querySelectorAll("[role=menuitem]:not([hidden])")];
  for (const item of items) item.tabIndex = -1;
  menu.onkeydown = (event) => moveFocus(event, menu, items);
  menu.onclick = ({ target }) => {
    if (!target.closest("[role=menuitem]")) return;
    menu.hidePopover();
    anchor.ariaExpanded = "false"; // Safari sends no event if a dialog has hidden the menu
  };
  const returnFocus = focusReturn();
  menu.ontoggle = ({ newState }) => {
    anchor.ariaExpanded = String(newState === "open");
    if (newState === "closed" && !document.querySelector("dialog[open]")) returnFocus();
  };
  menu.showPopover();
  place(menu, anchor.getBoundingClientRect());
  items[0].focus();
}

function moveFocus(event, menu, items) {
  const at = items.indexOf(document.activeElement);
  const last = items.length - 1;
  const to = { ArrowDown: at + 1, ArrowUp: at + last, Home: 0, End: last }[event.key];
  if (event.key === "Tab") menu.hidePopover();
  if (to === undefined) return;
  event.preventDefault();
  items[to % items.length].focus();
}

/** Puts a menu below its button, or above it, or beside it where there is no room for either. */
function place(menu, { left, right, top, bottom }) {
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = bottom + height < innerHeight;
  const isBeside = !below && height > top;
  const end = isBeside ? left : Math.min(right, innerWidth - 8);
  menu.style.left = `${Math.max(8, end - width)}px`;
  menu.style.top = `${Math.max(8, below ? bottom : top - height)}px`;
}

let toasts = 0; // shown so far
let isPassing = false; // whether the toast only says something

/** Hides a toast that only says something, at the next press of anything else. */
function passToast({ target }) {
  if (isPassing && !target.closest?.("#toast")) hideToast();
}

/**
 * Shows a toast with actions, given as {label: function}. Each of them hides it, as Escape, the
 * next toast and the next calculation do. Returns a function that changes the text while this toast
 * is shown; "" hides it.
 */
export function showToast(text, actions = {}) {
  const message = byId("toast").querySelector("p");
  const number = ++toasts;
  isPassing = !Object.keys(actions).length;
  message.textContent = text;
  const buttons = Object.entries({ ...actions, "×": () => {} }).map(([label, act]) =>
    button(label, "quiet", () => {
      hideToast();
      act();
      focusReturn()();
    }),
  );
  buttons.at(-1).ariaLabel = "Close";
  byId("toast").querySelector(".actions").replaceChildren(...buttons);
  byId("toast").hidden = false;
  announce(text);
  return (newText) => {
    if (number !== toasts) return;
    message.textContent = newText;
    if (!newText) hideToast();
  };
}

/** Hides the toast, and reports whether there was one. */
export function hideToast() {
  const toast = byId("toast");
  if (toast.contains(document.activeElement)) byId("input").focus();
  const wasShown = !toast.hidden;
  toast.hidden = true;
  isPassing = false;
  return wasShown;
}

/** Undoes what the toast is about if it offers that, and reports whether it did. */
export function undoShown() {
  const offers = [...byId("toast").querySelectorAll("button")];
  const undo = offers.find((one) => one.textContent === "Undo" && one.checkVisibility());
  undo?.click();
  return Boolean(undo);
}

/** Waits for a module of the page; resolves to what `use` makes of it, or to undefined. */
export async function withModule(loading, use) {
  const module = await loading.catch(() => null);
  if (module) return use(module);
  showToast("A part of the page is missing. Reload the page when you are online.");
}

/** Opens a dialog at once, which a module fills; resolves to what the dialog closes with. */
export function openWith(dialog, loading, use) {
  if (dialog.open) return "";
  const closed = openDialog(dialog);
  withModule(loading, use);
  return closed;
}
