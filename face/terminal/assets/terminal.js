// What the pages of the exchange do more of where scripts run: they listen to the stream, so that prices, book and trades are
// those of now; orders are sent without leaving the page; and a desk can be worked by the keyboard. Each form is the one that
// works without a script, and each part of a page that is shown anew was made by the house.
"use strict";

const desk = document.querySelector(".desk");
const lang = document.documentElement.lang;
const [group, point] = lang === "en" || lang === "zh" ? [",", "."] : ["\u202f", ","];

// Numbers as the page writes them: whole numbers in, texts out.
function figure(n, places) {
	const minus = n < 0 ? "−" : "";
	const all = String(Math.abs(n)).padStart(places + 1, "0");
	const whole = all.slice(0, all.length - places).replace(/\B(?=(\d{3})+$)/g, group);
	return minus + whole + (places > 0 ? point + all.slice(all.length - places) : "");
}
const scale = (e) => ({ digits: +e.dataset.digits, divides: +e.dataset.divides, unit: +e.dataset.unit });
const price = (s, n) => figure(n, s.digits);
const many = (s, n) => {
	const whole = Math.trunc(n / s.divides), rest = Math.abs(n % s.divides);
	if (!rest) return figure(whole, 0);
	return figure(whole, 0) + point + String(Math.round(rest / s.divides * 1e6)).padStart(6, "0").replace(/0+$/, "");
};
const change = (from, now) => {
	if (!(from > 0) || !(now > 0)) return "";
	const n = Math.round((now - from) * 10000 / from);
	return (n > 0 ? "+" : "") + figure(n, 2) + "\u00a0%";
};
const trend = (from, now) => !(from > 0) || !(now > 0) || from === now ? "even" : now > from ? "up" : "down";

function put(root, name, text) {
	const e = root.querySelector(`[data-f="${name}"]`);
	if (e && e.textContent.trim() !== text) {
		e.textContent = text;
		e.classList.remove("fresh");
		void e.offsetWidth; // So that what has just changed is seen to change again.
		e.classList.add("fresh");
	}
	return e;
}

// A summary goes into a line of the market and into the head of a desk.
function sum(root, s) {
	const by = scale(root), last = s.last ?? s.close ?? 0, before = s.close ?? 0;
	const way = trend(before, last);
	for (const e of [put(root, "last", last ? price(by, last) : "–"), put(root, "change", change(before, last))]) {
		e?.classList.remove("up", "down", "even");
		e?.classList.add(way);
	}
	put(root, "qty", many(by, s.qty));
	for (const name of ["open", "high", "low"]) put(root, name, s.trades ? price(by, s[name]) : "–");
	const ind = root.querySelector("#indication");
	if (ind) {
		ind.hidden = !s.ind;
		if (s.ind) {
			put(root, "ind.price", price(by, s.ind.price));
			put(root, "ind.qty", many(by, s.ind.qty));
			put(root, "ind.surplus", many(by, s.ind.surplus));
		}
	}
}

// Parts of the page are asked for anew: what the house writes in words, it writes.
async function anew(address, ...ids) {
	const answer = await fetch(address, { headers: { Accept: "text/html" } });
	if (!answer.ok) return;
	const page = new DOMParser().parseFromString(await answer.text(), "text/html");
	for (const id of ids) {
		const now = page.getElementById(id), here = document.getElementById(id);
		if (now && here) here.replaceWith(document.adoptNode(now));
	}
}

