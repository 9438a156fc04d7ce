// The dialog of settings: appearance and number format.

import { byId } from "./dom.js";
import { numberSettings, setNumbers, shown } from "./numbers.js";
import { openDialog } from "./overlay.js";
import { browser } from "./session.js";

const themeName = "abacus.theme";

/** Applies the stored settings and follows their controls; `changed` is called for numbers. */
export function prepareSettings(changed) {
  const theme = byId("theme");
  theme.value = browser.read(themeName) ?? "";
  theme.addEventListener("change", () => {
    browser.write(themeName, theme.value || null);
    applyTheme(theme.value);
  });
  applyTheme(theme.value);
  const [format, decimals, groups] = ["number-format", "decimals", "groups"].map(byId);
  const { stored, decimals: count, groups: on } = numberSettings();
  format.value = stored ?? "";
  decimals.value = count ?? "";
  groups.checked = on;
  for (const control of [format, decimals, groups]) {
    control.addEventListener("change", () => {
      setNumbers({ format: format.value, decimals: decimals.value, groups: groups.checked });
      showExample();
      changed();
    });
  }
  showExample();
  byId("settings-open").addEventListener("click", () => openDialog(byId("settings")));
}

function applyTheme(theme) {
  const { dataset } = document.documentElement;
  if (theme) dataset.theme = theme;
  else delete dataset.theme;
}

function showExample() {
  byId("format-example").value = shown("12345.6789");
}
