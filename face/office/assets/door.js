// Checks tickets at a door. With a network the house decides; without one the list of the day that was brought before does, and
// what was let in is kept here and told as soon as the house answers. The list has hashes instead of codes and names nobody.
"use strict";
const form = document.querySelector("#door");
const words = form.dataset;
const box = form.querySelector(".scanner"), said = form.querySelector(".scan-said"), about = form.querySelector(".about");
const field = form.querySelector("#code"), camera = form.querySelector("[data-camera]"), video = form.querySelector("video");
const net = document.querySelector(".net"), clashes = document.querySelector("[data-clashes]");
const state = (name) => document.querySelector(`[data-state=${name}]`);
const say = (words, values) => words.replace(/\{(\w+)\}/g, (_, key) => values[key]);
const clock = (at) => new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
const read = (key, none) => { try { return JSON.parse(localStorage.getItem("door-" + key)) ?? none; } catch (bad) { return none; } };
const write = (key, value) => localStorage.setItem("door-" + key, JSON.stringify(value));
const fresh = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
const door = read("name", fresh());
write("name", door);
// now is the time of the house: the clock of a telephone may be wrong.
const now = () => Date.now() + read("skew", 0);
const listMax = 36 * 3600e3; // A list of the day before yesterday tells nothing, and is thrown away.

const hash = async (text) => {
	const sum = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
	return [...new Uint8Array(sum).slice(0, 16)].map((b) => b.toString(16).padStart(2, "0")).join("");
};
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

// genuine tells whether a ticket was signed by the house; undefined where the browser cannot tell.
const genuine = async (text, key) => {
	const at = text.lastIndexOf(":");
	try {
		const known = await crypto.subtle.importKey("raw", bytes(key), { name: "Ed25519" }, false, ["verify"]);
		return await crypto.subtle.verify("Ed25519", known, bytes(text.slice(at + 1)), new TextEncoder().encode(text.slice(0, at)));
	} catch (cannot) { return cannot.name === "NotSupportedError" ? undefined : false; }
};

let sound = null;
const beep = (good) => {
	try {
		sound ??= new AudioContext();
		const tone = sound.createOscillator(), volume = sound.createGain();
		tone.frequency.value = good ? 1200 : 220;
		tone.type = good ? "sine" : "square";
		volume.gain.value = 0.12;
		tone.connect(volume).connect(sound.destination);
		tone.start();
		tone.stop(sound.currentTime + (good ? 0.09 : 0.4));
	} catch (silent) { /* A browser without sound still shows it. */ }
	if (!good) navigator.vibrate?.(200);
};
const show = (verdict, text, ticket) => {
	const good = verdict === "in";
	box.dataset.mood = good ? "good" : "bad";
	box.dataset.verdict = verdict;
	said.textContent = text;
	about.hidden = !ticket?.name;
	about.textContent = ticket?.name ? ticket.name + " · " + say(words.people, { people: ticket.people }) : "";
	beep(good);
};
const tell = () => {
	if (now() - (read("list", null)?.at ?? Infinity) >= listMax) localStorage.removeItem("door-list");
	const list = read("list", null), queue = read("queue", []), told = read("clashes", []);
	net.hidden = false;
	net.textContent = online ? words.online : words.offline;
	net.dataset.net = online ? "on" : "off";
	state("list").textContent = list ? say(words.listed, { count: list.tickets.length, at: clock(list.at) }) : words.noList;
	state("queue").textContent = queue.length ? say(words.queued, { count: queue.length }) : "";
	state("queue").dataset.count = queue.length;
	const short = new Map(told.map((c) => [c.short, c.name]));
	for (const one of list?.tickets || []) if (one.clash) short.set(one.short, one.name);
	clashes.hidden = !short.size;
	clashes.querySelector("ul").replaceChildren(...[...short].map(([code, name]) => {
		const row = document.createElement("li");
		row.textContent = "…" + code + " · " + name;
		return row;
	}));
};