// The stream. It is opened again after a break, each time a little later.
function listen(channels, take, told) {
	let pause = 500;
	const open = () => {
		const line = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/v1/exchange/stream`);
		let alive = 0;
		line.onopen = () => {
			pause = 500;
			for (const c of channels) line.send(JSON.stringify({ op: "subscribe", ...c }));
			alive = setInterval(() => line.send(JSON.stringify({ op: "ping", id: 1 })), 25000);
			told(true);
		};
		line.onmessage = (e) => {
			const again = take(JSON.parse(e.data));
			if (again) line.send(JSON.stringify({ op: "subscribe", ...again }));
		};
		line.onclose = () => {
			clearInterval(alive);
			told(false);
			setTimeout(open, pause + Math.random() * 500);
			pause = Math.min(pause * 2, 20000);
		};
	};
	open();
}

// The market at a glance.
const market = document.querySelector('[data-stream="market"]');
if (market && market.querySelector("tr[data-in]")) {
	const phases = new Map();
	let waits = 0;
	listen([{ ch: "market" }], (m) => {
		if (m.ch !== "market") return;
		for (const s of m.all) {
			const row = market.querySelector(`tr[data-in="${CSS.escape(s.in)}"]`);
			if (!row) continue;
			sum(row, s);
			if (phases.has(s.in) && phases.get(s.in) !== s.phase) {
				clearTimeout(waits);
				waits = setTimeout(() => location.reload(), 800); // A phase is said in words, and the small lines are drawn anew.
			}
			phases.set(s.in, s.phase);
		}
	}, () => {});
}

if (desk) trade();

function trade() {
	const by = scale(desk);
	const ticks = JSON.parse(desk.dataset.ticks), feeRate = +desk.dataset.fee / 1e6;
	const form = document.getElementById("order");
	const levels = { buy: new Map(), sell: new Map() };
	const shown = 12;
	let seq = 0, phase = desk.dataset.phase;

	// The book.
	function draw(side) {
		const list = desk.querySelector(`.side.${side}`);
		const sorted = [...levels[side]].sort((a, b) => side === "buy" ? b[0] - a[0] : a[0] - b[0]).slice(0, shown);
		const most = Math.max(1, ...[...levels.buy.values(), ...levels.sell.values()]);
		while (list.children.length > sorted.length) list.lastElementChild.remove();
		sorted.forEach(([p, q], n) => {
			let row = list.children[n];
			if (!row) {
				row = document.createElement("li");
				row.innerHTML = '<svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect height="1"></rect></svg><span class="p"></span><span class="q"></span>';
				list.append(row);
			}
			row.dataset.price = p;
			row.querySelector("rect").setAttribute("width", Math.max(1, Math.round(q * 100 / most)));
			row.querySelector(".p").textContent = price(by, p);
			row.querySelector(".q").textContent = many(by, q);
		});
	}
	const best = (side) => levels[side].size ? (side === "buy" ? Math.max : Math.min)(...levels[side].keys()) : 0;
	function book(m) {
		for (const [side, list] of [["buy", m.bids], ["sell", m.asks]]) {
			if (m.snap) levels[side].clear();
			for (const [p, q] of list ?? []) q ? levels[side].set(p, q) : levels[side].delete(p);
			draw(side);
		}
		const bid = best("buy"), ask = best("sell"), spread = desk.querySelector(".spread");
		spread.hidden = !(bid && ask);
		if (bid && ask) put(desk, "spread", price(by, ask - bid));
		desk.querySelector(".book .none").hidden = !!(bid || ask);
	}

	// The tape: what was known already is marked as undone, what is new stands on top.
	const tape = document.getElementById("tape"), ids = new Set();
	const clock = new Intl.DateTimeFormat("ru", { timeZone: "Asia/Almaty", hour: "2-digit", minute: "2-digit", second: "2-digit" });
	function tell(m) {
		if (m.snap) { tape.replaceChildren(); ids.clear(); }
		document.getElementById("tape-none")?.remove();
		for (const [id, time, p, q, side, , busted] of [...(m.ticks ?? [])].reverse()) {
			if (ids.has(id)) { tape.querySelector(`[data-id="${id}"]`)?.classList.toggle("busted", !!busted); continue; }
			ids.add(id);
			const row = document.createElement("tr"), at = document.createElement("time");
			row.dataset.id = id;
			row.className = side + (busted ? " busted" : "");
			at.dateTime = new Date(time / 1000).toISOString();
			at.textContent = clock.format(new Date(time / 1000));
			row.insertCell().append(at);
			for (const text of [price(by, p), many(by, q)]) Object.assign(row.insertCell(), { className: "n", textContent: text });
			row.cells[1].className = "n p";
			tape.prepend(row);
			if (!m.snap) candle(time, p, q);
		}
		while (tape.children.length > 50) { ids.delete(+tape.lastElementChild.dataset.id); tape.lastElementChild.remove(); }
	}

	// The chart in place of the drawing.
	const frame = document.getElementById("chart");
	const every = { "1m": 60, "5m": 300, "15m": 900, "1h": 3600, "1d": 86400 }[frame.dataset.every];
	let bars = null, heights = null, lastBar = null;
	const almaty = 5 * 3600; // The chart knows no zones: its clock is that of Kazakhstan, UTC+5 since 2024-03-01.
	const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
	const candles = JSON.parse(frame.dataset.candles).map(([t, o, h, l, c, q]) => ({ t, o, h, l, c, q }));
	const unit = 10 ** by.digits;
	const asBar = (c) => ({ time: c.t + almaty, open: c.o / unit, high: c.h / unit, low: c.l / unit, close: c.c / unit });
	const asHeight = (c) => ({ time: c.t + almaty, value: c.q / by.divides, color: c.c >= c.o ? colour("--bid-bar") : colour("--ask-bar") });
	function chart() {
		if (!window.LightweightCharts || !candles.length) return;
		const { createChart, CandlestickSeries, HistogramSeries } = window.LightweightCharts;
		frame.replaceChildren();
		const view = createChart(frame, {
			autoSize: true, localization: { locale: lang, priceFormatter: (p) => price(by, Math.round(p * unit)) },
			layout: { background: { color: colour("--sheet") }, textColor: colour("--dim"), fontFamily: getComputedStyle(document.body).fontFamily, attributionLogo: false }, // The page says it in words: the logo brings a style that our pages do not allow.
			grid: { vertLines: { color: colour("--edge") }, horzLines: { color: colour("--edge") } },
			timeScale: { timeVisible: every < 86400, borderColor: colour("--edge") }, rightPriceScale: { borderColor: colour("--edge") },
			handleScroll: { vertTouchDrag: false },
		});
		const up = colour("--up") || colour("--good"), down = colour("--bad");
		heights = view.addSeries(HistogramSeries, { priceScaleId: "", priceFormat: { type: "volume" }, lastValueVisible: false, priceLineVisible: false });
		heights.priceScale().applyOptions({ scaleMargins: { top: 0.8, bottom: 0 } });
		bars = view.addSeries(CandlestickSeries, {
			upColor: colour("--good"), downColor: down, wickUpColor: colour("--good"), wickDownColor: down, borderVisible: false,
			priceFormat: { type: "price", precision: by.digits, minMove: 1 / unit },
		});
		bars.setData(candles.map(asBar));
		heights.setData(candles.map(asHeight));
		lastBar = candles.at(-1);
		if (candles.length > 90) view.timeScale().setVisibleLogicalRange({ from: candles.length - 90, to: candles.length + 4 });
		else view.timeScale().fitContent();
	}
	function candle(time, p, q) {
		const t = Math.floor(time / 1e6 / every) * every;
		if (lastBar && t < lastBar.t) return;
		if (!lastBar || t > lastBar.t) candles.push(lastBar = { t, o: p, h: p, l: p, c: p, q: 0 });
		lastBar.h = Math.max(lastBar.h, p); lastBar.l = Math.min(lastBar.l, p); lastBar.c = p; lastBar.q += q;
		if (!bars) { chart(); return; }
		bars.update(asBar(lastBar));
		heights.update(asHeight(lastBar));
	}
	chart();
	matchMedia("(prefers-color-scheme: dark)").addEventListener("change", chart);

	// What is mine is written by the house; many changes in a moment are asked for once, and once more when all is written down.
	let asked = 0, later = 0;
	const mine = () => {
		if (!desk.dataset.account) return;
		const address = `${location.pathname}?part=mine&account=${encodeURIComponent(desk.dataset.account)}`;
		clearTimeout(asked); clearTimeout(later);
		asked = setTimeout(() => anew(address, "mine"), 150);
		later = setTimeout(() => anew(address, "mine"), 1500);
	};

	const channels = [{ ch: "book", in: desk.dataset.in, depth: 0 }];
	if (desk.dataset.account) channels.push({ ch: "orders", account: desk.dataset.account });
	let begun = false;
	listen(channels, (m) => {
		if (m.ch === "orders") {
			if (!m.snap || begun) mine();
			begun = true;
			return null;
		}
		if (m.ch !== "book" || m.in !== desk.dataset.in) return null;
		if (!m.snap && m.seq !== seq + 1) return channels[0]; // One was missed.
		seq = m.seq;
		book(m);
		tell(m);
		if (m.sum) {
			sum(desk, m.sum);
			if (m.sum.phase !== phase) {
				phase = m.sum.phase;
				anew(location.href, "head");
			}
		}
		return null;
	}, (on) => {
		const wire = document.getElementById("wire");
		if (wire) wire.textContent = on ? desk.dataset.live : desk.dataset.lost;
		desk.dataset.wire = on ? "on" : "off";
	});

	// Forms that take something back are sent without leaving the page.
	desk.addEventListener("submit", async (e) => {
		const of = e.target.closest("form[data-act]");
		if (!of) return;
		e.preventDefault();
		const said = new URLSearchParams(new FormData(of));
		said.set("script", "true");
		for (const b of of.querySelectorAll("button")) b.disabled = true;
		try {
			const answer = await fetch(of.action, { method: "POST", body: said });
			if (!answer.ok) throw answer;
			if (form) document.getElementById("answer").innerHTML = await answer.text();
			mine();
		} catch { of.submit(); }
	});

	if (!form) return;
	desk.classList.add("pickable");
	const sure = document.getElementById("sure"), keys = document.getElementById("keys"), answer = document.getElementById("answer");
	const field = (name) => form.elements[name];
	const read = (text) => { // A price as it is typed, in the smallest unit.
		const n = Number(text.replace(/[\s\u00a0\u202f]/g, "").replace(lang === "en" || lang === "zh" ? /,/g : /$^/, "").replace(",", "."));
		return Number.isFinite(n) ? Math.round(n * unit) : 0;
	};
	const quantity = () => {
		const n = Number(field("quantity").value.replace(/[\s\u00a0\u202f]/g, "").replace(",", "."));
		return Number.isFinite(n) ? Math.round(n * by.divides) : 0;
	};
	const side = () => form.querySelector("[name=side]:checked").value;
	const choose = (s) => { document.getElementById("side-" + s).checked = true; cost(); };
	const stepAt = (p) => ticks.reduce((s, [from, step]) => p >= from ? step : s, 1);
	const step = (up) => {
		const p = read(field("price").value), s = up > 0 ? stepAt(p) : stepAt(p - 1);
		const next = up > 0 ? Math.floor(p / s) * s + s : Math.ceil(p / s) * s - s;
		if (next > 0) field("price").value = price(by, next);
		cost();
	};
	for (const b of form.querySelectorAll("[data-step]")) {
		b.hidden = false;
		b.addEventListener("click", () => step(+b.dataset.step));
	}
	field("price").addEventListener("keydown", (e) => {
		if (e.key !== "ArrowUp" && e.key !== "ArrowDown") return;
		e.preventDefault();
		step(e.key === "ArrowUp" ? 1 : -1);
	});

	// What it will cost.
	const tenge = document.getElementById("value").parentElement.parentElement.dataset;
	function worth() {
		const type = field("type").value;
		const p = type === "limit" || type === "stop_limit" ? read(field("price").value) : best(side() === "buy" ? "sell" : "buy");
		return p * quantity() / by.unit;
	}
	function cost() {
		const value = Math.round(worth()), fee = Math.floor(value * feeRate);
		document.getElementById("value").textContent = value > 0 ? price(by, value) : "–";
		document.getElementById("fee").textContent = value > 0 ? price(by, fee) : "–";
		const free = +(document.getElementById("free")?.dataset.free ?? tenge.free);
		document.getElementById("value").classList.toggle("lack", side() === "buy" && value + fee > free);
	}
	function needs() { // Fields of which a type has no use go away.
		const type = field("type").value, life = field("life").value;
		for (const f of form.querySelectorAll("[data-for]")) f.hidden = !f.dataset.for.split(" ").includes(type);
		form.querySelector("[data-life]").hidden = life !== "dated";
		if (type.startsWith("stop") || life === "dated") form.querySelector("details").open = true;
		cost();
	}
	form.addEventListener("input", cost);
	form.addEventListener("change", needs);
	needs();

	// A level that is pressed gives its price.
	desk.addEventListener("click", (e) => {
		const level = e.target.closest(".side li");
		if (level) {
			field("price").value = price(by, +level.dataset.price);
			cost();
		}
		const jump = e.target.closest(".jump a");
		if (jump) {
			choose(jump.dataset.side);
			setTimeout(() => field("quantity").focus({ preventScroll: true }));
		}
	});

	let sending = false;
	async function send() {
		if (sending) return;
		sending = true;
		const said = new URLSearchParams(new FormData(form));
		said.set("script", "true");
		answer.textContent = form.dataset.waits;
		for (const f of form.querySelectorAll("[aria-invalid]")) f.removeAttribute("aria-invalid");
		try {
			const got = await fetch(form.action, { method: "POST", body: said });
			if (!got.ok && got.status !== 422) throw got;
			answer.innerHTML = await got.text();
			const key = answer.querySelector("[data-key]");
			if (key) { // The next press is another wish.
				field("key").value = key.dataset.key;
				field("quantity").value = "";
				cost();
			}
			const next = answer.querySelector("[data-next]"); // What was typed stays.
			if (next) field("key").value = next.dataset.next;
			for (const wrong of answer.querySelectorAll("[data-field]")) field(wrong.dataset.field)?.setAttribute?.("aria-invalid", "true");
			mine();
		} catch (failed) {
			if (failed instanceof Response) form.submit(); // Its own page says why; the key keeps that from sending twice.
			else answer.innerHTML = `<p class="note bad"></p>`, answer.firstChild.textContent = form.dataset.silent;
		}
		sending = false;
	}
	form.addEventListener("submit", (e) => {
		e.preventDefault();
		if (form.dataset.ask !== "true" || !sure.showModal) { send(); return; }
		const word = (name) => field(name).selectedOptions[0].textContent;
		const limit = !form.querySelector("[data-for~=limit]").hidden;
		document.getElementById("sure-said").textContent = [form.querySelector(`label[for=side-${side()}]`).textContent, many(by, quantity()), limit ? "× " + price(by, read(field("price").value)) : word("type"), "· " + word("life")].join(" ");
		document.getElementById("sure-cost").textContent = `${form.querySelector(".cost dt").textContent}: ${document.getElementById("value").textContent}`;
		sure.showModal();
		sure.querySelector("[data-yes]").focus();
	});
	sure.querySelector("[data-yes]").addEventListener("click", () => { sure.close(); send(); });
	sure.querySelector("[data-no]").addEventListener("click", () => sure.close());
	sure.addEventListener("close", () => field("quantity").focus({ preventScroll: true }));

	// The keyboard. Letters count where nobody types.
	const help = () => { if (!keys.open) keys.showModal(); };
	const show = document.getElementById("show-keys");
	show.hidden = false;
	show.addEventListener("click", help);
	addEventListener("keydown", (e) => {
		if (e.ctrlKey || e.metaKey || e.altKey || sure.open || keys.open) return;
		if (e.key === "Escape") {
			answer.replaceChildren();
			document.activeElement.blur();
			return;
		}
		if (e.target.closest("input:not([type=radio]), textarea, select")) return;
		if (e.key === "?") { help(); e.preventDefault(); return; }
		if ((e.key === "ArrowUp" || e.key === "ArrowDown") && e.target === document.body) {
			step(e.key === "ArrowUp" ? 1 : -1);
			e.preventDefault();
		}
	});
	addEventListener("keyup", (e) => { // When the key is let go, so that its letter is not typed into the field that gets the focus.
		if (e.ctrlKey || e.metaKey || e.altKey || sure.open || keys.open || e.target.closest?.("input:not([type=radio]), textarea, select")) return;
		const s = { KeyB: "buy", KeyS: "sell" }[e.code]; // By the place of the key, so that it works with Cyrillic letters too.
		if (!s) return;
		choose(s);
		field("quantity").focus();
	});
}
