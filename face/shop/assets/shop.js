// What the pages of the shop do more of where scripts run: suggestions as one types, the basket beside the page, prices and
// stock that stay true while one looks, pages that are there before they are asked for, and pages without a connection.
// Each part stands alone; without it the page works as it was sent.
"use strict";

// Suggestions below the search field.
for (const form of document.querySelectorAll("form.search")) {
	const field = form.elements.q;
	const list = form.querySelector(".suggestions");
	let timer = 0, asked = 0;
	const close = () => { list.hidden = true; };
	const show = async () => {
		const words = field.value.trim(), number = ++asked;
		if (words === "") { close(); return; }
		try {
			const answer = await fetch(form.dataset.suggestions + "?q=" + encodeURIComponent(words));
			const page = answer.ok ? await answer.text() : "";
			if (number !== asked) return; // Something else was typed meanwhile.
			list.innerHTML = page;
			list.hidden = page.trim() === "";
		} catch { close(); }
	};
	field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(show, 120); });
	form.addEventListener("keydown", (e) => {
		if (e.key === "Escape") { close(); field.focus(); return; }
		if (list.hidden || (e.key !== "ArrowDown" && e.key !== "ArrowUp")) return;
		const stops = [field, ...list.querySelectorAll("a")];
		const next = stops.indexOf(document.activeElement) + (e.key === "ArrowDown" ? 1 : -1);
		stops[(next + stops.length) % stops.length].focus();
		e.preventDefault();
	});
	form.addEventListener("focusout", (e) => { if (!form.contains(e.relatedTarget)) setTimeout(close, 150); });
}
addEventListener("keydown", (e) => {
	if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input, textarea, select, [contenteditable]")) return;
	document.querySelector("form.search input[type=search]")?.focus();
	e.preventDefault();
});

// The basket beside the page. It opens at once and is filled when the house has answered. What the house refuses is sent
// again as a form, so that its own page says why; the key of the form keeps that from adding twice.
const basket = document.querySelector(".basket-link");
const buying = document.querySelector("form.buy:not([enctype])");
if (basket && buying && window.HTMLDialogElement) {
	const drawer = document.createElement("dialog");
	drawer.className = "drawer";
	drawer.setAttribute("aria-label", basket.querySelector(".said").textContent);
	const says = document.createElement("p"); // It stays, so that readers of the screen hear what it says next.
	says.setAttribute("role", "status");
	drawer.append(says);
	document.body.append(drawer);
	const count = (n) => {
		let mark = basket.querySelector(".count");
		if (!mark) {
			mark = document.createElement("span");
			mark.className = "count";
			basket.append(mark);
		}
		mark.textContent = n;
	};
	drawer.addEventListener("click", (e) => {
		if (e.target === drawer || e.target.closest("[data-close]")) drawer.close();
	});
	buying.addEventListener("submit", async (e) => {
		if (e.submitter?.name === "act") return;
		e.preventDefault();
		const said = new URLSearchParams(new FormData(buying));
		said.set("beside", "true");
		while (drawer.lastChild !== says) drawer.lastChild.remove();
		says.className = "waits";
		says.textContent = buying.dataset.waits;
		if (!drawer.open) drawer.showModal();
		try {
			const answer = await fetch(buying.action, { method: "POST", body: said });
			if (!answer.ok || !answer.url.includes("/basket/beside")) throw answer;
			says.insertAdjacentHTML("afterend", await answer.text());
			const filled = says.nextElementSibling;
			says.className = "hidden";
			says.textContent = filled.querySelector("h2").textContent;
			count(filled.dataset.count);
			buying.elements.key.value = filled.dataset.key; // The next press is another wish.
			drawer.querySelector("footer a").focus();
			navigator.serviceWorker?.controller?.postMessage({ keep: basket.href });
		} catch {
			drawer.close();
			buying.submit();
		}
	});
}

// Hearts fill as they are pressed. What the house refuses is taken back and sent again as a form, so that its own page says
// why.
document.addEventListener("submit", async (e) => {
	const form = e.target.closest("form.heart"), button = form?.querySelector("button");
	if (!form || form.dataset.plain) return;
	e.preventDefault();
	if (form.dataset.waits) return;
	form.dataset.waits = "true";
	const keep = button.value === "true";
	const fill = (full) => {
		button.setAttribute("aria-pressed", full);
		button.value = !full;
	};
	const said = new URLSearchParams(new FormData(form));
	said.set("keep", keep);
	said.set("script", "true");
	fill(keep);
	try {
		const answer = await fetch(form.action, { method: "POST", body: said });
		if (!answer.ok) throw answer;
		const many = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-count]").dataset.count;
		const link = document.querySelector(".wish-link");
		let mark = link.querySelector(".count");
		if (!mark) {
			mark = document.createElement("span");
			mark.className = "count";
			mark.innerHTML = '<span class="hidden"></span> ';
			mark.firstChild.textContent = link.dataset.counts; // What is counted, for those who do not see the heart.
			link.append(mark);
		}
		mark.lastChild.textContent = ` ${many}`;
		mark.hidden = many === "0";
	} catch {
		fill(!keep);
		form.dataset.plain = "true";
		form.requestSubmit(button);
	} finally { delete form.dataset.waits; }
});

