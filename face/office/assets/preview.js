// Keeps the draft of a form a moment after the last key and shows it in the frame beside it. Without scripts the button does.
"use strict";
const form = document.querySelector("form[data-preview]");
const frame = document.querySelector(".shown iframe");
if (form && frame) {
	let waits = 0;
	let busy = false;
	const keep = async () => {
		if (busy) {
			waits = setTimeout(keep, 500);
			return;
		}
		busy = true;
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
		} finally {
			busy = false;
		}
	};
	form.addEventListener("input", () => {
		clearTimeout(waits);
		waits = setTimeout(keep, 900);
	});
	form.addEventListener("submit", () => clearTimeout(waits));
}