// ask asks the house; null says that there is no network.
let online = navigator.onLine;
const ask = async (address, body) => {
	let answer;
	try {
		answer = await fetch(address, { method: body ? "POST" : "GET", body: body && JSON.stringify(body), signal: AbortSignal.timeout(5000), headers: { Accept: "application/json", "Content-Type": "application/json" } });
	} catch (lost) {
		online = false;
		return null;
	}
	online = answer.status < 502;
	if (answer.ok && answer.headers.get("Content-Type")?.startsWith("application/json")) return answer.json();
	if (online) show("refused", words.signedOut);
	return null;
};
const bring = async () => {
	const list = await ask(words.list);
	if (list) {
		write("skew", list.at - Date.now());
		write("list", list);
		write("used", Object.fromEntries(Object.entries(read("used", {})).filter(([, at]) => now() - at < listMax)));
	}
	tell();
};
let sending = false;
const send = async () => {
	if (sending) return;
	sending = true;
	try {
		for (let some = read("queue", []).slice(0, 50); some.length; some = read("queue", []).slice(0, 50)) {
			const answer = await ask(words.marks, { marks: some });
			if (!answer) break;
			const sent = new Set(some.map((m) => m.id));
			write("queue", read("queue", []).filter((m) => !sent.has(m.id)));
			const bad = answer.marks.filter((m) => m.verdict !== "in" && m.short);
			if (bad.length) {
				write("clashes", [...read("clashes", []), ...bad].slice(-20));
				show("clash", words.clash);
			}
		}
	} finally { sending = false; }
	tell();
};

// decide decides without a network.
const decide = async (text, id) => {
	const list = read("list", null);
	if (!list || now() - list.at >= listMax) return show("unknown", words.noList);
	const signed = text.startsWith("SAUDA1:");
	const real = signed ? await genuine(text, list.key) : undefined;
	if (real === false) return show("unknown", words.unknown);
	const key = await hash(signed ? text.split(":")[1] || "" : text.toUpperCase().replace(/ /g, ""));
	const ticket = list.tickets.find((one) => (signed ? one.id : one.code) === key);
	if (!ticket) return real ? show("unlisted", words.unlisted) : show("unknown", words.unknown);
	const used = read("used", {}), at = now();
	if (used[ticket.id]) return show("used", say(words.usedHere, { at: clock(used[ticket.id]) }), ticket);
	if (ticket.used) return show("used", say(words.used, { at: clock(ticket.used) }), ticket);
	if (ticket.state !== "booked") return show("refused", words.refused, ticket);
	if (at < ticket.from || at >= ticket.to) return show("not_today", words.notToday, ticket);
	write("used", { ...used, [ticket.id]: at });
	write("queue", [...read("queue", []), { id, said: text, door, at: Math.round(at) }]);
	show("in", words.in, ticket);
	tell();
};
let busy = false;
const take = async (text) => {
	text = text.trim();
	if (!text || busy) return;
	busy = true;
	try {
		if (online) await send();
		const id = fresh(); // When the answer is lost, what is told later is the same mark.
		const answer = online && (await ask(words.marks, { marks: [{ id, said: text, door, at: 0 }] }));
		if (!answer) { if (!online) await decide(text, id); return tell(); }
		const v = answer.marks[0];
		show(v.verdict, v.verdict === "in" ? words.in : v.said, v);
		bring();
	} finally { busy = false; }
};

form.addEventListener("submit", (event) => {
	event.preventDefault();
	take(field.value);
	field.value = "";
	field.focus();
});
addEventListener("online", () => { online = true; send().then(bring); });
addEventListener("offline", () => { online = false; tell(); });
setInterval(() => { if (!document.hidden) send().then(bring); }, 60e3);
send().then(bring);

if (navigator.serviceWorker && isSecureContext) {
	navigator.serviceWorker.register(words.worker, { scope: location.pathname }).then(() => navigator.serviceWorker.ready).then((ready) => {
		const files = [...document.querySelectorAll("link[rel=stylesheet], script[src]")].map((e) => e.href || e.src);
		navigator.serviceWorker.addEventListener("message", (e) => { if (e.data?.kept) document.body.dataset.kept = e.data.kept; });
		ready.active.postMessage({ keep: [location.origin + location.pathname, ...files] });
	}).catch(() => {}); // Without it the page must stay open.
}

if ("BarcodeDetector" in window && navigator.mediaDevices) {
	camera.hidden = false;
	let stream = null;
	const stop = () => {
		stream?.getTracks().forEach((track) => track.stop());
		stream = null;
		video.hidden = true;
	};
	camera.addEventListener("click", async () => {
		if (stream) return stop();
		try {
			const detector = new BarcodeDetector({ formats: ["qr_code"] });
			stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
			video.srcObject = stream;
			video.hidden = false;
			await video.play();
			let last = "", seen = 0;
			const look = async () => {
				if (!stream) return;
				for (const found of await detector.detect(video).catch(() => [])) {
					const again = found.rawValue === last && Date.now() - seen < 4000; // One look at one ticket counts once.
					last = found.rawValue;
					seen = Date.now();
					if (!again) await take(last);
				}
				setTimeout(look, 150);
			};
			look();
		} catch (refused) {
			stop();
			show("refused", words.noCamera);
		}
	});
	addEventListener("pagehide", stop);
}
