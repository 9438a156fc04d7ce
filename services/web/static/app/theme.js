// The reader's own choices of how the page looks: light or dark, and numbers in groups.

import { byId } from "./dom.js";
import { browser } from "./storage.js";

const theme = "abacus.theme";
const groups = "abacus.groups";

/** Sets what was chosen before, and follows the controls; `changed` hears of the numbers. */
export function prepareLook(changed) {
  const choice = byId("theme");
  const set = () => {
    choice.value = browser.kept(theme) ?? "";
    if (choice.value) document.documentElement.dataset.theme = choice.value;
    else delete document.documentElement.dataset.theme;
  };
  choice.addEventListener("change", () => {
    browser.keep(theme, choice.value || null);
    set();
  });
  set();
  const box = byId("groups");
  box.checked = browser.kept(groups) === "on";
  box.addEventListener("change", () => {
    browser.keep(groups, box.checked ? "on" : null);
    changed();
  });
}

/** Returns a decimal number as it is shown: in groups as the reader's language has them, if wanted. */
export function shown(number) {
  const match = /^(-?)(\d{4,})(?:\.(\d+))?(e.*)?$/.exec(number);
  if (!match || browser.kept(groups) !== "on") return number;
  const [, sign, whole, fraction, exponent = ""] = match;
  const parts = new Intl.NumberFormat().formatToParts(1.5);
  const point = parts.find(({ type }) => type === "decimal").value;
  return sign + new Intl.NumberFormat().format(BigInt(whole)) + (fraction ? point + fraction : "") + exponent;
}
