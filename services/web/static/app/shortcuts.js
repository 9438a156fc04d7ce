// The keys that work wherever the focus is, but for dialogs.

/** Has `search()` and `clear()` called by their keys. */
export function prepareShortcuts({ search, clear }) {
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open]") || event.altKey || event.shiftKey) return;
    const act = {
      r: event.ctrlKey && !event.metaKey && search,
      k: (event.ctrlKey || event.metaKey) && clear,
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}
