// Keeps the page of the market as it is now: every other second it asks for the page again, and shows what has changed of each
// part. A part in which somebody writes or has opened a form stays as it is. While nobody looks at the page it does not ask.
"use strict";
const every = 2000;
const part = (page, name) => page.querySelector(`[data-refresh="${CSS.escape(name)}"]`);
const busy = (node) => node.querySelector("details[open]") || node.contains(document.activeElement);

const look = async () => {
	if (document.hidden) return;
	const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
	if (!answer.ok) return;
	const page = new DOMParser().parseFromString(await answer.text(), "text/html");
	const old = [...document.querySelectorAll("[data-refresh]")], now = [...page.querySelectorAll("[data-refresh]")];
	if (old.length !== now.length) { // Something was listed, or is listed no more.
		if (!old.some(busy)) location.reload();
		return;
	}
	for (const node of old) {
		const fresh = part(page, node.dataset.refresh);
		if (fresh && !busy(node) && fresh.innerHTML !== node.innerHTML) node.replaceChildren(...fresh.childNodes);
	}
};

const again = () => setTimeout(async () => {
	try {
		await look();
	} catch { // The house cannot be reached now; it is asked again.
	}
	again();
}, every);
again();
