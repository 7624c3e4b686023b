// What the gallery of a product does more of where scripts run: the chosen variant shows its pictures, a picture can be
// looked at closely, arrow keys go on, and a model is turned around in its own frame.
"use strict";
for (const gallery of document.querySelectorAll("[data-gallery]")) {
	const slides = gallery.querySelector(".slides");
	if (!slides) continue;
	const thumbs = gallery.querySelectorAll(".thumbs a");
	const seen = () => [...slides.children].filter((s) => !s.hidden);
	const width = () => slides.clientWidth + parseFloat(getComputedStyle(slides).columnGap || "0");
	const at = () => Math.min(seen().length - 1, Math.max(0, Math.round(slides.scrollLeft / width())));
	const show = (n) => {
		const all = seen();
		slides.scrollTo({ left: Math.min(all.length - 1, Math.max(0, n)) * width() });
	};
	const note = () => {
		const now = seen()[at()];
		for (const a of thumbs) {
			if (now && a.hash === "#" + now.id) a.setAttribute("aria-current", "true");
			else a.removeAttribute("aria-current");
		}
	};
	slides.addEventListener("scroll", () => requestAnimationFrame(note), { passive: true });
	note();

	// Thumbs move the slides and not the page.
	for (const a of thumbs) {
		a.addEventListener("click", (event) => {
			event.preventDefault();
			show(seen().findIndex((s) => "#" + s.id === a.hash));
		});
	}
	slides.addEventListener("keydown", (event) => {
		const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
		if (!step || event.target !== slides) return;
		event.preventDefault();
		show(at() + step);
	});

	// The pictures of the chosen variant, and those that show all.
	const choose = (variant, jump) => {
		const fits = (li) => !li.dataset.variants || li.dataset.variants.split(" ").includes(variant);
		const all = [...slides.children];
		const own = all.find((li) => li.dataset.variants && fits(li));
		for (const li of gallery.querySelectorAll(".slides > li, .thumbs > li")) li.hidden = !fits(li);
		if (!seen().length) for (const li of gallery.querySelectorAll("li[hidden]")) li.hidden = false;
		if (jump) show(own ? seen().indexOf(own) : 0);
		note();
	};
	const chosen = document.querySelector("input[name=variant]:checked, input[type=hidden][name=variant]");
	if (chosen) choose(chosen.value);
	document.addEventListener("change", (event) => {
		if (event.target.name === "variant") choose(event.target.value, true);
	});

	// A closer look.
	const button = (kind, sign, label, act) => {
		const b = document.createElement("button");
		b.type = "button";
		b.className = kind;
		b.textContent = sign;
		b.setAttribute("aria-label", label);
		b.addEventListener("click", act);
		return b;
	};
	const look = document.createElement("dialog");
	look.className = "zoom";
	const large = document.createElement("img");
	large.alt = "";
	const pictures = () => seen().map((s) => s.querySelector("a[data-zoom]")).filter(Boolean);
	let open = 0;
	const turn = (n) => {
		const all = pictures();
		open = (n + all.length) % all.length;
		look.classList.remove("near");
		large.src = all[open].dataset.zoom;
		large.alt = all[open].querySelector("img").alt;
		look.setAttribute("aria-label", large.alt);
		show(seen().indexOf(all[open].closest("li")));
	};
	large.addEventListener("click", () => look.classList.toggle("near"));
	look.append(button("end", "✕", gallery.dataset.close, () => look.close()), button("before", "‹", gallery.dataset.previous, () => turn(open - 1)),
		large, button("after", "›", gallery.dataset.next, () => turn(open + 1)));
	look.addEventListener("keydown", (event) => {
		const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
		if (step) turn(open + step);
	});
	gallery.append(look);
	slides.addEventListener("click", (event) => {
		const zoom = event.target.closest("a[data-zoom]");
		const view = event.target.closest("a[data-view]");
		if (!(zoom || view) || event.ctrlKey || event.metaKey || event.shiftKey) return;
		event.preventDefault();
		if (zoom) {
			turn(pictures().indexOf(zoom));
			look.showModal();
			return;
		}
		const frame = document.createElement("iframe");
		frame.src = view.href;
		frame.title = view.dataset.view;
		view.closest(".model").replaceChildren(frame);
	});
}
