// Keeps the page of the door, which names nobody, and its files, so that it opens without a network.
"use strict";
const kept = "sauda-door-1";

addEventListener("install", () => skipWaiting());
addEventListener("activate", (e) => e.waitUntil(clients.claim()));

addEventListener("message", (e) => {
	const all = (e.data?.keep || []).filter((a) => new URL(a, location.origin).origin === location.origin);
	if (!all.length) return;
	e.waitUntil((async () => {
		const cache = await caches.open(kept);
		for (const old of await cache.keys()) if (!all.includes(old.url)) await cache.delete(old);
		await Promise.all(all.map((a) => cache.add(new Request(a, { cache: "reload" })).catch(() => {})));
		e.source?.postMessage({ kept: all.length });
	})());
});

addEventListener("fetch", (e) => {
	const url = new URL(e.request.url);
	if (e.request.method !== "GET" || url.origin !== location.origin || url.pathname.endsWith(".json")) return;
	e.respondWith((async () => {
		try {
			return await fetch(e.request);
		} catch (lost) {
			const cache = await caches.open(kept);
			const found = await cache.match(e.request.url, { ignoreSearch: e.request.mode === "navigate", ignoreVary: true });
			if (found) return found;
			throw lost;
		}
	})());
});
