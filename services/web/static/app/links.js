// Links: the dialog that shares calculations, the list of the session's links, the dialog that
// shows a link, and following links: the fragment of an address, which is never sent to a server,
// leads to a share or to a session of another device. And deleting the session with its links.
// Loaded when it is first used, together with the export.

import * as api from "./api.js";
import { button, byId, confirm, copyText, element, openDialog, shape, showToast } from "./dom.js";
import { used } from "./highlight.js";
import { shown, toLocal } from "./numbers.js";
import { picture } from "./qr.js";
import { outcome } from "./row.js";
import * as session from "./session.js";

export { save } from "./export.js";

/** How many names a sentence lists. */
const mostNames = 12;

const shareForm = byId("share-form");
let shareable = { entries: [], names: {} }; // what the dialog can share

shareForm.addEventListener("input", describe);
shareForm.addEventListener("submit", (event) => {
  event.preventDefault();
  createLink();
});

/** Opens the dialog that shares entries, newest first, with some ids chosen, and their names. */
export function openShare(entries, chosen, names) {
  shareable = { entries, names };
  shareForm.reset();
  byId(chosen.length ? "share-some" : "share-all").checked = true;
  const choices = entries.map((entry) => choice(entry, chosen.includes(entry.id)));
  byId("share-entries").replaceChildren(...choices);
  byId("share-status").textContent = "";
  describe();
  return openDialog(byId("share"));
}

const sharesAll = () => byId("share-all").checked;

function chosenEntries() {
  const ids = new FormData(shareForm).getAll("entry");
  return shareable.entries.filter(({ id }) => sharesAll() || ids.includes(String(id)));
}

/** Says what the reader will see. */
function describe() {
  const entries = chosenEntries();
  byId("share-entries").hidden = sharesAll();
  byId("share-make").disabled = !entries.length;
  const what = sharesAll()
    ? "all calculations of this session"
    : `${entries.length} of your calculations`;
  const names = sharesAll()
    ? namesOf(shareable.names)
    : used(entries.map(({ expression }) => expression), shareable.names);
  byId("share-words").textContent =
    `Whoever has the link sees ${what}, with results and times as they are now` +
    `${names.length ? `, and ${listed(names)}` : ""}. They can change nothing, and see nothing ` +
    "of what you do later.";
}

async function createLink() {
  const ids = chosenEntries().map(({ id }) => id).sort((a, b) => a - b);
  const title = byId("share-title").value.trim();
  const request = {
    entries: sharesAll() ? "all" : ids,
    title: title || undefined,
    expires_in: Number(byId("share-expiry").value) || undefined,
  };
  byId("share-make").disabled = true;
  try {
    const { url } = await api.share(session.token(), request);
    byId("share").close();
    handOver({
      url,
      heading: "Your link",
      words:
        "Whoever has it can read what you share. You can revoke it under More, Your links.",
      title: title || "Calculations",
    });
    await copyLink(); // which Safari refuses here, where no press asks for it
  } catch (failure) {
    if (!(failure instanceof api.Failure)) throw failure;
    byId("share-status").textContent = api.trouble("No link was made", failure);
  }
  byId("share-make").disabled = false;
}

function choice(entry, checked) {
  const box = element("input", { type: "checkbox", name: "entry", value: entry.id });
  box.checked = checked;
  const code = element("code", {}, toLocal(entry.expression));
  const value = entry.result === null ? "" : shown(outcome(entry), entry.result);
  const result = element("span", { class: "value" }, value);
  return element("li", {}, element("label", {}, box, element("span", {}, code, " ", result)));
}

