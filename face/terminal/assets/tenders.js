// The clock of an auction, and what changes while bids come: the house writes it, this asks for it anew. The page does
// everything without a script too.

const every = 2500;
const parts = ["live", "history"];

function left(to) {
	const s = Math.max(0, Math.ceil((to - Date.now()) / 1000)), two = (n) => String(n).padStart(2, "0");
	return s >= 86400 ? "" : `${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

function tick() {
	for (const e of document.querySelectorAll("time.count")) {
		const to = Date.parse(e.dateTime), said = left(to);
		let b = e.querySelector("b");
		if (!b) {
			b = document.createElement("b");
			e.append(" ", b);
		}
		if (b.textContent !== said) b.textContent = said;
		e.classList.toggle("soon", to > Date.now() && to - Date.now() < 120000);
	}
}

async function look() {
	if (document.hidden || !document.querySelector("#live[data-live]")) return;
	try {
		const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
		if (!answer.ok) return;
		const page = new DOMParser().parseFromString(await answer.text(), "text/html");
		if (!page.querySelector("#live[data-live]")) { location.reload(); return; } // It is decided: all of the page is another one.
		for (const id of parts) {
			const now = page.getElementById(id), here = document.getElementById(id);
			if (now && here && now.outerHTML !== here.outerHTML) here.replaceWith(document.adoptNode(now));
		}
		if (!!page.getElementById("offer") !== !!document.getElementById("offer")) {
			const now = page.getElementById("bid"), here = document.getElementById("bid");
			if (now && here) here.replaceWith(document.adoptNode(now));
		}
	} catch { return; } // The next look may reach it.
	tick();
}

tick();
setInterval(tick, 1000);
setInterval(look, every);
