// The service worker (sw.js): the page opens without a network, and a new version of
// it replaces the old one when it is opened the next time.

import { notify } from "./notice.js";

/** How long a page may be open until it is told of a new version, and between two looks for one, in milliseconds. */
const long = 60 * 60 * 1000;

const opened = Date.now();

/** Has the page kept, once it is complete. Browsers do so over https, and from this machine itself. */
export function keepPage() {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  // What is kept must not hold up what is being loaded.
  if (document.readyState === "complete") register(serviceWorker);
  else addEventListener("load", () => register(serviceWorker));
  serviceWorker.addEventListener("controllerchange", () => {
    if (Date.now() - opened > long) notify("A new version is ready.", { Reload: () => location.reload() });
  });
}

async function register(serviceWorker) {
  try {
    const registration = await serviceWorker.register("/sw.js");
    let looked = opened;
    document.addEventListener("visibilitychange", () => {
      if (document.hidden || Date.now() - looked < long) return;
      looked = Date.now();
      registration.update().catch(() => {}); // the next look will tell
    });
  } catch {
    // A browser that keeps nothing, as some do in private windows: the page does without.
  }
}
