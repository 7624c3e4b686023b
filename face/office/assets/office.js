// What every page of the office is better with: the menu that folds, one field that finds everything, and a keyboard on
// which all can be done. Without it each of them is a link, a page or a form.
"use strict";
const keep = (name, value) => { try { localStorage.setItem("office." + name, value); } catch (closed) { /* Kept until the page is left. */ } };
const kept = (name) => { try { return localStorage.getItem("office." + name); } catch (closed) { return null; } };
const root = document.documentElement;

// The menu folds to pictures and stays so on the next page.
const fold = document.querySelector(".fold");
if (fold) {
	const show = () => fold.setAttribute("aria-pressed", String(root.dataset.rail === "narrow"));
	fold.hidden = false;
	show();
	fold.addEventListener("click", () => {
		root.dataset.rail = root.dataset.rail === "narrow" ? "wide" : "narrow";
		keep("rail", root.dataset.rail);
		show();
	});
}

// A form says in a sentence what it would do, a moment after the last key. Lists of many lines are told by their first ones.
const telling = document.querySelector("form[data-sentence]");
const sentence = telling?.querySelector(".sentence");
if (sentence) {
	let waits = 0;
	const tell = async () => {
		const typed = new URLSearchParams();
		for (const [name, value] of new FormData(telling)) typed.append(name, value.split("\n").slice(0, 5).join("\n"));
		try {
			const answer = await fetch(telling.dataset.sentence + "?" + typed);
			if (!answer.ok) return;
			const said = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".sentence");
			sentence.textContent = said?.textContent ?? "";
			sentence.hidden = sentence.textContent === "";
		} catch (lost) {
			// Offline: the sentence stays as it was.
		}
	};
	telling.addEventListener("input", () => {
		clearTimeout(waits);
		waits = setTimeout(tell, 300);
	});
	tell();
}

// The finder shows under its field what the page of answers would show.
const finder = document.querySelector("[data-finder]");
const field = finder.querySelector("input");
const list = document.createElement("div");
list.className = "answers";
list.id = "answers";
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", field.placeholder);
list.hidden = true;
finder.append(list);
field.setAttribute("role", "combobox");
field.setAttribute("aria-expanded", "false");
field.setAttribute("aria-controls", list.id);
field.setAttribute("aria-autocomplete", "list");
let asking = null, chosen = -1, waiting = 0;

const options = () => [...list.querySelectorAll("[role=option]")];
const close = () => {
	list.hidden = true;
	chosen = -1;
	field.setAttribute("aria-expanded", "false");
	field.removeAttribute("aria-activedescendant");
};
const choose = (n) => {
	const all = options();
	if (!all.length) return;
	chosen = (n + all.length) % all.length;
	all.forEach((o, i) => o.setAttribute("aria-selected", String(i === chosen)));
	all[chosen].scrollIntoView({ block: "nearest" });
	field.setAttribute("aria-activedescendant", all[chosen].id);
};
const ask = async () => {
	asking?.abort();
	asking = new AbortController();
	const typed = field.value.trim();
	try {
		const answer = await fetch(finder.action + "?q=" + encodeURIComponent(typed), { signal: asking.signal });
		if (!answer.ok) return;
		const found = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#found");
		list.replaceChildren(...(found ? found.children : []));
		list.querySelectorAll("ul").forEach((ul) => ul.setAttribute("role", "presentation"));
		list.querySelectorAll("li").forEach((li) => li.setAttribute("role", "presentation"));
		list.querySelectorAll("li > a").forEach((a, i) => {
			a.id = "answer-" + i;
			a.tabIndex = -1;
			a.setAttribute("role", "option");
		});
		if (!options().length) list.textContent = finder.dataset.none;
		list.hidden = document.activeElement !== field;
		field.setAttribute("aria-expanded", String(!list.hidden));
		choose(0);
	} catch (gone) {
		if (gone.name !== "AbortError") close(); // Enter still leads to the page of answers.
	}
};
field.addEventListener("input", () => {
	clearTimeout(waiting);
	waiting = setTimeout(ask, 90);
});
field.addEventListener("focus", ask);
field.addEventListener("blur", () => setTimeout(() => { if (!list.contains(document.activeElement)) close(); }, 150));
field.addEventListener("keydown", (event) => {
	if (event.key === "ArrowDown") choose(chosen + 1);
	else if (event.key === "ArrowUp") choose(chosen - 1);
	else if (event.key === "Escape") { field.value = ""; close(); field.blur(); }
	else return;
	event.preventDefault();
});

// Enter opens what is chosen; with nothing chosen the form leads to the page of answers.
finder.addEventListener("submit", (event) => {
	const answer = list.hidden ? null : options()[chosen];
	if (!answer) return;
	event.preventDefault();
	answer.click();
});

