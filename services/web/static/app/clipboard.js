// Copying a text.

import { announce } from "./dom.js";

/**
 * Copies a text and tells whether that worked. The
 * field is one that has the text already, if there is one.
 */
export async function copy(text, field = null) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text, field);
  }
}

/** Copies a text and says so. */
export async function copyAloud(text) {
  announce((await copy(text)) ? `Copied ${text}` : "This browser does not let the page copy");
}

/** The way for pages over plain http, where there is no navigator.clipboard. */
function copyBySelection(text, field) {
  const focused = document.activeElement;
  const area = field ?? document.createElement("textarea");
  if (!field) {
    area.value = text;
    area.className = "unseen";
    (document.querySelector("dialog[open]") ?? document.body).append(area);
  }
  area.select();
  const done = document.execCommand("copy");
  if (!field) area.remove();
  focused?.focus();
  return done;
}
