// Brings files by tus 1.0.0 with their progress, goes on after a break, and lets the order be changed by dragging. Without
// it the form sends them whole, and buttons move them.
"use strict";
const partSize = 8 << 20;
const tries = 8;

const form = document.querySelector("form[data-upload]");
if (form) {
	const pause = (ms) => new Promise((done) => setTimeout(done, ms));
	const headers = { "Tus-Resumable": "1.0.0", "Accept-Language": form.dataset.lang };
	const refused = async (answer) => {
		const problem = await answer.json().catch(() => ({}));
		return new Error(problem.detail || form.dataset.failed);
	};
	const coded = (name) => btoa(String.fromCharCode(...new TextEncoder().encode(name)));

	// ask sends a request again while the network or the house is away.
	const ask = async (address, request) => {
		for (let n = 0; ; n++) {
			try {
				const answer = await fetch(address, request);
				if (answer.status < 500 && answer.status !== 429) return answer;
			} catch (gone) {
				if (n >= tries) throw new Error(form.dataset.failed);
			}
			if (n >= tries) throw new Error(form.dataset.failed);
			await pause(500 * 2 ** Math.min(n, 5));
		}
	};

	// part brings one part, with its progress; what has come when it breaks off is asked for.
	const part = (address, file, at, tell) => new Promise((done) => {
		const x = new XMLHttpRequest();
		x.open("PATCH", address);
		for (const [name, value] of Object.entries(headers)) x.setRequestHeader(name, value);
		x.setRequestHeader("Content-Type", "application/offset+octet-stream");
		x.setRequestHeader("Upload-Offset", String(at));
		x.upload.onprogress = (event) => tell(at + event.loaded);
		x.onloadend = () => done(x.status);
		x.send(file.slice(at, at + partSize));
	});

	const bring = async (file, tell) => {
		const opened = await ask("/v1/office/uploads", {
			method: "POST", headers: { ...headers, "Upload-Length": String(file.size), "Upload-Metadata": "filename " + coded(file.name) },
		});
		if (!opened.ok) throw await refused(opened);
		const address = opened.headers.get("Location");
		for (let at = 0, failed = 0; at < file.size; ) {
			const status = await part(address, file, at, tell);
			const come = await ask(address, { method: "HEAD", headers });
			if (!come.ok) throw new Error(form.dataset.failed);
			const now = Number(come.headers.get("Upload-Offset"));
			failed = now > at ? 0 : failed + 1;
			if (failed >= tries) throw new Error(form.dataset.failed);
			if (status !== 204) await pause(500 * 2 ** Math.min(failed, 5));
			at = now;
			tell(at);
		}
		const shown = await ask(form.dataset.upload, {
			method: "POST", headers: { "Content-Type": "application/json", "Accept-Language": form.dataset.lang },
			body: JSON.stringify({ upload: address.split("/").pop() }),
		});
		if (!shown.ok) throw await refused(shown);
	};

	form.addEventListener("submit", async (event) => {
		event.preventDefault();
		const list = form.querySelector(".coming");
		const button = form.querySelector("button.main");
		button.disabled = true;
		list.replaceChildren();
		let good = 0, bad = 0;
		for (const file of form.elements.pictures.files) {
			const row = document.createElement("li");
			const bar = document.createElement("progress");
			bar.max = file.size || 1;
			bar.value = 0;
			bar.setAttribute("aria-label", file.name);
			row.append(file.name + " ", bar);
			list.append(row);
			try {
				await bring(file, (n) => { bar.value = n; });
				good++;
			} catch (wrong) {
				bad++;
				row.className = "note bad";
				row.replaceChildren(file.name + ": " + wrong.message);
			}
		}
		button.disabled = false;
		if (good && !bad) location.assign(form.dataset.done);
		else if (good) form.elements.pictures.value = "";
	});
}

// Dragging presses the buttons that move a medium, all in one: the rows are numbered anew and the form is sent.
const album = document.querySelector(".album");
if (album && album.querySelector("button[value^='remove-']")) {
	let held = null;
	for (const row of album.children) {
		row.draggable = true;
		row.addEventListener("dragstart", (event) => {
			if (event.target !== row) return;
			held = row;
			event.dataTransfer.effectAllowed = "move";
		});
		row.addEventListener("dragover", (event) => {
			if (!held || held === row) return;
			event.preventDefault();
			const after = event.clientY > row.getBoundingClientRect().top + row.offsetHeight / 2;
			row[after ? "after" : "before"](held);
		});
		row.addEventListener("drop", (event) => event.preventDefault());
		row.addEventListener("dragend", () => {
			held = null;
			const order = [...album.children].map((r) => r.dataset.row);
			if (order.every((n, i) => Number(n) === i)) return;
			const form = album.closest("form");
			const said = document.createElement("input");
			said.type = "hidden";
			said.name = "do";
			said.value = "order-" + order.join(".");
			form.append(said);
			form.submit();
		});
	}
}
