// Makes of the grid of prices and stock a spreadsheet: arrows go from cell to cell, cells are pasted from Excel, and what
// differs from what is stored is marked before it is saved. Without it the cells are fields of a form.
"use strict";
const form = document.querySelector("#grid");
if (form) {
	const rows = [...form.querySelectorAll("tbody tr")].map((tr) => [...tr.querySelectorAll("td.cell")].map((td) => td.querySelector("input:not([type=hidden])")));
	const fields = rows.flat().filter(Boolean);
	const said = form.querySelector("[data-count]");
	const usual = said?.textContent;
	const plain = (text) => text.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".");
	const differs = (field) => {
		const now = plain(field.value), was = plain(field.dataset.seen);
		return now !== was && (now === "" || was === "" || Number(now) !== Number(was));
	};
	let leaving = false;
	const mark = (field) => field.closest("td").classList.toggle("changed", differs(field));
	const count = () => {
		const n = fields.filter(differs).length;
		if (said) said.textContent = n ? form.dataset.words.replace("{count}", String(n)) : usual;
		return n;
	};
	const place = (field) => {
		const y = rows.findIndex((r) => r.includes(field));
		return [y, rows[y].indexOf(field)];
	};
	const go = (y, x) => {
		const field = rows[y]?.[x];
		if (field) {
			field.focus();
			field.select();
		}
		return Boolean(field);
	};

	form.addEventListener("input", (event) => {
		if (!fields.includes(event.target)) return;
		mark(event.target);
		count();
	});
	form.addEventListener("keydown", (event) => {
		if (!fields.includes(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
		const [y, x] = place(event.target);
		const whole = event.target.selectionStart === 0 && event.target.selectionEnd === event.target.value.length;
		const first = event.target.selectionEnd === 0, last = event.target.selectionStart === event.target.value.length;
		if (event.key === "ArrowDown" || event.key === "Enter" && !event.shiftKey) go(y + 1, x);
		else if (event.key === "ArrowUp" || event.key === "Enter") go(y - 1, x);
		else if (event.key === "ArrowLeft" && (whole || first)) { if (!go(y, x - 1)) return; }
		else if (event.key === "ArrowRight" && (whole || last)) { if (!go(y, x + 1)) return; }
		else if (event.key === "Escape") {
			event.target.value = event.target.dataset.seen;
			mark(event.target);
			count();
		} else return;
		event.preventDefault();
	});
	form.addEventListener("focusin", (event) => { if (fields.includes(event.target)) event.target.select(); });
	// A block of cells as Excel copies it: lines of tabs.
	form.addEventListener("paste", (event) => {
		const text = event.clipboardData?.getData("text/plain") ?? "";
		if (!fields.includes(event.target) || !/[\t\n]/.test(text.trim())) return;
		event.preventDefault();
		const [y, x] = place(event.target);
		text.replace(/\r/g, "").replace(/\n$/, "").split("\n").forEach((line, dy) => line.split("\t").forEach((value, dx) => {
			const field = rows[y + dy]?.[x + dx];
			if (!field) return;
			field.value = plain(value);
			mark(field);
		}));
		count();
	});
	form.addEventListener("submit", () => { leaving = true; });
	addEventListener("beforeunload", (event) => { if (!leaving && count()) event.preventDefault(); });
	fields.forEach(mark);
	count();
}
