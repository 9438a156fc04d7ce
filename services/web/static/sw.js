// The service worker: stores the page and all its files, so that it opens without a network. It
// leaves replies of the calculator, shared pages and everything else alone.

/** The files of the page. The bundler names them by their content, so none is ever old. */
const files = PRECACHE;

/** The page. Its name depends on all files that it mentions, so it stands for the version. */
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

/** Stores the files. The page itself is what / has been loaded as, unless that is newer by now. */
async function install() {
  const cache = await caches.open(page);
  const elsewhere = /^\/app\/(maskable|shared)-/;
  const others = files.filter((file) => file !== page && !elsewhere.test(file));
  const [root] = await Promise.all([fetch("/"), cache.addAll(others)]);
  if (root.ok && (await root.clone().text()).includes(script)) await cache.put(page, root);
  else await cache.add(page);
}

/** Deletes old versions but the previous one: open pages may still load parts of it. */
async function clean() {
  const versions = await caches.keys();
  const others = versions.filter((version) => version !== page);
  await Promise.all(others.slice(0, -1).map((version) => caches.delete(version)));
}

/** Returns the stored response for an address, or else that of the network. */
async function find(address, request) {
  return (await caches.match(address, { ignoreVary: true })) ?? fetch(request);
}
