// The one menu of actions that opens at a button.

import { byId, element } from "./dom.js";

/** Opens the menu at a button, with actions given as {label: function}. */
export function openMenu(anchor, actions) {
  const menu = byId("menu");
  const items = Object.entries(actions).map(([label, act]) => {
    const item = element("button", { type: "button", role: "menuitem", tabindex: "-1" }, label);
    item.addEventListener("click", () => {
      menu.hidePopover();
      act();
    });
    return item;
  });
  menu.replaceChildren(...items);
  menu.onkeydown = (event) => move(event, items);
  menu.showPopover();
  place(menu, anchor.getBoundingClientRect());
  items[0].focus();
}

function move(event, items) {
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 }[event.key];
  if (event.key === "Tab") byId("menu").hidePopover();
  if (to === undefined) return;
  event.preventDefault();
  items[to % items.length].focus();
}

/** Puts the menu under the button, or above it where there is no room below. */
function place(menu, { left, top, bottom }) {
  const below = bottom + menu.offsetHeight < innerHeight;
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - menu.offsetWidth - 8))}px`;
  menu.style.top = `${Math.max(8, below ? bottom : top - menu.offsetHeight)}px`;
}
