// The one notice above the input: something that is not about an expression's
// text, with the ways on from it.

import { announce, button, byId } from "./dom.js";

/** How many notices there were. */
let count = 0;

/**
 * Shows a text with actions, given as {label: function}; each closes the notice, as
 * `close` does. It returns a function that changes the text while this notice is shown.
 */
export function notify(text, actions = {}, close = () => {}) {
  const notice = byId("notice");
  const words = notice.querySelector("p");
  const turn = ++count;
  words.textContent = text;
  const buttons = Object.entries({ ...actions, Close: close }).map(([label, act]) =>
    button(label, "quiet", () => {
      dismiss();
      act();
    }),
  );
  notice.querySelector(".actions").replaceChildren(...buttons);
  notice.hidden = false;
  announce(text);
  return (text) => {
    if (turn === count) words.textContent = text;
  };
}

/** Removes the notice. */
export function dismiss() {
  const notice = byId("notice");
  if (notice.contains(document.activeElement)) byId("input").focus();
  notice.hidden = true;
}
