// Says on top of a page that a colleague has changed what it shows. While nobody looks at the page it does not ask.
"use strict";
const main = document.querySelector("main[data-live]");
if (main && "EventSource" in window) {
	let source = null, told = false;
	const stop = () => {
		source?.close();
		source = null;
	};
	const listen = () => {
		if (source || told || document.visibilityState !== "visible") return;
		source = new EventSource(main.dataset.stream + "?object=" + encodeURIComponent(main.dataset.live) + "&version=" + main.dataset.version);
		source.addEventListener("changed", (event) => {
			told = true;
			stop();
			const note = document.createElement("p");
			note.className = "note warn live";
			note.setAttribute("role", "status");
			const show = document.createElement("a");
			show.className = "button";
			show.href = location.pathname + location.search.replace(/([?&])done=[a-z_]+&?/, "$1").replace(/[?&]$/, "");
			show.textContent = main.dataset.show;
			note.append(main.dataset.changed.replace("{who}", JSON.parse(event.data)) + " ", show);
			main.querySelector(".head").after(note);
		});
	};
	document.addEventListener("visibilitychange", () => (document.visibilityState === "visible" ? listen() : stop()));
	addEventListener("pagehide", stop);
	listen();
}
