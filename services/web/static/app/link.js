// The dialog that hands a link over: to be copied, sent, or read by a camera.

import { copy } from "./clipboard.js";
import { open } from "./dialog.js";
import { byId } from "./dom.js";

/** What is handed over: {link, title}. */
let present = null;

/** Shows a link under a heading, with what there is to know about it; `title` is what others see of it. */
export function handOver({ link, heading, words, title = heading }) {
  present = { link, title };
  byId("link-heading").textContent = heading;
  byId("link-words").textContent = words;
  byId("link-text").value = link;
  byId("link-status").textContent = "";
  byId("link-copy").onclick = copyLink;
  byId("link-send").onclick = send;
  byId("link-send").hidden = !navigator.share;
  byId("link-code").replaceChildren();
  showCode(link);
  return open(byId("link"));
}

/** Copies the link that is shown, and says so. */
export async function copyLink() {
  const done = await copy(present.link, byId("link-text"));
  byId("link-status").textContent = done ? "The link is copied." : "This browser does not let the page copy: copy the link from its field.";
}

async function showCode(link) {
  try {
    const { picture } = await import("./qr.js");
    // Another link may be shown by now.
    if (link === present.link) byId("link-code").replaceChildren(picture(link, "QR code of the link") ?? "");
  } catch {
    // The link can be copied without it.
  }
}

async function send() {
  try {
    await navigator.share({ title: present.title, url: present.link });
  } catch {
    // The person closed the sheet: that is an answer, too.
  }
}
