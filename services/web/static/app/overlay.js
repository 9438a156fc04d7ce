// What appears over the page: dialogs, the menu of actions, and the toast.

import { announce, button, byId } from "./dom.js";

/** Close events still to come, by dialog: it may be open again by the time they arrive. */
const closings = new WeakMap();

/** Opens a dialog and resolves to the data-answer of the button that closed it. */
export function openDialog(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  // The focused control may be at the end, but reading starts at the top.
  dialog.scrollTop = 0;
  let left = (closings.get(dialog) ?? 0) + 1;
  closings.set(dialog, left);
  return new Promise((resolve) => {
    const closed = () => {
      if (--left) return;
      dialog.removeEventListener("close", closed);
      closings.set(dialog, closings.get(dialog) - 1);
      resolve(dialog.returnValue);
    };
    dialog.addEventListener("close", closed);
  });
}

/** Makes the data-answer buttons of all dialogs close them. */
export function prepareDialogs() {
  for (const dialog of document.querySelectorAll("dialog")) {
    for (const answer of dialog.querySelectorAll("[data-answer]")) {
      answer.addEventListener("click", () => dialog.close(answer.dataset.answer));
    }
  }
}

/**
 * Follows shortcuts wherever the focus is, except in dialogs. The actions are given as {"Ctrl+k":
 * function} and get the target; one that returns false leaves the key alone.
 */
export function prepareShortcuts(actions) {
  document.addEventListener("keydown", (event) => {
    const { key, target, ctrlKey, metaKey, altKey, shiftKey } = event;
    if (document.querySelector("dialog[open]") || altKey || shiftKey) return;
    const act = actions[ctrlKey || metaKey ? `Ctrl+${key}` : key];
    if (act && act(target) !== false) event.preventDefault();
  });
}

/** Asks before an action that cannot be undone, and resolves to the decision. */
export async function confirm(title, text, action) {
  const dialog = byId("confirm");
  byId("confirm-title").textContent = title;
  byId("confirm-text").textContent = text;
  dialog.querySelector("[data-answer=yes]").textContent = action;
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

/** Shows a menu at a button. A press on one of its items closes it. */
export function showMenu(menu, anchor) {
  const items = [...menu.querySelectorAll("[role=menuitem]:not([hidden])")];
  for (const item of items) item.tabIndex = -1;
  menu.onkeydown = (event) => moveFocus(event, menu, items);
  menu.onclick = ({ target }) => target.closest("[role=menuitem]") && menu.hidePopover();
  menu.ontoggle = ({ newState }) => anchor.setAttribute("aria-expanded", newState === "open");
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

/** Puts a menu below its button, or above it where there is no room below. */
function place(menu, { right, top, bottom }) {
  const below = bottom + menu.offsetHeight < innerHeight;
  const furthest = innerWidth - menu.offsetWidth - 8;
  menu.style.left = `${Math.max(8, Math.min(right - menu.offsetWidth, furthest))}px`;
  menu.style.top = `${Math.max(8, below ? bottom : top - menu.offsetHeight)}px`;
}

let toasts = 0; // shown so far

/**
 * Shows a toast with actions, given as {label: function}. Each action closes it, as `close` does.
 * Returns a function that changes the text while this toast is shown; "" hides it.
 */
export function showToast(text, actions = {}, close = () => {}) {
  const toast = byId("toast");
  const message = toast.querySelector("p");
  const number = ++toasts;
  message.textContent = text;
  const buttons = Object.entries({ ...actions, Close: close }).map(([label, act]) =>
    button(label, "quiet", () => {
      hideToast();
      act();
    }),
  );
  toast.querySelector(".actions").replaceChildren(...buttons);
  toast.hidden = false;
  announce(text);
  return (newText) => {
    if (number !== toasts) return;
    message.textContent = newText;
    if (!newText) hideToast();
  };
}

/** Hides the toast. */
export function hideToast() {
  const toast = byId("toast");
  if (toast.contains(document.activeElement)) byId("input").focus();
  toast.hidden = true;
}
