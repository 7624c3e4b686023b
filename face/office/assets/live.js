// Says on a page that a colleague has changed what it shows. A page of one object says who it was; a list says how many of
// its orders are others now and shows them when asked; on the board they move by themselves. While nobody looks at the page
// it does not ask.
"use strict";
const main = document.querySelector("main[data-live], main[data-list]");
if (main && "EventSource" in window) {
	let source = null, over = false;
	const here = location.pathname + location.search.replace(/([?&])done=[a-z_]+&?/, "$1").replace(/[?&]$/, "");
	const stop = () => {
		source?.close();
		source = null;
	};

	// note stands below the head of the page; it is one, however often something is said.
	const note = (words, link) => {
		let p = main.querySelector(".note.live");
		if (!p) {
			p = document.createElement("p");
			p.className = "note warn live";
			p.setAttribute("role", "status");
			main.querySelector(".head").after(p);
		}
		p.replaceChildren(words + " ", ...(link ? [link] : []));
	};
	const button = (tag) => {
		const show = document.createElement(tag);
		show.className = "button";
		show.textContent = main.dataset.show;
		return show;
	};

	const object = (event) => {
		over = true;
		stop();
		const show = button("a");
		show.href = here;
		note(main.dataset.changed.replace("{who}", JSON.parse(event.data)), show);
	};

	// A list is compared with itself as it is now: by the order that a row leads to, and by what the row says.
	const rowsOf = (page) => new Map([...page.querySelectorAll("main table.list > tbody > tr, main .board .ticket")].map((row) => [row.querySelector("a.strong")?.getAttribute("href"), row]));
	const says = (row) => (row.closest(".lane")?.querySelector("h2")?.id ?? "") + row.textContent.replace(/\s+/g, " ");
	const differ = (page) => {
		const was = rowsOf(document), now = rowsOf(page);
		const others = new Set([...now].filter(([order, row]) => was.has(order) && says(was.get(order)) !== says(row)).map(([order]) => order));
		const fresh = [...now.keys()].filter((order) => !was.has(order)), gone = [...was.keys()].filter((order) => !now.has(order));
		fresh.forEach((order) => others.add(order));
		return { marked: others, count: others.size + Math.max(0, gone.length - fresh.length) };
	};
	const mark = (marked) => rowsOf(document).forEach((row, order) => row.classList.toggle("moved", marked.has(order)));

	// swap shows what is there now in the place of what was, keeps what is ticked, and who works by keyboard where he was.
	const swap = (page, marked) => {
		const at = document.activeElement?.getAttribute?.("href");
		const ticked = new Set([...document.querySelectorAll("input[name=pick]:checked")].map((box) => box.value));
		for (const part of ["main nav.tabs", "main table.list > tbody", "main .board"]) {
			const old = document.querySelector(part), now = page.querySelector(part);
			if (!old || !now) continue;
			old.replaceChildren(...now.children);
		}
		document.querySelectorAll("input[name=pick]").forEach((box) => { box.checked = ticked.has(box.value); });
		mark(marked);
		if (at) [...main.querySelectorAll("a[href]")].find((a) => a.getAttribute("href") === at)?.focus();
		document.dispatchEvent(new Event("rows"));
	};
	let looking = false, again = false;
	const look = async () => {
		if (looking) {
			again = true;
			return;
		}
		looking = true;
		try {
			const answer = await fetch(here, { headers: { Accept: "text/html" } });
			if (!answer.ok) return;
			const page = new DOMParser().parseFromString(await answer.text(), "text/html");
			const { marked, count } = differ(page);
			if (!count) return;
			const words = main.dataset.moved.replace("{count}", String(count));
			if (main.querySelector(".board")) {
				swap(page, marked);
				note(words);
				return;
			}
			if (!main.querySelector("table.list") || !page.querySelector("main table.list")) { // It was empty, or is now.
				const show = button("a");
				show.href = here;
				note(words, show);
				return;
			}
			const show = button("button");
			show.type = "button";
			show.addEventListener("click", () => {
				swap(page, marked);
				main.querySelector(".note.live")?.remove();
			});
			note(words, show);
		} catch (lost) {
			// The next thing that happens is looked at again.
		} finally {
			setTimeout(() => { // A busy shop is looked at once in two seconds.
				looking = false;
				if (again) {
					again = false;
					look();
				}
			}, 2000);
		}
	};

	let seen = main.dataset.seen;
	const listen = () => {
		if (source || over || document.visibilityState !== "visible") return;
		source = new EventSource(main.dataset.stream + (main.dataset.live
			? "?object=" + encodeURIComponent(main.dataset.live) + "&version=" + main.dataset.version
			: "?list=" + main.dataset.list + "&seen=" + seen));
		source.addEventListener("changed", object);
		source.addEventListener("moved", (event) => {
			seen = event.data;
			look();
		});
	};
	document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? listen() : stop()));
	addEventListener("pagehide", stop);
	listen();
}
