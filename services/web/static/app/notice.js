// The one notice above the input: something that is not about an expression's
// text, with the ways on from it.

import { announce, button, byId } from "./dom.js";

/** Shows a text with actions, given as {label: function}; each closes the notice, as `close` does. */
export function notify(text, actions = {}, close = () => {}) {
  const notice = byId("notice");
  notice.querySelector("p").textContent = text;
  const buttons = Object.entries({ ...actions, Close: close }).map(([label, act]) =>
    button(label, "quiet", () => {
      dismiss();
      act();
    }),
  );
  notice.querySelector(".actions").replaceChildren(...buttons);
  notice.hidden = false;
  announce(text);
}

/** Removes the notice. */
export function dismiss() {
  const notice = byId("notice");
  if (notice.contains(document.activeElement)) byId("input").focus();
  notice.hidden = true;
}
