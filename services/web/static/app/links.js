// The list of the session's own links: when each was made, how often it was opened,
// and its end.

import * as api from "./api.js";
import { open } from "./dialog.js";
import { button, byId, element } from "./dom.js";
import { handOver } from "./link.js";
import * as session from "./session.js";
import { trouble } from "./words.js";

/** The list, in its dialog. */
export class Links {
  #list = byId("links-list");

  async open() {
    this.#list.replaceChildren();
    byId("links-none").hidden = true;
    const closed = open(byId("links"));
    await this.#try("The links cannot be shown", () => this.#show());
    return closed;
  }

  async #show() {
    const { shares } = session.token() ? await api.shares(session.token()) : { shares: [] };
    this.#list.replaceChildren(...shares.map((share) => this.#row(share)));
    byId("links-none").hidden = shares.length > 0;
  }

  async #revoke(share) {
    await api.revoke(session.token(), share);
    await this.#show();
    (this.#list.querySelector("button") ?? byId("links").querySelector("[data-answer]")).focus();
  }

  async #try(what, act) {
    byId("links-status").textContent = "";
    try {
      await act();
    } catch (failure) {
      byId("links-status").textContent = trouble(what, failure);
    }
  }

  #row({ share, url, title, created_at, expires_at, entries, opens }) {
    const link = new URL(url, location.origin).href;
    const facts = [
      `made ${date(created_at)}`,
      expires_at ? `ends ${date(expires_at)}` : "does not end",
      count(entries, "calculation"),
      opens ? `opened ${opens === 1 ? "once" : `${opens} times`}` : "not opened yet",
    ];
    const revoke = button("Revoke", "quiet", () => this.#try("The link is not revoked", () => this.#revoke(share)));
    revoke.setAttribute("aria-label", `Revoke ${title || "the link"}`);
    const words = expires_at ? `It can be opened until ${date(expires_at)}.` : "It can be opened until you revoke it.";
    const show = button("Show link", "quiet", () => handOver({ link, heading: title || "Without a title", words, title: title || "Calculations" }));
    const name = element("a", { href: url, target: "_blank", rel: "noreferrer" }, title || "Without a title");
    return element("li", {}, name, element("p", {}, facts.join(" · ")), element("div", { class: "actions" }, show, revoke));
  }
}

const date = (at) => new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });

const count = (n, noun) => `${n} ${noun}${n === 1 ? "" : "s"}`;
