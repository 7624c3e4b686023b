// Keeps the draft of a form a moment after the last key and shows it in the frame beside it. Without scripts the button does.
"use strict";
const form = document.querySelector("form[data-preview]");
const frame = document.querySelector(".shown iframe");
if (form && frame) {
	let waits = 0;
	let busy = null; // busy is the save that is on its way.
	let leaving = false;
	const keep = async () => {
		if (leaving) return;
		if (busy) {
			waits = setTimeout(keep, 500);
			return;
		}
		busy = save();
		await busy;
		busy = null;
	};
	const save = async () => {
		try {
			const typed = new URLSearchParams(new FormData(form));
			typed.set("do", "save");
			const answer = await fetch(form.action, { method: "POST", body: typed });
			const page = new DOMParser().parseFromString(await answer.text(), "text/html");
			for (const said of form.querySelectorAll(".wrong, .now")) said.remove();
			if (!answer.ok) {
				for (const said of page.querySelectorAll("form[data-preview] .wrong")) {
					document.getElementById(said.id.replace(/-wrong$/, ""))?.after(said);
				}
				return;
			}
			const version = page.querySelector("form[data-preview] [name=version]").value;
			for (const field of document.querySelectorAll("[name=version]")) field.value = version;
			frame.src = page.querySelector(".shown iframe").getAttribute("src");
		} catch (lost) {
			// Offline: what was typed stays in the form, and the button keeps it later.
		}
	};
	form.addEventListener("input", () => {
		clearTimeout(waits);
		waits = setTimeout(keep, 900);
	});
	// A button waits for the save that is on its way: it would be refused beside it, for the version that it read is the one
	// before. It is pressed again when that is done, with the version of it.
	for (const other of document.querySelectorAll("form[method=post]")) {
		if (!other.elements.namedItem("version")) continue;
		other.addEventListener("submit", async (event) => {
			clearTimeout(waits);
			if (leaving && busy) { // It waits already.
				event.preventDefault();
				return;
			}
			leaving = true;
			if (!busy) return;
			event.preventDefault();
			await busy;
			busy = null;
			other.requestSubmit(event.submitter);
		});
	}
	addEventListener("pageshow", () => { leaving = false; }); // Who comes back by the arrow of the browser goes on.
}