// One page of help, shown over the present one.
let help = null;
const showHelp = async () => {
	if (!help) {
		const answer = await fetch(document.querySelector(".me a[href$='/keyboard']").href);
		const main = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#main");
		help = document.createElement("dialog");
		help.className = "help";
		help.append(...main.childNodes);
		help.addEventListener("click", (event) => { if (event.target === help) help.close(); });
		document.body.append(help);
		setUpSwitch(help);
	}
	help.showModal();
};

// Single keys can be switched off, for whoever dictates or works with a reader that uses them.
let singles = kept("keys") !== "off";
function setUpSwitch(where) {
	const box = where.querySelector("[data-singles]");
	if (!box) return;
	box.closest("[hidden]")?.removeAttribute("hidden");
	box.checked = singles;
	box.addEventListener("change", () => {
		singles = box.checked;
		keep("keys", singles ? "on" : "off");
	});
}
setUpSwitch(document);

// Rows of a list: j and k go from one to the next, Enter opens (it is a link), x chooses.
const rows = () => [...document.querySelectorAll("main .list > tbody > tr, main .rows > li")].filter((r) => r.querySelector("a[href]"));
const step = (by) => {
	const all = rows();
	if (!all.length) return;
	const at = all.findIndex((r) => r.contains(document.activeElement));
	const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1)];
	(next.querySelector("a.strong") || next.querySelector("a[href]")).focus();
	next.scrollIntoView({ block: "nearest" });
};
const pick = () => document.activeElement?.closest("tr")?.querySelector("input[type=checkbox]")?.click();

const typing = (el) => el instanceof HTMLElement && (el.isContentEditable || /^(TEXTAREA|SELECT)$/.test(el.tagName) ||
	el.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test(el.type));
let going = 0;
document.addEventListener("keydown", (event) => {
	const letter = /^Key[A-Z]$/.test(event.code) ? event.code.slice(3).toLowerCase() : ""; // The place of the key: it is the same in every layout.
	if ((event.ctrlKey || event.metaKey) && !event.shiftKey && letter === "k") {
		event.preventDefault();
		field.focus();
		field.select();
		return;
	}
	if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !singles || typing(event.target) || document.querySelector("dialog[open]")) return;
	if (going && Date.now() - going < 1500) {
		going = 0;
		const link = letter && document.querySelector(`[data-go="${letter}"]`);
		if (link) {
			event.preventDefault();
			link.click();
		}
		return;
	}
	if (event.key === "?" || event.key === "," && event.shiftKey) showHelp();
	else if (event.key === "/" || event.code === "Slash" && !event.shiftKey) field.focus();
	else if (letter === "g" && !event.shiftKey) going = Date.now();
	else if (letter === "j") step(1);
	else if (letter === "k") step(-1);
	else if (letter === "x") pick();
	else if (letter === "n") document.querySelector(".pages a[rel=next]")?.click();
	else return;
	event.preventDefault();
});

// Rows that are chosen for something to be done with several: they are counted, a row of boxes is chosen by Shift, and
// only the fields of the chosen deed are shown.
for (const many of document.querySelectorAll("[data-many]")) {
	const boxes = () => [...many.querySelectorAll("input[name=pick]")]; // Asked anew: rows come and go while the page is open.
	const all = many.querySelector("[data-all]");
	const said = many.querySelector("[data-count]");
	const usual = said.textContent;
	const act = many.querySelector("select[name=act]");
	let last = -1;
	const show = () => {
		const n = boxes().filter((b) => b.checked).length;
		said.textContent = n ? said.dataset.words.replace("{count}", String(n)) : usual;
		many.classList.toggle("some", n > 0);
		many.querySelectorAll(".manybar button").forEach((b) => { b.disabled = !n; });
		boxes().forEach((b) => b.closest("tr").classList.toggle("picked", b.checked));
		all.checked = n > 0 && n === boxes().length;
		all.indeterminate = n > 0 && n < boxes().length;
		if (act) many.querySelectorAll("[data-for]").forEach((f) => { f.closest("label").hidden = f.dataset.for !== act.value; });
	};
	all.hidden = false;
	all.addEventListener("change", () => { boxes().forEach((b) => { b.checked = all.checked; }); show(); });
	act?.addEventListener("change", show);
	many.addEventListener("click", (event) => {
		const row = boxes(), i = row.indexOf(event.target);
		if (i < 0) return;
		if (event.shiftKey && last >= 0) row.slice(Math.min(i, last), Math.max(i, last) + 1).forEach((b) => { b.checked = event.target.checked; });
		last = i;
		show();
	});
	document.addEventListener("rows", show);
	show();
}
