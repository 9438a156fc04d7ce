// Dialogs. Escape closes them, and the browser gives the focus back.

import { byId } from "./dom.js";

/** How many closings of a dialog are still to be heard of: it may be open again by then. */
const closings = new WeakMap();

/** Opens a dialog and resolves to the data-answer of the button that closed it. */
export function open(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  // What has the focus may be at the end; reading begins at the beginning.
  dialog.scrollTop = 0;
  let left = (closings.get(dialog) ?? 0) + 1;
  closings.set(dialog, left);
  return new Promise((answer) => {
    const hear = () => {
      if (--left) return;
      dialog.removeEventListener("close", hear);
      closings.set(dialog, closings.get(dialog) - 1);
      answer(dialog.returnValue);
    };
    dialog.addEventListener("close", hear);
  });
}

/** Lets the buttons of the page's dialogs close them. */
export function prepare() {
  for (const dialog of document.querySelectorAll("dialog")) {
    for (const button of dialog.querySelectorAll("[data-answer]")) {
      button.addEventListener("click", () => dialog.close(button.dataset.answer));
    }
  }
}

/** Asks before something that cannot be undone, and resolves to the decision. */
export async function confirm(title, text, action) {
  const dialog = byId("confirm");
  byId("confirm-title").textContent = title;
  byId("confirm-text").textContent = text;
  dialog.querySelector("[data-answer=yes]").textContent = action;
  return (await open(dialog)) === "yes";
}
