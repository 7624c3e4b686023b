// Keeps what was seen, for a connection that is lost: files of the house, pages that everybody may see, the basket and the
// wishlist of a guest. What the house sends with no-store, which is all it sends to somebody who has signed in, is never
// kept; and whatever was kept is forgotten as soon as somebody signs in, up or out. Pages come from the house as long as it
// answers.
"use strict";
const pages = "sauda-pages-1", files = "sauda-files-1";
const pagesMax = 40, filesMax = 160;
const keeps = /^(\/(kk|ru|en|zh))?\/(|catalogue|basket|wishlist|compare|blog|(c|p|collections|pages|blog)\/.+)$/;
const ends = /\/(sign-in|sign-up|sign-out)$/;
const alone = "/offline";

addEventListener("install", (e) => {
	e.waitUntil(caches.open(files).then((c) => c.add(new Request(alone, { cache: "reload" }))).then(() => skipWaiting()));
});

addEventListener("activate", (e) => {
	e.waitUntil((async () => {
		for (const name of await caches.keys()) if (name !== pages && name !== files && !name.startsWith("sauda-door-")) await caches.delete(name);
		await registration.navigationPreload?.enable();
		await clients.claim();
	})());
});

// bound forgets the oldest.
const bound = async (cache, most) => {
	const keys = await cache.keys();
	for (const key of keys.slice(0, Math.max(0, keys.length - most))) if (new URL(key.url).pathname !== alone) await cache.delete(key);
};

// keep remembers a page if everybody may see it.
const keep = async (address, answer) => {
	const url = new URL(address);
	if (!keeps.test(url.pathname) || !answer.ok || answer.redirected && new URL(answer.url).pathname !== url.pathname) return;
	const cache = await caches.open(pages);
	url.hash = "";
	await cache.delete(url.href);
	if (/no-store/.test(answer.headers.get("Cache-Control") || "")) return;
	if (!/^text\/html/.test(answer.headers.get("Content-Type") || "")) return;
	await cache.put(url.href, answer);
	await bound(cache, pagesMax);
};

const page = async (e) => {
	try {
		const answer = (await e.preloadResponse) || (await fetch(e.request));
		e.waitUntil(keep(e.request.url, answer.clone()));
		return answer;
	} catch (lost) {
		const cache = await caches.open(pages);
		const kept = (await cache.match(e.request.url)) || (await cache.match(e.request.url, { ignoreSearch: true })) || (await caches.match(alone));
		if (kept) return kept;
		throw lost;
	}
};

const file = async (e) => {
	const cache = await caches.open(files);
	const kept = await cache.match(e.request);
	if (kept) return kept;
	const answer = await fetch(e.request);
	if (answer.status === 200) e.waitUntil(cache.put(e.request, answer.clone()).then(() => bound(cache, filesMax)));
	return answer;
};

addEventListener("fetch", (e) => {
	const url = new URL(e.request.url);
	if (url.origin !== location.origin) return;
	if (e.request.method !== "GET") {
		if (ends.test(url.pathname)) e.waitUntil(caches.delete(pages));
		return;
	}
	if (e.request.mode === "navigate") {
		if (keeps.test(url.pathname)) e.respondWith(page(e));
		else if (!/\/(office|v1|docs|gateway)(\/|$)/.test(url.pathname)) e.respondWith((async () => {
			try { return (await e.preloadResponse) || (await fetch(e.request)); } catch (lost) { const kept = await caches.match(alone); if (kept) return kept; throw lost; }
		})());
	} else if (/^\/(assets|media)\//.test(url.pathname) && !e.request.headers.has("Range") && e.request.destination !== "video") {
		e.respondWith(file(e));
	}
});

addEventListener("message", (e) => {
	const url = e.data?.keep && new URL(e.data.keep, location.origin);
	if (!url || url.origin !== location.origin) return;
	e.waitUntil(fetch(url, { headers: { Accept: "text/html" } }).then((answer) => keep(url.href, answer)).catch(() => {}));
});
