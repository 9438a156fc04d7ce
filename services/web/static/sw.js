// The service worker: it stores the page and all its files, so that the page opens without a
// network. It does not touch replies of the calculator, shared pages or anything else.

/** The files of the page. The bundler names them after their content, so none is ever outdated. */
const files = PRECACHE;

/** The page. Its name depends on all the files that it refers to, so it identifies the version. */
const page = files.find((file) => file.startsWith("/app/index-"));

/** The script of the page, whose name changes with any module. */
const script = "/app/main.js";

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(install());
});

addEventListener("activate", (event) => event.waitUntil(clean()));

addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return;
  if (pathname.startsWith("/app/")) event.respondWith(find(url, event.request));
  if (pathname === "/" && mode === "navigate") event.respondWith(find(page, event.request));
});

/**
 * Stores the files. The page itself is stored as / returned it, unless a newer one is there by now,
 * but without the examples: they are part of the first paint of the first visit only.
 */
async function install() {
  const cache = await caches.open(page);
  const elsewhere = /\.(svg|ttf)$|\/shared-/;
  const others = files.filter((file) => file !== page && !elsewhere.test(file));
  const [root] = await Promise.all([fetch("/"), cache.addAll(others)]);
  const isCurrent = root.ok && (await root.clone().text()).includes(script);
  const own = isCurrent ? root : await fetch(page);
  if (!own.ok) throw new Error(`${page} is answered with ${own.status}`);
  const text = (await own.text()).replace('id="examples"', "$& hidden");
  await cache.put(page, new Response(text, own));
}

/** Deletes old versions except the previous one: open pages may still load parts of it. */
async function clean() {
  const versions = await caches.keys();
  const others = versions.filter((version) => version !== page);
  await Promise.all(others.slice(0, -1).map((version) => caches.delete(version)));
}

/** Returns the stored response for an address, or else the network's. */
async function find(address, request) {
  return (await caches.match(address, { ignoreVary: true })) ?? fetch(request);
}
