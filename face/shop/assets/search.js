// Suggestions below the search field, as one types. Without this script the field works as a form.
const form = document.querySelector("form.search");
if (form) {
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
