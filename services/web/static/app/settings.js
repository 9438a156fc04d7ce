// The settings of the page in this browser: light or dark, and digits in groups.

import { byId } from "./dom.js";
import { browser } from "./storage.js";

const themeName = "abacus.theme";
const groupsName = "abacus.groups";

/** Applies the stored settings and follows their controls; `changed` is called for numbers. */
export function prepareSettings(changed) {
  const theme = byId("theme");
  theme.value = browser.read(themeName) ?? "";
  theme.addEventListener("change", () => {
    browser.write(themeName, theme.value || null);
    applyTheme(theme.value);
  });
  applyTheme(theme.value);
  const groups = byId("groups");
  groups.checked = browser.read(groupsName) === "on";
  groups.addEventListener("change", () => {
    browser.write(groupsName, groups.checked ? "on" : null);
    changed();
  });
}

function applyTheme(theme) {
  const { dataset } = document.documentElement;
  if (theme) dataset.theme = theme;
  else delete dataset.theme;
}

/** Returns a decimal number as it is shown: if set, in the groups of the reader's language. */
export function shown(number) {
  const match = /^(-?)(\d{4,})(?:\.(\d+))?(e.*)?$/.exec(number);
  if (!match || browser.read(groupsName) !== "on") return number;
  const [, sign, whole, fraction, exponent = ""] = match;
  const format = new Intl.NumberFormat();
  const point = format.formatToParts(1.5).find(({ type }) => type === "decimal").value;
  const decimals = fraction ? point + fraction : "";
  return sign + format.format(BigInt(whole)) + decimals + exponent;
}
