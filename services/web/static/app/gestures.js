// What moves a picture: mouse, wheel, fingers and keys. One finger moves it sideways and
// leaves scrolling up and down to the page (touch-action in style.css); two fingers move
// and zoom it.

/** The part of the picture that a key moves it by, and how much closer one brings it. */
const step = 0.1;
const closer = 1 / 1.5;

/** What a key or a button does, with `calls` as `listen` has them. */
export const moves = [
  { key: "+", sign: "+", label: "Zoom in", act: (calls) => calls.zoom(closer, 0.5, 0.5) },
  { key: "-", sign: "−", label: "Zoom out", act: (calls) => calls.zoom(1 / closer, 0.5, 0.5) },
  { key: "ArrowLeft", sign: "←", label: "Move left", act: (calls) => calls.pan(step, 0) },
  { key: "ArrowRight", sign: "→", label: "Move right", act: (calls) => calls.pan(-step, 0) },
  { key: "ArrowUp", sign: "↑", label: "Move up", act: (calls) => calls.pan(0, step) },
  { key: "ArrowDown", sign: "↓", label: "Move down", act: (calls) => calls.pan(0, -step) },
  { key: "0", sign: "Whole range", label: "Whole range", act: (calls) => calls.whole() },
];

/** What else a key does, and other names of those keys. */
const others = { Escape: (calls) => calls.leave(), "Shift+ArrowLeft": (calls) => calls.step(-1), "Shift+ArrowRight": (calls) => calls.step(+1) };
const same = { "=": "+", Home: "0" };

/** How far a finger or the mouse may slip in a click, in pixels. */
const slip = 5;

/**
 * Listens to an element whose picture is at `box()`, a DOMRect, and calls
 *
 *   zoom(factor, x, y)  a factor below 1 comes closer; x and y stay where they are
 *   pan(x, y)           to the right and downwards
 *   read(x)             null where there is nothing to read
 *
 * with parts of the picture's width and height, from its top left corner; `step(n)`
 * for the next place to read, `whole()` for the whole range, and `leave()`.
 */
export function listen(element, box, calls) {
  const pointers = new Map();
  let moved = 0;

  const part = ({ clientX, clientY }) => {
    const { left, top, width, height } = box();
    return [(clientX - left) / width, (clientY - top) / height];
  };
  const read = (event) => {
    const [x] = part(event);
    calls.read(x >= 0 && x <= 1 ? x : null);
  };

  element.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    pointers.set(event.pointerId, event);
    moved = pointers.size > 1 ? slip : 0;
    element.setPointerCapture(event.pointerId);
  });

  element.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return void (event.pointerType === "mouse" && read(event));
    moved += Math.abs(event.clientX - before.clientX) + Math.abs(event.clientY - before.clientY);
    if (moved < slip) return;
    pointers.set(event.pointerId, event);
    const other = [...pointers.values()].find(({ pointerId }) => pointerId !== event.pointerId);
    const [[x, y], [x0, y0]] = [part(event), part(before)];
    if (!other) return calls.pan(x - x0, event.pointerType === "touch" ? 0 : y - y0);
    const [u, v] = part(other);
    calls.pan((x - x0) / 2, (y - y0) / 2);
    calls.zoom(distance(before, other) / distance(event, other), (x + u) / 2, (y + v) / 2);
  });

  for (const end of ["pointerup", "pointercancel"]) {
    element.addEventListener(end, (event) => {
      if (pointers.delete(event.pointerId) && end === "pointerup" && moved < slip) read(event);
    });
  }
  element.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && !pointers.size && calls.read(null));

  // Two fingers are for the picture alone.
  element.addEventListener("touchmove", (event) => event.touches.length > 1 && event.preventDefault(), { passive: false });

  // The wheel scrolls the page, until the picture has the focus.
  element.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && document.activeElement !== element) return;
    event.preventDefault();
    const lines = event.deltaMode ? 16 : 1;
    const pixels = Math.max(-100, Math.min(event.deltaY * lines * (event.ctrlKey ? 4 : 1), 100));
    calls.zoom(Math.exp(pixels / 300), ...part(event));
  }, { passive: false });
}

/** Listens to the keys of an element, but those of fields in it, with the same calls. */
export function listenToKeys(element, calls) {
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input")) return;
    const act = keyed(event);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act(calls);
  });
}

function keyed({ key, shiftKey }) {
  const shifted = shiftKey && key.startsWith("Arrow") ? `Shift+${key}` : key;
  return others[shifted] ?? moves.find((move) => move.key === (same[shifted] ?? shifted))?.act;
}

const distance = (a, b) => Math.max(1, Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY));