/** Names names, as many as a sentence lists. */
function listed(names) {
  if (!names.length) return "no names";
  const some = names.slice(0, mostNames).join(", ");
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : "";
  return `the name${names.length > 1 ? "s" : ""} ${some}${more}`;
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
    byId("links-status").textContent = api.trouble(what, failure);
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
      url,
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

let current = null; // the {link, title} that is shown

/**
 * Opens the dialog to copy the link to a URL of this site, send it, or scan it with a camera.
 * `title` is what others see.
 */
function handOver({ url, heading, words, title = heading }) {
  const link = new URL(url, location.origin).href;
  current = { link, title };
  byId("link-heading").textContent = heading;
  byId("link-words").textContent = words;
  byId("link-text").value = link;
  byId("link-status").textContent = "";
  byId("link-copy").onclick = () =>
    copyLink("This browser does not let the page copy: copy the link from its field.");
  byId("link-send").onclick = send;
  byId("link-send").hidden = !navigator.share;
  const code = picture(link);
  byId("link-code").replaceChildren(...(code ? [codeImage(code)] : []));
  return openDialog(byId("link"));
}

/** Copies the link and says so, or says something else if the browser refuses. */
async function copyLink(refusal = "") {
  const done = await copyText(current.link, byId("link-text"));
  byId("link-status").textContent = done ? "The link is copied." : refusal;
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
    // The person has closed the share sheet.
  }
}

const fragment = /^#(fork|session)=(.*)$/s;
const validToken = /^[\w-]{22,128}$/;

/** Asks whether to go where the fragment of an address leads, and goes there: `enter(token)`. */
export async function follow(hash, enter) {
  const [, kind, token] = fragment.exec(hash) ?? [];
  if (!kind) return;
  if (!validToken.test(token)) {
    return showToast(
      "The link cannot be followed: it is not complete. Copy all of it, or ask for it again.",
    );
  }
  if (token === session.token()) return showToast("This is the session of that link already.");
  const target = kind === "fork" ? shareTarget(token) : sessionTarget(token);
  try {
    const keeps = session.token()
      ? " The session of this browser is kept, and you can go back to it."
      : "";
    const question = `${await target.describe()}${keeps}`;
    if (await confirm(target.title, question, "Continue")) enter(await target.open());
  } catch (failure) {
    showToast(api.trouble("The link cannot be followed", failure));
  }
}

const shareTarget = (token) => ({
  title: "Continue from the shared calculations?",
  async describe() {
    const { title, entries, ...names } = await api.shared(token);
    const count = entries.length === 1 ? "one calculation" : `${entries.length} calculations`;
    const source = title ? ` of “${title}”` : "";
    return `Your own session begins with ${count}${source} and ${listed(namesOf(names))}.`;
  },
  open: async () => (await api.fork(token)).session,
});

const sessionTarget = (token) => ({
  title: "Continue this session here?",
  async describe() {
    const requests = [api.names(token), api.history(token, { limit: 1 })];
    const [names, { entries }] = await Promise.all(requests);
    const [last] = entries;
    const lastWords = last
      ? ` Its last calculation was ${brief(last.expression)}, ${date(last.at)}.`
      : "";
    return (
      "This link leads to a session of another device or person. " +
      `It has ${listed(namesOf(names))}.${lastWords} What you calculate in it can be seen there.`
    );
  },
  open: () => token,
});

const namesOf = ({ variables, definitions }) => Object.keys({ ...variables, ...definitions });

const brief = (text) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** Shows the link that continues this session on another device. */
export function openDeviceLink() {
  return handOver({
    url: `/#session=${session.token()}`,
    heading: "Continue on another device",
    words:
      "Open the link there, or point its camera at the code. Whoever has the link can see, use " +
      "and delete this session, so send it to nobody else.",
  });
}

/** Deletes the session if the person agrees, and then calls `deleted()`. */
export async function deleteSession(deleted) {
  const text =
    "The names, the history and the links of this session are deleted for good, here and on the " +
    "server. Your settings stay.";
  if (!(await confirm("Delete everything?", text, "Delete everything", { deletes: true }))) return;
  try {
    if (session.token()) await api.remove(session.token(), "/session");
  } catch (failure) {
    if (failure.kind !== "session") {
      const retry = { "Try again": () => deleteSession(deleted) };
      return showToast(api.trouble("Not everything is deleted", failure), retry);
    }
  }
  deleted();
  showToast("Everything is deleted. The next calculation starts a new session.");
}