// What lies over the page keeps the focus: after the last of its parts comes the first.
addEventListener("keydown", (e) => {
	const over = e.key === "Tab" && document.querySelector("dialog:modal");
	if (!over) return;
	const stops = [...over.querySelectorAll("a[href]:not([tabindex]), button, input, select")];
	const [last, next] = e.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
	if (stops.length && document.activeElement !== last && over.contains(document.activeElement) && document.activeElement !== over) return;
	next?.focus();
	e.preventDefault();
});

// A quantity in the basket counts as soon as it is left. Whoever went on from it by keys is as far on the page that comes.
const counts = document.querySelectorAll(".count-form");
const stops = () => [...document.querySelectorAll("main :is(a:not([tabindex]), button, input:not([type=hidden]), summary)")];
for (const form of counts) {
	form.addEventListener("change", () => {
		if (!form.reportValidity()) return;
		addEventListener("pagehide", () => { try { sessionStorage.setItem("stop", stops().indexOf(document.activeElement)); } catch {} }, { once: true });
		form.requestSubmit();
	});
}
if (counts.length) {
	try {
		stops()[sessionStorage.getItem("stop") ?? -1]?.focus();
		sessionStorage.removeItem("stop");
	} catch {} // Who keeps nothing begins at the top.
}

// Prices and stock of an open page. Nothing is asked for while nobody looks.
const offer = document.querySelector("[data-live]");
if (offer && window.EventSource) {
	let source = null, last = "";
	const tell = (e) => {
		last = e.lastEventId;
		const now = JSON.parse(e.data);
		const price = offer.querySelector("[data-price]");
		if (price && now.price && price.textContent !== now.price) price.textContent = now.price;
		for (const [id, v] of Object.entries(now.variants)) {
			const seen = offer.querySelector(`[name="seen.${id}"]`);
			if (seen) seen.value = v.seen;
			const choice = document.getElementById(id);
			const near = choice ? choice.parentElement : seen && !offer.querySelector(".variants") ? offer : null;
			if (!near) continue;
			if (choice) choice.disabled = !v.sells;
			const cost = near.querySelector(".cost");
			if (choice && cost) cost.textContent = v.price;
			const stock = near.querySelector(".stock");
			if (stock) {
				stock.className = "stock " + v.stock;
				stock.textContent = v.said;
			}
		}
		const form = offer.querySelector("form.buy");
		const main = form?.querySelector("button.main");
		if (main) main.disabled = !Object.values(now.variants).some((v) => v.sells);
	};
	const follow = () => {
		if (document.hidden) {
			source?.close();
			source = null;
		} else if (!source) {
			source = new EventSource(offer.dataset.live + (last ? "?last=" + last : ""));
			source.onmessage = tell;
		}
	};
	const begin = () => { follow(); document.addEventListener("visibilitychange", follow); };
	addEventListener("pagehide", () => { source?.close(); source = null; });
	addEventListener("pageshow", (e) => { if (e.persisted) follow(); });
	if (document.prerendering) document.addEventListener("prerenderingchange", begin, { once: true });
	else begin();
}

// Pages that somebody is about to ask for. Browsers with speculation rules do so by themselves.
if (!window.HTMLScriptElement?.supports?.("speculationrules") && !navigator.connection?.saveData) {
	const fetched = new Set();
	const soon = (e) => {
		const a = e.target.closest?.("a[href]");
		if (!a || a.origin !== location.origin || !/\/(p|c|collections)\/|\/catalogue$/.test(a.pathname) || fetched.has(a.href) || fetched.size > 20) return;
		const timer = setTimeout(() => {
			fetched.add(a.href);
			const link = document.createElement("link");
			link.rel = "prefetch";
			link.href = a.href;
			document.head.append(link);
		}, 90);
		a.addEventListener("pointerleave", () => clearTimeout(timer), { once: true });
	};
	document.addEventListener("pointerover", soon, { passive: true });
	document.addEventListener("focusin", soon);
}

// Pages that were seen, and the basket, without a connection.
if (navigator.serviceWorker && isSecureContext) {
	addEventListener("load", () => navigator.serviceWorker.register("/worker.js").catch(() => {}));
}
