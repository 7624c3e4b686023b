// What the checkout does more of where scripts run: another delivery, and another place in the address, change days and
// sums in place. What is fetched is the page that a form would lead to, and its parts are put in; without a script, and
// whenever something is not as it should be, the form itself goes there.
"use strict";

const desk = document.querySelector("[data-checkout]");
let turn = 0, line = Promise.resolve();

// put fetches a page and puts its parts into this one. What was chosen to pay with stays chosen, and so does the delivery on
// which somebody stands.
const put = async (mine, address, body) => {
	try {
		const answer = await fetch(address, body ? { method: "POST", body } : {});
		const page = new DOMParser().parseFromString(await answer.text(), "text/html");
		if (mine !== turn) return; // Something else was chosen meanwhile.
		const fresh = page.querySelectorAll("[data-checkout] [data-part]");
		if (!answer.ok || fresh.length === 0) throw answer;
		const paid = desk.querySelector("[name=method]:checked")?.id, kept = desk.querySelector("[name=keep_card]")?.checked;
		for (const part of fresh) {
			const old = desk.querySelector(`[data-part="${part.dataset.part}"]`);
			if (old && !(part.dataset.part === "delivery" && old.contains(document.activeElement))) old.replaceWith(document.adoptNode(part));
		}
		const again = paid && document.getElementById(paid);
		if (again && !again.disabled) again.checked = true;
		const keep = desk.querySelector("[name=keep_card]");
		if (keep) keep.checked = Boolean(kept);
		desk.querySelector("[data-said]").textContent = desk.querySelector(".totals .all")?.textContent ?? "";
	} finally {
		if (mine === turn) {
			desk.removeAttribute("aria-busy");
			for (const b of desk.querySelectorAll("[form=pay]")) b.disabled = false;
		}
	}
};

// renew puts one thing after the other, so that the house has the last choice last. What is over before its turn is not sent.
const renew = (address, body) => {
	const mine = ++turn;
	desk.setAttribute("aria-busy", "true");
	for (const b of desk.querySelectorAll("[form=pay]")) b.disabled = true;
	line = line.catch(() => {}).then(() => mine === turn ? put(mine, address, body) : undefined);
	return line;
};

desk.dataset.checkout = "live";
desk.addEventListener("change", (e) => {
	const form = e.target.form;
	if (e.target.name === "delivery" && form.hasAttribute("data-renews")) {
		renew(form.action, new URLSearchParams(new FormData(form))).catch(() => form.submit());
	}
});

// The region follows from a town that is known, and is asked for in Kazakhstan only.
const address = desk.querySelector("[data-foresee]");
if (address) {
	const { country, region, city } = address.elements;
	const here = () => { region.closest(".field").hidden = country.value !== "KZ"; };
	here();
	address.addEventListener("change", (e) => {
		const typed = city.value.trim().toLowerCase();
		const town = [...document.getElementById("towns").options].find((o) => o.value.toLowerCase() === typed);
		if (e.target === city) {
			if (town && country.value === "KZ") region.value = town.dataset.region;
		} else if (e.target === region) {
			if (town && town.dataset.region !== region.value) city.value = "";
		} else if (e.target === country) here();
		else return;
		const at = new URLSearchParams({ country: country.value, region: region.value, city: city.value });
		renew(address.dataset.foresee + "&" + at).catch(() => {}); // The next page says it all the same.
	});
}

// Whoever comes back to this page sees the basket as it is now.
addEventListener("pageshow", (e) => {
	if (e.persisted && document.getElementById("pay")) renew(location.href).catch(() => location.reload());
});
