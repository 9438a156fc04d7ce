// The service worker: keeps the page and all that it is made of, so that it opens
// without a network. Replies of the calculator, shared pages and whatever else is
// served here go past it.

/** What the page is made of, as command bundle names it: by the content, so what is kept is never old. */
const files = PRECACHE;

/** The page. Its name depends on everything that it names, so it stands for the version as well. */
const page = files.find((file) => file.startsWith("/app/index-"));

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(caches.open(page).then((cache) => cache.addAll(files)));
});

addEventListener("activate", (event) => event.waitUntil(clean()));

addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return;
  if (pathname.startsWith("/app/")) event.respondWith(find(url, event.request));
  if (pathname === "/" && mode === "navigate") event.respondWith(find(page, event.request));
});

/** Removes old versions, but for the one before: pages that are open may load more of it. */
async function clean() {
  const versions = await caches.keys();
  const others = versions.filter((version) => version !== page);
  await Promise.all(others.slice(0, -1).map((version) => caches.delete(version)));
}

/** Returns what is kept of an address, or else what the network has. */
const find = async (address, request) => (await caches.match(address, { ignoreVary: true })) ?? fetch(request);
