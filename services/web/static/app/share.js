// Sharing: the dialog that makes a link to calculations, the list of the session's links, and the
// dialog that hands a link over.

import * as api from "./api.js";
import { button, byId, copyText, element, prose, shape } from "./dom.js";
import { used } from "./highlight.js";
import { trouble } from "./messages.js";
import { toLocal } from "./numbers.js";
import { openDialog } from "./overlay.js";
import * as session from "./session.js";

/** How many names the dialog lists. */
const mostNames = 12;

/** The dialog that shares calculations. It says first what the reader will see. */
export class Sharing {
  #dialog = byId("share");
  #form = byId("share-form");
  #entries = [];
  #names = {};

  constructor() {
    this.#form.addEventListener("input", () => this.#describe());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#share();
    });
  }

  /** Opens the dialog for entries, newest first, with some ids chosen, and the session's names. */
  open(entries, chosen, names) {
    this.#entries = entries;
    this.#names = names;
    this.#form.reset();
    byId("share-all").checked = !chosen.length;
    byId("share-some").checked = chosen.length > 0;
    const choices = entries.map((entry) => choice(entry, chosen.includes(entry.id)));
    byId("share-entries").replaceChildren(...choices);
    byId("share-status").textContent = "";
    this.#describe();
    return openDialog(this.#dialog);
  }

  get #chosen() {
    if (byId("share-all").checked) return this.#entries;
    const boxes = [...this.#form.querySelectorAll("#share-entries input:checked")];
    const ids = boxes.map((box) => Number(box.value));
    return this.#entries.filter(({ id }) => ids.includes(id));
  }

  #describe() {
    const all = byId("share-all").checked;
    byId("share-entries").hidden = all;
    const entries = this.#chosen;
    byId("share-make").disabled = !entries.length;
    const what = all
      ? "all calculations of this session"
      : `${entries.length} of your calculations`;
    const { variables, definitions } = this.#names;
    const names = all
      ? Object.keys({ ...variables, ...definitions })
      : used(entries.map(({ expression }) => expression), this.#names);
    byId("share-words").replaceChildren(
      ...prose(
        `Whoever has the link sees ${what}, with results and times as they are now` +
          `${listed(names)}. They can change nothing, and see nothing of what you do later.`,
      ),
    );
  }

  async #share() {
    const ids = this.#chosen.map(({ id }) => id).sort((a, b) => a - b);
    const request = { entries: byId("share-all").checked ? "all" : ids };
    const title = byId("share-title").value.trim();
    const seconds = Number(byId("share-expiry").value);
    if (title) request.title = title;
    if (seconds) request.expires_in = seconds;
    byId("share-make").disabled = true;
    try {
      const share = await api.share(session.token(), request);
      this.#dialog.close();
      handOver({
        link: new URL(share.url, location.origin).href,
        heading: "Your link",
        words:
          "Whoever has it can read what you share. " +
          "You can revoke it under More, Your links.",
        title: title || "Calculations",
      });
      await copyLink();
    } catch (failure) {
      if (!(failure instanceof api.Failure)) throw failure;
      byId("share-status").textContent = trouble("No link was made", failure);
    }
    byId("share-make").disabled = false;
  }
}

function choice(entry, checked) {
  const box = element("input", { type: "checkbox", value: String(entry.id) });
  box.checked = checked;
  const code = element("code", {}, toLocal(entry.expression));
  return element("li", {}, element("label", {}, box, code));
}

function listed(names) {
  if (!names.length) return "";
  const some = names.slice(0, mostNames).map((name) => "`" + name + "`").join(", ");
  const rest = names.length > mostNames ? ", …" : "";
  return `, and the name${names.length > 1 ? "s" : ""} ${some}${rest}`;
}

/** Opens the list of the session's links: when each was made, how often it was opened, its end. */
export async function openLinks() {
  byId("links-list").replaceChildren();
  byId("links-none").hidden = true;
  const closed = openDialog(byId("links"));
  await tryLinks("The links cannot be shown", showLinks);
  return closed;
}

async function tryLinks(what, act) {
  byId("links-status").textContent = "";
  try {
    await act();
  } catch (failure) {
    byId("links-status").textContent = trouble(what, failure);
  }
}

async function showLinks() {
  const { shares } = session.token() ? await api.shares(session.token()) : { shares: [] };
  byId("links-list").replaceChildren(...shares.map(linkRow));
  byId("links-none").hidden = shares.length > 0;
}

async function revoke(share) {
  await api.revoke(session.token(), share);
  await showLinks();
  const next = byId("links-list").querySelector("button");
  (next ?? byId("links").querySelector("[data-answer]")).focus();
}

function linkRow({ share, url, title, created_at, expires_at, entries, opens }) {
  const heading = title || "Without a title";
  const facts = [
    `made ${date(created_at)}`,
    expires_at ? `ends ${date(expires_at)}` : "does not end",
    `${entries} calculation${entries === 1 ? "" : "s"}`,
    opens ? `opened ${opens === 1 ? "once" : `${opens} times`}` : "not opened yet",
  ];
  const show = button("Show link", "quiet", () =>
    handOver({
      link: new URL(url, location.origin).href,
      heading,
      words: `It can be opened until ${expires_at ? date(expires_at) : "you revoke it"}.`,
      title: title || "Calculations",
    }),
  );
  const end = button("Revoke", "quiet", () =>
    tryLinks("The link is not revoked", () => revoke(share)),
  );
  end.setAttribute("aria-label", `Revoke ${title || "the link"}`);
  const name = element("a", { href: url, target: "_blank", rel: "noreferrer" }, heading);
  const actions = element("div", { class: "actions" }, show, end);
  return element("li", {}, name, element("p", {}, facts.join(" · ")), actions);
}

const date = (at) =>
  new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });

let current = null; // the {link, title} that is handed over

/**
 * Opens the dialog to copy a link, send it, or scan it with a camera. `title` is what others see.
 */
export function handOver({ link, heading, words, title = heading }) {
  current = { link, title };
  byId("link-heading").textContent = heading;
  byId("link-words").textContent = words;
  byId("link-text").value = link;
  byId("link-status").textContent = "";
  byId("link-copy").onclick = copyLink;
  byId("link-send").onclick = send;
  byId("link-send").hidden = !navigator.share;
  byId("link-code").replaceChildren();
  showCode(link);
  return openDialog(byId("link"));
}

async function copyLink() {
  const done = await copyText(current.link, byId("link-text"));
  byId("link-status").textContent = done
    ? "The link is copied."
    : "This browser does not let the page copy: copy the link from its field.";
}

async function showCode(link) {
  try {
    const { picture } = await import("./qr.js");
    // Another link may be shown by now.
    if (link !== current.link) return;
    const code = picture(link);
    if (code) byId("link-code").replaceChildren(codeImage(code));
  } catch {
    // The link can be copied without its code.
  }
}

/** Returns a code as SVG, black on white in any theme. */
function codeImage({ size, path }) {
  return shape(
    "svg",
    {
      viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": "QR code of the link",
      "shape-rendering": "crispEdges",
    },
    shape("path", { fill: "#fff", d: `M0 0h${size}v${size}H0z` }),
    shape("path", { fill: "#000", d: path }),
  );
}

async function send() {
  try {
    await navigator.share({ title: current.title, url: current.link });
  } catch {
    // The person closed the share sheet.
  }
}
